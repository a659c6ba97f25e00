/** @module `clew tools`: tool calls by tool. */
import type { ToolRow } from "../../../model/answers.ts";
import { toolStats } from "../../../query/tools.ts";
import { rowLimit } from "../arguments.ts";
import { type CliCommand, JSON_FLAG, textFlag } from "../command.ts";
import { ask, NOTHING_YET } from "../context.ts";
import { FILTER_FLAGS, filterFrom } from "../filter-flags.ts";
import { count, duration, percent } from "../render/formats.ts";
import { dim, type Piece, styled } from "../render/piece.ts";
import { type Column, table } from "../render/table.ts";

/** Below this many calls a high percentile is one call's accident. */
const ENOUGH = 20;

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

function failures(row: ToolRow): Piece {
  const text = `${count(row.failures)}/${count(row.calls)}  ${percent(row.failures, row.calls).padStart(5)}`;
  return row.failures === 0 ? dim(text) : row.failures / row.calls > 0.1 ? styled("red", text) : text;
}

const high =
  (value: (row: ToolRow) => number | null) =>
  (row: ToolRow): Piece =>
    row.calls < ENOUGH ? dim("few calls") : duration(value(row));

export const TOOL_COLUMNS: readonly Column<ToolRow>[] = [
  { title: "TOOL", value: (row) => row.tool, shrinkTo: 10 },
  { title: "SERVER", value: (row) => row.mcp_server ?? "", shrinkTo: 8, leaves: 3 },
  { title: "CALLS", value: (row) => count(row.calls), align: "right" },
  { title: "FAILED", value: failures, align: "right", leaves: 1 },
  { title: "P50", value: (row) => duration(row.p50_ms), align: "right", leaves: 2 },
  { title: "P95", value: high((row) => row.p95_ms), align: "right", leaves: 4 },
  { title: "P99", value: high((row) => row.p99_ms), align: "right", leaves: 5 },
];
