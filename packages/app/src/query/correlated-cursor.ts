/** @module The place of a row in a session's interleaved timeline: by time, then by what kind of row it is, then by its key. */
import type { SqlPart } from "./filter/sql.ts";

/** Streams of rows in the order in which rows of one millisecond stand. */
export const RANKS = {
  prompt: 0,
  record: 1,
  tool_call: 2,
  response: 3,
  model_call: 4,
  live: 5,
  log: 6,
  span: 7,
} as const;
export type StreamName = keyof typeof RANKS;

/** Streams whose keys are events.id. */
const NUMBERED: ReadonlySet<number> = new Set([RANKS.record, RANKS.live, RANKS.log]);

export interface Place {
  /** Milliseconds UTC. */
  readonly ts: number;
  readonly rank: number;
  readonly key: string | number;
}

export type Direction = "after" | "before";

export function cursorOf({ ts, rank, key }: Place): string {
  return `${ts}.${rank}.${key}`;
}

/** Null: it is no cursor of ours. */
export function parseCursor(text: string): Place | null {
  const found = /^(-?\d{1,15})\.([0-7])\.(.{0,600})$/su.exec(text);
  if (!found) return null;
  const [ts, rank, key] = [Number(found[1]), Number(found[2]), found[3]!];
  if (!NUMBERED.has(rank)) return { ts, rank, key };
  return /^\d{1,15}$/u.test(key) ? { ts, rank, key: Number(key) } : null;
}

export function comparePlaces(a: Place, b: Place): number {
  if (a.ts !== b.ts) return a.ts - b.ts;
  if (a.rank !== b.rank) return a.rank - b.rank;
  return a.key < b.key ? -1 : a.key > b.key ? 1 : 0;
}

/** Where to read on from. `inclusive`: with the row of the place itself. */
export interface Start {
  readonly place: Place;
  readonly inclusive: boolean;
}

/** Rows of one stream past a place, as a condition over the columns of time and key. */
export function pastSql(
  stream: StreamName,
  direction: Direction,
  start: Start | null,
  columns: { readonly ts: string; readonly key: string },
): SqlPart {
  if (!start) return { sql: "1", parameters: [] };
  const { ts, rank, key } = start.place;
  const sign = direction === "after" ? ">" : "<";
  const own = RANKS[stream];
  if (own !== rank) {
    // Of the same millisecond, later kinds come after and earlier ones before.
    const withSame = direction === "after" ? own > rank : own < rank;
    return { sql: `${columns.ts} ${sign}${withSame ? "=" : ""} ?`, parameters: [ts] };
  }
  const keySign = start.inclusive ? `${sign}=` : sign;
  return {
    sql: `${columns.ts} ${sign}= ? AND (${columns.ts} <> ? OR ${columns.key} ${keySign} ?)`,
    parameters: [ts, ts, key],
  };
}
