/** @module What was committed after a given point, for live views. */
import { type Reader, rowOf, rowsOf } from "./reader.ts";
import { isoTime } from "./session-row.ts";

export interface ChangedEvent {
  readonly seq: number;
  readonly id: number;
  readonly event_id: string;
  readonly session_id: string;
  readonly type: string;
  readonly ts: string | null;
}

export interface ChangesAnswer {
  /** Ask again with this. */
  readonly seq: number;
  readonly sessions: readonly string[];
  readonly events: readonly ChangedEvent[];
  /** The limit cut the answer: ask again at once. */
  readonly more: boolean;
}

/** The newest seq of all devices: one step to the end of events_by_seq for each device. */
export const LATEST_SEQ =
  "SELECT coalesce(max((SELECT max(e.seq) FROM events e WHERE e.device_id = d.device_id)), 0) AS seq FROM devices d";
/** A range of events_by_seq for each device. */
export const EVENTS_SINCE = `SELECT e.seq, e.id, e.event_id, e.session_id, e.type, e.ts FROM devices d
  CROSS JOIN events e ON e.device_id = d.device_id AND e.seq > ? ORDER BY e.seq LIMIT ?`;

export function latestSeq(db: Reader): number {
  return rowOf<{ seq: number }>(db, LATEST_SEQ)!.seq;
}

/** Events committed after `seq`, oldest first, and the sessions they belong to. */
export function changesSince(db: Reader, question: { readonly seq: number; readonly limit?: number }): ChangesAnswer {
  const limit = question.limit ?? 1000;
  const rows = rowsOf<Omit<ChangedEvent, "ts"> & { ts: number | null }>(db, EVENTS_SINCE, [question.seq, limit + 1]);
  const events = rows.slice(0, limit).map((row) => ({ ...row, ts: isoTime(row.ts) }));
  return {
    seq: events.at(-1)?.seq ?? question.seq,
    sessions: [...new Set(events.map((event) => event.session_id))],
    events,
    more: rows.length > limit,
  };
}
