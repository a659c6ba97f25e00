/** @module A session with everything below it, as a part of other queries: however many sessions that are. */
import type { SqlPart } from "./filter/sql.ts";
import { type Reader, rowOf, rowsOf } from "./reader.ts";
import { DESCENDANTS } from "./tree.ts";

export interface SessionFamily {
  readonly sessionId: string;
  /** top: the session heads all that its rows are filed under. alone: nothing is below it. some: the ids in `below`. */
  readonly kind: "top" | "alone" | "some";
  /** The session and all below it. Only of kind `some`. */
  readonly below: readonly string[];
}

export const HEAD = "SELECT top_session_id AS top FROM sessions WHERE session_id = ?";
export const HAS_CHILD = "SELECT 1 FROM sessions WHERE parent_session_id = ? LIMIT 1";
export const BELOW = `${DESCENDANTS} SELECT DISTINCT session_id AS id FROM tree`;

/** Null: there is no such session. `alone`: without what is below it. */
export function sessionFamily(db: Reader, sessionId: string, alone = false): SessionFamily | null {
  const head = rowOf<{ top: string }>(db, HEAD, [sessionId]);
  if (!head) return null;
  const hasChild = !alone && rowOf(db, HAS_CHILD, [sessionId]) !== undefined;
  if (!hasChild) return { sessionId, kind: "alone", below: [sessionId] };
  if (head.top === sessionId) return { sessionId, kind: "top", below: [] };
  return { sessionId, kind: "some", below: rowsOf<{ id: string }>(db, BELOW, [sessionId]).map(({ id }) => id) };
}

/** Milliseconds UTC, both included. */
export interface TimeRange {
  readonly from: number;
  readonly to: number;
}

/** Some of what a session has is dated before its first event or after its last one, by no more than this. Milliseconds. */
export const SLACK_MS = 3_600_000;

export interface MembersQuestion {
  /** A condition over `sessions s`. */
  readonly more?: string;
  /** Default an hour: spans and calls began before they were told of. */
  readonly slackMs?: number;
}

/**
 * Sessions of the family that were there in a time, as `SELECT s.session_id`. What is undated may have been there, and the one that
 * is asked about always was: what is written down in it later is its own.
 */
export function membersSql(
  family: SessionFamily,
  { from, to }: TimeRange,
  { more = "1", slackMs = SLACK_MS }: MembersQuestion = {},
): SqlPart {
  const there = `(s.session_id = ? OR ((s.started_at IS NULL OR s.started_at <= ?)
    AND (s.ended_at IS NULL OR s.ended_at >= ? OR EXISTS (SELECT 1 FROM session_outcomes o WHERE o.session_id = s.session_id AND o.ts >= ?))))`;
  const times = [family.sessionId, to + slackMs, from - slackMs, from];
  if (family.kind === "top") {
    return {
      sql: `SELECT s.session_id FROM sessions s INDEXED BY sessions_by_top WHERE s.top_session_id = ? AND (${more}) AND ${there}`,
      parameters: [family.sessionId, ...times],
    };
  }
  return {
    sql: `SELECT s.session_id FROM json_each(?) f CROSS JOIN sessions s ON s.session_id = f.value WHERE (${more}) AND ${there}`,
    parameters: [JSON.stringify(family.below), ...times],
  };
}

export interface FamilyExtent extends TimeRange {
  /** About how many events it has. */
  readonly events: number;
}

const EXTENT = "min(s.started_at) AS first, max(s.ended_at) AS last, sum(s.events) AS events";
export const TOP_EXTENT = `SELECT ${EXTENT} FROM sessions s INDEXED BY sessions_by_top WHERE s.top_session_id = ?`;
export const SOME_EXTENT = `SELECT ${EXTENT} FROM json_each(?) f CROSS JOIN sessions s ON s.session_id = f.value`;

/** By events_live. */
export const LAST_TOLD =
  "SELECT max(ts) AS last FROM events INDEXED BY events_live WHERE session_id = ? AND source_id IS NULL";

/** From its first event to its last, what was written down in it later included; null: nothing of it is dated. */
export function familyExtent(db: Reader, family: SessionFamily): FamilyExtent | null {
  const isTop = family.kind === "top";
  const row = rowOf<{ first: number | null; last: number | null; events: number | null }>(
    db,
    isTop ? TOP_EXTENT : SOME_EXTENT,
    [isTop ? family.sessionId : JSON.stringify(family.below)],
  );
  if (!row || row.first === null || row.last === null) return null;
  const told = rowOf<{ last: number | null }>(db, LAST_TOLD, [family.sessionId])?.last ?? row.last;
  return { from: row.first, to: Math.max(row.last, told), events: row.events ?? 0 };
}

const PARENT = "SELECT parent_session_id AS parent FROM sessions WHERE session_id = ?";
/** Broken data may go in circles. */
const HIGHEST = 64;

/** Whether a session is another one, or stands somewhere below it. */
export function isBelow(db: Reader, sessionId: string, above: string): boolean {
  let at: string | null = sessionId;
  for (let height = 0; at !== null && height < HIGHEST; height++) {
    if (at === above) return true;
    at = rowOf<{ parent: string | null }>(db, PARENT, [at])?.parent ?? null;
  }
  return false;
}
