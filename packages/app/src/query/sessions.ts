/** @module Lists of sessions: filtered, sorted, cut in pages. */
import { UNCORRELATED_SESSION, UNKNOWN_SESSION } from "../base/ids.ts";
import type { SessionRow, SessionsAnswer } from "../model/answers.ts";
import type { Filter } from "./filter/filter.ts";
import { allOf, type FilterContext, filterSql, type SqlPart } from "./filter/sql.ts";
import { type Reader, rowOf, rowsOf } from "./reader.ts";
import { SESSION_FROM, type StoredSession, sessionColumns, sessionRow } from "./session-row.ts";

export const SESSION_SORTS = ["newest", "oldest", "cost", "tokens", "duration", "tools", "errors"] as const;
export type SessionSort = (typeof SESSION_SORTS)[number];

export interface SessionsQuestion extends FilterContext {
  readonly filter: Filter;
  /** Default 50; -1: all. */
  readonly limit?: number;
  readonly offset?: number;
  readonly sort?: SessionSort;
  /** Also sessions that another session started. */
  readonly includeSubagents?: boolean;
}

/** Newest and oldest walk sessions_by_end; the other orders sort what the filter leaves. */
const ORDERS: Readonly<Record<SessionSort, string>> = {
  newest: "s.ended_at DESC, s.session_id DESC",
  oldest: "s.ended_at IS NULL, s.ended_at, s.session_id",
  cost: "s.inclusive_cost_micros DESC, s.ended_at DESC, s.session_id DESC",
  tokens:
    "s.input_tokens + s.output_tokens + s.cache_write_tokens + s.cache_read_tokens DESC, s.ended_at DESC, s.session_id DESC",
  duration: "s.ended_at - s.started_at DESC, s.ended_at DESC, s.session_id DESC",
  tools: "s.tool_calls DESC, s.ended_at DESC, s.session_id DESC",
  errors: "s.tool_failures + s.api_errors DESC, s.ended_at DESC, s.session_id DESC",
};

/** Where events stand that belong to no session; in no list. */
const NAMELESS = `'${UNKNOWN_SESSION}', '${UNCORRELATED_SESSION}'`;

/** All root sessions, counted on two small indexes instead of the wide table (3 ms at 100,000 sessions). */
export const COUNT_ROOTS = `SELECT (SELECT count(*) FROM sessions)
  - (SELECT count(*) FROM sessions INDEXED BY sessions_by_parent WHERE parent_session_id IS NOT NULL)
  - (SELECT count(*) FROM sessions WHERE session_id IN (${NAMELESS})) AS total`;

/** Conditions of a question about sessions over `sessions s`. */
export function sessionsWhere(
  question: Pick<SessionsQuestion, "filter" | "now" | "timeZone" | "includeSubagents">,
): SqlPart {
  const roots: SqlPart = question.includeSubagents
    ? { sql: "1", parameters: [] }
    : { sql: "s.parent_session_id IS NULL", parameters: [] };
  const named: SqlPart = { sql: `s.session_id NOT IN (${NAMELESS})`, parameters: [] };
  return allOf([roots, named, filterSql(question.filter, question)]);
}

/** The SQL of a page of sessions, for the list and for the test of its plan. */
export function sessionsSql(where: SqlPart, sort: SessionSort, now: number): SqlPart {
  const columns = sessionColumns(now);
  return {
    sql: `SELECT ${columns.sql} FROM ${SESSION_FROM} WHERE ${where.sql} ORDER BY ${ORDERS[sort]} LIMIT ? OFFSET ?`,
    parameters: [...columns.parameters, ...where.parameters],
  };
}

/** Sessions that pass the filter, newest first unless sorted otherwise; `total` counts all of them. */
export function listSessions(db: Reader, question: SessionsQuestion): SessionsAnswer {
  const where = sessionsWhere(question);
  const page = sessionsSql(where, question.sort ?? "newest", question.now);
  const rows = rowsOf<StoredSession>(db, page.sql, [...page.parameters, question.limit ?? 50, question.offset ?? 0]);
  return { rows: rows.map(sessionRow), total: countSessions(db, question) };
}

export function countSessions(
  db: Reader,
  question: Pick<SessionsQuestion, "filter" | "now" | "timeZone" | "includeSubagents">,
): number {
  const unfiltered = question.filter.terms.length === 0 && question.filter.words.length === 0;
  if (unfiltered && !question.includeSubagents) return rowOf<{ total: number }>(db, COUNT_ROOTS)!.total;
  const where = sessionsWhere(question);
  return rowOf<{ total: number }>(db, `SELECT count(*) AS total FROM sessions s WHERE ${where.sql}`, where.parameters)!
    .total;
}

/** Rows of named sessions, by the primary key, in the order of their ids' list. */
export function sessionsById(db: Reader, ids: readonly string[], now: number): SessionRow[] {
  const columns = sessionColumns(now);
  const sql = `SELECT ${columns.sql} FROM ${SESSION_FROM} WHERE s.session_id = ?`;
  return ids.flatMap((id) => rowsOf<StoredSession>(db, sql, [...columns.parameters, id]).map(sessionRow));
}

export type ResolvedSession =
  | { readonly kind: "one"; readonly sessionId: string }
  | { readonly kind: "none" }
  /** Prefix is shorter than 4 characters. */
  | { readonly kind: "short" }
  /** At most 10 candidates. */
  | { readonly kind: "many"; readonly candidates: readonly SessionRow[] };

/** A range of the primary key, so that no other session is looked at. */
export const FIND_BY_PREFIX =
  "SELECT session_id FROM sessions WHERE session_id >= ? AND session_id < ? ORDER BY session_id LIMIT 200";

/**
 * The session that an id or a unique prefix of 4 or more characters means. A prefix that a root session shares only with
 * its own subagents means the root.
 */
export function resolveSessionId(db: Reader, idOrPrefix: string, now: number): ResolvedSession {
  const exact = rowOf<{ session_id: string }>(db, "SELECT session_id FROM sessions WHERE session_id = ?", [idOrPrefix]);
  if (exact) return { kind: "one", sessionId: exact.session_id };
  if (idOrPrefix.length < 4) return { kind: "short" };
  const ids = rowsOf<{ session_id: string }>(db, FIND_BY_PREFIX, [idOrPrefix, `${idOrPrefix}\u{10ffff}`]).map(
    (row) => row.session_id,
  );
  const first = ids[0];
  if (first === undefined) return { kind: "none" };
  if (ids.every((id) => id === first || id.startsWith(`${first}.`))) return { kind: "one", sessionId: first };
  return { kind: "many", candidates: sessionsById(db, ids.slice(0, 10), now) };
}
