/** @module What is known as the dashboard's page shows it: entities by words and type, and one with its history. */
import { compareChanges } from "../merge/fold.ts";
import type { HistoryRow } from "../model/entry.ts";
import { formatTerm, parseFilter } from "./filter/parse.ts";
import { type EntityDetail, type EntityRow, type Evidence, entityDetail, entityRows } from "./graph.ts";
import { linksOf } from "./graph-around.ts";
import { type EntityGroup, type EntityGroups, entityGroups } from "./graph-groups.ts";
import { type Reader, rowsOf } from "./reader.ts";
import { searchWords } from "./search-words.ts";
import { historyRows } from "./shared-history.ts";
import { subjectHistory } from "./shared-subject.ts";
import { localIdentities, type Whose } from "./whose-words.ts";

export interface GraphListRow extends EntityRow {
  readonly whose: Whose;
}

export interface GraphList {
  readonly rows: readonly GraphListRow[];
  /** Entities that pass. */
  readonly total: number;
  /** Of all that the words find, whatever type is chosen; most first. */
  readonly types: readonly { readonly value: string; readonly count: number }[];
  /** Of the whole graph, most frequent first: what they are coloured by. */
  readonly all_types: readonly string[];
  /** In the whole graph. */
  readonly entities: number;
  readonly relations: number;
}

export interface GraphListQuestion {
  /** As a person writes them; none: every entity. */
  readonly words: string;
  /** Undefined: any; "": those that have none. */
  readonly type?: string | undefined;
  readonly limit: number;
}

export interface GraphWebEntity extends EntityDetail {
  /** Of every author and of who said something. */
  readonly whose: Readonly<Record<string, Whose>>;
  /** Titles of the sessions that are evidence. */
  readonly sessions: Readonly<Record<string, string | null>>;
  /** Newest first, of all entities that are one with it: merges, renames, observations. */
  readonly history: readonly (HistoryRow & { readonly entity: string })[];
}

export const GRAPH_FOUND = `
  SELECT s.subject AS id FROM shared_index i CROSS JOIN subjects s ON s.id = i.rowid
  WHERE shared_index MATCH ? AND s.target = 'entity' AND s.deleted = 0 ORDER BY s.changed_hlc DESC LIMIT 5000`;
const TITLES = "SELECT session_id AS id, title FROM sessions WHERE session_id IN (SELECT value FROM json_each(?))";

const byName = new Intl.Collator("en");

/** By name, or the newest change first where words find them. Only the rows that are shown are read whole. */
export function graphList(db: Reader, person: string | null, { words, type, limit }: GraphListQuestion): GraphList {
  const groups = entityGroups(db);
  const living = groups.all
    .filter(({ deleted }) => !deleted)
    .sort((one, other) => byName.compare(one.name, other.name));
  const found = words.trim() === "" ? living : foundBy(db, words, groups);
  const passing = type === undefined ? found : found.filter((group) => group.type === type);
  const { whose } = localIdentities(db, person);
  return {
    rows: entityRows(db, groups, passing.slice(0, limit)).map((row) => {
      return { ...row, whose: furthest(row.authors.map(whose)) };
    }),
    total: passing.length,
    types: typesOf(found),
    all_types: typesOf(living).map(({ value }) => value),
    entities: living.length,
    relations: linksOf(db, groups).length,
  };
}

function typesOf(groups: readonly EntityGroup[]): GraphList["types"] {
  const counts = new Map<string, number>();
  for (const { type } of groups) counts.set(type, (counts.get(type) ?? 0) + 1);
  return [...counts]
    .map(([value, count]) => ({ value, count }))
    .sort((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1));
}

/** Newest change first. What would choose sessions is text here. */
function foundBy(db: Reader, text: string, groups: EntityGroups): readonly EntityGroup[] {
  const { terms, words } = parseFilter(text, "search");
  const literal = terms.map((term) => ({ text: formatTerm(term), prefix: false, negated: false }));
  const { match } = searchWords([...words, ...literal]);
  if (match === null) return [];
  const found = rowsOf<{ id: string }>(db, GRAPH_FOUND, [match]).flatMap(({ id }) => groups.of(id) ?? []);
  return [...new Set(found)].filter(({ deleted }) => !deleted);
}

/** The whole of it is judged by its least part. */
function furthest(list: readonly Whose[]): Whose {
  return (["other", "agent"] as const).find((one) => list.includes(one)) ?? "own";
}

/** Null: there is none of this id. A merged one answers for the one that it became. */
export function graphEntity(db: Reader, person: string | null, id: string): GraphWebEntity | null {
  const groups = entityGroups(db);
  const group = groups.of(id);
  if (!group) return null;
  const detail = entityDetail(db, groups, group);
  const names = new Map(group.members.map((one) => [one.id, one.name]));
  const changes = group.members.flatMap((one) => subjectHistory(db, "entity", one.id)).sort(compareChanges);
  const subjects = new Map(changes.map((one) => [one.changeId, one.subject]));
  const history = historyRows(changes).map((row) => {
    const subject = subjects.get(row.change_id) ?? "";
    return { ...row, set: row.set.map((one) => named(one, groups)), entity: names.get(subject) ?? subject };
  });
  const said = [...detail.observations, ...detail.relations].flatMap(({ evidence }): readonly Evidence[] => evidence);
  const people = new Set([...detail.authors, ...history.map(({ author }) => author)]);
  const { whose } = localIdentities(db, person);
  const ids = [...said, ...history].flatMap(({ session_id }) => session_id ?? []);
  return {
    ...detail,
    whose: Object.fromEntries([...people].map((one) => [one, whose(one)])),
    sessions: Object.fromEntries(
      rowsOf<{ id: string; title: string | null }>(db, TITLES, [JSON.stringify([...new Set(ids)])]).map(
        (row) => [row.id, row.title] as const,
      ),
    ),
    history: history.reverse(),
  };
}

/** A merge names an id: what a reader knows is the name. */
function named(one: HistoryRow["set"][number], groups: EntityGroups): HistoryRow["set"][number] {
  if (one.field !== "merged_into") return one;
  const nameOf = <Value>(value: Value): Value | string =>
    typeof value === "string"
      ? (groups.of(value)?.members.find((member) => member.id === value)?.name ?? value)
      : value;
  return { ...one, from: one.from.map(nameOf), to: nameOf(one.to) };
}
