/** @module A model call's line as JSON: redacted first, then cut to size. */
import type { InteractionLine } from "./interaction.ts";
import { cut, plainCopy } from "./plain-copy.ts";
import { report } from "./problems.ts";
import type { Redactor } from "./redact.ts";

export interface RenderOptions {
  readonly redactor: Redactor | null;
  /** Characters that are kept of one text. */
  readonly maxText: number;
  /** Characters of the line. */
  readonly maxLine: number;
}

type Said = Pick<InteractionLine, "input" | "output" | "tool_calls" | "error">;

function saidIn({ input, output, tool_calls, error }: InteractionLine): Said {
  return { input, output, tool_calls, error };
}

/** What cannot be checked is not written. */
function redacted(line: InteractionLine, redactor: Redactor): Said {
  try {
    const said = redactor.value(saidIn(line));
    if (said === null || typeof said !== "object") throw new Error("the redactor answered nothing");
    return said as Said;
  } catch (error) {
    report("adapter", `redact call ${line.interaction_id}`, error);
    return { input: "[redaction failed]", output: "[redaction failed]", tool_calls: [], error: null };
  }
}

/** Never throws on what was said; a value that is too large is cut and says so. */
export function renderInteraction(line: InteractionLine, { redactor, maxText, maxLine }: RenderOptions): string {
  const safe = redactor ? { ...line, ...redacted(line, redactor) } : line;
  const whole = shortened(safe, maxText, 200_000);
  if (whole.length <= maxLine) return whole;
  const short = shortened(safe, 2000, 2000);
  if (short.length <= maxLine) return short;
  const gone = `[${whole.length} characters cut]`;
  return JSON.stringify({ ...safe, input: gone, output: gone, tool_calls: [], error: null, raw_usage: undefined });
}

function shortened(line: InteractionLine, maxString: number, maxValues: number): string {
  const said = saidIn(line);
  const copied = plainCopy(said, { maxString, maxValues }) as Said;
  const error = said.error && { ...said.error, message: cut(said.error.message, maxString) };
  return JSON.stringify({ ...line, ...copied, error });
}
