/** @module Columns of a table of tools. */
import type { ToolRow } from "../../../model/answers.ts";
import { count, duration, percent } from "./formats.ts";
import { dim, type Piece, styled } from "./piece.ts";
import type { Column } from "./table.ts";

/** Below this many calls a high percentile is one call's accident. */
const ENOUGH = 20;

function failures(row: ToolRow): Piece {
  const text = `${count(row.failures)}/${count(row.calls)}  ${percent(row.failures, row.calls).padStart(5)}`;
  return row.failures === 0 ? dim(text) : row.failures / row.calls > 0.1 ? styled("red", text) : text;
}

const high =
  (value: (row: ToolRow) => number | null) =>
  (row: ToolRow): Piece =>
    row.calls < ENOUGH ? dim("few calls") : duration(value(row));

/** Shared by `clew tools` and `clew stats`. */
export const TOOL_COLUMNS: readonly Column<ToolRow>[] = [
  { title: "TOOL", value: (row) => row.tool, shrinkTo: 10 },
  { title: "SERVER", value: (row) => row.mcp_server ?? "", shrinkTo: 8, leaves: 3 },
  { title: "CALLS", value: (row) => count(row.calls), align: "right" },
  { title: "FAILED", value: failures, align: "right", leaves: 1 },
  { title: "P50", value: (row) => duration(row.p50_ms), align: "right", leaves: 2 },
  { title: "P95", value: high((row) => row.p95_ms), align: "right", leaves: 4 },
  { title: "P99", value: high((row) => row.p99_ms), align: "right", leaves: 5 },
];
