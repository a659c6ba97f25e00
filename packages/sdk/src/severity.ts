/** @module The levels of logging libraries as the four severities that records have. */
import type { ClewSeverity } from "./wire.ts";

const WORDS: Readonly<Record<string, ClewSeverity>> = {
  trace: "debug",
  silly: "debug",
  verbose: "debug",
  debug: "debug",
  info: "info",
  http: "info",
  notice: "info",
  log: "info",
  warn: "warn",
  warning: "warn",
  error: "error",
  fatal: "error",
  crit: "error",
  critical: "error",
  alert: "error",
  emerg: "error",
};

/** By name, or by pino's number; info for what is not known. */
export function severityOf(level: unknown): ClewSeverity {
  if (typeof level === "number") return level >= 50 ? "error" : level >= 40 ? "warn" : level >= 30 ? "info" : "debug";
  const word = typeof level === "string" ? level.toLowerCase() : "";
  return Object.hasOwn(WORDS, word) ? WORDS[word]! : "info";
}

const ORDER: readonly ClewSeverity[] = ["debug", "info", "warn", "error"];

/** Whether a line of one severity is wanted where another is the least. */
export function isAtLeast(severity: ClewSeverity, least: ClewSeverity): boolean {
  return ORDER.indexOf(severity) >= ORDER.indexOf(least);
}
