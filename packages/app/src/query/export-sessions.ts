/** @module Which sessions an export takes, and what it says of each: one at a time, however many there are. */
import type { SessionStatus } from "../model/answers.ts";
import { type SqlPart, statusSql } from "./filter/sql.ts";
import { type Reader, rowOf, rowsOf } from "./reader.ts";
import { SESSION_FROM } from "./session-row.ts";
import { type SessionsQuestion, sessionsWhere } from "./sessions.ts";
import { DESCENDANTS } from "./tree.ts";

export interface ExportedSession {
  readonly session_id: string;
  /** Null: none, or one that is not in the store. */
  readonly parent_session_id: string | null;
  /** The session above all that started it; itself where none did. */
  readonly top_session_id: string;
  readonly forked_from: string | null;
  readonly agent: string;
  readonly agent_type: string | null;
  readonly trigger: string;
  readonly status: SessionStatus;
  /** Milliseconds UTC. */
  readonly started_at: number | null;
  readonly ended_at: number | null;
  readonly project: string;
  readonly workspace_id: string;
  readonly identity: string;
  readonly git_branch: string | null;
  readonly client_version: string | null;
  readonly service: string | null;
  readonly phase: string | null;
  /** JSON list. */
  readonly tags: string | null;
  /** Told by a prompt, an agent or its program: content. */
  readonly title: string | null;
  readonly responses: number;
  readonly tool_calls: number;
  readonly cost_micros: number;
  readonly unpriced_responses: number;
}

/** A range of the primary key: sessions that end or begin meanwhile neither shift nor repeat a page. */
export function exportedRootsSql(where: SqlPart): string {
  return `SELECT s.session_id FROM sessions s WHERE s.session_id > ? AND ${where.sql} ORDER BY s.session_id LIMIT ?`;
}

/** Ids of the next sessions that nothing started and that pass the filter; `after`: the last id of the page before. */
export function exportedRoots(
  db: Reader,
  question: Pick<SessionsQuestion, "filter" | "now" | "timeZone">,
  page: { readonly after: string; readonly limit: number },
): string[] {
  const where = sessionsWhere(question);
  const rows = rowsOf<{ session_id: string }>(db, exportedRootsSql(where), [
    page.after,
    ...where.parameters,
    page.limit,
  ]);
  return rows.map((row) => row.session_id);
}

const BELOW = `${DESCENDANTS} SELECT session_id FROM tree ORDER BY depth, session_id`;

/** The session and everything below it, from the top down. */
export function sessionsBelow(db: Reader, sessionId: string): string[] {
  return rowsOf<{ session_id: string }>(db, BELOW, [sessionId]).map((row) => row.session_id);
}

/** Null: there is no such session. */
export function exportedSession(db: Reader, sessionId: string, now: number): ExportedSession | null {
  const status = statusSql(now);
  const sql = `SELECT s.session_id, parent.session_id AS parent_session_id, s.top_session_id, s.forked_from, s.agent, s.agent_type,
      s.trigger, ${status.sql} AS status, s.started_at, s.ended_at, p.name AS project, s.workspace_id, s.identity_id AS identity,
      s.git_branch, s.client_version, s.service, s.phase, s.tags, s.title, s.responses, s.tool_calls, s.cost_micros, s.unpriced_responses
    FROM ${SESSION_FROM} LEFT JOIN sessions parent ON parent.session_id = s.parent_session_id AND parent.top_session_id = s.top_session_id
    WHERE s.session_id = ?`;
  return rowOf<ExportedSession>(db, sql, [...status.parameters, sessionId]) ?? null;
}

/** Of one tree: a call that another tree owns, as of a fork, has no span in this one. */
const OF_SAME_TREE = `JOIN sessions o ON o.session_id = c.session_id AND o.top_session_id = s.top_session_id`;
/** The transcript's or hook's word, by the keys of both tables. */
export const STARTED_BY_CALL = `SELECT c.tool_use_id FROM sessions s CROSS JOIN tool_calls c ON c.tool_use_id = s.spawn_tool_use_id ${OF_SAME_TREE}
    WHERE s.session_id = ?
  UNION ALL
  SELECT c.tool_use_id FROM sessions s CROSS JOIN tool_calls c ON c.child_session_id = s.session_id ${OF_SAME_TREE}
    WHERE s.session_id = ? LIMIT 1`;
/** The span that started it is a tool call's. */
export const STARTED_BY_SPAN = `SELECT c.tool_use_id FROM session_traces t
  CROSS JOIN spans x ON x.trace_id = t.trace_id AND x.span_id = t.caller_span_id
  CROSS JOIN tool_calls c ON c.tool_use_id = x.tool_use_id
  CROSS JOIN sessions s ON s.session_id = t.session_id ${OF_SAME_TREE}
  WHERE t.session_id = ? ORDER BY t.ts LIMIT 1`;
/** Calls of its parent that ran when it began. */
export const STARTED_MEANWHILE = `SELECT c.tool_use_id FROM sessions s CROSS JOIN tool_calls c ON c.session_id = s.parent_session_id
  WHERE s.session_id = ? AND c.child_session_id IS NULL AND c.started_at <= s.started_at AND c.ended_at >= s.started_at LIMIT 2`;

/**
 * The tool call that started a session: as told by its agent, else by its caller's span, else the one call of its parent
 * that ran when it began, where there was no other. Null: none of them.
 */
export function startedBy(db: Reader, sessionId: string): string | null {
  const told =
    rowOf<{ tool_use_id: string }>(db, STARTED_BY_CALL, [sessionId, sessionId]) ??
    rowOf<{ tool_use_id: string }>(db, STARTED_BY_SPAN, [sessionId]);
  if (told) return told.tool_use_id;
  const meanwhile = rowsOf<{ tool_use_id: string }>(db, STARTED_MEANWHILE, [sessionId]);
  return meanwhile.length === 1 ? meanwhile[0]!.tool_use_id : null;
}
