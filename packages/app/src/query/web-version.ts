/** @module A shared thing as a page saw it: by the number, in this device's log, of the newest change that the page knew. */
import { foldChanges } from "../merge/fold.ts";
import type { Change, ChangeTarget, SubjectState } from "../model/change.ts";
import { type Reader, rowOf, rowsOf } from "./reader.ts";

const VERSION = "SELECT changed_seq AS version FROM subjects WHERE target = ? AND subject = ?";
const CHANGES_UP_TO = `
  SELECT change_id AS changeId, target, subject, hlc, device, author, origin, tainted, session_id AS sessionId, ts, data
  FROM changes WHERE target = ? AND subject = ? AND seq <= ? ORDER BY hlc, device, change_id`;

/** Number of its newest change; null: there is none of this id. */
export function versionOf(db: Reader, target: ChangeTarget, subject: string): number | null {
  return rowOf<{ version: number }>(db, VERSION, [target, subject])?.version ?? null;
}

/** What stood when `version` was its newest change. A value that came later is not replaced by who did not see it. */
export function stateAtVersion(
  db: Reader,
  target: ChangeTarget,
  subject: string,
  version: number,
): SubjectState | null {
  const rows = rowsOf<Omit<Change, "tainted" | "data"> & { tainted: number; data: string }>(db, CHANGES_UP_TO, [
    target,
    subject,
    version,
  ]);
  return foldChanges(
    rows.map(({ tainted, data, ...change }) => ({
      ...change,
      tainted: tainted === 1,
      data: JSON.parse(data) as Change["data"],
    })),
  );
}
