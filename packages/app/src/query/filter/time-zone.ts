/** @module Days of an IANA time zone, by the platform's own tables. */

/** The machine's own zone, wherever a zone's name is taken. Unlike a name it needs no tables: loading them takes 30 ms. */
export const LOCAL_TIME_ZONE = "local";

const formatters = new Map<string, Intl.DateTimeFormat>();

function formatterOf(timeZone: string): Intl.DateTimeFormat {
  let formatter = formatters.get(timeZone);
  if (!formatter) {
    formatter = new Intl.DateTimeFormat("en-US", {
      timeZone,
      hourCycle: "h23",
      year: "numeric",
      month: "2-digit",
      day: "2-digit",
      hour: "2-digit",
      minute: "2-digit",
      second: "2-digit",
    });
    formatters.set(timeZone, formatter);
  }
  return formatter;
}

export function isTimeZone(name: string): boolean {
  if (name === LOCAL_TIME_ZONE) return true;
  try {
    formatterOf(name);
    return true;
  } catch {
    return false;
  }
}

/** Milliseconds to add to UTC to get the zone's wall clock at that moment. */
export function offsetAt(time: number, timeZone: string): number {
  if (timeZone === "UTC") return 0;
  if (timeZone === LOCAL_TIME_ZONE) return (0 - new Date(time).getTimezoneOffset()) * 60_000;
  const parts: Record<string, number> = {};
  for (const part of formatterOf(timeZone).formatToParts(time)) parts[part.type] = Number(part.value);
  const wall = Date.UTC(parts.year!, parts.month! - 1, parts.day!, parts.hour!, parts.minute!, parts.second!);
  return wall - Math.floor(time / 1000) * 1000;
}

/** First moment of a calendar day in a zone, milliseconds UTC. `day` may run over the month's end. */
export function startOfDay(year: number, month: number, day: number, timeZone: string): number {
  const wall = Date.UTC(year, month - 1, day);
  // Two steps: the offset at the guess may differ from the offset at the day's start when clocks change in between.
  const guess = wall - offsetAt(wall, timeZone);
  return wall - offsetAt(guess, timeZone);
}

/** Calendar day of a moment, `YYYY-MM-DD`. */
export function dayOf(time: number, timeZone: string): string {
  return new Date(time + offsetAt(time, timeZone)).toISOString().slice(0, 10);
}
