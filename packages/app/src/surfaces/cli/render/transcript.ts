/** @module Events of a session as text. */
import type { Block } from "../../../model/present.ts";
import type { TimelineRow, TimelineToolCall } from "../../../query/timeline.ts";
import type { Output } from "../output.ts";
import { duration, localTime } from "./formats.ts";
import { dim, type Style, styled } from "./piece.ts";
import { fitWidth } from "./width.ts";

export interface TranscriptOptions {
  readonly timeZone: string;
  /** Long blocks whole instead of their beginnings. */
  readonly full: boolean;
}

const SHORT_LINES = 12;
const ROLE_STYLES: Readonly<Record<TimelineRow["role"], Style>> = {
  user: "green",
  assistant: "blue",
  tool: "magenta",
  system: "dim",
};

/** Prints each event that has something to show. */
export function printEvents(out: Output, rows: readonly TimelineRow[], options: TranscriptOptions): void {
  for (const row of rows) {
    const blocks = row.blocks.filter((block) => block.kind === "tool_call" || textOfBlock(block) !== "");
    if (blocks.length === 0) continue;
    out.line(styled(ROLE_STYLES[row.role], row.role), dim(`  ${localTime(row.ts, options.timeZone)}  ${row.type}`));
    for (const block of blocks) printBlock(out, block, row, options);
    out.line("");
  }
}

function printBlock(out: Output, block: Block, row: TimelineRow, options: TranscriptOptions): void {
  if (block.kind === "tool_call") {
    const call = row.tool_calls.find((one) => one.tool_use_id === block.toolUseId);
    const input = typeof block.input === "string" ? block.input : JSON.stringify(block.input);
    const end = call ? `  ${call.status}${timing(call)}` : "";
    const summary = call?.summary ?? (options.full ? "" : input);
    out.line(
      "  ",
      styled("cyan", block.name),
      ` ${fitWidth(summary ?? "", Math.max(10, out.width - block.name.length - end.length - 4))}`,
      dim(end),
    );
    if (options.full) out.text(input, 4, "dim");
    return;
  }
  const text = textOfBlock(block);
  const lines = text.split("\n");
  const cut = !options.full && lines.length > SHORT_LINES;
  const shown = options.full
    ? text
    : lines
        .slice(0, SHORT_LINES)
        .map((line) => fitWidth(line, 400))
        .join("\n");
  const isError = block.kind === "tool_result" && block.isError;
  const style: Style = isError ? "red" : block.kind === "text" ? "plain" : "dim";
  if (block.kind === "notice" || block.kind === "attachment") out.line(dim(`  [${block.label}]`));
  out.text(shown, 2, style);
  if (cut) out.line(dim(`  … ${lines.length - SHORT_LINES} more lines (--full)`));
}

/** What nobody measured is an upper bound. */
function timing({ duration_ms: time, duration_source: source }: TimelineToolCall): string {
  if (time === null) return "";
  const by = source === "hook" ? " timed by hook" : "";
  return `, ${source === "timestamps" ? "≤ " : ""}${duration(time)}${by}`;
}

function textOfBlock(block: Block): string {
  return block.kind === "tool_call" ? "" : block.text;
}
