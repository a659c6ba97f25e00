/** @module What is known: entities with their observations and relations, each with who said it, and in which session. */
import type { SubjectState } from "../model/change.ts";
import { formatTerm, parseFilter } from "./filter/parse.ts";
import { relationCount } from "./graph-around.ts";
import { type EntityGroup, type EntityGroups, entityGroups, isWithin } from "./graph-groups.ts";
import { type Reader, rowOf, rowsOf } from "./reader.ts";
import { searchWords } from "./search-words.ts";
import { isoTime } from "./session-row.ts";
import { subjectState } from "./shared-subject.ts";

/** Who said something, and where. */
export interface Evidence {
  readonly author: string;
  readonly tainted: boolean;
  readonly session_id: string | null;
  readonly event_id: string | null;
  readonly ts: string | null;
}

export interface Observation {
  readonly text: string;
  /** Every time that it was said. */
  readonly evidence: readonly Evidence[];
}

export interface RelationRow {
  readonly id: string;
  readonly from: string;
  readonly from_id: string;
  readonly type: string;
  readonly to: string;
  readonly to_id: string;
  readonly evidence: readonly Evidence[];
}

export interface EntityRow {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly observations: number;
  readonly relations: number;
  readonly changed_at: string | null;
  readonly changed_by: string;
  /** Everybody whose words stand in it. */
  readonly authors: readonly string[];
  readonly tainted: boolean;
}

export interface EntityDetail extends Omit<EntityRow, "observations" | "relations"> {
  readonly deleted: boolean;
  /** Other entities that were merged into it. */
  readonly merged: readonly { readonly id: string; readonly name: string }[];
  readonly observations: readonly Observation[];
  /** Those that lead away first. */
  readonly relations: readonly RelationRow[];
  /** Relations that are left out. */
  readonly relations_left: number;
  /** Fields with several values that nobody has replaced. */
  readonly conflicts: readonly { readonly field: string; readonly values: readonly string[] }[];
}

export interface GraphSearchAnswer {
  readonly rows: readonly EntityRow[];
  readonly total: number;
}

export const CHANGED = `SELECT changed_by AS changedBy, changed_at AS changedAt FROM subjects WHERE target = 'entity' AND subject = ?`;
export const EVIDENCE = `
  SELECT c.change_id AS change, c.author, c.tainted, c.session_id, c.event_id, c.ts FROM json_each(?) j
  CROSS JOIN changes c ON c.change_id = j.value`;
/** The changes by which entities are called what they are called. */
export const NAMINGS = `
  SELECT s.state ->> '$.fields.name.change' AS change FROM json_each(?) j
  CROSS JOIN subjects s ON s.target = 'entity' AND s.subject = j.value`;
/** Relations of which an end is one of some entities. */
export const RELATIONS = `
  SELECT r.relation_id AS id, r.from_id AS fromId, r.to_id AS toId, r.type FROM relations r
  WHERE r.id NOT IN (SELECT id FROM subjects WHERE target = 'relation' AND deleted = 1) AND r.relation_id IN (
    SELECT relation_id FROM relations WHERE from_id IN (SELECT value FROM json_each(?1))
    UNION SELECT relation_id FROM relations WHERE to_id IN (SELECT value FROM json_each(?1)))`.replaceAll("?1", "?");
/** The changes by which relations are what they are. */
export const RELATINGS = `
  SELECT j.value AS id, s.state ->> '$.fields.type.change' AS change FROM json_each(?) j
  CROSS JOIN subjects s ON s.target = 'relation' AND s.subject = j.value`;
export const FOUND = `
  SELECT s.subject AS id FROM shared_index i CROSS JOIN subjects s ON s.id = i.rowid
  WHERE shared_index MATCH ? AND s.target = 'entity' AND s.deleted = 0 ORDER BY s.changed_hlc DESC`;

export interface StoredRelation {
  readonly id: string;
  readonly fromId: string;
  readonly toId: string;
  readonly type: string;
}

/** Of one entity that are shown at once. */
export const MOST_RELATIONS = 200;

/** Entities whose names, types or observations have all the words; newest change first. Every one for no words. */
export function searchGraph(db: Reader, text: string, limit = 20): GraphSearchAnswer {
  const groups = entityGroups(db);
  const { terms, words } = parseFilter(text, "search");
  const literal = terms.map((term) => ({ text: formatTerm(term), prefix: false, negated: false }));
  const { match } = searchWords([...words, ...literal]);
  const isAll = text.trim() === "";
  if (match === null && !isAll) return { rows: [], total: 0 };
  const living = (isAll ? groups.all : groupsFound(db, groups, match!)).filter(({ deleted }) => !deleted);
  return { rows: entityRows(db, groups, living.slice(0, limit)), total: living.length };
}

/** Each once, the newest change first. */
function groupsFound(db: Reader, groups: EntityGroups, match: string): readonly EntityGroup[] {
  const ids = rowsOf<{ id: string }>(db, FOUND, [match]).map(({ id }) => id);
  groups.load(ids);
  return [...new Set(ids.flatMap((id) => groups.of(id) ?? []))];
}

function statesOf(db: Reader, { members }: EntityGroup): readonly SubjectState[] {
  return members.flatMap(({ id, deleted }) => {
    const state = deleted && members.some((one) => !one.deleted) ? null : subjectState(db, "entity", id);
    return state ? [state] : [];
  });
}

/** Figures of some groups, without who said each thing: whose words stand in a row is whose they are that the row shows, and count. */
export function entityRows(db: Reader, groups: EntityGroups, some: readonly EntityGroup[]): readonly EntityRow[] {
  return some.map((group) => {
    const states = statesOf(db, group);
    const said = new Map(
      states.flatMap(({ sets }) => (sets.observations ?? []).map(({ value, by }) => [value, by] as const)),
    );
    const { authors, tainted, ...changed } = writtenBy(db, group, states, evidenceOf(db, [...said.values()].flat()));
    return {
      id: group.id,
      name: group.name,
      type: group.type,
      observations: said.size,
      relations: relationCount(db, groups, group),
      ...changed,
      authors,
      tainted,
    };
  });
}

function writtenBy(db: Reader, { members }: EntityGroup, states: readonly SubjectState[], spoken: readonly Evidence[]) {
  const changes = members.map((one) => rowOf<{ changedBy: string; changedAt: number }>(db, CHANGED, [one.id])!);
  const newest = changes.reduce((last, one) => (one.changedAt > last.changedAt ? one : last));
  const fields = states.flatMap((state) => Object.values(state.fields).map(({ author }) => author));
  return {
    changed_at: isoTime(newest.changedAt),
    changed_by: newest.changedBy,
    authors: [...new Set([...fields, ...spoken.map(({ author }) => author)])].sort(),
    tainted: states.some((state) => state.tainted) || spoken.some((one) => one.tainted),
  };
}

/** `most`: relations that are shown; what is said of the others is not looked up. */
export function entityDetail(
  db: Reader,
  groups: EntityGroups,
  group: EntityGroup,
  most = MOST_RELATIONS,
): EntityDetail {
  const { id, name, type, members, deleted } = group;
  const states = statesOf(db, group);
  const said = new Map<string, string[]>();
  for (const state of states) {
    for (const { value, by } of state.sets.observations ?? []) said.set(value, [...(said.get(value) ?? []), ...by]);
  }
  const shown = relationsOf(db, groups, group);
  const changesOf = relatingChanges(
    db,
    shown.slice(0, most).flatMap(({ ids }) => ids),
  );
  const relations = shown
    .slice(0, most)
    .map(({ ids, ...row }) => ({ ...row, changes: ids.flatMap((one) => changesOf.get(one) ?? []) }));
  const evidence = evidenceByChange(db, [...said.values(), ...relations.map(({ changes }) => changes)].flat());
  const evidenceIn = (changes: readonly string[]): readonly Evidence[] =>
    changes.flatMap((change) => evidence.get(change) ?? []).sort((a, b) => compare(a.ts ?? "", b.ts ?? ""));
  const observations = [...said]
    .map(([text, by]) => ({ text, evidence: evidenceIn(by) }))
    .sort((a, b) => compare(a.evidence[0]?.ts ?? "", b.evidence[0]?.ts ?? "") || compare(a.text, b.text));
  // Whose names they are that stand beside its own: of what was merged into it, and of what it is related to.
  const named = new Set([...members.map((one) => one.id), ...relations.flatMap((one) => [one.from_id, one.to_id])]);
  const namings = rowsOf<{ change: string | null }>(db, NAMINGS, [JSON.stringify([...named])]);
  const names = evidenceOf(
    db,
    namings.flatMap(({ change }) => change ?? []),
  );
  return {
    id,
    name,
    type,
    deleted,
    ...writtenBy(db, group, states, [...evidence.values(), ...names]),
    merged: members.slice(1).map((one) => ({ id: one.id, name: one.name })),
    observations,
    relations: relations.map(({ changes, ...row }) => ({ ...row, evidence: evidenceIn(changes) })),
    relations_left: shown.length - relations.length,
    conflicts: states.flatMap(({ conflicts }) =>
      Object.entries(conflicts).map(([field, values]) => ({ field, values: values.map(({ value }) => String(value)) })),
    ),
  };
}

/** One relation, whichever of several merged entities it names. */
function relationsOf(db: Reader, groups: EntityGroups, group: EntityGroup) {
  const ids = JSON.stringify(group.members.map(({ id }) => id));
  const rows = new Map<string, Omit<RelationRow, "evidence"> & { ids: string[] }>();
  const stored = rowsOf<StoredRelation>(db, RELATIONS, [ids, ids]);
  groups.load(stored.flatMap(({ fromId, toId }) => [fromId, toId]));
  for (const { id, fromId, toId, type } of stored) {
    const [from, to] = [groups.of(fromId), groups.of(toId)];
    if (!from || !to || (!group.deleted && (from.deleted || to.deleted))) continue;
    if (isWithin(from, to, fromId, toId)) continue;
    const key = JSON.stringify([from.id, type, to.id]);
    const known = rows.get(key);
    if (known) known.ids.push(id);
    else rows.set(key, { id, from: from.name, from_id: from.id, type, to: to.name, to_id: to.id, ids: [id] });
  }
  const leads = ({ from_id }: { readonly from_id: string }): number => (from_id === group.id ? 0 : 1);
  return [...rows.values()].sort(
    (a, b) => leads(a) - leads(b) || compare(a.type, b.type) || compare(a.from + a.to, b.from + b.to),
  );
}

function relatingChanges(db: Reader, ids: readonly string[]): ReadonlyMap<string, string> {
  const rows = rowsOf<{ id: string; change: string | null }>(db, RELATINGS, [JSON.stringify(ids)]);
  return new Map(rows.flatMap(({ id, change }) => (change === null ? [] : [[id, change] as const])));
}

function evidenceByChange(db: Reader, changes: readonly string[]): ReadonlyMap<string, Evidence> {
  const rows = rowsOf<Omit<Evidence, "ts" | "tainted"> & { change: string; ts: number; tainted: number }>(
    db,
    EVIDENCE,
    [JSON.stringify(changes)],
  );
  return new Map(
    rows.map(({ change, ...row }) => [change, { ...row, tainted: row.tainted === 1, ts: isoTime(row.ts) }]),
  );
}

function evidenceOf(db: Reader, changes: readonly string[]): readonly Evidence[] {
  return [...evidenceByChange(db, changes).values()];
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
