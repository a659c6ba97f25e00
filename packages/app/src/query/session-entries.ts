/** @module Entries that were written down in a session, the newest change first. */
import type { EntryCategory, EntryStatus } from "../model/entry.ts";
import { type Reader, rowsOf } from "./reader.ts";

export interface SessionEntry {
  readonly entry_id: string;
  readonly category: EntryCategory;
  readonly status: EntryStatus;
  readonly title: string;
  /** Whoever wrote it first. */
  readonly created_by: string;
}

const MOST = 100;
/** The entry's first change was made in the session. There are few enough entries to walk along them. */
export const SESSION_ENTRIES = `
  SELECT e.entry_id, e.category, e.status, e.title, s.created_by
  FROM subjects s INDEXED BY subjects_by_change CROSS JOIN entries e ON e.id = s.id
  WHERE s.target = 'entry' AND s.deleted = 0 AND e.session_id = ? ORDER BY s.changed_hlc DESC, s.id DESC LIMIT ${MOST}`;

export function sessionEntries(db: Reader, sessionId: string): readonly SessionEntry[] {
  return rowsOf<SessionEntry>(db, SESSION_ENTRIES, [sessionId]);
}
