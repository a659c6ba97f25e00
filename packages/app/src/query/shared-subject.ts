/** @module One thing that is shared, as its changes left it, and its history. */
import type { Change, ChangeTarget, SubjectState } from "../model/change.ts";
import { type Reader, rowOf, rowsOf } from "./reader.ts";

export const STATE = "SELECT state FROM subjects WHERE target = ? AND subject = ?";
export const HISTORY = `SELECT change_id AS changeId, target, subject, hlc, device, author, origin, tainted, session_id AS sessionId, ts, data
  FROM changes WHERE target = ? AND subject = ? ORDER BY hlc, device, change_id`;
const TABLE = "SELECT 1 FROM sqlite_schema WHERE name = 'subjects'";
const CHANGE = "SELECT 1 FROM changes WHERE change_id = ?";

/** Null: nobody has written it. */
export function subjectState(db: Reader, target: ChangeTarget, subject: string): SubjectState | null {
  const row = rowOf<{ state: string }>(db, STATE, [target, subject]);
  return row ? (JSON.parse(row.state) as SubjectState) : null;
}

/** Every change, oldest first. */
export function subjectHistory(db: Reader, target: ChangeTarget, subject: string): Change[] {
  return rowsOf<Omit<Change, "tainted" | "data"> & { tainted: number; data: string }>(db, HISTORY, [
    target,
    subject,
  ]).map(({ tainted, data, ...change }) => ({
    ...change,
    tainted: tainted === 1,
    data: JSON.parse(data) as Change["data"],
  }));
}

export function hasChange(db: Reader, changeId: string): boolean {
  return rowOf(db, CHANGE, [changeId]) !== undefined;
}

/** False: the database was last written by a Clew that knew nothing of what is shared. */
export function knowsShared(db: Reader): boolean {
  return rowOf(db, TABLE) !== undefined;
}
