/** @module The dashboard's list of entries: any page of it, and how many each further choice would leave. */
import type { SubjectState } from "../model/change.ts";
import { type EntryCategory, type EntryRow, type EntryStatus, OPEN_STATUSES } from "../model/entry.ts";
import { ENTRY_COLUMNS, entryRow, type StoredEntry } from "./entries.ts";
import { entryWords, HAS_WORDS, wholeText } from "./entry-words.ts";
import { namesOf } from "./names.ts";
import { type Reader, rowsOf } from "./reader.ts";
import type { SearchWords } from "./search-words.ts";

export const ENTRY_FACETS = ["status", "category", "project", "assignee", "tag"] as const;
export type EntryFacetName = (typeof ENTRY_FACETS)[number];

export interface WebEntriesQuestion {
  /** As a person types them; every text is valid. */
  readonly text: string;
  /** Of one facet any of its values, of several facets all of them; "" stands for none. */
  readonly chosen: Readonly<Record<EntryFacetName, readonly string[]>>;
  /** Written first by this person, or assigned to them. */
  readonly mine: string | null;
  /** Written in this session. */
  readonly sessionId: string | null;
  readonly limit: number;
  readonly offset: number;
}

export interface WebEntryRow extends EntryRow {
  /** Name of its project. */
  readonly project: string | null;
  readonly notes: number;
}

export interface EntryFacetValue {
  readonly value: string;
  /** Of a project its name. */
  readonly label: string;
  readonly count: number;
}

export interface WebEntriesAnswer {
  /** The newest change first. */
  readonly rows: readonly WebEntryRow[];
  readonly total: number;
  /** With any status, and those to which somebody still has to do something: everything else as chosen. */
  readonly all: number;
  readonly open: number;
  /** Each as if nothing of it were chosen, the most first. */
  readonly facets: Readonly<Record<EntryFacetName, readonly EntryFacetValue[]>>;
  /** There are more entries than were looked at. */
  readonly stopped_early: boolean;
}

interface Known {
  readonly id: number;
  readonly category: EntryCategory;
  readonly status: EntryStatus;
  readonly projectId: string | null;
  readonly project: string | null;
  readonly assignee: string | null;
  readonly createdBy: string;
  /** JSON. */
  readonly tags: string;
}

/** Newest entries that are looked at. */
const MOST_LOOKED_AT = 5_000;
const MOST_VALUES = 100;

const KNOWN = `
  SELECT e.id, e.category, e.status, e.project_id AS projectId, p.name AS project, e.assignee, s.created_by AS createdBy,
    (SELECT json_group_array(t.value ->> 'value') FROM json_each(s.state, '$.sets.tags') t) AS tags
  FROM subjects s INDEXED BY subjects_by_change CROSS JOIN entries e ON e.id = s.id
    LEFT JOIN projects p ON p.project_id = e.project_id
  WHERE s.target = 'entry' AND s.deleted = 0`;
const OF_SESSION = " AND e.session_id = ?";
const NEWEST_FIRST = ` ORDER BY s.changed_hlc DESC, s.id DESC LIMIT ${MOST_LOOKED_AT + 1}`;
const ROWS = `
  SELECT ${ENTRY_COLUMNS}, p.name AS project FROM entries e CROSS JOIN subjects s ON s.id = e.id
    LEFT JOIN projects p ON p.project_id = e.project_id WHERE e.id IN (SELECT value FROM json_each(?))`;

export function webEntries(db: Reader, question: WebEntriesQuestion): WebEntriesAnswer {
  const words = entryWords(question.text);
  const found = words !== null && words.match === null && words.isEmpty ? [] : knownRows(db, question, words);
  const { chosen, limit, offset } = question;
  const values = new Map(found.map((row) => [row, valuesOf(row)]));
  const passes = (row: Known, except?: EntryFacetName): boolean =>
    ENTRY_FACETS.every(
      (name) =>
        name === except ||
        chosen[name].length === 0 ||
        values.get(row)![name].some(({ value }) => chosen[name].includes(value)),
    );
  const withAnyStatus = found.filter((row) => passes(row, "status"));
  const passing = withAnyStatus.filter((row) => passes(row));
  return {
    rows: rowsOfPage(db, passing.slice(offset, offset + limit)),
    total: passing.length,
    all: withAnyStatus.length,
    open: withAnyStatus.filter(({ status }) => OPEN_STATUSES.some((one) => one === status)).length,
    facets: Object.fromEntries(
      ENTRY_FACETS.map((name) => {
        const rows = found.filter((row) => passes(row, name));
        return [name, counted(rows.map((row) => values.get(row)![name]))];
      }),
    ) as unknown as WebEntriesAnswer["facets"],
    stopped_early: found.length > MOST_LOOKED_AT,
  };
}

function knownRows(db: Reader, { mine, sessionId }: WebEntriesQuestion, words: SearchWords | null): readonly Known[] {
  const match = words?.match ?? null;
  const sql = `${KNOWN}${match === null ? "" : ` AND ${HAS_WORDS}`}${sessionId === null ? "" : OF_SESSION}${NEWEST_FIRST}`;
  const rows = rowsOf<Known>(
    db,
    sql,
    [match, sessionId].filter((value) => value !== null),
  );
  const own = mine === null ? [] : namesOf(mine);
  return rows.filter(
    (row) =>
      (mine === null || row.createdBy === mine || (row.assignee !== null && own.includes(row.assignee))) &&
      // A word without a letter is in no index.
      (words === null || match !== null || words.standIn(wholeText(db, row.id))),
  );
}

type Values = Readonly<Record<EntryFacetName, readonly Omit<EntryFacetValue, "count">[]>>;

function valuesOf({ category, status, projectId, project, assignee, tags }: Known): Values {
  const one = (value: string | null, label = value) => [{ value: value ?? "", label: label ?? "" }];
  const all = JSON.parse(tags) as string[];
  return {
    category: one(category),
    status: one(status),
    project: one(projectId, project ?? projectId),
    assignee: one(assignee),
    tag: all.map((tag) => ({ value: tag, label: tag })),
  };
}

function counted(rows: readonly Values[EntryFacetName][]): readonly EntryFacetValue[] {
  const counts = new Map<string, { label: string; count: number }>();
  for (const { value, label } of rows.flat()) {
    const known = counts.get(value) ?? { label, count: 0 };
    known.count++;
    counts.set(value, known);
  }
  return [...counts]
    .map(([value, { label, count }]) => ({ value, label, count }))
    .sort((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1))
    .slice(0, MOST_VALUES);
}

function rowsOfPage(db: Reader, page: readonly Known[]): readonly WebEntryRow[] {
  const ids = JSON.stringify(page.map(({ id }) => id));
  const stored = new Map(rowsOf<StoredEntry & { project: string | null }>(db, ROWS, [ids]).map((row) => [row.id, row]));
  return page.flatMap(({ id }) => {
    const row = stored.get(id);
    if (!row) return [];
    const state = JSON.parse(row.state) as SubjectState;
    return [{ ...entryRow(row, state), project: row.project, notes: state.notes.length }];
  });
}
