/** @module One event as changesSince tells of it. */
import type { ChangedEvent } from "./changes.ts";
import { type Reader, rowOf } from "./reader.ts";
import { isoTime } from "./session-row.ts";

const EVENT = "SELECT seq, id, event_id, session_id, type, ts FROM events WHERE event_id = ?";

/** Null: there is no such event. */
export function changedEvent(db: Reader, eventId: string): ChangedEvent | null {
  const row = rowOf<Omit<ChangedEvent, "ts"> & { readonly ts: number | null }>(db, EVENT, [eventId]);
  return row ? { ...row, ts: isoTime(row.ts) } : null;
}
