/** @module What came of a session, what it was given and told to follow, and what its agents and MCP servers did. */

import type { SessionRow } from "../../../model/answers.ts";
import { hasPrograms } from "../../../model/session-below.ts";
import type { SessionDetail } from "../../../query/session-detail.ts";
import type { Output } from "../output.ts";
import { count, counted, duration, money, when } from "./formats.ts";
import { bold, dim, type Piece, styled } from "./piece.ts";
import { shortIds } from "./short-id.ts";
import { type Column, table } from "./table.ts";
import { fitWidth } from "./width.ts";

const MOST_ITEMS = 12;
/** Lines of a context that was given; `--json` has all of it. */
const CONTEXT_LINES = 8;
/** Hex digits that tell versions of a file apart. */
const HASH_DIGITS = 12;
const LISTS = [
  ["tasks_completed", "completed"],
  ["decisions", "decided"],
  ["learnings", "learned"],
  ["files", "files"],
  ["commits", "commits"],
] as const;

/** Prints nothing where nothing came of it. Files and commits of the record have sections of their own. */
export function printOutcome(out: Output, { outcome }: SessionDetail): void {
  if (!outcome) return;
  const lists = LISTS.map(([key, name]) => {
    const isListed = key === "files" || key === "commits";
    return [name, outcome[key].filter((item) => !isListed || item.source === "reported")] as const;
  }).filter(([, items]) => items.length > 0);
  if (!outcome.summary && lists.length === 0) return;
  heading(out, "outcome", dim(outcome.reported ? `  reported by ${outcome.reported.author}` : "  from the record"));
  if (outcome.summary) out.text(outcome.summary.text, 2);
  for (const [name, items] of lists) {
    for (const item of items.slice(0, MOST_ITEMS)) {
      const text = fitWidth(oneLine(item.text), Math.max(10, out.width - 24));
      out.line("  ", dim(name.padEnd(11)), text, dim(`  ${item.source}`));
    }
    more(out, items.length);
  }
}

export function printMcp(out: Output, { mcp }: SessionDetail): void {
  if (mcp.length === 0) return;
  heading(out, "MCP usage");
  const columns: readonly Column<SessionDetail["mcp"][number]>[] = [
    { title: "SERVER", value: (row) => row.mcp_server, shrinkTo: 8 },
    { title: "TOOL", value: (row) => row.tool, shrinkTo: 8 },
    { title: "CALLS", value: (row) => count(row.calls), align: "right" },
    { title: "FAILED", value: (row) => (row.failures > 0 ? styled("red", count(row.failures)) : "0"), align: "right" },
    { title: "MEAN", value: (row) => duration(row.mean_ms), align: "right", leaves: 1 },
    { title: "MAX", value: (row) => duration(row.max_ms), align: "right", leaves: 2 },
  ];
  printTable(out, columns, mcp.slice(0, MOST_ITEMS));
  more(out, mcp.length);
}

/** Direct agents; `clew tree` has the nested ones. */
export function printAgents(out: Output, agents: readonly SessionRow[]): void {
  if (agents.length === 0) return;
  heading(out, hasPrograms(agents) ? "sessions below" : "agents");
  const shorten = shortIds(agents.map((row) => row.session_id));
  const columns: readonly Column<SessionRow>[] = [
    { title: "ID", value: (row) => styled("cyan", shorten(row.session_id)), shrinkTo: 13 },
    { title: "TYPE", value: (row) => row.agent_type ?? row.agent, shrinkTo: 8, leaves: 2 },
    { title: "TASK", value: (row) => row.agent_description ?? row.title ?? "", shrinkTo: 12 },
    { title: "RESULT", value: (row) => oneLine(row.agent_result ?? ""), shrinkTo: 12, leaves: 1 },
    { title: "SUCCESS", value: success, leaves: 4 },
    { title: "COST", value: (row) => money(row.cost_usd_inclusive), align: "right" },
    {
      title: "TIME",
      value: (row) => duration(row.duration_s === null ? null : row.duration_s * 1000),
      align: "right",
      leaves: 3,
    },
  ];
  printTable(out, columns, agents);
}

export function printGiven(out: Output, { injected, facts }: SessionDetail, now: number, timeZone: string): void {
  const instructions = facts.instruction ?? [];
  if (instructions.length > 0) {
    heading(out, "instructions in force");
    for (const { key, detail } of instructions.slice(0, MOST_ITEMS)) {
      const hash = typeof detail?.sha256 === "string" ? detail.sha256.slice(0, HASH_DIGITS) : "could not be read";
      out.line(`  ${fitWidth(key, out.width - 24)}  `, dim(hash));
    }
    more(out, instructions.length);
  }
  for (const { text, ts, items } of injected) {
    const lines = text.trimEnd().split("\n");
    heading(out, "context given at start", dim(`  ${when(ts, now, timeZone)}, ${counted(items.length, "item")}`));
    for (const line of lines.slice(0, CONTEXT_LINES)) out.line("  ", dim(fitWidth(line, out.width - 2)));
    if (lines.length > CONTEXT_LINES)
      out.line(dim(`  … ${counted(lines.length - CONTEXT_LINES, "more line")} (--json has all)`));
  }
}

function heading(out: Output, title: string, ...notes: readonly Piece[]): void {
  out.line("");
  out.line(bold(title), ...notes);
}

function printTable<Row>(out: Output, columns: readonly Column<Row>[], rows: readonly Row[]): void {
  for (const line of table(columns, rows, out.width - 2)) out.line("  ", ...line);
}

function more(out: Output, total: number): void {
  if (total > MOST_ITEMS) out.line(dim(`  and ${count(total - MOST_ITEMS)} more (--json has all)`));
}

function success({ agent_success: ok }: SessionRow): Piece {
  return ok === null ? dim("–") : ok ? styled("green", "yes") : styled("red", "no");
}

function oneLine(text: string): string {
  return text.replace(/\s+/gu, " ").trim();
}
