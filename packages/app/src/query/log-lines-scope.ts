/** @module Which log lines a question is about, as SQL that walks one index in the order of time. */
import { UNCORRELATED_SESSION } from "../base/ids.ts";
import { allOf, anyOf, type SqlPart } from "./filter/sql.ts";
import type { LogsQuestion } from "./log-lines.ts";
import type { Reader } from "./reader.ts";
import { sessionFamily } from "./session-family.ts";

export interface LogScope {
  /** FROM clause over `log_lines l`: one index, by name. */
  readonly from: SqlPart;
  /** Session, trace, times, workspace. */
  readonly where: SqlPart;
  /** The same of a line that was found otherwise: without the FROM clause. */
  readonly test: SqlPart;
  /** Levels, services, loggers, joins: what the facets count. */
  readonly chosen: SqlPart;
  /** The index has the lines in the order of time. */
  readonly isOrdered: boolean;
  /** Nothing can be in it. */
  readonly isEmpty: boolean;
}

const part = (sql: string, ...parameters: readonly unknown[]): SqlPart => ({ sql, parameters });
/**
 * The index is named, and its first column called selective: with statistics of few sessions the planner would rather
 * walk all lines by time, or skip through every session's and sort.
 */
const indexed = (name: string): SqlPart => part(`log_lines l INDEXED BY ${name}`);

export function logScope(db: Reader, question: LogsQuestion): LogScope {
  const { traceId, since, until, workspaceId } = question;
  const index = chosenIndex(db, question);
  const more: SqlPart[] = [];
  if (traceId !== undefined) more.push(part("l.trace_id = ?", traceId));
  if (since !== undefined) more.push(part("l.ts >= ?", since));
  if (until !== undefined) more.push(part("l.ts < ?", until));
  if (workspaceId !== undefined && question.sessionId === undefined) {
    more.push(
      part(
        "l.joined_by IS NOT NULL AND EXISTS (SELECT 1 FROM sessions w WHERE w.session_id = l.session_id AND w.workspace_id = ?)",
        workspaceId,
      ),
    );
  }
  return {
    from: index.from,
    where: allOf([index.where, ...more]),
    test: allOf([index.test, ...more]),
    chosen: allOf(chosenBy(question)),
    isOrdered: index.isOrdered,
    isEmpty: index.isEmpty ?? false,
  };
}

interface ChosenIndex extends Pick<LogScope, "from" | "where" | "test" | "isOrdered"> {
  readonly isEmpty?: boolean;
}

const equals = (column: string, value: string): SqlPart => part(`likelihood(${column} = ?, 0.0001)`, value);
const of = (index: string, where: SqlPart, isOrdered = true): ChosenIndex => ({
  from: indexed(index),
  where,
  test: where,
  isOrdered,
});

function chosenIndex(db: Reader, { sessionId, alone, traceId, joined }: LogsQuestion): ChosenIndex {
  const isUncorrelated = joined !== undefined && joined.length > 0 && joined.every((one) => one === "none");
  if (sessionId === undefined) {
    if (traceId !== undefined) return of("log_lines_by_trace", part("1"), false);
    if (isUncorrelated) return of("log_lines_by_session", equals("l.session_id", UNCORRELATED_SESSION));
    return of("log_lines_by_time", part("1"));
  }
  const family = sessionFamily(db, sessionId, alone ?? false);
  if (!family || family.kind === "alone") {
    return { ...of("log_lines_by_session", equals("l.session_id", sessionId)), isEmpty: isUncorrelated };
  }
  if (family.kind === "top") {
    return { ...of("log_lines_by_root", equals("l.root_session_id", sessionId)), isEmpty: isUncorrelated };
  }
  const ids = JSON.stringify(family.below);
  return {
    from: part("json_each(?) f CROSS JOIN log_lines l INDEXED BY log_lines_by_session ON l.session_id = f.value", ids),
    where: part("1"),
    test: part("l.session_id IN (SELECT value FROM json_each(?))", ids),
    isOrdered: false,
    isEmpty: isUncorrelated,
  };
}

function chosenBy({ levels, services, loggers, joined }: LogsQuestion): SqlPart[] {
  const chosen: SqlPart[] = [];
  if (levels) chosen.push(oneOf("l.level", levels));
  if (services) chosen.push(oneOf("l.service", services, ""));
  if (loggers) chosen.push(oneOf("l.logger", loggers, ""));
  if (joined) chosen.push(oneOf("l.joined_by", joined, "none"));
  return chosen;
}

/** `nothing`: the value that stands for NULL. */
function oneOf(column: string, values: readonly string[], nothing?: string): SqlPart {
  const named = values.filter((value) => value !== nothing);
  const some = part(`${column} IN (${named.map(() => "?").join(", ")})`, ...named);
  return named.length < values.length ? anyOf([some, part(`${column} IS NULL`)]) : some;
}
