/** @module From a log line to the calls of models that were made there and then, and from a call to its log lines. */
import { UNCORRELATED_SESSION } from "../base/ids.ts";
import { type LogRow, logRowsById } from "./log-row.ts";
import { type ModelCallRow, modelCall } from "./model-calls.ts";
import { type Reader, rowOf, rowsOf } from "./reader.ts";

export interface CallsOfLine {
  readonly rows: readonly ModelCallRow[];
  /** span: of the same span. time: that ran when the line was written. session: nearest in the session. Null: there are none. */
  readonly by: "span" | "time" | "session" | null;
}

const MOST = 10;
/** A call of unknown length, and one that has just ended, is still worth a line. Milliseconds. */
const NEAR_MS = 1_000;

export const LINE = `SELECT l.session_id AS sessionId, l.ts, l.trace_id AS traceId, l.span_id AS spanId
  FROM events e CROSS JOIN log_lines l ON l.id = e.id WHERE e.event_id = ?`;
export const CALLS_OF_SPAN = `SELECT call_key AS key FROM model_calls INDEXED BY model_calls_by_trace
  WHERE trace_id = ? AND span_id = ? ORDER BY ts LIMIT ${MOST}`;
const CALLS = "SELECT call_key AS key FROM model_calls INDEXED BY model_calls_by_session WHERE session_id = ?";
/** No call lasts longer than an hour: further back none is looked for. */
export const CALLS_AT = `${CALLS} AND ts <= ? AND ts >= ? - 3600000 AND ts + COALESCE(duration_ms, 0) + ${NEAR_MS} >= ? ORDER BY ts LIMIT ${MOST}`;
export const CALLS_BEFORE = `${CALLS} AND ts <= ? ORDER BY ts DESC LIMIT ${MOST / 2}`;
export const CALLS_AFTER = `${CALLS} AND ts > ? ORDER BY ts LIMIT ${MOST / 2}`;

/** The calls that a log line is about; of an unknown line none. */
export function callsOfLine(db: Reader, eventId: string): CallsOfLine {
  const line = rowOf<{ sessionId: string; ts: number; traceId: string | null; spanId: string | null }>(db, LINE, [
    eventId,
  ]);
  if (!line) return { rows: [], by: null };
  const { sessionId, ts, traceId, spanId } = line;
  const calls = (sql: string, ...parameters: readonly unknown[]): ModelCallRow[] =>
    rowsOf<{ key: string }>(db, sql, parameters).flatMap(({ key }) => modelCall(db, key) ?? []);
  const ofSpan = traceId !== null && spanId !== null ? calls(CALLS_OF_SPAN, traceId, spanId) : [];
  if (ofSpan.length > 0) return { rows: ofSpan, by: "span" };
  if (sessionId === UNCORRELATED_SESSION) return { rows: [], by: null };
  const running = calls(CALLS_AT, sessionId, ts, ts, ts);
  if (running.length > 0) return { rows: running, by: "time" };
  const nearest = [...calls(CALLS_BEFORE, sessionId, ts).reverse(), ...calls(CALLS_AFTER, sessionId, ts)];
  return { rows: nearest, by: nearest.length > 0 ? "session" : null };
}

export interface LinesOfCall {
  /** Oldest first: those before it, those while it ran, those after. */
  readonly rows: readonly LogRow[];
  /** Index of the first that is not before the call. */
  readonly at: number;
}

const LINES = "SELECT l.id FROM log_lines l INDEXED BY log_lines_by_session WHERE l.session_id = ?";
export const LINES_BEFORE = `${LINES} AND l.ts < ? ORDER BY l.ts DESC, l.id DESC LIMIT ?`;
export const LINES_FROM = `${LINES} AND l.ts >= ? AND l.ts <= ? ORDER BY l.ts, l.id LIMIT ?`;
export const LINES_AFTER = `${LINES} AND l.ts > ? ORDER BY l.ts, l.id LIMIT ?`;
const MOST_LINES = 200;

/** The log lines of the call's session while it ran, and some around. */
export function linesOfCall(
  db: Reader,
  call: Pick<ModelCallRow, "session_id" | "ts" | "duration_ms">,
  { before = 5, after = 5 }: { readonly before?: number; readonly after?: number } = {},
): LinesOfCall {
  if (call.session_id === null || call.ts === null) return { rows: [], at: 0 };
  const from = Date.parse(call.ts);
  const to = from + (call.duration_ms ?? 0);
  const ids = (sql: string, ...parameters: readonly unknown[]): number[] =>
    rowsOf<{ id: number }>(db, sql, [call.session_id, ...parameters]).map(({ id }) => id);
  const earlier = ids(LINES_BEFORE, from, before).reverse();
  const rows = [...earlier, ...ids(LINES_FROM, from, to, MOST_LINES), ...ids(LINES_AFTER, to, after)];
  return { rows: logRowsById(db, rows), at: earlier.length };
}
