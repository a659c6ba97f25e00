/** @module Changes of the memory graph: entities, their observations, relations between them. Nothing is lost: each change can be undone. */
import { ClewError } from "../base/error.ts";
import { ForeignWordsError, severalError } from "../base/foreign-words-error.ts";
import { changeData, type Intent } from "../merge/change-data.ts";
import { type EntityGroup, type EntityGroups, entityGroups, groupsNamed } from "../query/graph-groups.ts";
import { groupsOnceNamed, namesNear } from "../query/graph-names.ts";
import { subjectState } from "../query/shared-subject.ts";
import type { Author } from "./author.ts";
import { shortLine } from "./given-text.ts";
import { entityIdOf, relationIdOf } from "./graph-ids.ts";
import type { Authoring, MadeChange } from "./open-authoring.ts";

export const LONGEST_NAME = 200;
export const LONGEST_TYPE = 100;
/** UTF-16 units. */
export const LONGEST_OBSERVATION = 4000;
/** Elements of one change. */
const MOST_ELEMENTS = 2000;
const NO_GROUPS: EntityGroups = { all: [], of: () => undefined, named: () => [], load: () => undefined };

export interface GivenEntity {
  readonly name: string;
  readonly type?: string;
  readonly observations?: readonly string[];
}

export interface GivenRelation {
  readonly from: string;
  readonly type: string;
  readonly to: string;
}

export interface GraphChanged {
  /** Of the entity or relation that was meant. */
  readonly id: string;
  readonly name: string;
  /** False: it stood so already. */
  readonly changed: boolean;
}

export interface EntityAdded extends GraphChanged {
  /** Nothing was known by that name. */
  readonly isNew: boolean;
  /** Observations that it did not have yet. */
  readonly added: number;
}

export function groupsIn(authoring: Authoring): EntityGroups {
  return authoring.read(entityGroups) ?? NO_GROUPS;
}

/** The one entity that a name or an id means. Throws `not_found`, or `usage` with the candidates. */
export function entityMeant(
  authoring: Authoring,
  word: string,
  groups: EntityGroups = groupsIn(authoring),
): EntityGroup {
  const named = groupsNamed(groups, word, entityIdOf(word));
  const found = named.length > 0 ? named : (authoring.read((db) => groupsOnceNamed(db, groups, word)) ?? []);
  if (found.length > 1) throw several(word, found);
  const [one] = found;
  if (one) return one;
  const unknown = `nothing is known by the name ${word}`;
  const near = namesNear(groups, word);
  throw new ForeignWordsError(
    "not_found",
    near.length === 0
      ? `${unknown}: \`clew graph search\` finds what is`
      : `${unknown}; near it: ${near.join(", ")}. \`clew graph search "${word}*"\` finds what begins so`,
    `${unknown}: \`clew graph search "${word}*"\` finds what begins so`,
  );
}

function several(word: string, found: readonly EntityGroup[]): ClewError {
  return severalError(
    `${word} could be several entities; name one by its id, or merge them:`,
    found.map(({ id, name, type }) => ({ id, line: `${id}  ${name}${type === "" ? "" : ` (${type})`}` })),
  );
}

/** What was deleted is not written to: it would be back without what was known of it. */
export function deletedError(word: string): ClewError {
  return new ClewError("not_found", `${word} was deleted: \`clew graph undelete "${word}"\` brings it back`);
}

function living(authoring: Authoring, word: string, groups: EntityGroups): EntityGroup {
  const group = entityMeant(authoring, word, groups);
  if (!group.deleted) return group;
  throw deletedError(word);
}

/**
 * Makes entities, and adds to those that are there. A type is kept once it is said. A name that differs from a known one in
 * letter case alone means that one, unless names are `exact`. Throws `not_found` for one that was deleted, and `usage` where
 * it could be several.
 */
export async function addEntities(
  authoring: Authoring,
  given: readonly GivenEntity[],
  author: Author,
  { exact = false }: { readonly exact?: boolean } = {},
): Promise<readonly EntityAdded[]> {
  const groups = groupsIn(authoring);
  const made = new Map<string, string>();
  const meant = given.map(checkedEntity).map((one) => {
    const group = groupFor(groups, one.name, exact);
    if (group?.deleted) throw deletedError(one.name);
    const key = exact ? one.name : one.name.toLowerCase();
    const id = group?.id ?? made.get(key) ?? entityIdOf(one.name);
    if (!group) made.set(key, id);
    return { ...one, name: group?.name ?? one.name, id };
  });
  const bySubject = new Map<string, { name: string; type: string; observations: Set<string> }>();
  for (const { id, name, type, observations } of meant) {
    const known = bySubject.get(id) ?? { name, type, observations: new Set() };
    for (const text of observations) known.observations.add(text);
    bySubject.set(id, { ...known, type: known.type === "" ? type : known.type });
  }
  const added = new Map<string, number>();
  const changes = [...bySubject].flatMap(([id, { name, type, observations }]) => {
    const known = knownOf(authoring, groups, id);
    const texts = [...observations].filter((text) => !known.has(text));
    added.set(id, texts.length);
    return entityChanges(authoring, id, name, type, texts);
  });
  await authoring.writeAll(changes, author);
  const changed = new Set(changes.map(({ subject }) => subject));
  return meant.map(({ id, name }) => {
    return { id, name, changed: changed.has(id), isNew: !groups.of(id), added: added.get(id) ?? 0 };
  });
}

/** More about one that is known, by any name that it has or had. Throws `not_found`, or `usage` with the candidates. */
export async function observeEntity(
  authoring: Authoring,
  word: string,
  texts: readonly string[],
  author: Author,
): Promise<EntityAdded> {
  const groups = groupsIn(authoring);
  const { id, name } = living(authoring, word, groups);
  const known = knownOf(authoring, groups, id);
  const added = [...new Set(texts.map(checkedObservation))].filter((text) => !known.has(text));
  const changes = entityChanges(authoring, id, name, "", added);
  await authoring.writeAll(changes, author);
  return { id, name, changed: changes.length > 0, isNew: false, added: added.length };
}

/** Throws `usage`. */
export function checkedEntity({ name, type = "", observations = [] }: GivenEntity): Required<GivenEntity> {
  return {
    name: shortLine("the name", name, LONGEST_NAME).normalize("NFC"),
    type: type.trim() === "" ? "" : shortLine("the type", type, LONGEST_TYPE),
    observations: observations.map(checkedObservation),
  };
}

function checkedObservation(text: string): string {
  const clean = text.replace(/\r\n?/g, "\n").trim();
  if (clean === "") throw new ClewError("usage", "an observation is empty");
  if (clean.length > LONGEST_OBSERVATION)
    throw new ClewError("usage", `an observation has ${clean.length} characters; ${LONGEST_OBSERVATION} is the most`);
  return clean;
}

/** The entity that a name leads to; of several of one name the one that the name made. Undefined: it is a new one. */
export function groupFor(groups: EntityGroups, name: string, exact: boolean): EntityGroup | undefined {
  const first = entityIdOf(name);
  const all = groupsNamed(groups, name, first);
  const found = all.filter((group) => group.members.some((one) => one.name === name || one.id === first));
  if (found.length > 0) return found.find(({ members }) => members.some(({ id }) => id === first)) ?? found[0];
  const other = exact ? [] : all.filter(({ deleted }) => !deleted);
  if (other.length > 1) throw several(name, other);
  return other[0];
}

/** What it, and the entities that are one with it, say already. */
function knownOf(authoring: Authoring, groups: EntityGroups, id: string): ReadonlySet<string> {
  const members = groups.of(id)?.members.filter((one) => !one.deleted) ?? [];
  const states = members.map((one) => authoring.read((db) => subjectState(db, "entity", one.id)));
  return new Set(states.flatMap((state) => state?.sets.observations?.map(({ value }) => value) ?? []));
}

function entityChanges(
  authoring: Authoring,
  id: string,
  name: string,
  type: string,
  observations: readonly string[],
): MadeChange[] {
  const state = authoring.read((db) => subjectState(db, "entity", id));
  const isNew = state?.fields.name === undefined;
  const set = {
    ...(isNew && { name }),
    ...(type !== "" && (state?.fields.type?.value ?? "") === "" && { type }),
  };
  const parts: Intent[] = [{ set, add: { observations: observations.slice(0, MOST_ELEMENTS) } }];
  for (let at = MOST_ELEMENTS; at < observations.length; at += MOST_ELEMENTS) {
    parts.push({ add: { observations: observations.slice(at, at + MOST_ELEMENTS) } });
  }
  return parts.flatMap((intent) => {
    const data = changeData(state, intent);
    return data ? [{ target: "entity" as const, subject: id, data }] : [];
  });
}

/** Takes observations away, each by its whole text. Throws `not_found` for one that is not there. */
export async function removeObservations(
  authoring: Authoring,
  word: string,
  texts: readonly string[],
  author: Author,
): Promise<GraphChanged> {
  const group = living(authoring, word, groupsIn(authoring));
  const wanted = texts.map(checkedObservation);
  const states = group.members.map(({ id }) => authoring.read((db) => subjectState(db, "entity", id)));
  const there = new Set(states.flatMap((state) => state?.sets.observations?.map(({ value }) => value) ?? []));
  const missing = wanted.find((text) => !there.has(text));
  if (missing !== undefined) throw new ClewError("not_found", `${word} has no such observation: ${missing}`);
  const changes = states.flatMap((state): MadeChange[] => {
    const data = changeData(state, { remove: { observations: wanted } });
    return state && data ? [{ target: "entity", subject: state.subject, data }] : [];
  });
  await authoring.writeAll(changes, author);
  return { id: group.id, name: group.name, changed: changes.length > 0 };
}

/** Throws `not_found` where an end is not known. `standing` false takes the relation away. */
export async function relateEntities(
  authoring: Authoring,
  given: readonly GivenRelation[],
  author: Author,
  standing = true,
): Promise<readonly (GraphChanged & GivenRelation)[]> {
  const groups = groupsIn(authoring);
  const relations = given.map(({ from, type, to }) => {
    const [start, end] = [living(authoring, from, groups), living(authoring, to, groups)];
    return { from, to, start, end, type: shortLine("the relation", type, LONGEST_TYPE).normalize("NFC") };
  });
  const changes = new Map<string, MadeChange>();
  const done = relations.map(({ from, to, start, end, type }) => {
    // Merged entities had relations of their own.
    const ids = start.members.flatMap((a) =>
      end.members.map((b) => ({ from: a.id, to: b.id, id: relationIdOf(a.id, type, b.id) })),
    );
    // What a merge left between two that are one now is not shown: it is none of the relation to itself that is meant.
    const meantIds = standing && start === end ? ids.filter((one) => one.from === one.to) : ids;
    const known = meantIds.filter(({ id }) => authoring.read((db) => subjectState(db, "relation", id)) !== null);
    const isThere = ({ id }: { readonly id: string }): boolean =>
      authoring.read((db) => subjectState(db, "relation", id))?.fields.deleted?.value !== true;
    if (!standing && !known.some(isThere)) throw new ClewError("not_found", `${from} has no relation ${type} to ${to}`);
    const meant = standing ? (known.some(isThere) ? [] : [known[0] ?? meantIds[0]!]) : known.filter(isThere);
    for (const one of meant) {
      const change = relationChange(authoring, { ...one, type }, standing);
      if (change) changes.set(one.id, change);
    }
    const id = meant[0]?.id ?? known[0]?.id ?? ids[0]!.id;
    return { id, name: type, from: start.name, to: end.name, type, changed: meant.some((one) => changes.has(one.id)) };
  });
  await authoring.writeAll([...changes.values()], author);
  return done;
}

export function relationChange(
  authoring: Authoring,
  { id, from, to, type }: GivenRelation & { readonly id: string },
  standing: boolean,
): MadeChange | null {
  const state = authoring.read((db) => subjectState(db, "relation", id));
  const isDeleted = state?.fields.deleted?.value === true;
  const set = standing ? { from, to, type, ...(isDeleted && { deleted: false }) } : { deleted: true };
  const data = changeData(state, { set });
  return data && { target: "relation", subject: id, data };
}
