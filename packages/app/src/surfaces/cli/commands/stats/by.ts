/** @module `clew stats --by WHAT`: a line of figures for each type of session, project, agent or identity. */
import { emptyStatsBy, type StatsByQuestion, type StatsByRow, statsBy } from "../../../../query/stats-by.ts";
import { ask, type CliContext, NOTHING_YET } from "../../context.ts";
import { count, duration, money, tokens } from "../../render/formats.ts";
import { bold } from "../../render/piece.ts";
import { type Column, table } from "../../render/table.ts";

export async function printStatsBy(context: CliContext, question: StatsByQuestion, asJson: boolean): Promise<number> {
  const { out } = context;
  const { by } = question;
  const answer = await ask(context, (db) => statsBy(db, question));
  if (asJson) {
    const { rows, totals } = answer ?? emptyStatsBy(by);
    out.json({ rows: rows.map(({ key, ...figures }) => ({ [by]: key, ...figures })), totals });
    return 0;
  }
  if (!answer || answer.rows.length === 0) {
    out.line(answer ? "No session matches." : NOTHING_YET);
    return 0;
  }
  const total: StatsByRow = { key: "total", ...answer.totals };
  const used = (row: StatsByRow): number =>
    row.input_tokens + row.output_tokens + row.cache_creation_input_tokens + row.cache_read_input_tokens;
  const columns: readonly Column<StatsByRow>[] = [
    {
      title: by.toUpperCase(),
      value: (row) => (row === total ? bold("total") : (row.key ?? "(none)")),
      shrinkTo: 12,
    },
    { title: "SESSIONS", value: (row) => count(row.sessions), align: "right" },
    { title: "SUBAGENTS", value: (row) => count(row.subagents), align: "right", leaves: 3 },
    { title: "PROMPTS", value: (row) => count(row.prompts), align: "right", leaves: 2 },
    { title: "TOOL CALLS", value: (row) => count(row.tool_calls), align: "right", leaves: 1 },
    { title: "FAILED", value: (row) => count(row.tool_failures), align: "right", leaves: 5 },
    { title: "TIME", value: (row) => duration(row.duration_s * 1000), align: "right", leaves: 4 },
    { title: "TOKENS", value: (row) => tokens(used(row)), align: "right", leaves: 1 },
    { title: "COST", value: (row) => money(row.cost_usd), align: "right" },
  ];
  for (const line of table(columns, [...answer.rows, total], out.width)) out.line(...line);
  return 0;
}
