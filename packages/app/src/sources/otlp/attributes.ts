/** @module Attributes as OTLP/JSON writes them, a list of keys and typed values, looked up by name. */
import { cleanText } from "../claude/clean-text.ts";
import { isObject, type JsonObject, listOf } from "../claude/json.ts";

/** More are kept in the body and not looked at. */
const MOST_ATTRIBUTES = 10_000;
const DEEPEST = 32;

/** Answers are of the first name that is said. A value of another kind than the one asked for is not said. */
export interface Attributes {
  /** How many there are, the unread included. */
  readonly size: number;
  readonly names: () => Iterable<string>;
  /** As a plain value: 64-bit numbers that JavaScript cannot hold are decimal strings. */
  readonly value: (...names: readonly string[]) => unknown;
  /** Not empty; an id that was sent as a number is text too. */
  readonly text: (...names: readonly string[]) => string | undefined;
  /** A number, also where it was sent as text. */
  readonly number: (...names: readonly string[]) => number | undefined;
  /** True or false, also as text. */
  readonly flag: (...names: readonly string[]) => boolean | undefined;
  readonly has: (test: (name: string) => boolean) => boolean;
}

/** The plain value of an AnyValue; null for an empty one, "…" for what nests too deep. */
export function plainValue(value: unknown, depth = DEEPEST): unknown {
  if (!isObject(value)) return null;
  const { stringValue, intValue, doubleValue, boolValue, arrayValue, kvlistValue, bytesValue } = value;
  if (typeof stringValue === "string") return stringValue;
  if (intValue !== undefined) return wholeNumber(intValue);
  if (doubleValue !== undefined) return typeof doubleValue === "string" ? realNumber(doubleValue) : doubleValue;
  if (typeof boolValue === "boolean") return boolValue;
  if (depth === 0) return "…";
  if (isObject(arrayValue)) return listOf(arrayValue.values).map((entry) => plainValue(entry, depth - 1));
  if (isObject(kvlistValue)) return plainObject(kvlistValue.values, depth - 1);
  return typeof bytesValue === "string" ? bytesValue : null;
}

function plainObject(list: unknown, depth: number): unknown {
  const entries = listOf(list).flatMap((entry): [string, unknown][] =>
    isObject(entry) && typeof entry.key === "string" ? [[entry.key, plainValue(entry.value, depth)]] : [],
  );
  return Object.fromEntries(entries);
}

function wholeNumber(value: unknown): unknown {
  if (typeof value === "number") return value;
  if (typeof value !== "string" || !/^-?\d{1,20}$/.test(value)) return null;
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

function realNumber(text: string): unknown {
  const number = text.length <= 40 && text.trim() !== "" ? Number(text) : Number.NaN;
  return Number.isFinite(number) ? number : null;
}

/** Of a key that stands twice the last counts. Values are looked at only when they are asked for. */
export function attributesOf(list: unknown): Attributes {
  const entries = listOf(list);
  const values = new Map<string, unknown>();
  for (const entry of entries.length > MOST_ATTRIBUTES ? entries.slice(0, MOST_ATTRIBUTES) : entries) {
    if (isObject(entry) && typeof entry.key === "string") values.set(entry.key, entry.value);
  }
  function first<T>(names: readonly string[], read: (value: unknown) => T | undefined): T | undefined {
    for (const name of names) {
      if (!values.has(name)) continue;
      const answer = read(plainValue(values.get(name)));
      if (answer !== undefined) return answer;
    }
    return undefined;
  }
  return {
    size: entries.length,
    names: () => values.keys(),
    value: (...names) => first(names, (value) => value ?? undefined),
    text: (...names) => first(names, asText),
    number: (...names) => first(names, asNumber),
    flag: (...names) => first(names, asFlag),
    has(test) {
      for (const name of values.keys()) if (test(name)) return true;
      return false;
    },
  };
}

function asText(value: unknown): string | undefined {
  if (typeof value === "number" && Number.isSafeInteger(value)) return String(value);
  return typeof value === "string" && value !== "" ? cleanText(value) : undefined;
}

function asNumber(value: unknown): number | undefined {
  const number = typeof value === "string" ? realNumber(value) : value;
  return typeof number === "number" && Number.isFinite(number) ? number : undefined;
}

function asFlag(value: unknown): boolean | undefined {
  if (typeof value === "boolean") return value;
  return value === "true" ? true : value === "false" ? false : undefined;
}

/** All of them as a plain object, for a reader's eyes; `more`: how many are not in it. */
export function plainAttributes(list: unknown, most: number): { readonly shown: JsonObject; readonly more: number } {
  const entries = listOf(list);
  return {
    shown: plainObject(entries.slice(0, most), DEEPEST - 1) as JsonObject,
    more: Math.max(0, entries.length - most),
  };
}
