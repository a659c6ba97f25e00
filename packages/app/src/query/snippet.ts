/** @module The piece of a long text that shows most of what was searched for. */
import type { SearchWords } from "./search-words.ts";

/** UTF-16 units before the first hit, and in all. */
const BEFORE = 48;
const LENGTH = 200;
const MOST_HITS = 20;
/** Places of one word that are looked at: the piece stands where one of them is. */
const MOST_PLACES = 200;
/** A text this long is folded for a second look; longer ones show what they have without it. */
const FOLD_LIMIT = 200_000;

export interface Snippet {
  readonly snippet: string;
  /** [start, end) in UTF-16 units of the snippet. */
  readonly hits: readonly (readonly [number, number])[];
}

type Range = readonly [number, number];

/**
 * One line of text with as many of the words as stand near each other, among equals those that are rarest in it or
 * nearest to each other, else the first. Every white space is one blank, so that places stay what they are.
 */
export function snippetOf(text: string, words: Pick<SearchWords, "hitsIn" | "hitsOfEach">): Snippet {
  let places = words.hitsOfEach(text, 1);
  // Of a single word the first place is the best.
  if (places.length > 1) places = words.hitsOfEach(text, MOST_PLACES);
  let folded: string | null = null;
  if (text.length <= FOLD_LIMIT && places.some((own) => own.length === 0)) {
    // The index does not see diacritics: café is found as cafe.
    folded = withoutDiacritics(text);
    const others = words.hitsOfEach(folded, MOST_PLACES);
    places = places.map((own, word) => (own.length > 0 ? own : others[word]!));
  }
  const { at, span } = bestPlace(places);
  // A narrow screen shows no more than half of it: words that stand far apart come first.
  let start = Math.max(0, at - Math.min(BEFORE, Math.max(0, LENGTH / 2 - span)));
  if (start > 0) {
    const space = text.slice(start, at).search(/\s/u);
    if (space >= 0) start += space + 1;
    else if (isLowSurrogate(text, start)) start++;
  }
  let end = Math.min(text.length, start + LENGTH);
  if (end < text.length && isLowSurrogate(text, end)) end--;
  const lead = start > 0 ? "…" : "";
  const shift = lead.length - start;
  const hits = [...hitsBetween(text, words, start, end), ...(folded ? hitsBetween(folded, words, start, end) : [])]
    .sort((a, b) => a[0] - b[0] || b[1] - a[1])
    .filter(apart())
    .slice(0, MOST_HITS)
    .map(([from, to]) => [from + shift, to + shift] as const);
  return { snippet: lead + text.slice(start, end).replace(/\s/gu, " ") + (end < text.length ? "…" : ""), hits };
}

/** Where the piece has its first hit, and how far its words reach from there; 0: there is none. */
function bestPlace(places: readonly (readonly Range[])[]): { readonly at: number; readonly span: number } {
  const starts = places.flatMap((own) => own.map(([start]) => start)).sort((a, b) => a - b);
  // Of each word the first place that does not stand before the window.
  const next = places.map(() => 0);
  const best = { at: starts[0] ?? 0, worth: 0, span: 0 };
  for (const start of starts) {
    let [worth, last] = [0, start];
    for (const [word, own] of places.entries()) {
      while (next[word]! < own.length && own[next[word]!]![0] < start) next[word]!++;
      const end = own[next[word]!]?.[1];
      if (end === undefined || end > start + LENGTH - BEFORE) continue;
      // One word more is worth more than any rarity.
      worth += 1 + 1 / own.length;
      last = Math.max(last, end);
    }
    const isTighter = places.length > 1 && worth === best.worth && last - start < best.span;
    if (worth > best.worth || isTighter) Object.assign(best, { at: start, worth, span: last - start });
  }
  return best;
}

/** A little more than the piece is looked at, so that a word which its edge cuts is none. */
function hitsBetween(text: string, words: Pick<SearchWords, "hitsIn">, start: number, end: number): readonly Range[] {
  const from = Math.max(0, start - 2);
  return words
    .hitsIn(text.slice(from, end + 2), Number.MAX_SAFE_INTEGER)
    .map(([first, last]) => [first + from, last + from] as const)
    .filter(([first, last]) => first >= start && last <= end);
}

/** Passes what begins after everything that passed before. */
function apart(): (range: Range) => boolean {
  let last = 0;
  return ([start, end]) => {
    if (start < last) return false;
    last = end;
    return true;
  };
}

function isLowSurrogate(text: string, at: number): boolean {
  const unit = text.charCodeAt(at);
  return unit >= 0xdc00 && unit <= 0xdfff;
}

/** Each letter without its marks, at the same place. */
function withoutDiacritics(text: string): string {
  return text.replace(/[\u00c0-\u024f\u1e00-\u1eff]/gu, (letter) => letter.normalize("NFD")[0]!);
}
