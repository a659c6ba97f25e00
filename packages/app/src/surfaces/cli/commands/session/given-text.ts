/** @module Text that a script hands over: cleaned, and within limits that are said instead of silently applied. */
import { ClewError } from "../../../../base/error.ts";

/** Characters of a list's item, items of a list, bytes of a report. */
export const LONGEST_ITEM: 500 = 500;
export const MOST_ITEMS: 50 = 50;
export const MOST_BYTES: 65_536 = 65_536;

/** Without control and format characters and lone surrogates; tabs and newlines only where several lines make sense. */
export function cleanText(text: string, lines: "one" | "several"): string {
  const kept =
    lines === "one"
      ? text.replace(/[\t\n\r\v\f\u0085\u2028\u2029]+/gu, " ")
      : text.replace(/\r\n?|[\u0085\u2028\u2029]/gu, "\n");
  return kept.replace(/[\p{Cc}\p{Cf}\p{Cs}]/gu, (one) => (lines === "several" && /[\t\n]/.test(one) ? one : "")).trim();
}

/** One line within a limit; throws `usage`. */
export function shortText(name: string, text: string, most: number): string {
  const clean = cleanText(text, "one");
  if (clean === "") throw new ClewError("usage", `${name} is empty`);
  if ([...clean].length > most) throw new ClewError("usage", `${name} is longer than ${most} characters`);
  return clean;
}

/** A list within the limits; throws `usage`. */
export function shortTexts(name: string, texts: readonly string[], most: number = LONGEST_ITEM): readonly string[] {
  if (texts.length > MOST_ITEMS)
    throw new ClewError("usage", `${name} has ${texts.length} items; ${MOST_ITEMS} is the most`);
  return texts.map((text, index) => shortText(`${name}, item ${index + 1}`, text, most));
}

/** A JSON object from the command line; throws `usage`. */
export function jsonObject(name: string, text: string): Readonly<Record<string, unknown>> {
  if (Buffer.byteLength(text) > MOST_BYTES) throw new ClewError("usage", `${name} is larger than 64 KB`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new ClewError("usage", `${name} is not JSON: ${(error as Error).message}`);
  }
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new ClewError("usage", `${name} is not a JSON object`);
  return value as Readonly<Record<string, unknown>>;
}
