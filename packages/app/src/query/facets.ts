/** @module How many of the filtered sessions have which project, model, status, agent, type, tool, branch and day. */
import type { Filter } from "./filter/filter.ts";
import { type FilterContext, SESSION_TYPE, statusSql } from "./filter/sql.ts";
import { type Reader, rowsOf } from "./reader.ts";
import { sessionsWhere } from "./sessions.ts";
import { bucketOf } from "./time-bucket.ts";

export const FACETS = ["status", "activity", "project", "model", "agent", "branch", "type", "tool", "day"] as const;
export type FacetName = (typeof FACETS)[number];

export interface FacetValue {
  /** What the filter language calls it; "": the session has none. */
  readonly value: string;
  readonly count: number;
}

export interface FacetsAnswer {
  readonly total: number;
  /**
   * Most frequent first; days newest first. project, status, agent, branch, type and day have one value per session, so
   * their counts add up to `total`; model and tool may have several or none, and only a session that goes on has an activity.
   */
  readonly facets: Readonly<Record<FacetName, readonly FacetValue[]>>;
}

export interface FacetsQuestion extends FilterContext {
  readonly filter: Filter;
  readonly includeSubagents?: boolean;
}

interface FacetRow {
  readonly project: string;
  readonly status: string;
  readonly activity: string | null;
  readonly agent: string;
  readonly branch: string | null;
  readonly type: string | null;
  readonly models: string;
  readonly ended_at: number | null;
}

/** One pass over the sessions that pass: six groupings in SQL would be six passes. */
export function facetSql(question: FacetsQuestion): { readonly sql: string; readonly parameters: readonly unknown[] } {
  const where = sessionsWhere(question);
  const status = statusSql(question.now);
  // Only a subagent has to ask for another session's.
  const type = question.includeSubagents ? SESSION_TYPE : "s.session_type";
  return {
    sql: `SELECT p.name AS project, ${status.sql} AS status, s.activity, s.agent, s.git_branch AS branch, ${type} AS type, s.models, s.ended_at
      FROM sessions s CROSS JOIN workspaces w ON w.workspace_id = s.workspace_id CROSS JOIN projects p ON p.project_id = w.project_id
      WHERE ${where.sql}`,
    parameters: [...status.parameters, ...where.parameters],
  };
}

/** Tools of each session that passes, in the order of tool_calls_by_session: only the index is read, nothing is sorted by session. */
export function toolFacetSql(question: FacetsQuestion): {
  readonly sql: string;
  readonly parameters: readonly unknown[];
} {
  const where = sessionsWhere(question);
  return {
    sql: `SELECT tool AS value, count(*) AS count FROM (
        SELECT t.session_id, t.tool FROM tool_calls t
        WHERE t.session_id IN (SELECT s.session_id FROM sessions s WHERE ${where.sql}) AND t.tool IS NOT NULL
        GROUP BY t.session_id, t.tool)
      GROUP BY tool`,
    parameters: where.parameters,
  };
}

export function sessionFacets(db: Reader, question: FacetsQuestion): FacetsAnswer {
  const { sql, parameters } = facetSql(question);
  const rows = rowsOf<FacetRow>(db, sql, parameters);
  const counts = {
    status: new Map(),
    activity: new Map(),
    project: new Map(),
    model: new Map(),
    agent: new Map(),
    branch: new Map(),
    type: new Map(),
    day: new Map(),
  } as Record<Exclude<FacetName, "tool">, Map<string, number>>;
  const days = new Map<number, string>();
  for (const row of rows) {
    count(counts.status, row.status);
    if (isGoingOn(row.activity)) count(counts.activity, row.activity);
    count(counts.project, row.project);
    count(counts.agent, row.agent);
    count(counts.branch, row.branch ?? "");
    count(counts.type, row.type ?? "");
    count(counts.day, row.ended_at === null ? "" : dayOfQuarter(row.ended_at, question.timeZone, days));
    for (const model of JSON.parse(row.models) as string[]) count(counts.model, model);
  }
  const tools = toolFacetSql(question);
  return {
    total: rows.length,
    facets: {
      status: sorted(counts.status),
      activity: sorted(counts.activity),
      project: sorted(counts.project),
      model: sorted(counts.model),
      agent: sorted(counts.agent),
      branch: sorted(counts.branch),
      type: sorted(counts.type),
      tool: rowsOf<FacetValue>(db, tools.sql, tools.parameters).sort(mostFirst),
      day: sorted(counts.day, (a, b) => (a.value < b.value ? 1 : -1)),
    },
  };
}

/** Ended and lost are what the status says already. */
function isGoingOn(activity: string | null): activity is string {
  return activity !== null && activity !== "ended" && activity !== "lost";
}

/** Every zone's offset is a multiple of a quarter hour, so one look at the calendar serves a whole quarter. */
function dayOfQuarter(time: number, timeZone: string, days: Map<number, string>): string {
  const quarter = Math.floor(time / 900_000);
  let day = days.get(quarter);
  if (day === undefined) {
    day = bucketOf(quarter * 900_000, "day", timeZone);
    days.set(quarter, day);
  }
  return day;
}

function count(counts: Map<string, number>, value: string): void {
  counts.set(value, (counts.get(value) ?? 0) + 1);
}

function mostFirst(a: FacetValue, b: FacetValue): number {
  return b.count - a.count || (a.value < b.value ? -1 : 1);
}

function sorted(counts: Map<string, number>, order = mostFirst): FacetValue[] {
  return [...counts].map(([value, count]) => ({ value, count })).sort(order);
}
