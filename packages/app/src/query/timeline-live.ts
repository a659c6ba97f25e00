/**
 * @module What came live in a session that also has a transcript: hooks and our own events, put between its records by
 * time. Records are paged by id; their running latest time, which never falls, says where a live event belongs.
 */
import { PRESENT_COLUMNS, type PresentableEvent } from "./event-body.ts";
import { type Reader, rowOf, rowsOf } from "./reader.ts";

export interface TimelineEventRow extends PresentableEvent {
  readonly id: number;
  readonly event_id: string;
  readonly ts: number | null;
  readonly origin: string;
}

export const TIMELINE_COLUMNS = `e.id, e.event_id, e.ts, e.origin, ${PRESENT_COLUMNS}`;

/** What hooks see of what the transcript tells better: the same call, prompt or answer is shown once. */
export const TOLD_BY_TRANSCRIPT = [
  "hook.pre-tool-use",
  "hook.post-tool-use",
  "hook.post-tool-use-failure",
  "hook.post-tool-batch",
  "hook.user-prompt-submit",
  "hook.message-display",
  "hook.stop",
  "hook.subagent-start",
  "hook.subagent-stop",
  "hook.task-created",
  "hook.task-completed",
  "session.activity",
  "session.process",
  "otel.user_prompt",
  "otel.assistant_response",
  "otel.tool_result",
  "otel.tool_decision",
  "otel.api_request",
  "otel.hook_registered",
  "otel.hook_execution_start",
  "otel.hook_execution_complete",
  "otel.metric",
  "otel.span",
];
/** A call that a program announces is written in its log file too, with what was said: where that line is known it alone is shown. */
export const NOT_WRITTEN_TOO = `(e.type <> 'interaction' OR e.source <> 'clew' OR NOT EXISTS (SELECT 1 FROM events w INDEXED BY events_live
  WHERE w.source_id IS NULL AND w.session_id = e.session_id AND w.ts = e.ts AND w.type = 'interaction' AND w.source = 'log'))`;
/** Served by events_live: its condition has to stand here as it stands in the schema. */
export const LIVE_BETWEEN = `SELECT ${TIMELINE_COLUMNS} FROM events e
  WHERE e.session_id = ? AND e.source_id IS NULL AND e.ts >= ? AND e.ts < ?
    AND e.type NOT IN (${TOLD_BY_TRANSCRIPT.map((type) => `'${type}'`).join(", ")})
    AND ${NOT_WRITTEN_TOO}`;
const HAS_RECORDS = "SELECT 1 FROM events WHERE session_id = ? AND source_id IS NOT NULL LIMIT 1";
const CLOCK = "SELECT max(ts) AS clock FROM events WHERE session_id = ? AND id <= ? AND source_id IS NOT NULL";
const RECORD_BEFORE = `SELECT id FROM events WHERE session_id = ? AND source_id IS NOT NULL AND ts <= ? ORDER BY id DESC LIMIT 1`;
const FIRST_RECORD = "SELECT id FROM events WHERE session_id = ? AND source_id IS NOT NULL ORDER BY id LIMIT 1";

/** False: everything of the session came live, and is paged by time: it arrives in another order than it happened in. */
export function hasRecords(db: Reader, sessionId: string): boolean {
  return rowOf(db, HAS_RECORDS, [sessionId]) !== undefined;
}

/** Latest time of the session's records up to one of them. */
export function clockAt(db: Reader, sessionId: string, id: number): number {
  return rowOf<{ clock: number | null }>(db, CLOCK, [sessionId, id])?.clock ?? Number.MIN_SAFE_INTEGER;
}

/** The record beside which a live event stands. */
export function recordNear(db: Reader, sessionId: string, ts: number | null): number | null {
  const near = ts === null ? undefined : rowOf<{ id: number }>(db, RECORD_BEFORE, [sessionId, ts]);
  return (near ?? rowOf<{ id: number }>(db, FIRST_RECORD, [sessionId]))?.id ?? null;
}

/** More stand between two pages of a transcript only where something has run wild: then the newest are shown. */
const MOST_LIVE = 2000;

/** Live events of [from, to), in the order in which they happened. */
export function liveBetween(
  db: Reader,
  sessionId: string,
  span: { readonly from: number; readonly to: number },
  types: readonly string[] | undefined,
): TimelineEventRow[] {
  const typed = types === undefined ? "" : ` AND (${types.map(() => "e.type GLOB ?").join(" OR ") || "0"})`;
  const sql = `${LIVE_BETWEEN}${typed} ORDER BY e.ts DESC, e.id DESC LIMIT ${MOST_LIVE}`;
  return rowsOf<TimelineEventRow>(db, sql, [sessionId, span.from, span.to, ...(types ?? [])]).reverse();
}

/** Puts live events between records: each before the first record at which the clock has gone past it. */
export function merged(
  records: readonly TimelineEventRow[],
  live: readonly TimelineEventRow[],
  clock: number,
): TimelineEventRow[] {
  const rows: TimelineEventRow[] = [];
  let next = 0;
  let reached = clock;
  for (const record of records) {
    reached = Math.max(reached, record.ts ?? reached);
    while (next < live.length && live[next]!.ts! < reached) rows.push(live[next++]!);
    rows.push(record);
  }
  return [...rows, ...live.slice(next)];
}
