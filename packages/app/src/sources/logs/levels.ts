/** @module Severities as logging libraries write them, as one of six. */
import type { LogLevel } from "../../model/telemetry.ts";

const WORDS: ReadonlyMap<string, LogLevel> = new Map<string, LogLevel>([
  ...words("trace", "trace verbose silly finest finer all"),
  ...words("debug", "debug fine dbug dbg config"),
  ...words("info", "info information informational notice http log success inf"),
  ...words("warn", "warn warning wrn"),
  ...words("error", "error err eror severe fail failure exception"),
  ...words("fatal", "fatal critical crit alert emerg emergency panic ftl"),
]);

function words(level: LogLevel, text: string): readonly (readonly [string, LogLevel])[] {
  return text.split(" ").map((word) => [word, level] as const);
}

/** By syslog's numbers, 0 the gravest. */
const SYSLOG: readonly LogLevel[] = ["fatal", "fatal", "fatal", "error", "warn", "info", "info", "debug"];
/** From pino's and bunyan's number of a level on. */
const NUMBERED: readonly (readonly [number, LogLevel])[] = [
  [60, "fatal"],
  [50, "error"],
  [40, "warn"],
  [30, "info"],
  [20, "debug"],
  [8, "trace"],
];

/** A level from a word or a number; null for what is none. Letter case does not count. */
export function levelOf(value: unknown): LogLevel | null {
  if (typeof value === "string") {
    if (value.length > 16) return null;
    const word = value.trim().toLowerCase();
    return WORDS.get(word) ?? (/^\d{1,3}$/.test(word) ? levelOf(Number(word)) : null);
  }
  if (typeof value !== "number" || !(value >= 0 && value <= 1000)) return null;
  return NUMBERED.find(([from]) => value >= from)?.[1] ?? SYSLOG[Math.trunc(value)] ?? null;
}
