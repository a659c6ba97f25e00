/** @module Tool calls by tool: how many, how many failed, how long they took. */
import type { ToolRow } from "../model/answers.ts";
import type { Filter, FilterTerm } from "./filter/filter.ts";
import { type FilterContext, filterSql, type SqlPart, toolNameSql } from "./filter/sql.ts";
import { resolveTime } from "./filter/time-value.ts";
import { type Reader, rowsOf } from "./reader.ts";

export interface ToolsAnswer {
  /** Most calls first. */
  readonly rows: readonly ToolRow[];
}

export interface ToolsQuestion extends FilterContext {
  readonly filter: Filter;
}

interface CallGroup {
  readonly tool: string;
  readonly mcp_server: string | null;
  readonly status: string;
  readonly duration_ms: number | null;
  readonly calls: number;
}

/**
 * Terms about tools and times choose calls, all others sessions.
 *
 * Calls of equal tool, status and duration as one row: the whole of tool_calls_by_tool in its own order, no table, no
 * sorting. Filtered by session, the calls of each chosen session instead. A result without its call is no call.
 */
export function callGroupsSql(question: ToolsQuestion): SqlPart {
  const conditions: string[] = ["t.tool IS NOT NULL"];
  const parameters: unknown[] = [];
  const rest: FilterTerm[] = [];
  for (const term of question.filter.terms) {
    if (term.kind === "match" && term.key === "tool") {
      const tool = toolNameSql(term);
      conditions.push(tool.sql);
      parameters.push(...tool.parameters);
      continue;
    }
    // A session without a moment in the period has no call in it: its index by end spares looking at the calls.
    rest.push(term);
    if (term.kind !== "time") continue;
    conditions.push(term.key === "since" ? "t.started_at >= ?" : "t.started_at < ?");
    parameters.push(resolveTime(term.value, term.key, question.now, question.timeZone));
  }
  const where = filterSql({ terms: rest, words: question.filter.words }, question);
  const from = where.sql === "1" ? "tool_calls t" : "sessions s CROSS JOIN tool_calls t ON t.session_id = s.session_id";
  if (where.sql !== "1") {
    conditions.push(where.sql);
    parameters.push(...where.parameters);
  }
  return {
    sql: `SELECT t.tool, t.mcp_server, t.status, t.duration_ms, count(*) AS calls FROM ${from} WHERE ${conditions.join(" AND ")}
      GROUP BY t.tool, t.mcp_server, t.status, t.duration_ms`,
    parameters,
  };
}

/** Percentiles are of the calls whose duration is known, by nearest rank. */
export function toolStats(db: Reader, question: ToolsQuestion): ToolsAnswer {
  const { sql, parameters } = callGroupsSql(question);
  const groups = new Map<string, CallGroup[]>();
  for (const row of rowsOf<CallGroup>(db, sql, parameters)) {
    const name = `${row.mcp_server ?? ""}\u0000${row.tool}`;
    const group = groups.get(name);
    if (group) group.push(row);
    else groups.set(name, [row]);
  }
  const rows = [...groups.values()].map(toolRow);
  return { rows: rows.sort((a, b) => b.calls - a.calls || (a.tool < b.tool ? -1 : 1)) };
}

function toolRow(group: readonly CallGroup[]): ToolRow {
  const timed = group.filter((row) => row.duration_ms !== null).sort((a, b) => a.duration_ms! - b.duration_ms!);
  const count = timed.reduce((sum, row) => sum + row.calls, 0);
  const at = (percent: number): number | null => {
    let left = Math.ceil((percent / 100) * count);
    for (const row of timed) {
      left -= row.calls;
      if (left <= 0) return row.duration_ms;
    }
    return null;
  };
  return {
    tool: group[0]!.tool,
    mcp_server: group[0]!.mcp_server,
    calls: group.reduce((sum, row) => sum + row.calls, 0),
    failures: group.reduce((sum, row) => sum + (row.status === "failed" ? row.calls : 0), 0),
    p50_ms: at(50),
    p95_ms: at(95),
    p99_ms: at(99),
  };
}
