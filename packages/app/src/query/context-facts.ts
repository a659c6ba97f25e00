/** @module The database as a starting session sees it, and what earlier ones were given. */
import { ClewError } from "../base/error.ts";
import type { IsoTime } from "../model/answers.ts";
import { readMigrations } from "../store/migrate.ts";
import { openReader, type Reader, rowOf } from "./reader.ts";
import { isoTime } from "./session-row.ts";

/** A session that starts waits for no writer. */
const BUSY_MS = 200;

/** Opens read-only for one glance. Throws `not_found`, `newer_database`, `io`, or SQLite's own error for a damaged file. */
export function openForContext(database: string): Reader {
  const db = openReader(database, BUSY_MS);
  try {
    const version = db.pragma("user_version", { simple: true }) as number;
    const newest = readMigrations().at(-1)?.version ?? 0;
    if (version > newest) throw new ClewError("newer_database", `it was written by a newer Clew (schema ${version})`);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

export interface InjectedContext {
  readonly session_id: string;
  readonly ts: IsoTime | null;
  readonly text: string;
  /** What stood in it and why. */
  readonly items: readonly unknown[];
}

/** By injected_contexts_by_session; the newest of several (a session is given something again after a compaction). */
export const LAST_INJECTED = `
  SELECT session_id, ts, text, items FROM injected_contexts WHERE session_id = ? ORDER BY ts DESC, event_id DESC LIMIT 1`;
/** Newest sessions of the workspace first, down sessions_by_workspace, to the first that was given something. */
export const NEWEST_INJECTED = `
  SELECT i.session_id, i.ts, i.text, i.items FROM
    (SELECT session_id FROM sessions INDEXED BY sessions_by_workspace WHERE workspace_id = ? ORDER BY ended_at DESC LIMIT 1000) s
    CROSS JOIN injected_contexts i ON i.session_id = s.session_id
  ORDER BY i.ts DESC, i.event_id DESC LIMIT 1`;

interface InjectedRow {
  readonly session_id: string;
  readonly ts: number | null;
  readonly text: string;
  readonly items: string;
}

/** What a session was given last; null: nothing. */
export function lastInjected(db: Reader, sessionId: string): InjectedContext | null {
  return injectedOf(rowOf<InjectedRow>(db, LAST_INJECTED, [sessionId]));
}

/** What was given last among the newest sessions of a workspace; null: nothing. */
export function newestInjected(db: Reader, workspaceId: string): InjectedContext | null {
  return injectedOf(rowOf<InjectedRow>(db, NEWEST_INJECTED, [workspaceId]));
}

function injectedOf(row: InjectedRow | undefined): InjectedContext | null {
  return row ? { ...row, ts: isoTime(row.ts), items: JSON.parse(row.items) as unknown[] } : null;
}
