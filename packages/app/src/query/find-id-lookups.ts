/** @module Where an id may stand: a range of an index for each kind of id, by the whole id or by how it begins. */
import type { IdKind } from "./find-id.ts";

export interface IdLookup {
  readonly kind: IdKind;
  /** Parameters: what `parts` makes of the id, then how many. */
  readonly exact?: string;
  /** Parameters: the first and the last that begin so, then how many. */
  readonly prefix?: string;
  /** Null: it does not look like one of these. Default: the id itself. */
  readonly parts?: (id: string) => readonly unknown[] | null;
}

/** Both queries of a column; `%` stands for the condition. */
const byColumn = (kind: IdKind, sql: string, column: string): IdLookup => ({
  kind,
  exact: `${sql.replace("%", `${column} = ?`)} LIMIT ?`,
  prefix: `${sql.replace("%", `${column} >= ? AND ${column} < ?`)} LIMIT ?`,
});
const parts =
  (pattern: RegExp) =>
  (id: string): readonly unknown[] | null =>
    pattern.exec(id)?.slice(1) ?? null;

function partsOfFile(id: string): readonly unknown[] | null {
  const [, session, number] = /^([^/:]+):(\d{1,12})$/u.exec(id) ?? [];
  const file = `/session_${session}.jsonl`;
  return number === undefined ? null : [number, file, file];
}

const SESSION = `SELECT session_id AS id, session_id AS sessionId, NULL AS eventId, started_at AS ts, title AS text FROM sessions WHERE %`;
const EVENT = `SELECT event_id AS id, session_id AS sessionId, event_id AS eventId, ts, type AS text FROM events WHERE %`;
const LINE = `SELECT e.event_id AS id, l.session_id AS sessionId, e.event_id AS eventId, l.ts, l.message AS text
  FROM events e CROSS JOIN log_lines l ON l.id = e.id WHERE %`;
const CALL = `SELECT call_key AS id, session_id AS sessionId, event_id AS eventId, ts, model AS text FROM model_calls WHERE %`;
const RESPONSE = `SELECT response_id AS id, session_id AS sessionId, event_id AS eventId, ts, model AS text FROM responses r
  WHERE NOT EXISTS (SELECT 1 FROM model_calls c WHERE c.response_id = r.response_id) AND %`;
const TOLD_RESPONSE = `SELECT c.call_key AS id, c.session_id AS sessionId, c.event_id AS eventId, c.ts, c.model AS text
  FROM responses r CROSS JOIN model_calls c ON c.response_id = r.response_id WHERE %`;
const TOOL_CALL = `SELECT tool_use_id AS id, session_id AS sessionId, COALESCE(call_event_id, result_event_id) AS eventId,
  started_at AS ts, COALESCE(name, '?') || ' ' || COALESCE(summary, '') AS text FROM tool_calls WHERE %`;
const TRACE_OF_SPAN = `SELECT trace_id AS id, session_id AS sessionId, NULL AS eventId, min(started_at) / 1000 AS ts, name AS text
  FROM spans WHERE % GROUP BY trace_id`;
const TRACE_OF_SESSION = `SELECT trace_id AS id, session_id AS sessionId, NULL AS eventId, min(ts) AS ts, NULL AS text
  FROM session_traces WHERE % GROUP BY trace_id`;
const TRACE_OF_LINE = `SELECT trace_id AS id, session_id AS sessionId, NULL AS eventId, min(ts) AS ts, NULL AS text FROM log_lines
  INDEXED BY log_lines_by_trace WHERE % GROUP BY trace_id`;
const SPAN = `SELECT trace_id || ':' || span_id AS id, session_id AS sessionId, event_id AS eventId, started_at / 1000 AS ts,
  name AS text FROM spans`;

/** A span that a session or a call of a model names, though it never came. */
const SPAN_OF_SESSION = `SELECT trace_id || ':' || % AS id, session_id AS sessionId, NULL AS eventId, ts, NULL AS text FROM session_traces`;
const SPAN_OF_CALL = `SELECT trace_id || ':' || span_id AS id, session_id AS sessionId, event_id AS eventId, ts, model AS text
  FROM model_calls`;
const SPAN_OF_LINE = `SELECT trace_id || ':' || span_id AS id, session_id AS sessionId, event_id AS eventId, ts, message AS text
  FROM (SELECT l.*, e.event_id FROM log_lines l INDEXED BY log_lines_by_trace CROSS JOIN events e ON e.id = l.id)`;
const SPAN_ID = parts(/^([0-9a-f]{16})$/u);
const TRACE_AND_SPAN = parts(/^([0-9a-f]{32}):([0-9a-f]{16})$/u);

/** In the order in which they are answered. */
export const ID_LOOKUPS: readonly IdLookup[] = [
  byColumn("session", SESSION, "session_id"),
  // A correlation id: workspace and session. A session that has moved to another workspace is still the one.
  {
    kind: "session",
    exact: `${SESSION.replace("%", "session_id = ?")} LIMIT ?`,
    parts: parts(/^[0-9a-f]{16}:(.+)$/su),
  },
  byColumn("log_line", LINE, "e.event_id"),
  byColumn("event", EVENT, "event_id"),
  byColumn("model_call", CALL, "call_key"),
  byColumn("model_call", CALL, "request_id"),
  byColumn("model_call", CALL, "message_id"),
  // A line of an interaction log: its session and its number there.
  {
    kind: "model_call",
    exact: `${CALL.replace("%", "session_id = ? AND interaction ->> 'number' = CAST(? AS INTEGER)")} LIMIT ?`,
    parts: parts(/^(.+):(\d{1,12})$/su),
  },
  // The same by the session that the log's file is named after, whatever its lines say.
  {
    kind: "model_call",
    exact: `${CALL.replace("%", "interaction ->> 'number' = +CAST(? AS INTEGER) AND substr('/' || replace(interaction ->> 'file', '\\', '/'), -length(?)) = ?")} LIMIT ?`,
    parts: partsOfFile,
  },
  byColumn("model_call", TOLD_RESPONSE, "r.response_id"),
  byColumn("model_call", TOLD_RESPONSE, "r.request_id"),
  byColumn("model_call", TOLD_RESPONSE, "r.message_id"),
  byColumn("response", RESPONSE, "r.response_id"),
  byColumn("response", RESPONSE, "r.request_id"),
  byColumn("response", RESPONSE, "r.message_id"),
  byColumn("tool_call", TOOL_CALL, "tool_use_id"),
  byColumn("trace", TRACE_OF_SPAN, "trace_id"),
  byColumn("trace", TRACE_OF_SESSION, "trace_id"),
  byColumn("trace", TRACE_OF_LINE, "trace_id"),
  { kind: "span", exact: `${SPAN} WHERE trace_id = ? AND span_id = ? LIMIT ?`, parts: TRACE_AND_SPAN },
  { kind: "span", exact: `${SPAN_OF_LINE} WHERE trace_id = ? AND span_id = ? LIMIT ?`, parts: TRACE_AND_SPAN },
  { kind: "span", exact: `${SPAN} WHERE span_id = ? LIMIT ?`, parts: SPAN_ID },
  // Lines are in no index by their span: it is known from the session that it is of, or from a call.
  ...["span_id", "caller_span_id"].map(
    (column): IdLookup => ({
      kind: "span",
      exact: `${SPAN_OF_SESSION.replace("%", column)} WHERE ${column} = ? LIMIT ?`,
      parts: SPAN_ID,
    }),
  ),
  { kind: "span", exact: `${SPAN_OF_CALL} WHERE span_id = ? AND trace_id IS NOT NULL LIMIT ?`, parts: SPAN_ID },
];
