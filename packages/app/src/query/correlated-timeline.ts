/**
 * @module Everything of a session and its descendants in one list by time: transcript, hooks, model calls, log lines, spans.
 * What no record dates is not in it.
 */
import type { LogLevel } from "../model/telemetry.ts";
import { cursorOf, type Place, parseCursor, RANKS, type Start } from "./correlated-cursor.ts";
import { type CorrelatedFacets, correlatedFacets } from "./correlated-facets.ts";
import { nextPlaces, type PageQuestion, type Placed } from "./correlated-page.ts";
import { type CorrelatedRow, type CorrelatedSource, correlatedRows } from "./correlated-row.ts";
import { chosenStreams } from "./correlated-streams.ts";
import { type Reader, rowOf } from "./reader.ts";
import { familyExtent, sessionFamily } from "./session-family.ts";

export interface CorrelatedQuestion {
  readonly sessionId: string;
  /** Without what is below the session. */
  readonly alone?: boolean;
  /** Only these; default all. */
  readonly sources?: readonly CorrelatedSource[];
  /** Only log lines of these levels: other sources are left out. */
  readonly levels?: readonly LogLevel[];
  /** Only log lines and spans of these services: other sources are left out. */
  readonly services?: readonly string[];
  /** Rows after this cursor, oldest first. */
  readonly after?: string;
  /** The last rows before this cursor, oldest first; "": the last of all. With neither: the first rows. */
  readonly before?: string;
  /** A page in whose middle the row of this event stands. */
  readonly aroundEventId?: string;
  /** Default 100. */
  readonly limit?: number;
}

export interface CorrelatedPage {
  readonly rows: readonly CorrelatedRow[];
  /** Over the session and its descendants, whatever is chosen. Null with `after` or a `before` that is a cursor. */
  readonly facets: CorrelatedFacets | null;
  /** Cursors to page on with; null on an empty page. */
  readonly first_cursor: string | null;
  readonly last_cursor: string | null;
  readonly has_before: boolean;
  readonly has_after: boolean;
}

/** A page; empty when there is no such session or event. A cursor that is none of ours counts as none. */
export function correlatedTimeline(db: Reader, question: CorrelatedQuestion): CorrelatedPage {
  const family = sessionFamily(db, question.sessionId, question.alone ?? false);
  if (!family) return pageOf(db, [], { hasBefore: false, hasAfter: false, facets: null });
  const limit = Math.max(1, question.limit ?? 100);
  const extent = familyExtent(db, family) ?? { from: -8e15, to: 8e15, events: 1 };
  const streams = chosenStreams(question);
  const next = (direction: PageQuestion["direction"], start: Start | null, count: number): Placed[] =>
    nextPlaces(db, { family, extent, streams, direction, start, limit: count });
  const facets = (): CorrelatedFacets => correlatedFacets(db, family);
  if (question.aroundEventId !== undefined) {
    const place = placeOfEvent(db, question.aroundEventId);
    if (!place) return pageOf(db, [], { hasBefore: false, hasAfter: false, facets: facets() });
    const half = Math.floor(limit / 2);
    const before = next("before", { place, inclusive: false }, half + 1);
    const after = next("after", { place, inclusive: true }, limit - half + 1);
    const places = [...before.slice(0, half).reverse(), ...after.slice(0, limit - half)];
    const more = { hasBefore: before.length > half, hasAfter: after.length > limit - half };
    return pageOf(db, places, { ...more, facets: facets() });
  }
  const after = question.after === undefined ? null : parseCursor(question.after);
  if (after === null && question.before !== undefined) {
    const place = parseCursor(question.before);
    const start = place && { place, inclusive: false };
    const found = next("before", start, limit + 1);
    return pageOf(db, found.slice(0, limit).reverse(), {
      hasBefore: found.length > limit,
      // The row that the cursor is of.
      hasAfter: place !== null,
      facets: start ? null : facets(),
    });
  }
  const start = after && { place: after, inclusive: false };
  const found = next("after", start, limit + 1);
  return pageOf(db, found.slice(0, limit), {
    hasBefore: after !== null,
    hasAfter: found.length > limit,
    facets: start ? null : facets(),
  });
}

function pageOf(
  db: Reader,
  places: readonly Placed[],
  more: { readonly hasBefore: boolean; readonly hasAfter: boolean; readonly facets: CorrelatedFacets | null },
): CorrelatedPage {
  return {
    rows: correlatedRows(db, places),
    facets: more.facets,
    first_cursor: places[0] ? cursorOf(places[0]) : null,
    last_cursor: places.length > 0 ? cursorOf(places.at(-1)!) : null,
    has_before: more.hasBefore,
    has_after: more.hasAfter,
  };
}

const EVENT = `SELECT e.id, e.ts, e.session_id AS sessionId, e.source_id AS sourceId, l.ts AS lineTs FROM events e
  LEFT JOIN log_lines l ON l.id = e.id WHERE e.event_id = ?`;
export const PLACES: readonly (readonly [
  string,
  (event: { eventId: string; sessionId: string }) => readonly unknown[],
])[] = [
  [
    `SELECT started_at / 1000 AS ts, ${RANKS.span} AS rank, trace_id || ':' || span_id AS key FROM spans INDEXED BY spans_by_event
     WHERE event_id = ? LIMIT 1`,
    ({ eventId }) => [eventId],
  ],
  [`SELECT ts, ${RANKS.prompt} AS rank, event_id AS key FROM turns WHERE event_id = ?`, ({ eventId }) => [eventId]],
  [
    `SELECT ts, ${RANKS.prompt} AS rank, event_id AS key FROM turns INDEXED BY turns_by_session WHERE session_id = ? AND hook_event_id = ?`,
    ({ eventId, sessionId }) => [sessionId, eventId],
  ],
  [
    `SELECT started_at AS ts, ${RANKS.tool_call} AS rank, tool_use_id AS key FROM tool_calls INDEXED BY tool_calls_by_session
     WHERE session_id = ? AND (call_event_id = ? OR result_event_id = ?) LIMIT 1`,
    ({ eventId, sessionId }) => [sessionId, eventId, eventId],
  ],
  [
    `SELECT ts, ${RANKS.model_call} AS rank, call_key AS key FROM model_calls INDEXED BY model_calls_by_session
     WHERE session_id = ? AND event_id = ? LIMIT 1`,
    ({ eventId, sessionId }) => [sessionId, eventId],
  ],
];

interface StoredPlace {
  readonly id: number;
  readonly ts: number | null;
  readonly sessionId: string;
  readonly sourceId: number | null;
  readonly lineTs: number | null;
}

/** Where the row of an event stands; of an event without a row of its own, where it would. Null: nowhere. */
function placeOfEvent(db: Reader, eventId: string): Place | null {
  const event = rowOf<StoredPlace>(db, EVENT, [eventId]);
  if (!event) return null;
  if (event.lineTs !== null) return { ts: event.lineTs, rank: RANKS.log, key: event.id };
  for (const [sql, parameters] of PLACES) {
    const place = rowOf<Place & { readonly ts: number | null }>(db, sql, parameters({ ...event, eventId }));
    if (place && place.ts !== null) return place;
  }
  if (event.ts === null) return null;
  return { ts: event.ts, rank: event.sourceId === null ? RANKS.live : RANKS.record, key: event.id };
}
