/** @module Numbers, money and times as people read them; always defined, whatever comes in. */

const whole = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });
const absoluteTime = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" });
const clockTime = new Intl.DateTimeFormat(undefined, {
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  hour12: false,
});
const shortDay = new Intl.DateTimeFormat("en-US", { month: "short", day: "numeric" });
const longDay = new Intl.DateTimeFormat("en-US", { month: "short", day: "numeric", year: "numeric" });

export function count(value: number): string {
  return whole.format(value);
}

/** 1,234 → "1.2k"; three significant figures at most. */
export function compact(value: number): string {
  if (value < 1_000) return String(Math.round(value));
  for (const [size, unit] of [
    [1e9, "B"],
    [1e6, "M"],
    [1e3, "k"],
  ] as const) {
    if (value >= size * 0.9995) return `${trim(value / size)}${unit}`;
  }
  return String(value);
}

function trim(value: number): string {
  return value >= 99.95 ? String(Math.round(value)) : value >= 9.995 ? value.toFixed(1) : value.toFixed(2);
}

/** US dollars; small amounts keep two significant digits. Null is "unpriced", never 0. */
export function money(value: number | null): string {
  if (value === null) return "unpriced";
  if (value === 0) return "$0";
  if (Math.abs(value) < 0.01) return `$${value.toPrecision(2).replace(/\.?0+$/, "")}`;
  return `$${value.toLocaleString("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 })}`;
}

/** Milliseconds to "840 ms", "3.2 s", "4 m 05 s", "2 h 10 m", "3 d 4 h". */
export function duration(ms: number | null): string {
  if (ms === null || !Number.isFinite(ms)) return "–";
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  const seconds = ms / 1_000;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 60) return `${Math.round(seconds)} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} m ${String(Math.floor(seconds % 60)).padStart(2, "0")} s`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return `${hours} h ${String(minutes % 60).padStart(2, "0")} m`;
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

function dateOf(time: string | number | null): Date | null {
  if (time === null) return null;
  const date = new Date(time);
  return Number.isNaN(date.getTime()) ? null : date;
}

export function absolute(time: string | number | null): string {
  const date = dateOf(time);
  return date ? absoluteTime.format(date) : "no date";
}

export function clock(time: string | number | null): string {
  const date = dateOf(time);
  return date ? clockTime.format(date) : "";
}

/** "just now", "12 m ago", "5 h ago", "yesterday", "Mar 4", "Mar 4, 2024". */
export function ago(time: string | number | null, now: number = Date.now()): string {
  const date = dateOf(time);
  if (!date) return "no date";
  const seconds = (now - date.getTime()) / 1_000;
  if (seconds < 0) return seconds > -90 ? "just now" : longDay.format(date);
  if (seconds < 45) return "just now";
  if (seconds < 3_600) return `${Math.max(1, Math.round(seconds / 60))} m ago`;
  if (seconds < 86_400) return `${Math.round(seconds / 3_600)} h ago`;
  if (seconds < 2 * 86_400) return "yesterday";
  if (seconds < 7 * 86_400) return `${Math.floor(seconds / 86_400)} d ago`;
  return date.getFullYear() === new Date(now).getFullYear() ? shortDay.format(date) : longDay.format(date);
}

export function bytes(value: number): string {
  if (value < 1_000) return `${value} B`;
  if (value < 1e6) return `${(value / 1e3).toFixed(1)} kB`;
  if (value < 1e9) return `${(value / 1e6).toFixed(1)} MB`;
  return `${(value / 1e9).toFixed(2)} GB`;
}

/** "claude-opus-4-5-20251101" → "opus 4.5"; other names as they are. */
export function modelName(model: string): string {
  const parts =
    /^claude-(?:(\d)-(\d)-)?(opus|sonnet|haiku|[a-z]+)(?:-(\d{1,2})(?:-(\d{1,2}))?)?(?:-\d{8}|-latest)?(?:\[.*\])?$/.exec(
      model,
    );
  if (!parts) return model;
  const version = parts[1] ? `${parts[1]}.${parts[2]}` : [parts[4], parts[5]].filter(Boolean).join(".");
  return version ? `${parts[3]} ${version}` : parts[3]!;
}

export function plural(value: number, one: string, many = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`;
}
