/** @module The rows of an interleaved timeline that one event tells of, for views that are told of events as they come. */
import { type Place, RANKS } from "./correlated-cursor.ts";
import type { Placed } from "./correlated-page.ts";
import { type CorrelatedRow, correlatedRows } from "./correlated-row.ts";
import { LIVE, RECORD, SPAN } from "./correlated-streams.ts";
import { UNTOLD } from "./model-calls.ts";
import { type Reader, rowOf, rowsOf } from "./reader.ts";

interface StoredEvent {
  readonly id: number;
  readonly sessionId: string;
  readonly ts: number | null;
  readonly lineTs: number | null;
}

const EVENT = `SELECT e.id, e.session_id AS sessionId, e.ts, l.ts AS lineTs FROM events e
  LEFT JOIN log_lines l ON l.id = e.id WHERE e.event_id = ?`;

/** Each a step in an index, or a walk over one session's; parameters: the event, its session. */
export const ROWS_OF_EVENT: readonly (readonly [stream: keyof typeof RANKS, sql: string])[] = [
  ["prompt", "SELECT ts, event_id AS key FROM turns WHERE event_id = $eventId"],
  [
    "prompt",
    "SELECT ts, event_id AS key FROM turns INDEXED BY turns_by_session WHERE session_id = $sessionId AND hook_event_id = $eventId",
  ],
  [
    "tool_call",
    `SELECT started_at AS ts, tool_use_id AS key FROM tool_calls INDEXED BY tool_calls_by_session
     WHERE session_id = $sessionId AND (call_event_id = $eventId OR result_event_id = $eventId)`,
  ],
  [
    "model_call",
    "SELECT ts, call_key AS key FROM model_calls INDEXED BY model_calls_by_session WHERE session_id = $sessionId AND event_id = $eventId",
  ],
  [
    "response",
    `SELECT r.ts, r.response_id AS key FROM responses r INDEXED BY responses_by_session
     WHERE r.session_id = $sessionId AND r.event_id = $eventId AND ${UNTOLD}`,
  ],
  [
    "span",
    `SELECT p.started_at / 1000 AS ts, p.trace_id || ':' || p.span_id AS key FROM spans p INDEXED BY spans_by_event
     WHERE p.event_id = $eventId AND ${SPAN}`,
  ],
  [
    "record",
    `SELECT e.ts, e.id AS key FROM events e WHERE e.event_id = $eventId AND e.source_id IS NOT NULL AND ${RECORD}`,
  ],
  ["live", `SELECT e.ts, e.id AS key FROM events e WHERE e.event_id = $eventId AND e.source_id IS NULL AND ${LIVE}`],
];

/**
 * What stands in the timeline because of this event, none of it undated. Several events tell of one row: whoever follows
 * them keeps to the rows' keys. Empty: it tells of nothing that a timeline shows, or there is no such event.
 */
export function correlatedRowsOfEvent(db: Reader, eventId: string): CorrelatedRow[] {
  const event = rowOf<StoredEvent>(db, EVENT, [eventId]);
  if (!event) return [];
  if (event.lineTs !== null)
    return correlatedRows(db, [{ stream: "log", rank: RANKS.log, ts: event.lineTs, key: event.id }]);
  const places = ROWS_OF_EVENT.flatMap(([stream, sql]): Placed[] =>
    rowsOf<Pick<Place, "key"> & { readonly ts: number | null }>(db, sql, [
      { eventId, sessionId: event.sessionId },
    ]).flatMap(({ ts, key }) => (ts === null ? [] : { stream, rank: RANKS[stream], ts, key })),
  );
  return correlatedRows(db, places);
}
