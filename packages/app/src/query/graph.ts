/** @module What is known: entities with their observations and relations, each with who said it, and in which session. */
import type { SubjectState } from "../model/change.ts";
import { formatTerm, parseFilter } from "./filter/parse.ts";
import { type EntityGroup, type EntityGroups, entityGroups } from "./graph-groups.ts";
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
  /** Fields with several values that nobody has replaced. */
  readonly conflicts: readonly { readonly field: string; readonly values: readonly string[] }[];
}

export interface GraphSearchAnswer {
  readonly rows: readonly EntityRow[];
  readonly total: number;
}

export const CHANGED = `SELECT changed_by AS changedBy, changed_at AS changedAt FROM subjects WHERE target = 'entity' AND subject = ?`;
export const EVIDENCE = `SELECT author, tainted, session_id, event_id, ts FROM changes WHERE change_id = ?`;
/** Relations of which an end is one of some entities. */
export const RELATIONS = `
  SELECT r.relation_id AS id, r.from_id AS fromId, r.to_id AS toId, r.type, s.state FROM relations r
  CROSS JOIN subjects s ON s.id = r.id WHERE s.deleted = 0 AND r.relation_id IN (
    SELECT relation_id FROM relations WHERE from_id IN (SELECT value FROM json_each(?1))
    UNION SELECT relation_id FROM relations WHERE to_id IN (SELECT value FROM json_each(?1)))`.replaceAll("?1", "?");
export const FOUND = `
  SELECT s.subject AS id FROM shared_index i CROSS JOIN subjects s ON s.id = i.rowid
  WHERE shared_index MATCH ? AND s.target = 'entity' AND s.deleted = 0 ORDER BY s.changed_hlc DESC`;

export interface StoredRelation {
  readonly id: string;
  readonly fromId: string;
  readonly toId: string;
  readonly type: string;
  readonly state: string;
}

/** Entities whose names, types or observations have all the words; newest change first. Every one for no words. */
export function searchGraph(db: Reader, text: string, limit = 20): GraphSearchAnswer {
  const groups = entityGroups(db);
  const { terms, words } = parseFilter(text, "search");
  const literal = terms.map((term) => ({ text: formatTerm(term), prefix: false, negated: false }));
  const { match } = searchWords([...words, ...literal]);
  const isAll = text.trim() === "";
  if (match === null && !isAll) return { rows: [], total: 0 };
  const found = isAll
    ? groups.all
    : rowsOf<{ id: string }>(db, FOUND, [match]).flatMap(({ id }) => groups.of(id) ?? []);
  const living = [...new Set(found)].filter(({ deleted }) => !deleted);
  return { rows: living.slice(0, limit).map((group) => rowOfGroup(db, groups, group)), total: living.length };
}

function statesOf(db: Reader, { members }: EntityGroup): readonly SubjectState[] {
  return members.flatMap(({ id, deleted }) => {
    const state = deleted && members.some((one) => !one.deleted) ? null : subjectState(db, "entity", id);
    return state ? [state] : [];
  });
}

function rowOfGroup(db: Reader, groups: EntityGroups, group: EntityGroup): EntityRow {
  const detail = entityDetail(db, groups, group);
  return { ...shared(detail), observations: detail.observations.length, relations: detail.relations.length };
}

function shared({ id, name, type, changed_at, changed_by, authors, tainted }: EntityDetail) {
  return { id, name, type, changed_at, changed_by, authors, tainted };
}

export function entityDetail(db: Reader, groups: EntityGroups, group: EntityGroup): EntityDetail {
  const { id, name, type, members, deleted } = group;
  const states = statesOf(db, group);
  const said = new Map<string, string[]>();
  for (const state of states) {
    for (const { value, by } of state.sets.observations ?? []) said.set(value, [...(said.get(value) ?? []), ...by]);
  }
  const observations = [...said]
    .map(([text, by]) => ({ text, evidence: evidenceOf(db, by) }))
    .sort((a, b) => compare(a.evidence[0]?.ts ?? "", b.evidence[0]?.ts ?? "") || compare(a.text, b.text));
  const relations = relationsOf(db, groups, group);
  const changes = members.map((one) => rowOf<{ changedBy: string; changedAt: number }>(db, CHANGED, [one.id])!);
  const newest = changes.reduce((last, one) => (one.changedAt > last.changedAt ? one : last));
  const names = states.flatMap((state) => Object.values(state.fields).map(({ author }) => author));
  const spoken = [...observations, ...relations].flatMap(({ evidence }) => evidence);
  return {
    id,
    name,
    type,
    deleted,
    changed_at: isoTime(newest.changedAt),
    changed_by: newest.changedBy,
    authors: [...new Set([...names, ...spoken.map(({ author }) => author)])].sort(),
    tainted: states.some(({ tainted }) => tainted) || spoken.some(({ tainted }) => tainted),
    merged: members.slice(1).map((one) => ({ id: one.id, name: one.name })),
    observations,
    relations,
    conflicts: states.flatMap(({ conflicts }) =>
      Object.entries(conflicts).map(([field, values]) => ({ field, values: values.map(({ value }) => String(value)) })),
    ),
  };
}

/** One relation, whichever of several merged entities it names. */
function relationsOf(db: Reader, groups: EntityGroups, group: EntityGroup): readonly RelationRow[] {
  const ids = JSON.stringify(group.members.map(({ id }) => id));
  const rows = new Map<string, RelationRow>();
  for (const { id, fromId, toId, type, state } of rowsOf<StoredRelation>(db, RELATIONS, [ids, ids])) {
    const [from, to] = [groups.of(fromId), groups.of(toId)];
    if (!from || !to || (!group.deleted && (from.deleted || to.deleted))) continue;
    const { fields } = JSON.parse(state) as SubjectState;
    const evidence = evidenceOf(db, [fields.type?.change ?? ""]);
    const key = JSON.stringify([from.id, type, to.id]);
    const before = rows.get(key);
    rows.set(key, {
      ...(before ?? { id, from: from.name, from_id: from.id, type, to: to.name, to_id: to.id }),
      evidence: [...(before?.evidence ?? []), ...evidence],
    });
  }
  const leads = ({ from_id }: RelationRow): number => (from_id === group.id ? 0 : 1);
  return [...rows.values()].sort(
    (a, b) => leads(a) - leads(b) || compare(a.type, b.type) || compare(a.from + a.to, b.from + b.to),
  );
}

function evidenceOf(db: Reader, changes: readonly string[]): readonly Evidence[] {
  return changes
    .flatMap((change) => {
      const row = rowOf<Omit<Evidence, "ts" | "tainted"> & { ts: number; tainted: number }>(db, EVIDENCE, [change]);
      return row ? [{ ...row, tainted: row.tainted === 1, ts: isoTime(row.ts) }] : [];
    })
    .sort((a, b) => compare(a.ts ?? "", b.ts ?? ""));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
