/** @module The next rows of an interleaved timeline, put together from all its streams. */
import { comparePlaces, type Direction, type Place, RANKS, type Start, type StreamName } from "./correlated-cursor.ts";
import { type ChosenStream, isDirect, streamSql } from "./correlated-streams.ts";
import { type Reader, rowsOf } from "./reader.ts";
import { type FamilyExtent, type SessionFamily, SLACK_MS, type TimeRange } from "./session-family.ts";

/** A row's place, and the stream that has the rest of it. */
export interface Placed extends Place {
  readonly stream: StreamName;
}

export interface PageQuestion {
  readonly family: SessionFamily;
  readonly extent: FamilyExtent;
  readonly streams: readonly ChosenStream[];
  readonly direction: Direction;
  readonly start: Start | null;
  readonly limit: number;
}

/** A first look is this many times as long as it should have to be, and each next one longer by as much again. */
const LOOK_FACTOR = 4;
const SHORTEST_LOOK_MS = 1_000;

/**
 * The nearest rows past the start, nearest first. Streams that an index has in order are asked once. The others, each
 * many sessions' ranges of an index, are asked for one window of time after another: the first as long as the page
 * should need, or as the page needs if the others fill it.
 */
export function nextPlaces(db: Reader, question: PageQuestion): Placed[] {
  const { family, extent, streams, direction, start, limit } = question;
  const isAfter = direction === "after";
  const from = start?.place.ts ?? (isAfter ? extent.from : extent.to);
  const all: TimeRange = {
    from: Math.min(extent.from - SLACK_MS, from),
    to: Math.max(extent.to + SLACK_MS, from),
  };
  const read = (stream: ChosenStream, range: TimeRange): Placed[] => {
    const { sql, parameters } = streamSql(stream, { family, range, direction, start });
    const rank = RANKS[stream.name];
    return rowsOf<Pick<Place, "ts" | "key">>(db, sql, [...parameters, limit]).map((row) => ({
      ...row,
      rank,
      stream: stream.name,
    }));
  };
  const nearer = (a: Place, b: Place): number => (isAfter ? comparePlaces(a, b) : comparePlaces(b, a));
  const inOrder = streams.filter((stream) => isDirect(stream, family));
  const windowed = streams.filter((stream) => !isDirect(stream, family));
  const direct = inOrder.flatMap((stream) => read(stream, EVER)).sort(nearer);
  const end = isAfter ? all.to : all.from;
  const found: Placed[] = [];
  const known = (until: number): Placed[] =>
    [...direct.filter(({ ts }) => (isAfter ? ts <= until : ts >= until)), ...found].sort(nearer);
  const full = direct[limit - 1]?.ts;
  let length = full === undefined ? firstLook(extent, limit) : Math.abs(full - from);
  // What is dated before a session's first event, or after its last, belongs to the first look.
  let at = start?.place.ts ?? (isAfter ? all.from : all.to);
  for (let begin = from; windowed.length > 0; length *= LOOK_FACTOR) {
    const until = isAfter ? Math.min(end, begin + length) : Math.max(end, begin - length);
    const range = isAfter ? { from: at, to: until } : { from: until, to: at };
    for (const stream of windowed) found.push(...read(stream, range));
    const rows = known(until);
    if (rows.length >= limit) return rows.slice(0, limit);
    if (until === end) break;
    at = isAfter ? until + 1 : until - 1;
    begin = at;
  }
  return known(isAfter ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY).slice(0, limit);
}

const EVER: TimeRange = { from: Number.MIN_SAFE_INTEGER, to: Number.MAX_SAFE_INTEGER };

function firstLook({ from, to, events }: FamilyExtent, limit: number): number {
  return Math.max(SHORTEST_LOOK_MS, Math.ceil(((to - from) / Math.max(1, events)) * limit * LOOK_FACTOR));
}
