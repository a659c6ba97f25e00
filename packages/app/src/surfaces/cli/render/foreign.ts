/**
 * @module What others wrote, as whoever runs the command may see it: in a person's terminal as it stands, made safe for
 * terminals; for an agent, whose command's output is part of its context, in a fence.
 */
import { authorHandle, FENCE_MEANING, fenceForeign } from "../../../base/fence.ts";
import type { Output } from "../output.ts";
import { fencedJson } from "./fenced-json.ts";
import { type Piece, textOf } from "./piece.ts";

/** Who reads what is printed. */
export interface ReadBy {
  readonly identity: string;
  readonly origin: "human" | "agent";
  /** Whom an agent works for. */
  readonly person?: string;
  /** Told when words of others are shown to it. */
  readonly onForeign?: () => void;
}

/** Who wrote it. */
export interface WrittenBy {
  readonly authors: readonly string[];
  readonly tainted: boolean;
}

/** UTF-16 units of one fence. */
const MOST = 300_000;
/** Whether an agent reads words of others. */
export function isForeign(reader: ReadBy, written: WrittenBy): boolean {
  const own = [reader.identity, reader.person];
  return reader.origin === "agent" && (written.tainted || written.authors.some((author) => !own.includes(author)));
}

function fence(text: string, reader: ReadBy, { authors, tainted }: WrittenBy): string {
  reader.onForeign?.();
  const others = authors.filter((author) => author !== reader.identity);
  const author = others.length === 1 ? authorHandle(others[0]!) : "several";
  return fenceForeign(text, { author, trust: tainted ? "tainted" : "peer", limit: MOST });
}

/** Lines with words of `written` in them. */
export function printLines(
  out: Output,
  lines: readonly (readonly Piece[])[],
  reader: ReadBy,
  written: WrittenBy,
): void {
  if (!isForeign(reader, written)) {
    for (const line of lines) {
      // A text of several lines stays one.
      const [only] = line;
      if (line.length === 1 && typeof only === "string" && only.includes("\n")) out.text(only);
      else out.line(...line);
    }
    return;
  }
  out.line(FENCE_MEANING);
  out.text(fence(lines.map((line) => line.map(textOf).join("")).join("\n"), reader, written));
}

/** An answer for a program; for an agent every text in it that may be somebody's words stands in a fence of its own. */
export function foreignJson(value: unknown, reader: ReadBy, written: WrittenBy): unknown {
  if (!isForeign(reader, written)) return value;
  return fencedJson(value, (text) => fence(text, reader, written), written.authors);
}
