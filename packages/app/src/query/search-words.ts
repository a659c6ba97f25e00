/** @module Words of a search: what to ask the full-text index, and how to find them in a text. */
import type { FilterWord } from "./filter/filter.ts";

/** More words than this do not narrow a search any further; each costs a walk of the index. */
const MOST_WORDS = 64;

export interface SearchWords {
  /** No word to find: nothing, or only words that must not stand there. */
  readonly isEmpty: boolean;
  /** FTS5 expression; null when no positive word has a token of the index. */
  readonly match: string | null;
  /** True when the index alone cannot tell: each text must be read and tested. */
  readonly mustRead: boolean;
  /** False: the record's bytes are enough to tell that some word does not stand in its text. */
  readonly mayStandIn: (body: Buffer) => boolean;
  /** All words stand in the text, and no negated one. */
  readonly standIn: (text: string) => boolean;
  /** Ranges [start, end) of positive words in a text, in order, not overlapping; at most `limit`. */
  readonly hitsIn: (text: string, limit: number) => readonly (readonly [number, number])[];
  /** The same of each positive word for itself; at most `limit` of each. */
  readonly hitsOfEach: (text: string, limit: number) => readonly (readonly (readonly [number, number])[])[];
}

const ASCII_TOKEN = /[0-9A-Za-z]/;
const ONLY_ASCII_TOKENS = /^[0-9A-Za-z]+$/;

/** Letters, digits and private use, as unicode61 cuts tokens; all else separates. ASCII first: the classes compile slowly. */
function hasToken(text: string): boolean {
  return ASCII_TOKEN.test(text) || /[\p{L}\p{N}\p{Co}]/u.test(text);
}

function isOnlyTokens(text: string): boolean {
  return ONLY_ASCII_TOKENS.test(text) || /^[\p{L}\p{N}\p{Co}]+$/u.test(text);
}

export function searchWords(all: readonly FilterWord[]): SearchWords {
  const words = all
    .slice(0, MOST_WORDS)
    .map(clean)
    .filter((word) => word.text !== "");
  const wanted = words.filter((word) => !word.negated);
  const unwanted = words.filter((word) => word.negated);
  const indexed = wanted.filter((word) => hasToken(word.text));
  const excluded = unwanted.filter((word) => isOnlyTokens(word.text));
  const match =
    indexed.length === 0
      ? null
      : [indexed.map(ftsPhrase).join(" AND "), ...excluded.map(ftsPhrase)].map((part) => `(${part})`).join(" NOT ");
  const literal = [
    ...wanted.filter((word) => !isOnlyTokens(word.text)),
    ...unwanted.filter((word) => !excluded.includes(word)),
  ];
  const checks = (match === null ? words : literal).map((word) => ({
    finder: finderOf(word),
    negated: word.negated,
  }));
  const finders = wanted.map(finderOf);
  return {
    isEmpty: wanted.length === 0,
    match,
    mustRead: checks.length > 0,
    mayStandIn: rawCheck((match === null ? wanted : literal).filter((word) => !word.negated)),
    standIn: (text) => checks.every(({ finder, negated }) => placesIn(text, finder).next().done === negated),
    hitsIn: (text, limit) => hitsOf(finders, text, limit),
    hitsOfEach: (text, limit) => finders.map((finder) => firstPlaces(text, finder, limit)),
  };
}

/** Characters that JSON writes as themselves; a word of them stands in the record as it stands in its text. */
const WRITTEN_AS_ITSELF = /^[!#-.0-;=?-[\]-~]+$/u;

function rawCheck(wanted: readonly FilterWord[]): (body: Buffer) => boolean {
  const needles = wanted.filter((word) => WRITTEN_AS_ITSELF.test(word.text)).map((word) => word.text.toLowerCase());
  if (needles.length === 0) return () => true;
  return (body) => {
    const raw = body.toString("latin1").toLowerCase();
    // A writer may have escaped any character: then only the text can tell.
    return raw.includes("\\u00") || needles.every((needle) => raw.includes(needle));
  };
}

/** The indexed text has neither NUL nor lone surrogates. */
function clean(word: FilterWord): FilterWord {
  return {
    ...word,
    text: word.text
      .replaceAll("\u0000", " ")
      .replace(/\p{Cs}/gu, "\ufffd")
      .trim(),
  };
}

/** FTS5 cuts a quoted string into a phrase of its tokens, so any text is safe inside quotes. */
function ftsPhrase(word: FilterWord): string {
  return `"${word.text.replaceAll('"', '""')}"${word.prefix ? "*" : ""}`;
}

interface Finder {
  readonly pattern: RegExp;
  /** The word begins, or ends, with a letter or digit: no other may stand beside it, as in the index. */
  readonly wholeStart: boolean;
  readonly wholeEnd: boolean;
}

/** Literal text, letter case aside; its white space stands for any white space. */
function finderOf(word: FilterWord): Finder {
  const literal = word.text
    .split(/\s+/u)
    .map((part) => part.replace(/[\\^$.*+?()[\]{}|/]/gu, "\\$&"))
    .join("\\s+");
  const characters = [...word.text];
  return {
    pattern: new RegExp(literal, "giu"),
    wholeStart: hasToken(characters[0]!),
    wholeEnd: !word.prefix && hasToken(characters.at(-1)!),
  };
}

function* placesIn(text: string, { pattern, wholeStart, wholeEnd }: Finder): Generator<readonly [number, number]> {
  pattern.lastIndex = 0;
  for (let found = pattern.exec(text); found; found = pattern.exec(text)) {
    const [start, end] = [found.index, found.index + found[0].length];
    const isWhole =
      !(wholeStart && hasToken(characterBefore(text, start))) && !(wholeEnd && hasToken(characterAt(text, end)));
    if (isWhole) yield [start, end];
    // After a part of a longer word the next place may overlap it.
    pattern.lastIndex = isWhole ? end : start + characterAt(text, start).length;
  }
}

function characterAt(text: string, index: number): string {
  const code = text.codePointAt(index);
  return code === undefined ? "" : String.fromCodePoint(code);
}

function characterBefore(text: string, index: number): string {
  const last = text.charCodeAt(index - 1);
  return index > 1 && last >= 0xdc00 && last <= 0xdfff
    ? text.slice(index - 2, index)
    : text.slice(Math.max(0, index - 1), index);
}

function firstPlaces(text: string, finder: Finder, limit: number): (readonly [number, number])[] {
  const found: (readonly [number, number])[] = [];
  for (const place of placesIn(text, finder)) {
    if (found.length >= limit) break;
    found.push(place);
  }
  return found;
}

function hitsOf(finders: readonly Finder[], text: string, limit: number): readonly (readonly [number, number])[] {
  const found = finders.flatMap((finder) => firstPlaces(text, finder, limit));
  found.sort((a, b) => a[0] - b[0] || b[1] - a[1]);
  const apart: (readonly [number, number])[] = [];
  for (const hit of found) if (apart.length === 0 || hit[0] >= apart.at(-1)![1]) apart.push(hit);
  return apart.slice(0, limit);
}
