/** @module The way out: every line to a terminal, a pipe or a file passes here and is made safe. */
import type { Piece, Style } from "./render/piece.ts";
import { safeJson, safeLine, safeText } from "./render/safe-text.ts";

/** The part of a stream that commands need. */
export interface Sink {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

export interface Output {
  /** One line. */
  readonly line: (...pieces: readonly Piece[]) => void;
  /** Text of several lines, each indented by as many blanks. */
  readonly text: (text: string, indent?: number, style?: Style) => void;
  /** A whole file: to a pipe or a file exactly as it is, to a terminal made safe. */
  readonly file: (text: string) => void;
  /** A JSON document. */
  readonly json: (value: unknown) => void;
  /** One line of JSON, for streams of records. */
  readonly record: (value: unknown) => void;
  /** A line that the next one overwrites; only on a terminal. */
  readonly status: (text: string) => void;
  readonly clearStatus: () => void;
  readonly isTerminal: boolean;
  /** Columns that tables fit into: 40 to 200. */
  readonly width: number;
  /** Only where an agent reads records: the way out for Clew's own sentences and for the reader's own words. */
  readonly plain?: Output;
  /** Only where an agent reads records: to be called before words are shown that others may have written. */
  readonly onForeign?: () => void;
}

const CODES: Readonly<Record<Style, readonly [string, string]>> = {
  plain: ["", ""],
  dim: ["\u001b[2m", "\u001b[22m"],
  bold: ["\u001b[1m", "\u001b[22m"],
  red: ["\u001b[31m", "\u001b[39m"],
  green: ["\u001b[32m", "\u001b[39m"],
  yellow: ["\u001b[33m", "\u001b[39m"],
  blue: ["\u001b[34m", "\u001b[39m"],
  cyan: ["\u001b[36m", "\u001b[39m"],
  magenta: ["\u001b[35m", "\u001b[39m"],
  mark: ["\u001b[7m", "\u001b[27m"],
};

export interface OutputOptions {
  readonly color: boolean;
  readonly width: number;
}

export function createOutput(sink: Sink, options: OutputOptions): Output {
  const paint = (text: string, style: Style): string =>
    options.color && style !== "plain" && text !== "" ? CODES[style][0] + text + CODES[style][1] : text;
  const isTerminal = sink.isTTY === true;
  return {
    isTerminal,
    width: options.width,
    line(...pieces) {
      const parts = pieces.map((piece) =>
        typeof piece === "string" ? safeLine(piece) : paint(safeLine(piece.text), piece.style),
      );
      sink.write(`${parts.join("").replace(/ +$/u, "")}\n`);
    },
    text(text, indent = 0, style = "plain") {
      const margin = " ".repeat(indent);
      const lines = safeText(text).replace(/\n+$/u, "").split("\n");
      sink.write(`${lines.map((line) => (line === "" ? "" : margin + paint(line, style))).join("\n")}\n`);
    },
    file(text) {
      if (!isTerminal) sink.write(text);
      else if (text !== "") sink.write(`${safeText(text).replace(/\n$/u, "")}\n`);
    },
    json(value) {
      sink.write(`${safeJson(value, isTerminal ? 2 : undefined)}\n`);
    },
    record(value) {
      sink.write(`${safeJson(value)}\n`);
    },
    status(text) {
      if (isTerminal) sink.write(`\r${safeLine(text)}\u001b[K`);
    },
    clearStatus() {
      if (isTerminal) sink.write("\r\u001b[K");
    },
  };
}

/** Colour on a terminal, unless NO_COLOR is set or the terminal is dumb; FORCE_COLOR asks for it anywhere. */
export function wantsColor(sink: Sink, env: Readonly<Record<string, string | undefined>>): boolean {
  if (env.NO_COLOR) return false;
  if (env.FORCE_COLOR && env.FORCE_COLOR !== "0") return true;
  return sink.isTTY === true && env.TERM !== "dumb";
}

/** The terminal's columns, else COLUMNS, else 120; between 40 and 200. */
export function widthOf(sink: Sink, env: Readonly<Record<string, string | undefined>>): number {
  const wanted = sink.columns ?? (Number.parseInt(env.COLUMNS ?? "", 10) || 120);
  return Math.min(200, Math.max(40, wanted));
}
