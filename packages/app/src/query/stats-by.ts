/** @module The archive's figures for each type of session, project, agent or identity. */
import type { Filter } from "./filter/filter.ts";
import { type FilterContext, SESSION_TYPE } from "./filter/sql.ts";
import { type Reader, rowsOf } from "./reader.ts";
import { dollarsOf } from "./session-row.ts";
import { sessionsWhere } from "./sessions.ts";

export const STATS_GROUPINGS = ["type", "project", "agent", "identity"] as const;
export type StatsGrouping = (typeof STATS_GROUPINGS)[number];

export interface StatsByQuestion extends FilterContext {
  readonly by: StatsGrouping;
  readonly filter: Filter;
}

export interface StatsByFigures {
  readonly sessions: number;
  readonly subagents: number;
  readonly prompts: number;
  readonly responses: number;
  readonly tool_calls: number;
  readonly tool_failures: number;
  /** Seconds from beginning to end, without subagents, which run meanwhile. */
  readonly duration_s: number;
  readonly input_tokens: number;
  readonly output_tokens: number;
  readonly cache_creation_input_tokens: number;
  readonly cache_read_input_tokens: number;
  readonly cost_usd: number | null;
  readonly unpriced_responses: number;
}

/** `key`: the type, or the name of what it is grouped by; null: it has none. */
export type StatsByRow = StatsByFigures & { readonly key: string | null };

export interface StatsByAnswer {
  readonly by: StatsGrouping;
  /** Most sessions first. */
  readonly rows: readonly StatsByRow[];
  readonly totals: StatsByFigures;
}

const KEYS: Readonly<Record<StatsGrouping, string>> = {
  type: SESSION_TYPE,
  project: "p.name",
  agent: "s.agent",
  identity: "s.identity_id",
};

/** Of a subagent only what it used itself: its session's row has it not. */
const SUMS = `count(*) FILTER (WHERE s.parent_session_id IS NULL) AS sessions, count(s.parent_session_id) AS subagents,
  sum(s.prompts) AS prompts, sum(s.responses) AS responses, sum(s.tool_calls) AS tool_calls, sum(s.tool_failures) AS tool_failures,
  sum(CASE WHEN s.parent_session_id IS NULL THEN COALESCE(s.ended_at - s.started_at, 0) ELSE 0 END) AS duration_ms,
  sum(s.input_tokens) AS input_tokens, sum(s.output_tokens) AS output_tokens, sum(s.cache_write_tokens) AS cache_creation_input_tokens,
  sum(s.cache_read_tokens) AS cache_read_input_tokens, sum(s.cost_micros) AS cost_micros, sum(s.unpriced_responses) AS unpriced_responses`;

type StoredRow = Omit<StatsByFigures, "cost_usd" | "duration_s"> & {
  readonly key: string | null;
  readonly cost_micros: number;
  readonly duration_ms: number;
};

const NONE: Omit<StoredRow, "key"> = {
  sessions: 0,
  subagents: 0,
  prompts: 0,
  responses: 0,
  tool_calls: 0,
  tool_failures: 0,
  duration_ms: 0,
  input_tokens: 0,
  output_tokens: 0,
  cache_creation_input_tokens: 0,
  cache_read_input_tokens: 0,
  cost_micros: 0,
  unpriced_responses: 0,
};

export function statsBy(db: Reader, question: StatsByQuestion): StatsByAnswer {
  const where = sessionsWhere({ ...question, includeSubagents: true });
  const stored = rowsOf<StoredRow>(
    db,
    `SELECT ${KEYS[question.by]} AS key, ${SUMS} FROM sessions s CROSS JOIN workspaces w ON w.workspace_id = s.workspace_id
     CROSS JOIN projects p ON p.project_id = w.project_id WHERE ${where.sql} GROUP BY 1 ORDER BY sessions DESC, subagents DESC, 1`,
    where.parameters,
  );
  const totals = { ...NONE } as Record<keyof typeof NONE, number>;
  for (const row of stored) {
    for (const name of Object.keys(NONE) as (keyof typeof NONE)[]) totals[name] += row[name];
  }
  return {
    by: question.by,
    rows: stored.map(({ key, ...row }) => ({ key, ...figuresOf(row) })),
    totals: figuresOf(totals),
  };
}

export function emptyStatsBy(by: StatsGrouping): StatsByAnswer {
  return { by, rows: [], totals: figuresOf(NONE) };
}

function figuresOf({ cost_micros, duration_ms, ...row }: Omit<StoredRow, "key">): StatsByFigures {
  return {
    ...row,
    duration_s: Math.round(duration_ms / 1000),
    cost_usd: dollarsOf(cost_micros, row.responses, row.unpriced_responses),
  };
}
