/** @module Sessions that are going on, and what the daemon must know of them to tell which still live. */
import type { SessionRow, SessionsAnswer } from "../model/answers.ts";
import type { SessionActivity } from "../model/record.ts";
import type { Filter } from "./filter/filter.ts";
import { EMPTY_FILTER } from "./filter/filter.ts";
import { ACTIVE_WITHIN_MS, allOf, filterSql, mayGoOn, type SqlPart } from "./filter/sql.ts";
import { type Reader, rowOf, rowsOf } from "./reader.ts";
import { SESSION_FROM, type StoredSession, sessionColumns, sessionRow } from "./session-row.ts";

/** A session that was left open this long after its last turn is not shown as going on. Milliseconds. */
export const IDLE_WITHIN_MS = 12 * 3_600_000;

/** Spelled as in the index sessions_by_activity, which is not used otherwise. */
const ALIVE = "activity IN ('working', 'waiting', 'idle', 'failed')";

/** Who waits for a person comes first, then what runs, then what was left open. */
const URGENCY = "CASE s.activity WHEN 'waiting' THEN 0 WHEN 'failed' THEN 1 WHEN 'idle' THEN 3 ELSE 2 END";

export interface ActiveQuestion {
  readonly now: number;
  readonly timeZone?: string;
  readonly filter?: Filter;
  /** Default 100; -1: all. */
  readonly limit?: number;
}

/** Two ranges of two indexes: what is known to live, and what only its transcript knows with an event in the last minutes. */
function goingOn(now: number): SqlPart {
  return {
    sql: `s.session_id IN (
      SELECT session_id FROM sessions WHERE ${ALIVE} AND (activity IN ('working', 'waiting') OR activity_at >= ?)
      UNION ALL
      SELECT session_id FROM sessions WHERE ended_at BETWEEN ? AND ? AND activity IS NULL AND ${mayGoOn("sessions")})`,
    parameters: [now - IDLE_WITHIN_MS, now - ACTIVE_WITHIN_MS, now + ACTIVE_WITHIN_MS],
  };
}

/** The SQL of the list, for the list and for the test of its plan. */
export function activeSql({ now, timeZone = "UTC", filter = EMPTY_FILTER }: ActiveQuestion): SqlPart {
  const columns = sessionColumns(now);
  const where = allOf([goingOn(now), filterSql(filter, { now, timeZone })]);
  return {
    sql: `SELECT ${columns.sql} FROM ${SESSION_FROM} WHERE ${where.sql}
      ORDER BY ${URGENCY}, COALESCE(s.activity_at, s.ended_at) DESC, s.session_id LIMIT ?`,
    parameters: [...columns.parameters, ...where.parameters],
  };
}

/** Sessions that are going on, subagents included: waiting ones first, then working ones, then idle ones. */
export function activeSessions(db: Reader, question: ActiveQuestion): SessionsAnswer {
  const { sql, parameters } = activeSql(question);
  const rows = rowsOf<StoredSession>(db, sql, [...parameters, -1]).map(sessionRow);
  const { limit = 100 } = question;
  return { rows: limit < 0 ? rows : rows.slice(0, limit), total: rows.length };
}

/**
 * The list as it looks once it is known which processes are gone: their sessions are lost, and come last. Nothing is
 * written. `reason` is what is shown for them.
 */
export function withLost(
  answer: SessionsAnswer,
  sessions: readonly LiveSession[],
  isGone: (session: LiveSession) => boolean,
  reason: string,
): SessionsAnswer {
  const live = new Map(sessions.map((session) => [session.sessionId, session]));
  const kept: SessionRow[] = [];
  const lost: SessionRow[] = [];
  for (const row of answer.rows) {
    const session = live.get(row.session_id);
    if (!session || !isGone(session)) kept.push(row);
    // Nobody saw when it happened.
    else lost.push({ ...row, status: "abandoned", activity: "lost", activity_reason: reason, activity_since: null });
  }
  return { ...answer, rows: [...kept, ...lost] };
}

/** Times of the last event and of the last word about an activity, read from the ends of two indexes. */
export const NEWEST_EVENT = `SELECT max(
  COALESCE((SELECT max(ended_at) FROM sessions WHERE ended_at <= ?), 0),
  COALESCE((SELECT max(activity_at) FROM sessions WHERE ${ALIVE} AND activity_at <= ?), 0)) AS at`;

/** When the newest event happened, milliseconds UTC; null: there is none. Times that are still to come are no news. */
export function newestEventAt(db: Reader, now: number): number | null {
  return rowOf<{ at: number }>(db, NEWEST_EVENT, [now, now])?.at || null;
}

/** A session that counts as alive, with what tells whether it is. Times are milliseconds UTC. */
export interface LiveSession {
  readonly sessionId: string;
  readonly workspaceId: string;
  readonly activity: SessionActivity | null;
  readonly reason: string | null;
  readonly activityAt: number | null;
  /** Its last event. */
  readonly lastEventAt: number | null;
  /** Its process; a subagent that has none of its own lives in its root session's. */
  readonly pid: number | null;
  readonly processStartedAt: string | null;
  readonly processAt: number | null;
  /** The process is the session's own, not its root's. */
  readonly ownProcess: boolean;
  /** It ran inside its root session, whose id its own begins with. */
  readonly isSubagent: boolean;
  /** Of its root session, when that is another one. */
  readonly rootActivity: SessionActivity | null;
  readonly rootActivityAt: number | null;
}

const LIVE_COLUMNS = `s.session_id AS sessionId, s.workspace_id AS workspaceId, s.activity, s.activity_reason AS reason,
  s.activity_at AS activityAt, s.ended_at AS lastEventAt, COALESCE(s.process_pid, r.process_pid) AS pid,
  CASE WHEN s.process_pid IS NULL THEN r.process_started_at ELSE s.process_started_at END AS processStartedAt,
  CASE WHEN s.process_pid IS NULL THEN r.process_at ELSE s.process_at END AS processAt,
  s.process_pid IS NOT NULL AS ownProcess, substr(s.session_id, 1, length(r.session_id) + 1) = r.session_id || '.' AS isSubagent, r.activity AS rootActivity, r.activity_at AS rootActivityAt`;
const ROOT = "LEFT JOIN sessions r ON r.session_id = s.root_session_id AND r.session_id <> s.session_id";

/** Only the sessions of the small index are looked at, so it may be asked every second. */
export const LIVE_SESSIONS = `SELECT ${LIVE_COLUMNS} FROM sessions s ${ROOT} WHERE s.${ALIVE}`;
export const LIVE_SESSION = `SELECT ${LIVE_COLUMNS} FROM sessions s ${ROOT} WHERE s.session_id = ?`;

type StoredLiveSession = Omit<LiveSession, "ownProcess" | "isSubagent"> & {
  readonly ownProcess: number;
  readonly isSubagent: number | null;
};

/** Sessions that count as alive. */
export function liveSessions(db: Reader): LiveSession[] {
  return rowsOf<StoredLiveSession>(db, LIVE_SESSIONS).map(liveSession);
}

/** The same of one session, alive or not; null when there is no such session. */
export function liveSessionById(db: Reader, sessionId: string): LiveSession | null {
  const row = rowOf<StoredLiveSession>(db, LIVE_SESSION, [sessionId]);
  return row ? liveSession(row) : null;
}

function liveSession(row: StoredLiveSession): LiveSession {
  return { ...row, ownProcess: row.ownProcess > 0, isSubagent: Boolean(row.isSubagent) };
}

export interface LiveCounts {
  readonly working: number;
  readonly waiting: number;
  readonly idle: number;
  readonly failed: number;
}

export const LIVE_COUNTS = `SELECT activity, count(*) AS count FROM sessions WHERE ${ALIVE} GROUP BY activity`;

/** How many sessions are doing what, subagents included. */
export function liveCounts(db: Reader): LiveCounts {
  const counts = { working: 0, waiting: 0, idle: 0, failed: 0 };
  for (const row of rowsOf<{ activity: keyof LiveCounts; count: number }>(db, LIVE_COUNTS)) {
    counts[row.activity] = row.count;
  }
  return counts;
}
