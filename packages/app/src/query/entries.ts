/** @module Lists of entries, the newest change first, a page at a time. */
import type { SubjectState } from "../model/change.ts";
import type { EntriesAnswer, EntryCategory, EntryRow, EntryStatus } from "../model/entry.ts";
import { type Deletion, deletionOf } from "./deletion.ts";
import type { SqlPart } from "./filter/sql.ts";
import { type Reader, rowsOf } from "./reader.ts";
import { isoTime } from "./session-row.ts";

export interface EntriesQuestion {
  readonly category?: EntryCategory;
  /** Any of them. */
  readonly statuses?: readonly EntryStatus[];
  /** Written first by one of these, or assigned to one. */
  readonly mine?: readonly string[];
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

/** In the order of an index, whichever of the three narrows most: the project's, the status's, that of all entries. */
function fromOf({ projectId, statuses }: EntriesQuestion): SqlPart {
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
  return {
    sql: "subjects s INDEXED BY subjects_by_change CROSS JOIN entries e ON e.id = s.id WHERE s.target = 'entry'",
    parameters: [],
  };
}

const marks = (values: readonly unknown[]): string => values.map(() => "?").join(", ");

/** The SQL of a page, for the list and for the test of its plan. */
export function entriesSql(question: EntriesQuestion): SqlPart {
  const { category, statuses, mine, deleted = false, after, limit } = question;
  const from = fromOf(question);
  const walksSubjects = from.parameters.length === 0;
  const [hlc, id] = walksSubjects ? ["s.changed_hlc", "s.id"] : ["e.changed_hlc", "e.id"];
  const past = after === undefined ? null : parseEntryCursor(after);
  const conditions: SqlPart[] = [
    { sql: "s.deleted = ?", parameters: [Number(deleted)] },
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
    ...(past ? [{ sql: `(${hlc}, ${id}) < (?, ?)`, parameters: past }] : []),
  ];
  return {
    sql: `SELECT ${ENTRY_COLUMNS} FROM ${from.sql} AND ${conditions.map(({ sql }) => sql).join(" AND ")}
      ORDER BY ${hlc} DESC, ${id} DESC LIMIT ?`,
    parameters: [...from.parameters, ...conditions.flatMap(({ parameters }) => parameters), limit],
  };
}

/** Null: it is no cursor of ours. */
export function parseEntryCursor(text: string): readonly [number, number] | null {
  const found = /^(\d{1,16})\.(\d{1,16})$/u.exec(text);
  return found ? [Number(found[1]), Number(found[2])] : null;
}

export function listEntries(db: Reader, question: EntriesQuestion): EntriesPage {
  const { sql, parameters } = entriesSql({ ...question, limit: question.limit + 1 });
  const found = rowsOf<StoredEntry>(db, sql, parameters);
  const rows = found.slice(0, question.limit);
  const last = rows.at(-1);
  return {
    rows: rows.map((row) => {
      const state = JSON.parse(row.state) as SubjectState;
      return { ...entryRow(row, state), ...deletionOf(state) };
    }),
    next: found.length > rows.length && last ? `${last.changedHlc}.${last.id}` : null,
  };
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
