/** @module Sessions as a table. */

import type { SessionRow } from "../../../model/answers.ts";
import { isProgram } from "../../../model/session-below.ts";
import type { Output } from "../output.ts";
import { activityCell } from "./activity.ts";
import { count, duration, money, shortModel, tokens, when } from "./formats.ts";
import { dim, type Piece, styled } from "./piece.ts";
import { shortIds } from "./short-id.ts";
import { type Column, table } from "./table.ts";

export function sessionTitle(row: SessionRow): string {
  return row.title ?? row.agent_description ?? row.agent_type ?? "(no title)";
}

export function sessionTokens(row: SessionRow): number {
  return row.input_tokens + row.output_tokens + row.cache_creation_input_tokens + row.cache_read_input_tokens;
}

/** Marks behind the title: what a reader should know before trusting the figures. */
function title(row: SessionRow): Piece {
  const marks = [
    row.subagents > 0
      ? `+${row.subagents} ${isProgram(row.agent) ? "session" : "agent"}${row.subagents > 1 ? "s" : ""}`
      : "",
    row.forked_from === null ? "" : "fork",
    row.source_missing ? "source gone" : "",
    row.problems > 0 ? `${row.problems} unreadable` : "",
  ].filter(Boolean);
  return sessionTitle(row) + (marks.length > 0 ? ` [${marks.join(", ")}]` : "");
}

function cost(row: SessionRow): Piece {
  const text = money(row.cost_usd_inclusive) + (row.output_undercounted ? "+" : "");
  return row.cost_usd_inclusive === null ? dim(text) : text;
}

export function printSessions(out: Output, rows: readonly SessionRow[], now: number, timeZone: string): void {
  const shorten = shortIds(rows.map((row) => row.session_id));
  const columns: readonly Column<SessionRow>[] = [
    { title: "ID", value: (row) => styled("cyan", shorten(row.session_id)), shrinkTo: 13 },
    { title: "LAST", value: (row) => when(row.ended_at, now, timeZone), leaves: 1 },
    { title: "STATUS", value: activityCell, shrinkTo: 9, leaves: 3 },
    { title: "PROJECT", value: (row) => row.project, shrinkTo: 8, leaves: 2 },
    { title: "TITLE", value: title, shrinkTo: 12 },
    { title: "MODEL", value: (row) => row.models.map(shortModel).join(" "), shrinkTo: 10, leaves: 6 },
    {
      title: "TIME",
      value: (row) => duration(row.duration_s === null ? null : row.duration_s * 1000),
      align: "right",
      leaves: 5,
    },
    { title: "TOOLS", value: (row) => count(row.tool_calls), align: "right", leaves: 7 },
    { title: "TOKENS", value: (row) => tokens(sessionTokens(row)), align: "right", leaves: 4 },
    { title: "COST", value: cost, align: "right" },
  ];
  for (const line of table(columns, rows, out.width)) out.line(...line);
}
