/** @module Log lines, calls of models and rows of an interleaved timeline, a line of the terminal each. */
import type { LogLevel } from "../../../model/telemetry.ts";
import type { CorrelatedRow } from "../../../query/correlated-row.ts";
import { offsetAt } from "../../../query/filter/time-zone.ts";
import type { LogRow } from "../../../query/log-row.ts";
import type { ModelCallRow } from "../../../query/model-calls.ts";
import type { Output } from "../output.ts";
import { count, duration, money } from "./formats.ts";
import { dim, type Piece, type Style, styled, textOf } from "./piece.ts";
import { safeLine } from "./safe-text.ts";
import { shortId } from "./short-id.ts";
import { fitWidth, textWidth } from "./width.ts";

export interface LineOptions {
  readonly timeZone: string;
  /** The line asked for, among others around it. */
  readonly isMarked?: boolean;
  /** Every line is of the same session: its id would say nothing. */
  readonly withoutSession?: boolean;
  /** Where there is room, a log line's own id. */
  readonly withId?: boolean;
  /** Shortens ids so that those of one list differ. Default: each by itself. */
  readonly shorten?: (id: string) => string;
}

const LEVEL_STYLES: Readonly<Record<LogLevel, Style>> = {
  trace: "dim",
  debug: "dim",
  info: "plain",
  warn: "yellow",
  error: "red",
  fatal: "red",
};
const SOURCE_STYLES: Readonly<Record<CorrelatedRow["source"], Style>> = {
  transcript: "green",
  hook: "magenta",
  llm: "blue",
  log: "plain",
  span: "cyan",
  other: "dim",
};
/** From here on a line has room for its day, and for its id. */
const WIDE = 100;
const LONGEST_ID = 23;
const NARROW_ID = 13;

export function printLogLine(out: Output, row: LogRow, options: LineOptions): void {
  const who = [row.service, row.logger].filter(Boolean).join("/");
  const head: Piece[] = [dim(timeOf(out, row.ts, options.timeZone)), "  "];
  if (options.withId && out.width >= WIDE)
    head.push(dim(fitWidth(safeLine((options.shorten ?? shortId)(row.event_id)), LONGEST_ID).padEnd(8)), "  ");
  head.push(styled(LEVEL_STYLES[row.level], row.level.toUpperCase().padEnd(5)));
  pushSession(out, head, row.session_id, options);
  if (who !== "") head.push("  ", dim(fitWidth(safeLine(who), 24)));
  printFitted(out, head, row.message, LEVEL_STYLES[row.level], options.isMarked);
}

export function printCall(out: Output, call: ModelCallRow, options: LineOptions): void {
  const head: Piece[] = [dim(timeOf(out, call.ts, options.timeZone)), "  ", styled("blue", "LLM  ")];
  pushSession(out, head, call.session_id, options);
  printFitted(out, head, callText(call), call.error === null ? "plain" : "red", options.isMarked);
}

/** Model, tokens, money, time and how it ended, in one line. */
export function callText(call: ModelCallRow): string {
  const tokens = call.input_tokens === null ? null : tokensText(call, call.input_tokens);
  return [
    [call.provider, call.model].filter(Boolean).join("/") || "?",
    tokens,
    tokens === null && call.cost_usd === null ? null : money(call.cost_usd),
    call.duration_ms === null ? null : duration(call.duration_ms),
    call.finish_reason,
    call.query_source,
    call.error,
  ]
    .filter(Boolean)
    .join("  ");
}

/** Input as `clew show` counts it, without what was cached; that beside it. */
function tokensText(call: ModelCallRow, input: number): string {
  const cached = (call.cache_read_input_tokens ?? 0) + (call.cache_creation_input_tokens ?? 0);
  return `${count(input)} in${cached > 0 ? ` (${count(cached)} cached)` : ""}, ${count(call.output_tokens ?? 0)} out`;
}

export function printCorrelated(out: Output, row: CorrelatedRow, options: LineOptions): void {
  if (row.log) printLogLine(out, row.log, options);
  else if (row.call) printCall(out, row.call, options);
  else printOther(out, row, options);
}

function printOther(out: Output, row: CorrelatedRow, options: LineOptions): void {
  const style = SOURCE_STYLES[row.source];
  const head: Piece[] = [dim(timeOf(out, row.ts, options.timeZone)), "  ", styled(style, row.type)];
  pushSession(out, head, row.session_id, options);
  const end = [row.status, row.duration_ms === null ? null : duration(row.duration_ms)].filter(Boolean).join(", ");
  const isBad = ["failed", "denied", "interrupted", "error"].includes(row.status ?? "");
  printFitted(out, head, end === "" ? row.text : `${row.text}  ${end}`, isBad ? "red" : "plain", options.isMarked);
}

/** "–" of what belongs to no session. */
function pushSession(out: Output, head: Piece[], sessionId: string | null, options: LineOptions): void {
  if (options.withoutSession) return;
  const id = sessionId === null || sessionId === "" ? "–" : (options.shorten ?? shortId)(sessionId);
  const width = out.width >= WIDE ? LONGEST_ID : NARROW_ID;
  head.push("  ", styled("cyan", fitWidth(safeLine(id), width).padEnd(8)));
}

/** The head, and as much of the text as the line has room for. */
function printFitted(out: Output, head: readonly Piece[], text: string, style: Style, isMarked = false): void {
  const margin = isMarked ? "> " : "  ";
  const used = head.reduce((sum, piece) => sum + textWidth(textOf(piece)), margin.length + 2);
  const rest = fitWidth(safeLine(text), Math.max(20, out.width - used));
  out.line(isMarked ? styled("bold", margin) : margin, ...head, "  ", styled(style, rest));
}

/** Local time with milliseconds, the day too where there is room. */
export function timeOf(out: Output, time: string | null, timeZone: string): string {
  if (time === null) return "undated";
  const milliseconds = Date.parse(time);
  const local = new Date(milliseconds + offsetAt(milliseconds, timeZone)).toISOString().replace("T", " ").slice(0, 23);
  return out.width >= WIDE ? local : local.slice(11);
}
