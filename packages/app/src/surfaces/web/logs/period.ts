/** @module The period of the Logs page: a length of time that reaches to now, or two moments of the reader's own clock. */

export const PERIODS = ["15m", "1h", "24h", "7d"] as const;
const UNITS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Milliseconds UTC; null for what is no period and no time. `now` is the end of a length of time. */
export function momentOf(text: string, now: number): number | null {
  const length = /^(\d{1,4})([mhd])$/.exec(text);
  if (length) return now - Number(length[1]) * UNITS[length[2]!]!;
  const time = text === "" ? Number.NaN : Date.parse(text);
  return Number.isNaN(time) ? null : time;
}

/** A moment as a field for local time wants it: "2026-03-10T12:00". "" for a length of time, and for none. */
export function fieldOf(text: string): string {
  const time = /^\d{1,4}[mhd]$/.test(text) ? Number.NaN : Date.parse(text);
  if (text === "" || Number.isNaN(time)) return "";
  const local = new Date(time - new Date(time).getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 16);
}

/** What a field for local time holds, as the address keeps it: the same moment for a reader elsewhere. */
export function momentOfField(value: string): string {
  const time = value === "" ? Number.NaN : Date.parse(value);
  return Number.isNaN(time) ? "" : new Date(time).toISOString();
}
