/** @module Reading foreign JSON: values are checked where they are taken, nothing is believed and nothing throws. */
import { cleanText } from "./clean-text.ts";

export type JsonObject = { readonly [key: string]: unknown };

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The value as an object; undefined for everything else. */
export function objectOf(value: unknown): JsonObject | undefined {
  return isObject(value) ? value : undefined;
}

/** The value as an array; an empty one for everything else. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** A string that is neither empty nor longer than `limit`, cleaned; undefined for everything else. */
export function shortString(value: unknown, limit = 256): string | undefined {
  return typeof value === "string" && value.length > 0 && value.length <= limit ? cleanText(value) : undefined;
}

/** More than any response can use, little enough that sums and prices of a million broken records stay 64-bit integers. */
const LARGEST_COUNT = 10_000_000_000;

/** A count: an integer that is not negative. Fractions are cut, nonsense is 0, too much is LARGEST_COUNT. */
export function countOf(value: unknown): number {
  if (typeof value !== "number" || !(value > 0)) return 0;
  return Math.min(Math.trunc(value), LARGEST_COUNT);
}

/** Milliseconds UTC of an ISO time; null for everything else. */
export function timeOf(value: unknown): number | null {
  if (typeof value !== "string" || value.length > 40) return null;
  const time = Date.parse(value);
  return Number.isFinite(time) && time >= 0 ? time : null;
}
