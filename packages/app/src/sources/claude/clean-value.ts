/** @module A JSON value that every later stage can carry: its strings are clean, its depth has an end. */
import { cleanText } from "./clean-text.ts";

/** The value with clean strings, and "…" for what lies deeper than `depth`. */
export function cleanValue(value: unknown, depth: number): unknown {
  if (typeof value === "string") return cleanText(value);
  if (typeof value !== "object" || value === null) return value;
  if (depth === 0) return "…";
  if (Array.isArray(value)) return value.map((item) => cleanValue(item, depth - 1));
  // fromEntries makes `__proto__` a plain key.
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [cleanText(key), cleanValue(item, depth - 1)]));
}
