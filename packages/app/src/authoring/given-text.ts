/** @module Text that somebody hands over to be written down: cleaned, and within limits that are said instead of silently applied. */
import { ClewError } from "../base/error.ts";
import { closestOf } from "../query/filter/closest.ts";

/** Bytes of a body, a note or a message. */
export const MOST_BYTES: number = 256 * 1024;

/** Controls, lone surrogates, marks of direction and tags: nothing that a person would have typed. */
const HIDDEN = /[\p{Cc}\p{Cs}\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\u{e0000}-\u{e007f}]/gu;
const VISIBLE = /[\p{L}\p{N}\p{P}\p{S}]/u;

/** One line of at most so many characters; throws `usage`. */
export function shortLine(name: string, text: string, most: number): string {
  const clean = text
    .replace(/[\t\n\r\v\f\u0085\u2028\u2029]+/gu, " ")
    .replace(HIDDEN, "")
    .trim();
  if (!VISIBLE.test(clean)) throw new ClewError("usage", `${name} is empty`);
  const length = [...clean].length;
  if (length > most) throw new ClewError("usage", `${name} has ${length} characters; ${most} is the most`);
  return clean;
}

/** Text of several lines; throws `usage`. */
export function longText(name: string, text: string): string {
  const size = Buffer.byteLength(text);
  if (size > MOST_BYTES)
    throw new ClewError("usage", `${name} has ${Math.ceil(size / 1024)} KB; ${MOST_BYTES / 1024} KB is the most`);
  return text
    .replace(/\r\n?|[\u0085\u2028\u2029]/gu, "\n")
    .replace(HIDDEN, (one) => (/[\t\n]/.test(one) ? one : ""))
    .split("\n")
    .map((line) => line.trimEnd())
    .join("\n")
    .replace(/^\n+/u, "")
    .trimEnd();
}

/** The same of a text that has to say something; throws `usage`. */
export function saidText(name: string, text: string): string {
  const clean = longText(name, text);
  if (!VISIBLE.test(clean)) throw new ClewError("usage", `${name} is empty`);
  return clean;
}

/** One of some words, also as lists print it ("in progress"); throws `usage` with the nearest, or all of them. */
export function oneOfWords<Word extends string>(name: string, text: string, words: readonly Word[]): Word {
  const written = text
    .trim()
    .toLowerCase()
    .replace(/[\s-]+/gu, "_");
  const found = words.find((word) => word === written);
  if (found) return found;
  const near = closestOf(written, words);
  throw new ClewError(
    "usage",
    `${name} ${text} is unknown: ${near ? `did you mean ${near}?` : `use ${words.join(", ")}`}`,
  );
}
