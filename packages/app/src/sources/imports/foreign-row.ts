/** @module Reading rows of other programs: several spellings of a column, several ways to write a time, and nothing believed. */
import { clipText } from "../claude/clean-text.ts";
import { isObject, type JsonObject } from "../claude/json.ts";

/** The first of several spellings that a row has, and its value; null where none has one. */
export function pick(
  row: JsonObject,
  names: readonly string[],
): { readonly name: string; readonly value: unknown } | null {
  for (const name of names) {
    const value = Object.hasOwn(row, name) ? row[name] : undefined;
    if (value !== undefined && value !== null && value !== "") return { name, value };
  }
  return null;
}

/** A text, also of a number; cut at `limit`. Null for what is none. */
export function textOf(row: JsonObject, names: readonly string[], limit = 100_000): string | null {
  const value = pick(row, names)?.value;
  if (typeof value === "number" || typeof value === "bigint") return String(value);
  return typeof value === "string" && value.trim() !== "" ? clipText(value, limit) : null;
}

/** A text on one line. */
export function lineOf(row: JsonObject, names: readonly string[], limit: number): string | null {
  const line = textOf(row, names)
    ?.replace(/[\s\p{Cc}]+/gu, " ")
    .trim();
  return line ? clipText(line, limit) : null;
}

/** A number, also one that is written as a text; null for what is none or no finite one. */
export function numberOf(row: JsonObject, names: readonly string[]): number | null {
  const value = pick(row, names)?.value;
  const number = typeof value === "string" || typeof value === "bigint" ? Number(value) : value;
  return typeof number === "number" && Number.isFinite(number) ? number : null;
}

export function booleanOf(row: JsonObject, names: readonly string[]): boolean | null {
  const value = pick(row, names)?.value;
  if (typeof value === "boolean") return value;
  if (value === 1 || value === "t" || value === "true") return true;
  return value === 0 || value === "f" || value === "false" ? false : null;
}

/** A list as it stands; empty for everything else. */
export function arrayIn(row: JsonObject, names: readonly string[]): readonly unknown[] {
  const value = pick(row, names)?.value;
  return Array.isArray(value) ? value : [];
}

/** A list: of JSON, or a text that holds one, or a text with commas. */
export function listIn(row: JsonObject, names: readonly string[]): readonly unknown[] {
  const value = pick(row, names)?.value;
  if (Array.isArray(value)) return value;
  if (typeof value !== "string") return [];
  try {
    const parsed: unknown = JSON.parse(value);
    if (Array.isArray(parsed)) return parsed;
  } catch {
    // A plain text.
  }
  return value.split(/[\n,]/u).map((item) => item.trim());
}

const MOST_ITEMS = 500;

/** A list's texts, each cut at `limit`. */
export function textsOf(row: JsonObject, names: readonly string[], limit = 1000): readonly string[] {
  return listIn(row, names)
    .map((item) => (isObject(item) ? (textOf(item, ["text", "content", "title", "description", "task"]) ?? "") : item))
    .filter((item): item is string => typeof item === "string" && item.trim() !== "")
    .slice(0, MOST_ITEMS)
    .map((item) => clipText(item, limit));
}

/** How a time is written; whoever writes one beside it writes it alike. */
export type TimeForm = "iso" | "naive" | "seconds" | "milliseconds";

export interface ForeignTime {
  /** Milliseconds UTC. */
  readonly ms: number;
  readonly form: TimeForm;
}

/** Numbers from here on are milliseconds, from there on microseconds: as seconds they would lie beyond the year 5000. */
const FIRST_MILLISECONDS = 1e11;
const FIRST_MICROSECONDS = 1e14;
const ZONELESS = /^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?)?$/;
const DATED = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d/;

/** A time in any of the usual ways. One that names no zone is read as UTC. Null for what is none. */
export function timeIn(value: unknown): ForeignTime | null {
  if (value instanceof Date) return checked(value.getTime(), "iso");
  if (typeof value === "bigint") return timeIn(Number(value));
  if (typeof value === "number") {
    if (value >= FIRST_MICROSECONDS) return checked(value / 1000, "milliseconds");
    return value >= FIRST_MILLISECONDS ? checked(value, "milliseconds") : checked(value * 1000, "seconds");
  }
  if (typeof value !== "string" || value.length > 40) return null;
  const text = value.trim();
  if (/^\d{9,17}(\.\d+)?$/.test(text)) return timeIn(Number(text));
  if (ZONELESS.test(text))
    return checked(Date.parse(`${text.length > 10 ? text.replace(" ", "T") : `${text}T00:00`}Z`), "naive");
  // "2025-10-29 10:00:00+00", as databases print it, is no ISO time until it has its T and its minutes.
  return DATED.test(text) ? checked(Date.parse(text.replace(" ", "T").replace(/([+-]\d\d)$/, "$1:00")), "iso") : null;
}

function checked(ms: number, form: TimeForm): ForeignTime | null {
  return Number.isFinite(ms) && ms > 0 && ms < 8.64e15 ? { ms: Math.round(ms), form } : null;
}

/** Milliseconds UTC of a row's time; null: it has none. */
export function timeOfRow(row: JsonObject, names: readonly string[]): number | null {
  const found = pick(row, names);
  return found ? (timeIn(found.value)?.ms ?? null) : null;
}

/** The same moment in another program's way of writing it. */
export function writtenTime(ms: number, form: TimeForm): string | number {
  const iso = new Date(ms).toISOString();
  if (form === "seconds") return ms / 1000;
  if (form === "milliseconds") return ms;
  return form === "naive" ? iso.slice(0, -1) : iso;
}

/** All texts in a value, joined, at most `limit` characters: what a search should find of data that has no message. */
export function wordsIn(value: unknown, limit = 2000): string {
  const parts: string[] = [];
  let length = 0;
  const visit = (one: unknown, depth: number): void => {
    if (length >= limit || depth > 8) return;
    if (typeof one === "string" && one.trim() !== "") {
      parts.push(one);
      length += one.length + 1;
    } else if (Array.isArray(one)) for (const item of one) visit(item, depth + 1);
    else if (isObject(one)) for (const item of Object.values(one)) visit(item, depth + 1);
  };
  visit(value, 0);
  return clipText(parts.join("\n"), limit);
}
