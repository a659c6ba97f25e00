/** @module Changes of the memory graph: entities, their observations, relations between them. Nothing is lost: each change can be undone. */
import { ClewError } from "../base/error.ts";
import { changeData, type Intent } from "../merge/change-data.ts";
import { type EntityGroup, type EntityGroups, entityGroups, groupsNamed } from "../query/graph-groups.ts";
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
const NO_GROUPS: EntityGroups = { all: [], of: () => undefined, named: () => [] };

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

export function groupsIn(authoring: Authoring): EntityGroups {
  return authoring.read(entityGroups) ?? NO_GROUPS;
}

/** The one entity that a name or an id means. Throws `not_found`, or `usage` with the candidates. */
export function entityMeant(
  authoring: Authoring,
  word: string,
  groups: EntityGroups = groupsIn(authoring),
): EntityGroup {
  const found = groupsNamed(groups, word, entityIdOf(word));
  if (found.length > 1) {
    const lines = found.map(({ id, name, type }) => `  ${id}  ${name}${type === "" ? "" : ` (${type})`}`).join("\n");
    throw new ClewError("usage", `${word} could be several entities; name one by its id, or merge them:\n${lines}`);
  }
  const [one] = found;
  if (one) return one;
  throw new ClewError("not_found", `nothing is known by the name ${word}: \`clew graph search\` finds what is`);
}

function living(authoring: Authoring, word: string, groups: EntityGroups): EntityGroup {
  const group = entityMeant(authoring, word, groups);
  if (!group.deleted) return group;
  throw new ClewError("not_found", `${group.name} was deleted: \`clew graph undelete "${group.name}"\` brings it back`);
}

/** Makes entities, and adds to those that are there. A type is kept once it is said. */
export async function addEntities(
  authoring: Authoring,
  given: readonly GivenEntity[],
  author: Author,
): Promise<readonly GraphChanged[]> {
  const groups = groupsIn(authoring);
  const meant = given.map((one) => checkedEntity(one)).map((one) => ({ ...one, ...subjectFor(groups, one.name) }));
  const bySubject = new Map<string, { name: string; type: string; observations: Set<string> }>();
  for (const { id, name, type, observations } of meant) {
    const known = bySubject.get(id) ?? { name, type, observations: new Set() };
    for (const text of observations) known.observations.add(text);
    bySubject.set(id, { ...known, type: known.type === "" ? type : known.type });
  }
  const changes = [...bySubject].flatMap(([id, { name, type, observations }]) => {
    const known = knownOfMerged(authoring, groups, id);
    const texts = [...observations].filter((text) => !known.has(text));
    return entityChanges(authoring, id, name, type, texts);
  });
  await authoring.writeAll(changes, author);
  const changed = new Set(changes.map(({ subject }) => subject));
  return meant.map(({ id, name }) => ({ id, name, changed: changed.has(id) }));
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

/** The entity that a name leads to, else a new one. Of several of one name the one that the name made. */
function subjectFor(groups: EntityGroups, name: string): { readonly id: string } {
  const first = entityIdOf(name);
  const found = groupsNamed(groups, name, first).filter((group) =>
    group.members.some((one) => one.name === name || one.id === first),
  );
  const group = found.find(({ members }) => members.some(({ id }) => id === first)) ?? found[0];
  return {
    id:
      group && !group.deleted ? group.id : group?.members.some(({ id }) => id === first) ? first : (group?.id ?? first),
  };
}

/** What the entities that are one with it say already. */
function knownOfMerged(authoring: Authoring, groups: EntityGroups, id: string): ReadonlySet<string> {
  const others = groups.of(id)?.members.filter((one) => one.id !== id && !one.deleted) ?? [];
  const states = others.map((one) => authoring.read((db) => subjectState(db, "entity", one.id)));
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
  const isBack = state?.fields.deleted?.value === true;
  // Something new of an old name: what was known of the old is history.
  const old = isBack ? (state.sets.observations ?? []).map(({ value }) => value) : [];
  const remove = { observations: old.filter((value) => !observations.includes(value)) };
  const set = {
    ...(isNew && { name }),
    ...(type !== "" && (isBack || (state?.fields.type?.value ?? "") === "") && { type }),
    ...(isBack && { deleted: false, merged_into: null }),
  };
  const parts: Intent[] = [{ set, remove, add: { observations: observations.slice(0, MOST_ELEMENTS) } }];
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
  if (missing !== undefined) throw new ClewError("not_found", `${group.name} has no such observation: ${missing}`);
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
    return { start, end, type: shortLine("the relation", type, LONGEST_TYPE).normalize("NFC") };
  });
  const changes = new Map<string, MadeChange>();
  const done = relations.map(({ start, end, type }) => {
    // Merged entities had relations of their own.
    const ids = start.members.flatMap((a) =>
      end.members.map((b) => ({ from: a.id, to: b.id, id: relationIdOf(a.id, type, b.id) })),
    );
    const known = ids.filter(({ id }) => authoring.read((db) => subjectState(db, "relation", id)) !== null);
    const isThere = ({ id }: { readonly id: string }): boolean =>
      authoring.read((db) => subjectState(db, "relation", id))?.fields.deleted?.value !== true;
    if (!standing && !known.some(isThere))
      throw new ClewError("not_found", `${start.name} has no relation ${type} to ${end.name}`);
    const meant = standing ? (known.some(isThere) ? [] : [known[0] ?? ids[0]!]) : known.filter(isThere);
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
