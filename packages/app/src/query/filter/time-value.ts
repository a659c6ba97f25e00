/** @module Times as people write them in filters: a day, a moment, or a span back from now. */
import { dayOf, startOfDay } from "./time-zone.ts";

const SPAN = /^(\d{1,6})(m|h|d|w)$/u;
const DAY = /^(\d{4})-(\d{2})-(\d{2})$/u;
const MOMENT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:?\d{2})?$/u;
const SPAN_MS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };

export function isTimeValue(value: string): boolean {
  if (SPAN.test(value) || value === "today" || value === "yesterday") return true;
  const day = DAY.exec(value);
  if (day) return isCalendarDay(Number(day[1]), Number(day[2]), Number(day[3]));
  return MOMENT.test(value) && !Number.isNaN(Date.parse(value));
}

/** True: a span back from now, which moves with the clock. */
export function isSpan(value: string): boolean {
  return SPAN.test(value);
}

/**
 * Milliseconds UTC of a time value. A day is a day of `timeZone`: `since` means its start, `until` its end (the named
 * day is included). Call only with what isTimeValue accepts.
 */
export function resolveTime(value: string, which: "since" | "until", now: number, timeZone: string): number {
  const span = SPAN.exec(value);
  if (span) return now - Number(span[1]) * SPAN_MS[span[2]!]!;
  const shift = which === "until" ? 1 : 0;
  if (value === "today" || value === "yesterday") {
    const today = dayOf(now, timeZone).split("-").map(Number);
    return startOfDay(today[0]!, today[1]!, today[2]! + shift - (value === "yesterday" ? 1 : 0), timeZone);
  }
  const day = DAY.exec(value);
  if (day) return startOfDay(Number(day[1]), Number(day[2]), Number(day[3]) + shift, timeZone);
  return Date.parse(value);
}

function isCalendarDay(year: number, month: number, day: number): boolean {
  const date = new Date(Date.UTC(year, month - 1, day));
  return year > 0 && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
}
