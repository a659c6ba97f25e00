/** @module For tests: every change that a store has, as another device would be given it. */
import type { Change } from "../model/change.ts";
import { type Reader, rowsOf } from "./reader.ts";

const CHANGES = `
  SELECT change_id AS changeId, target, subject, hlc, device, author, origin, tainted, session_id AS sessionId, ts, data
  FROM changes ORDER BY seq, change_id`;

/** In the order in which they came. */
export function everyChange(db: Reader): readonly Change[] {
  return rowsOf<Omit<Change, "tainted" | "data"> & { tainted: number; data: string }>(db, CHANGES).map(
    ({ tainted, data, ...change }) => ({
      ...change,
      tainted: tainted === 1,
      data: JSON.parse(data) as Change["data"],
    }),
  );
}
