/** @module `clew tools`: tool calls by tool. */
import { toolStats } from "../../../query/tools.ts";
import { rowLimit } from "../arguments.ts";
import { type CliCommand, JSON_FLAG, textFlag } from "../command.ts";
import { ask, NOTHING_YET } from "../context.ts";
import { FILTER_FLAGS, filterFrom } from "../filter-flags.ts";
import { table } from "../render/table.ts";
import { TOOL_COLUMNS } from "../render/tool-columns.ts";

export const toolsCommand: CliCommand = {
  summary: "tool calls: how many, how many failed, how long they took",
  operands: "[FILTER…]",
  arity: [0, Number.POSITIVE_INFINITY],
  flags: {
    ...FILTER_FLAGS,
    limit: { type: "string", description: "rows to show, or all; default all", valueHint: "N", alias: "n" },
    ...JSON_FLAG,
  },
  examples: ["clew tools", "clew tools --since 7d tool:mcp__*"],
  async run({ context, flags, operands }) {
    const { clock, timeZone, out } = context;
    const filter = filterFrom(operands, flags);
    const limit = rowLimit(textFlag(flags, "limit"), -1);
    const answer = await ask(context, (db) => toolStats(db, { filter, now: clock(), timeZone }));
    const rows = answer?.rows.slice(0, limit < 0 ? undefined : limit) ?? [];
    if (flags.json) out.json({ rows });
    else if (!answer) out.line(NOTHING_YET);
    else if (rows.length === 0) out.line("No tool calls match.");
    else for (const line of table(TOOL_COLUMNS, rows, out.width)) out.line(...line);
    return 0;
  },
};
