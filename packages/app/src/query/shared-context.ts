/** @module What a session that starts may be told of entries and messages: two questions, each along one index. */
import type { EntryCategory, EntryStatus } from "../model/entry.ts";
import type { Origin } from "../model/record.ts";
import { addressedSql, type Looker, openToSql } from "./messages.ts";
import { type Reader, rowOf, rowsOf } from "./reader.ts";
import { knowsShared } from "./shared-subject.ts";

/** An open entry, and all that decides whether its title may be shown. */
export interface OpenEntry {
  readonly entryId: string;
  readonly category: EntryCategory;
  readonly status: EntryStatus;
  readonly title: string;
  readonly assignee: string | null;
  /** Milliseconds UTC. */
  readonly changedAt: number;
  readonly createdBy: string;
  readonly createdOrigin: Origin;
  /** Anything that stands in it was derived from what came from elsewhere. */
  readonly tainted: boolean;
  /** Who wrote the title that stands, and how; null: nobody knows. */
  readonly titleBy: string | null;
  readonly titleOrigin: Origin | null;
  readonly titleTainted: boolean;
  /** There are other titles that nobody has replaced. */
  readonly isDisputed: boolean;
  /** Event of the change that wrote the title. */
  readonly eventId: string | null;
  readonly workspaceId: string | null;
  /** Null: no session has been in it. */
  readonly workspacePath: string | null;
}

/** Unread messages of one sender. */
export interface UnreadFrom {
  readonly sender: string;
  readonly count: number;
}

export interface SharedFacts {
  /** Of the project, the newest change first. */
  readonly entries: readonly OpenEntry[];
  /** There are more than were looked at. */
  readonly hasMore: boolean;
  readonly unread: readonly UnreadFrom[];
}

export const NO_SHARED: SharedFacts = { entries: [], hasMore: false, unread: [] };

/** Entries that are looked at, open ones among them, and messages of each way of being addressed. */
const MOST_LOOKED_AT = 1000;
const MOST_ENTRIES = 100;
const MOST_MESSAGES = 100;

/** Each one's title leads to the change that wrote it. */
const openEntriesSql = (found: string): string => `
  SELECT p.entry_id AS entryId, p.category, p.status, p.title, p.assignee, s.changed_at AS changedAt, s.created_by AS createdBy,
    s.state ->> '$.created.origin' AS createdOrigin, s.state -> '$.conflicts.title' IS NOT NULL AS isDisputed,
    s.tainted, c.author AS titleBy, c.origin AS titleOrigin, c.tainted AS titleTainted, c.event_id AS eventId,
    s.state ->> '$.fields.workspace.value' AS workspaceId, w.path AS workspacePath
  FROM (SELECT * FROM ${found} WHERE status IN ('open', 'in_progress', 'blocked') LIMIT ${MOST_ENTRIES}) p
    CROSS JOIN subjects s ON s.id = p.id
    LEFT JOIN changes c ON c.change_id = s.state ->> '$.fields.title.change'
    LEFT JOIN workspaces w ON w.workspace_id = s.state ->> '$.fields.workspace.value'
  WHERE s.deleted = 0 ORDER BY p.changed_hlc DESC, p.id DESC`;
/** Down the project's entries, no further than a start may take. */
export const OPEN_ENTRIES = openEntriesSql(`(SELECT * FROM entries INDEXED BY entries_by_project WHERE project_id = ?
        ORDER BY changed_hlc DESC, id DESC LIMIT ${MOST_LOOKED_AT})`);
export const OPEN_ENTRY = openEntriesSql("(SELECT * FROM entries WHERE entry_id = ?)");

interface EntryRow extends Omit<OpenEntry, "tainted" | "titleTainted" | "isDisputed"> {
  readonly tainted: number;
  readonly titleTainted: number | null;
  readonly isDisputed: number;
}

/** For an agent's identity in a project. */
export function sharedFacts(db: Reader, looker: Looker & { readonly projectId: string }, now: number): SharedFacts {
  if (!knowsShared(db)) return NO_SHARED;
  const entries = rowsOf<EntryRow>(db, OPEN_ENTRIES, [looker.projectId]).map(openEntryOf);
  const unread = unreadSql(looker, now);
  return {
    entries,
    hasMore: entries.length >= MOST_ENTRIES,
    unread: rowsOf<UnreadFrom>(db, unread.sql, unread.parameters),
  };
}

/** The same facts of one entry; null: it is not open, or there is none of this id. */
export function openEntry(db: Reader, entryId: string): OpenEntry | null {
  const row = rowOf<EntryRow>(db, OPEN_ENTRY, [entryId]);
  return row ? openEntryOf(row) : null;
}

function openEntryOf({ tainted, titleTainted, isDisputed, ...row }: EntryRow): OpenEntry {
  return { ...row, tainted: tainted === 1, titleTainted: titleTainted === 1, isDisputed: isDisputed === 1 };
}

/** Unread messages by sender, the most first: for the question and for the test of its plan. */
export function unreadSql(
  looker: Looker,
  now: number,
): { readonly sql: string; readonly parameters: readonly unknown[] } {
  const { sql, parameters } = addressedSql(looker, openToSql(looker, now, true), MOST_MESSAGES);
  return {
    sql: `SELECT m.sender, count(*) AS count FROM (${sql}) p CROSS JOIN messages m ON m.id = p.id GROUP BY m.sender ORDER BY 2 DESC, 1`,
    parameters,
  };
}
