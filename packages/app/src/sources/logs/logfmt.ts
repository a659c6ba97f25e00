/** @module logfmt: `level=info msg="ready to go" port=80`. */
import type { JsonObject } from "../claude/json.ts";

const PAIR = /([A-Za-z_@][\w.@/-]{0,99})=(?:"((?:[^"\\]|\\.)*)"|([^\s"]*))(?=\s|$)\s*/y;
/** More is no line of logfmt. */
const MOST_PAIRS = 200;
/** A text with an equals sign is no logfmt: one of these has to be among the pairs. */
const TELLING = ["level", "lvl", "severity", "msg", "message", "ts", "time", "timestamp"];
const ESCAPES: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r" };

/** The pairs of a line that is nothing but pairs; null for any other. */
export function readLogfmt(line: string): JsonObject | null {
  const pairs = new Map<string, string>();
  PAIR.lastIndex = 0;
  while (PAIR.lastIndex < line.length) {
    const match = PAIR.exec(line);
    if (!match || pairs.size >= MOST_PAIRS) return null;
    const [, name = "", quoted, bare = ""] = match;
    pairs.set(name, quoted === undefined ? bare : quoted.replace(/\\(.)/gs, (_, one: string) => ESCAPES[one] ?? one));
  }
  if (pairs.size < 2 || !TELLING.some((name) => pairs.has(name))) return null;
  return Object.fromEntries(pairs);
}
