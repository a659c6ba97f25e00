/** @module Numbers, money, times and durations as people read them. Without Intl, whose tables take 30 ms to load. */
import { offsetAt } from "../../../query/filter/time-zone.ts";

export { shortId } from "./short-id.ts";

/** 12,345 */
export function count(value: number): string {
  return grouped(String(Math.round(value)));
}

/** 1 line, 2,048 lines. `plural` where an `s` does not make it. */
export function counted(value: number, noun: string, plural = `${noun}s`): string {
  return `${count(value)} ${value === 1 ? noun : plural}`;
}

/** Commas between thousands. */
function grouped(digits: string): string {
  return digits.replace(/(?<!\.\d*)\B(?=(?:\d{3})+(?!\d))/gu, ",");
}

/** 999, 12.3k, 4.56M, 1.2G: three figures. */
export function tokens(value: number): string {
  for (const [unit, size] of [
    ["G", 1e9],
    ["M", 1e6],
    ["k", 1e3],
  ] as const) {
    if (value >= size * 0.9995) {
      const scaled = value / size;
      return `${scaled >= 99.95 ? scaled.toFixed(0) : scaled >= 9.995 ? scaled.toFixed(1) : scaled.toFixed(2)}${unit}`;
    }
  }
  return String(value);
}

/** $1,234.56; small amounts with as many digits as say something; unpriced is not nothing. */
export function money(dollars: number | null): string {
  if (dollars === null) return "unpriced";
  if (dollars === 0) return "$0";
  if (Math.abs(dollars) < 0.01) return `$${dollars.toFixed(6).replace(/0+$/u, "")}`;
  return `$${grouped(dollars.toFixed(2))}`;
}

/** 340 MB */
export function bytes(value: number): string {
  if (value < 1000) return `${value} B`;
  for (const [unit, size] of [
    ["GB", 1e9],
    ["MB", 1e6],
    ["kB", 1e3],
  ] as const) {
    if (value >= size) return `${(value / size).toFixed(value / size >= 100 ? 0 : 1)} ${unit}`;
  }
  return `${value} B`;
}

/** 850 ms, 4.2 s, 12m 05s, 3h 20m, 2d 4h */
export function duration(milliseconds: number | null): string {
  if (milliseconds === null) return "–";
  if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`;
  const seconds = milliseconds / 1000;
  if (seconds < 60) return `${seconds.toFixed(seconds < 9.95 ? 1 : 0)} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}m ${String(Math.floor(seconds % 60)).padStart(2, "0")}s`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return `${hours}h ${String(minutes % 60).padStart(2, "0")}m`;
  return `${Math.floor(hours / 24)}d ${hours % 24}h`;
}

/** Near times as a distance, far ones as a local date. */
export function when(time: string | null, now: number, timeZone: string): string {
  if (time === null) return "undated";
  const milliseconds = Date.parse(time);
  const ago = now - milliseconds;
  if (ago >= 0 && ago < 60_000) return "just now";
  if (ago >= 0 && ago < 3_600_000) return `${Math.floor(ago / 60_000)}m ago`;
  if (ago >= 0 && ago < 24 * 3_600_000) return `${Math.floor(ago / 3_600_000)}h ago`;
  if (ago >= 0 && ago < 14 * 24 * 3_600_000) return `${Math.floor(ago / (24 * 3_600_000))}d ago`;
  return localTime(time, timeZone).slice(0, 10);
}

/** 2026-03-10 13:05:09 in a zone. */
export function localTime(time: string | null, timeZone: string): string {
  if (time === null) return "undated";
  const milliseconds = Date.parse(time);
  return new Date(milliseconds + offsetAt(milliseconds, timeZone)).toISOString().slice(0, 19).replace("T", " ");
}

/** A share of the whole, 0 to 100 %. */
export function percent(part: number, all: number): string {
  return all === 0 ? "–" : `${((part / all) * 100).toFixed(part / all >= 0.0995 ? 0 : 1)}%`;
}

/** claude-opus-4-5-20251101 → opus-4-5 */
export function shortModel(model: string): string {
  return model.replace(/^claude-/u, "").replace(/-\d{8}$/u, "");
}
