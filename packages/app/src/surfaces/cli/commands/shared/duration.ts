/** @module A span of time from a flag. */
import { ClewError } from "../../../../base/error.ts";

const UNITS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 24 * 3_600_000, w: 7 * 24 * 3_600_000 };
const YEAR_MS = 366 * 24 * 3_600_000;

/** Milliseconds, more than none and at most a year; throws `usage`. */
export function durationFrom(name: string, text: string): number {
  const found = /^(\d{1,6})([mhdw])$/u.exec(text);
  const span = found ? Number(found[1]) * UNITS[found[2]!]! : 0;
  if (span > 0 && span <= YEAR_MS) return span;
  throw new ClewError("usage", `--${name} takes a span of at most a year, like 30m, 12h, 7d or 2w; not ${text}`);
}
