/** @module Lists of entries, the newest change first, a page at a time. */
import type { SubjectState } from "../model/change.ts";
import type { EntriesAnswer, EntryCategory, EntryRow, EntryStatus } from "../model/entry.ts";
import { type Deletion, deletionOf } from "./deletion.ts";
import { HAS_WORDS, textOfState } from "./entry-words.ts";
import type { SqlPart } from "./filter/sql.ts";
import { type Reader, rowOf, rowsOf } from "./reader.ts";
import type { SearchWords } from "./search-words.ts";
import { isoTime } from "./session-row.ts";

export interface EntriesQuestion {
  readonly category?: EntryCategory;
  /** Any of them. */
  readonly statuses?: readonly EntryStatus[];
  /** Written first by one of these, or assigned to one. */
  readonly mine?: readonly string[];
  /** Words that stand in it (query/entry-words.ts). */
  readonly words?: SearchWords | null;
  /** Those that are gone instead. */
  readonly deleted?: boolean;
  /** Id; without it those of all projects. */
  readonly projectId?: string;
  readonly limit: number;
  /** `next` of the page before. */
  readonly after?: string;
}

export interface ListedEntry extends EntryRow, Deletion {}

export interface EntriesPage extends EntriesAnswer {
  readonly rows: readonly ListedEntry[];
}

export interface StoredEntry {
  readonly id: number;
  readonly entryId: string;
  readonly category: EntryCategory;
  readonly status: EntryStatus;
  readonly title: string;
  readonly assignee: string | null;
  readonly projectId: string | null;
  readonly sessionId: string | null;
  readonly changedHlc: number;
  readonly contentHash: string;
  readonly deleted: number;
  readonly state: string;
  /** JSON. */
  readonly authors: string;
}

export const ENTRY_COLUMNS = `e.id, e.entry_id AS entryId, e.category, e.status, e.title, e.assignee, e.project_id AS projectId,
  e.session_id AS sessionId, e.changed_hlc AS changedHlc, e.content_hash AS contentHash, s.deleted, s.state,
  (SELECT json_group_array(DISTINCT c.author) FROM changes c WHERE c.target = 'entry' AND c.subject = e.entry_id) AS authors`;

/** In the order of an index, whichever narrows most: of what is gone, of the project, of the status or category, of all entries. */
function fromOf({ projectId, statuses, category, deleted = false }: EntriesQuestion): SqlPart {
  if (deleted)
    return {
      sql: "subjects s INDEXED BY subjects_deleted CROSS JOIN entries e ON e.id = s.id WHERE s.target = 'entry' AND s.deleted = 1",
      parameters: [],
    };
  if (projectId !== undefined && statuses?.length === 1)
    return {
      sql: "entries e INDEXED BY entries_by_project_status CROSS JOIN subjects s ON s.id = e.id WHERE e.project_id = ? AND e.status = ?",
      parameters: [projectId, statuses[0]],
    };
  if (projectId !== undefined && category !== undefined)
    return {
      sql: "entries e INDEXED BY entries_by_project_category CROSS JOIN subjects s ON s.id = e.id WHERE e.project_id = ? AND e.category = ?",
      parameters: [projectId, category],
    };
  if (projectId !== undefined)
    return {
      sql: "entries e INDEXED BY entries_by_project CROSS JOIN subjects s ON s.id = e.id WHERE e.project_id = ?",
      parameters: [projectId],
    };
  if (statuses?.length === 1)
    return {
      sql: "entries e INDEXED BY entries_by_status CROSS JOIN subjects s ON s.id = e.id WHERE e.status = ?",
      parameters: [statuses[0]],
    };
  if (category !== undefined)
    return {
      sql: "entries e INDEXED BY entries_by_category CROSS JOIN subjects s ON s.id = e.id WHERE e.category = ?",
      parameters: [category],
    };
  return {
    sql: "subjects s INDEXED BY subjects_by_change CROSS JOIN entries e ON e.id = s.id WHERE s.target = 'entry'",
    parameters: [],
  };
}

const marks = (values: readonly unknown[]): string => values.map(() => "?").join(", ");

/** Which entries, and what they are sorted by. */
function chosenSql(question: EntriesQuestion): SqlPart & { readonly order: readonly [string, string] } {
  const { category, statuses, mine, words, deleted = false, projectId, after } = question;
  const from = fromOf(question);
  const walksSubjects = from.parameters.length === 0;
  const [hlc, id] = walksSubjects ? ["s.changed_hlc", "s.id"] : ["e.changed_hlc", "e.id"];
  const past = after === undefined ? null : parseEntryCursor(after);
  const conditions: SqlPart[] = [
    { sql: "s.deleted = ?", parameters: [Number(deleted)] },
    ...(projectId === undefined ? [] : [{ sql: "e.project_id = ?", parameters: [projectId] }]),
    ...(category === undefined ? [] : [{ sql: "e.category = ?", parameters: [category] }]),
    ...(statuses === undefined ? [] : [{ sql: `e.status IN (${marks(statuses)})`, parameters: statuses }]),
    ...(mine === undefined
      ? []
      : [
          {
            sql: `(s.created_by IN (${marks(mine)}) OR e.assignee IN (${marks(mine)}))`,
            parameters: [...mine, ...mine],
          },
        ]),
    ...(words?.match ? [{ sql: HAS_WORDS, parameters: [words.match] }] : []),
    ...(past ? [{ sql: `(${hlc}, ${id}) < (?, ?)`, parameters: past }] : []),
  ];
  return {
    sql: `${from.sql} AND ${conditions.map(({ sql }) => sql).join(" AND ")}`,
    parameters: [...from.parameters, ...conditions.flatMap(({ parameters }) => parameters)],
    order: [hlc, id],
  };
}

/** The SQL of a page, for the list and for the test of its plan. */
export function entriesSql(question: EntriesQuestion): SqlPart {
  const { sql, parameters, order } = chosenSql(question);
  return {
    sql: `SELECT ${ENTRY_COLUMNS} FROM ${sql} ORDER BY ${order.map((column) => `${column} DESC`).join(", ")} LIMIT ?`,
    parameters: [...parameters, question.limit],
  };
}

/** Null: it is no cursor of ours. */
export function parseEntryCursor(text: string): readonly [number, number] | null {
  const found = /^(\d{1,16})\.(\d{1,16})$/u.exec(text);
  return found ? [Number(found[1]), Number(found[2])] : null;
}

export function listEntries(db: Reader, question: EntriesQuestion): EntriesPage {
  const found = fittingEntries(db, question, question.limit + 1);
  const rows = found.slice(0, question.limit);
  const last = rows.at(-1);
  return {
    rows: rows.map((row) => {
      const state = JSON.parse(row.state) as SubjectState;
      return { ...entryRow(row, state), ...deletionOf(state) };
    }),
    next: found.length > rows.length && last ? cursorOf(last) : null,
  };
}

/** How many there are on all pages. */
export function countEntries(db: Reader, question: EntriesQuestion): number {
  const { after: _, ...all } = question;
  if (hasToRead(question)) return fittingEntries(db, all, Number.MAX_SAFE_INTEGER).length;
  const { sql, parameters } = chosenSql(all);
  return rowOf<{ count: number }>(db, `SELECT count(*) AS count FROM ${sql}`, parameters)!.count;
}

const cursorOf = ({ changedHlc, id }: StoredEntry): string => `${changedHlc}.${id}`;

/** A word without a letter is in no index: each text is read. */
const hasToRead = ({ words }: EntriesQuestion): boolean => !!words && words.match === null;
const READ_AT_ONCE = 500;

function fittingEntries(db: Reader, question: EntriesQuestion, most: number): readonly StoredEntry[] {
  const { words } = question;
  if (!words || !hasToRead(question)) return entriesOf(db, { ...question, limit: most });
  const fitting: StoredEntry[] = [];
  if (words.isEmpty) return fitting;
  for (let after = question.after; ; ) {
    const rows = entriesOf(db, { ...question, limit: READ_AT_ONCE, ...(after !== undefined && { after }) });
    for (const row of rows) if (words.standIn(textOfState(JSON.parse(row.state) as SubjectState))) fitting.push(row);
    const last = rows.at(-1);
    if (!last || rows.length < READ_AT_ONCE || fitting.length >= most) return fitting.slice(0, most);
    after = cursorOf(last);
  }
}

function entriesOf(db: Reader, question: EntriesQuestion): readonly StoredEntry[] {
  const { sql, parameters } = entriesSql(question);
  return rowsOf<StoredEntry>(db, sql, parameters);
}

export function entryRow(stored: StoredEntry, state = JSON.parse(stored.state) as SubjectState): EntryRow {
  return {
    entry_id: stored.entryId,
    category: stored.category,
    status: stored.status,
    title: stored.title,
    assignee: stored.assignee,
    project_id: stored.projectId,
    session_id: stored.sessionId,
    tags: (state.sets.tags ?? []).map(({ value }) => value),
    created_at: isoTime(state.created.ts),
    created_by: state.created.author,
    origin: state.created.origin,
    changed_at: isoTime(state.changed.ts),
    changed_by: state.changed.author,
    tainted: state.tainted,
    authors: (JSON.parse(stored.authors) as string[]).sort(),
    conflicts: Object.keys(state.conflicts),
  };
}
