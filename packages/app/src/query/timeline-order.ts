/**
 * @module The order of a session's timeline, and how it is gone along: records by id, the order of their file. Where there
 * are none, what came live stands by time, and by id within a moment; what has no time stands first.
 */
import { type Reader, rowOf, rowsOf } from "./reader.ts";
import { NOT_WRITTEN_TOO, TIMELINE_COLUMNS, type TimelineEventRow } from "./timeline-live.ts";

export type Direction = "after" | "before";

/** What a main transcript repeats of a subagent is for the time that the subagent's own file is missing. */
const NO_REPEATS = `(e.type <> 'progress.agent' OR NOT EXISTS
  (SELECT 1 FROM sources s WHERE s.session_id = e.session_id AND s.kind = 'subagent'))`;

function typedSql(types: readonly string[] | undefined): string {
  return types === undefined ? ` AND ${NO_REPEATS}` : ` AND (${types.map(() => "e.type GLOB ?").join(" OR ") || "0"})`;
}

/** events_by_session holds the id too: a range of it, no sorting. What came live is left to timeline-live.ts. */
export function timelineSql(direction: Direction, types: readonly string[] | undefined): string {
  const which = ` AND e.source_id IS NOT NULL${typedSql(types)}`;
  return direction === "after"
    ? `SELECT ${TIMELINE_COLUMNS} FROM events e WHERE e.session_id = ? AND e.id > ?${which} ORDER BY e.id LIMIT ?`
    : `SELECT ${TIMELINE_COLUMNS} FROM events e WHERE e.session_id = ? AND e.id < ?${which} ORDER BY e.id DESC LIMIT ?`;
}

/** A range of events_live, which holds the id too. `hasTime` false: those without one, which are few and by id alone. */
export function liveSql(direction: Direction, types: readonly string[] | undefined, hasTime: boolean): string {
  const [sign, order] = direction === "after" ? [">", ""] : ["<", " DESC"];
  const place = hasTime ? `(e.ts, e.id) ${sign} (?, ?)` : `e.ts IS NULL AND e.id ${sign} ?`;
  return `SELECT ${TIMELINE_COLUMNS} FROM events e INDEXED BY events_live WHERE e.session_id = ? AND e.source_id IS NULL
    AND ${place}${typedSql(types)} AND ${NOT_WRITTEN_TOO} ORDER BY e.ts${order}, e.id${order} LIMIT ?`;
}

const TIME_OF = "SELECT ts FROM events WHERE id = ? AND session_id = ?";

export interface TimelineWalk {
  readonly sessionId: string;
  /** GLOB patterns of event types; undefined: all. */
  readonly patterns: readonly string[] | undefined;
  /** The session has records of files. */
  readonly records: boolean;
}

/**
 * Rows behind an event in the direction, nearest first. `nudge`: moves the place by so many ids, so that the event itself
 * is among them. The greatest of all ids stands
 * behind everything, another one that is none of the session's before it.
 */
export function readTimeline(
  db: Reader,
  { sessionId, patterns, records }: TimelineWalk,
  direction: Direction,
  id: number,
  count: number,
  nudge = 0,
): TimelineEventRow[] {
  const types = patterns ?? [];
  if (records) return rowsOf(db, timelineSql(direction, patterns), [sessionId, nudged(id, nudge), ...types, count]);
  const found = rowOf<{ ts: number | null }>(db, TIME_OF, [id, sessionId]);
  const end = direction === "after" ? Number.MIN_SAFE_INTEGER : Number.MAX_SAFE_INTEGER;
  const isBehindAll = id >= Number.MAX_SAFE_INTEGER;
  const place = found
    ? { ts: found.ts, id: id + nudge }
    : { ts: isBehindAll ? id : null, id: isBehindAll ? id : Number.MIN_SAFE_INTEGER };
  const dated = (ts: number, from: number, most: number): TimelineEventRow[] =>
    rowsOf(db, liveSql(direction, patterns, true), [sessionId, ts, from, ...types, most]);
  const undated = (from: number, most: number): TimelineEventRow[] =>
    rowsOf(db, liveSql(direction, patterns, false), [sessionId, from, ...types, most]);
  const first = place.ts === null ? undated(place.id, count) : dated(place.ts, place.id, count);
  if (first.length >= count || (place.ts === null) === (direction === "before")) return first;
  const rest = count - first.length;
  return [...first, ...(direction === "after" ? dated(end, end, rest) : undated(end, rest))];
}

/** The ends of all numbers stay where they are. */
function nudged(id: number, by: number): number {
  return Math.min(Number.MAX_SAFE_INTEGER, Math.max(Number.MIN_SAFE_INTEGER, id + by));
}
