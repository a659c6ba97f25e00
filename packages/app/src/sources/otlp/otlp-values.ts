/** @module Times and ids as OTLP/JSON writes them. */

const TRACE_ID = /^(?!0{32})[0-9a-f]{32}$/;
const SPAN_ID = /^(?!0{16})[0-9a-f]{16}$/;
/** The year 2286, in microseconds: a later time is none. */
const LATEST_MICROS = 1e16;

/** Microseconds since 1970 UTC of nanoseconds in a decimal string or a number; null for none and for zero. */
export function microsOf(nanos: unknown): number | null {
  let micros = 0;
  if (typeof nanos === "string") {
    if (!/^\d{1,20}$/.test(nanos)) return null;
    micros = Number(nanos.slice(0, -3) || "0");
  } else if (typeof nanos === "number") micros = Math.trunc(nanos / 1000);
  return micros > 0 && micros < LATEST_MICROS ? micros : null;
}

export function millisOf(micros: number): number {
  return Math.floor(micros / 1000);
}

/** A trace's id in lower case; null for what is none, all zeros included. Some exporters write base64. */
export function traceIdOf(value: unknown): string | null {
  return idOf(value, TRACE_ID, 24);
}

export function spanIdOf(value: unknown): string | null {
  return idOf(value, SPAN_ID, 12);
}

function idOf(value: unknown, pattern: RegExp, base64Length: number): string | null {
  if (typeof value !== "string" || value.length > 64) return null;
  const isBase64 = value.length === base64Length && value.endsWith("=");
  const hex = isBase64 ? Buffer.from(value, "base64").toString("hex") : value.toLowerCase();
  return pattern.test(hex) ? hex : null;
}
