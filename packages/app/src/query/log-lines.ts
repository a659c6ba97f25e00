/** @module Log lines by session, trace, tool call, level, service, words and time, newest first. */
import type { LogLevel } from "../model/telemetry.ts";
import { allOf } from "./filter/sql.ts";
import { type LogChoices, type LogFacets, type LogGroup, logFacets, passes } from "./log-lines-facets.ts";
import { gatheredPage } from "./log-lines-gathered.ts";
import { COUNT_LIMIT, cutPage, type FoundLines, type LineCursor, parseLineCursor } from "./log-lines-page.ts";

import { type LogScope, logScope } from "./log-lines-scope.ts";
import { logWords } from "./log-lines-words.ts";
import { type LogRow, logRowsById } from "./log-row.ts";
import { type Reader, rowsOf } from "./reader.ts";

export type { LogFacet, LogFacetName } from "./log-lines-facets.ts";
export { parseLineCursor as parseLogCursor } from "./log-lines-page.ts";

export const LOG_JOINS = ["id", "trace", "process", "none"] as const;
export type LogJoin = (typeof LOG_JOINS)[number];

export interface LogsQuestion {
  /** Words to find, as `clew search` reads them. */
  readonly words?: string;
  readonly sessionId?: string;
  /** Only the session's own lines; default: its descendants' too. */
  readonly alone?: boolean;
  readonly levels?: readonly LogLevel[];
  /** "": lines that name none. The same of loggers. */
  readonly services?: readonly string[];
  readonly loggers?: readonly string[];
  readonly joined?: readonly LogJoin[];
  readonly traceId?: string;
  /** Only lines that ran under this tool call. */
  readonly toolUseId?: string;
  /** Without a session: only lines of this workspace's sessions. */
  readonly workspaceId?: string;
  /** Milliseconds UTC: from, and before. */
  readonly since?: number;
  readonly until?: number;
  /** `next` of the page before. */
  readonly cursor?: string;
  /** Default newest. With words: by when they came in. */
  readonly order?: "newest" | "oldest";
  /** Default 100. */
  readonly limit?: number;
  /** Milliseconds; measures the time. Default: the system's. */
  readonly clock?: () => number;
  /** Milliseconds after which looking for words stops. Default 1,000. */
  readonly budgetMs?: number;
}

export interface LogsAnswer {
  readonly rows: readonly LogRow[];
  /** Exact up to 10,000, then null. */
  readonly total: number | null;
  /** There are more than could be counted. */
  readonly more: boolean;
  /** Pass as `cursor` for the next page; null: there is none. */
  readonly next: string | null;
  /** Over the newest 10,000 lines, most frequent first; each leaves its own choice aside. */
  readonly facets: LogFacets;
  /** The time was up before all words were looked for. */
  readonly stopped_early: boolean;
  readonly took_ms: number;
}

/** The SQL of a page, for the list and for the test of its plan. */
export function logsSql(scope: LogScope, order: "newest" | "oldest", cursor: LineCursor | null) {
  const [direction, past] = order === "newest" ? ["DESC", "<"] : ["ASC", ">"];
  const keyset = cursor
    ? { sql: `(l.ts, l.id) ${past} (?, ?)`, parameters: [cursor.ts, cursor.id] }
    : { sql: "1", parameters: [] };
  const where = allOf([scope.where, scope.chosen, keyset]);
  return {
    sql: `SELECT l.id, l.ts, l.level, l.service, l.logger, l.joined_by FROM ${scope.from.sql} WHERE ${where.sql} ORDER BY l.ts ${direction}, l.id ${direction} LIMIT ?`,
    parameters: [...scope.from.parameters, ...where.parameters],
  };
}

/** Lines by what they can be chosen by, of the newest; sorted only where an index does it. */
export function logGroupsSql({ from, where, isOrdered }: LogScope) {
  return {
    sql: `SELECT level, service, logger, joined_by, count(*) AS count FROM (
        SELECT l.level, l.service, l.logger, l.joined_by FROM ${from.sql} WHERE ${where.sql}
        ${isOrdered ? "ORDER BY l.ts DESC" : ""} LIMIT ${COUNT_LIMIT + 1})
      GROUP BY 1, 2, 3, 4`,
    parameters: [...from.parameters, ...where.parameters],
  };
}

export function logCountSql({ from, where, chosen }: LogScope) {
  const all = allOf([where, chosen]);
  return {
    sql: `SELECT count(*) AS count FROM (SELECT 1 FROM ${from.sql} WHERE ${all.sql} LIMIT ${COUNT_LIMIT + 1})`,
    parameters: [...from.parameters, ...all.parameters],
  };
}

/** Finds lines. A cursor that is none of ours starts anew. */
export function findLogs(db: Reader, question: LogsQuestion): LogsAnswer {
  const clock = question.clock ?? (() => performance.now());
  const started = clock();
  const scope = logScope(db, question);
  const words = logWords(question.words);
  const found = scope.isEmpty
    ? NOTHING
    : words === null && question.toolUseId === undefined
      ? walked(db, question, scope)
      : gatheredPage(db, { question, scope, words, elapsed: () => clock() - started });
  return {
    rows: logRowsById(
      db,
      found.page.map(({ id }) => id),
    ),
    total: found.total,
    more: found.total === null,
    next: found.next,
    facets: found.facets,
    stopped_early: found.stoppedEarly,
    took_ms: Math.round((clock() - started) * 1000) / 1000,
  };
}

const NOTHING: FoundLines = { page: [], total: 0, next: null, facets: logFacets([], {}), stoppedEarly: false };

/** Along an index: the walk ends with the page. */
function walked(db: Reader, question: LogsQuestion, scope: LogScope): FoundLines {
  const limit = question.limit ?? 100;
  const cursor = parseLineCursor(question.cursor);
  const { sql, parameters } = logsSql(scope, question.order ?? "newest", cursor);
  const rows = rowsOf<LineCursor & LogChoices>(db, sql, [...parameters, limit + 1]);
  const isAll = cursor === null && rows.length <= limit;
  const groups = isAll && scope.chosen.sql === "1" ? rows.map((row) => ({ ...row, count: 1 })) : groupsOf(db, scope);
  const isWhole = groups.reduce((sum, group) => sum + group.count, 0) <= COUNT_LIMIT;
  const total = isWhole
    ? groups.filter((group) => passes(group, question)).reduce((sum, group) => sum + group.count, 0)
    : isAll
      ? rows.length
      : countOf(db, scope);
  return {
    ...cutPage(rows, limit),
    total,
    facets: logFacets(groups, question),
    stoppedEarly: false,
  };
}

function groupsOf(db: Reader, scope: LogScope): LogGroup[] {
  const { sql, parameters } = logGroupsSql(scope);
  return rowsOf<LogGroup>(db, sql, parameters);
}

function countOf(db: Reader, scope: LogScope): number | null {
  if (scope.chosen.sql === "1") return null;
  const { sql, parameters } = logCountSql(scope);
  const { count } = rowsOf<{ count: number }>(db, sql, parameters)[0]!;
  return count > COUNT_LIMIT ? null : count;
}
