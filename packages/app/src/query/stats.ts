/** @module The archive in figures: totals, work by agent and day, the busiest tools and files. */
import type { ToolRow, UsageFigures } from "../model/answers.ts";
import { costBy } from "./cost.ts";
import type { Filter } from "./filter/filter.ts";
import type { FilterContext } from "./filter/sql.ts";
import { type Reader, rowOf, rowsOf } from "./reader.ts";
import { isoTime } from "./session-row.ts";
import { sessionsWhere } from "./sessions.ts";
import { bucketOf } from "./time-bucket.ts";
import { toolStats } from "./tools.ts";

export interface StatsAnswer {
  readonly sessions: number;
  readonly subagents: number;
  readonly projects: number;
  readonly prompts: number;
  readonly responses: number;
  readonly tool_calls: number;
  readonly tool_failures: number;
  readonly interruptions: number;
  readonly denials: number;
  readonly api_errors: number;
  readonly compactions: number;
  readonly first_at: string | null;
  readonly last_at: string | null;
  readonly active_days: number;
  /** Days in a row with work, up to today or yesterday; and the longest such row. */
  readonly current_streak: number;
  readonly longest_streak: number;
  readonly usage: UsageFigures;
  readonly by_agent: readonly { readonly agent: string; readonly sessions: number }[];
  readonly by_agent_type: readonly { readonly agent_type: string; readonly sessions: number }[];
  /** Oldest first; days of the zone asked for. */
  readonly by_day: readonly { readonly day: string; readonly sessions: number; readonly responses: number }[];
  readonly tools: readonly ToolRow[];
  readonly files: readonly { readonly path: string; readonly sessions: number }[];
}

export interface StatsQuestion extends FilterContext {
  readonly filter: Filter;
}

interface TotalsRow {
  readonly sessions: number;
  readonly first: number | null;
  readonly last: number | null;
}

/** One pass over the sessions that pass the filter. */
const TOTALS = `SELECT count(*) FILTER (WHERE s.parent_session_id IS NULL) AS sessions, count(s.parent_session_id) AS subagents,
  count(DISTINCT w.project_id) AS projects, coalesce(sum(s.prompts), 0) AS prompts, coalesce(sum(s.responses), 0) AS responses,
  coalesce(sum(s.tool_calls), 0) AS tool_calls, coalesce(sum(s.tool_failures), 0) AS tool_failures,
  coalesce(sum(s.interruptions), 0) AS interruptions, coalesce(sum(s.denials), 0) AS denials, coalesce(sum(s.api_errors), 0) AS api_errors,
  coalesce(sum(s.compactions), 0) AS compactions, min(s.started_at) AS first, max(s.ended_at) AS last
  FROM sessions s CROSS JOIN workspaces w ON w.workspace_id = s.workspace_id WHERE `;

export function archiveStats(db: Reader, question: StatsQuestion): StatsAnswer {
  const where = sessionsWhere({ ...question, includeSubagents: true });
  const rows = <Row>(sql: string): Row[] => rowsOf<Row>(db, sql, where.parameters);
  const { first, last, ...totals } = rowOf<TotalsRow & Omit<StatsAnswer, "first_at">>(
    db,
    TOTALS + where.sql,
    where.parameters,
  )!;
  const usage = costBy(db, { ...question, by: "day" });
  const started = rows<{ quarter: number; sessions: number }>(
    `SELECT s.started_at / 900000 AS quarter, count(*) AS sessions FROM sessions s WHERE ${where.sql} AND s.started_at IS NOT NULL AND s.parent_session_id IS NULL GROUP BY 1`,
  );
  const days = new Map<string, { sessions: number; responses: number }>();
  const dayOf = (day: string) => {
    let counts = days.get(day);
    if (!counts) {
      counts = { sessions: 0, responses: 0 };
      days.set(day, counts);
    }
    return counts;
  };
  for (const { quarter, sessions } of started)
    dayOf(bucketOf(quarter * 900_000, "day", question.timeZone)).sessions += sessions;
  for (const row of usage.rows) if (typeof row.day === "string") dayOf(row.day).responses += row.responses;
  const by_day = [...days].map(([day, counts]) => ({ day, ...counts })).sort((a, b) => (a.day < b.day ? -1 : 1));
  return {
    ...totals,
    first_at: isoTime(first),
    last_at: isoTime(last),
    active_days: by_day.length,
    ...streaks(
      by_day.map(({ day }) => day),
      bucketOf(question.now, "day", question.timeZone),
    ),
    usage: usage.totals,
    by_agent: rows(
      `SELECT s.agent, count(*) AS sessions FROM sessions s WHERE ${where.sql} GROUP BY 1 ORDER BY 2 DESC, 1`,
    ),
    by_agent_type: rows(
      `SELECT s.agent_type, count(*) AS sessions FROM sessions s WHERE ${where.sql} AND s.agent_type IS NOT NULL GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 20`,
    ),
    by_day,
    tools: toolStats(db, question).rows.slice(0, 10),
    files:
      rows(`SELECT f.key AS path, count(*) AS sessions FROM sessions s CROSS JOIN session_facts f ON f.session_id = s.session_id AND f.kind = 'file'
      WHERE ${where.sql} GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 10`),
  };
}

const DAY_MS = 86_400_000;

/** `days` in order, `YYYY-MM-DD`. */
export function streaks(
  days: readonly string[],
  today: string,
): { readonly current_streak: number; readonly longest_streak: number } {
  let [run, longest, before] = [0, 0, Number.NaN];
  for (const day of days) {
    const time = Date.parse(day);
    run = time - before === DAY_MS ? run + 1 : 1;
    longest = Math.max(longest, run);
    before = time;
  }
  const goesOn = Date.parse(today) - before <= DAY_MS;
  return { current_streak: goesOn ? run : 0, longest_streak: longest };
}
