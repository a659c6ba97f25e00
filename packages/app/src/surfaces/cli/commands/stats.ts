/** @module `clew stats`: the archive in figures. */
import { archiveStats } from "../../../query/stats.ts";
import { STATS_GROUPINGS } from "../../../query/stats-by.ts";
import { oneOf } from "../arguments.ts";
import { type CliCommand, JSON_FLAG, textFlag } from "../command.ts";
import { ask, NOTHING_YET } from "../context.ts";
import { FILTER_FLAGS, filterFrom } from "../filter-flags.ts";
import { count, counted, money, percent, tokens, when } from "../render/formats.ts";
import { bold, dim } from "../render/piece.ts";
import { sparkline } from "../render/sparkline.ts";
import { table } from "../render/table.ts";
import { TOOL_COLUMNS } from "../render/tool-columns.ts";

export const statsCommand: CliCommand = {
  summary: "the archive in figures: totals, days of work, the busiest tools and files",
  operands: "[FILTER…]",
  arity: [0, Number.POSITIVE_INFINITY],
  flags: {
    by: { type: "string", description: `sums for each ${STATS_GROUPINGS.join(", ")}`, valueHint: "WHAT" },
    ...FILTER_FLAGS,
    ...JSON_FLAG,
  },
  examples: ["clew stats", "clew stats --since 30d --project web", "clew stats --by type"],
  async run({ context, flags, operands }) {
    const { clock, timeZone, out } = context;
    const now = clock();
    const filter = filterFrom(operands, flags);
    if (textFlag(flags, "by") !== undefined) {
      const by = oneOf("by", textFlag(flags, "by"), STATS_GROUPINGS, "type");
      return (await import("./stats/by.ts")).printStatsBy(context, { by, filter, now, timeZone }, flags.json === true);
    }
    const stats = await ask(context, (db) => archiveStats(db, { filter, now, timeZone }));
    if (flags.json) {
      out.json(stats ?? {});
      return 0;
    }
    if (!stats || (stats.sessions === 0 && stats.subagents === 0)) {
      out.line(stats && operands.length > 0 ? "No session matches." : NOTHING_YET);
      return 0;
    }
    const { usage } = stats;
    const all =
      usage.input_tokens + usage.output_tokens + usage.cache_creation_input_tokens + usage.cache_read_input_tokens;
    const rows: readonly (readonly [string, string])[] = [
      [
        "sessions",
        `${count(stats.sessions)} and ${counted(stats.subagents, "subagent")} in ${counted(stats.projects, "project")}`,
      ],
      ["from, to", `${when(stats.first_at, now, timeZone)}, ${when(stats.last_at, now, timeZone)}`],
      [
        "days of work",
        `${count(stats.active_days)}; ${count(stats.current_streak)} in a row now, ${count(stats.longest_streak)} at most`,
      ],
      ["prompts", count(stats.prompts)],
      ["responses", count(stats.responses)],
      [
        "tool calls",
        `${count(stats.tool_calls)}, ${count(stats.tool_failures)} failed (${percent(stats.tool_failures, stats.tool_calls)})`,
      ],
      [
        "stopped",
        `${counted(stats.interruptions, "interruption")}, ${counted(stats.denials, "denial")}, ${counted(stats.api_errors, "API error")}`,
      ],
      [
        "tokens",
        `${tokens(all)}: ${tokens(usage.input_tokens)} in, ${tokens(usage.output_tokens)} out, ${tokens(usage.cache_creation_input_tokens)} cache written, ${tokens(usage.cache_read_input_tokens)} read`,
      ],
      [
        "cost",
        money(usage.cost_usd) +
          (usage.unpriced_responses > 0 ? ` and ${counted(usage.unpriced_responses, "unpriced response")}` : ""),
      ],
    ];
    for (const line of table(
      [
        { title: "", value: (row: readonly [string, string]) => bold(row[0]) },
        { title: "", value: (row: readonly [string, string]) => row[1], shrinkTo: 10 },
      ],
      rows,
      out.width,
    ).slice(1))
      out.line(...line);
    if (stats.by_day.length > 2)
      out.line(
        "",
        dim(
          sparkline(
            stats.by_day.map((day) => day.responses),
            out.width,
          ),
        ),
      );
    if (stats.tools.length > 0) {
      out.line("");
      for (const line of table(TOOL_COLUMNS, stats.tools, out.width)) out.line(...line);
    }
    if (stats.files.length > 0) {
      out.line("");
      const columns = [
        { title: "FILE", value: (file: (typeof stats.files)[number]) => file.path, shrinkTo: 16 },
        {
          title: "SESSIONS",
          value: (file: (typeof stats.files)[number]) => count(file.sessions),
          align: "right" as const,
        },
      ];
      for (const line of table(columns, stats.files, out.width)) out.line(...line);
    }
    return 0;
  },
};
