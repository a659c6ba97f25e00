/** @module The piece of a long text around its first hit. */
import type { SearchWords } from "./search-words.ts";

/** UTF-16 units before the first hit, and in all. */
const BEFORE = 48;
const LENGTH = 200;
const MOST_HITS = 20;
/** A text this long is folded for a second look; longer ones show their beginning instead. */
const FOLD_LIMIT = 200_000;

export interface Snippet {
  readonly snippet: string;
  /** [start, end) in UTF-16 units of the snippet. */
  readonly hits: readonly (readonly [number, number])[];
}

/** One line of text around the first hit. Every white space is one blank, so that places stay what they are. */
export function snippetOf(text: string, words: Pick<SearchWords, "hitsIn">): Snippet {
  let searched = text;
  let first = words.hitsIn(text, 1)[0];
  if (!first && text.length <= FOLD_LIMIT) {
    // The index does not see diacritics: café is found as cafe.
    searched = withoutDiacritics(text);
    first = words.hitsIn(searched, 1)[0];
  }
  const at = first?.[0] ?? 0;
  let start = Math.max(0, at - BEFORE);
  if (start > 0) {
    const space = text.slice(start, at).search(/\s/u);
    if (space >= 0) start += space + 1;
    else if (isLowSurrogate(text, start)) start++;
  }
  let end = Math.min(text.length, start + LENGTH);
  if (end < text.length && isLowSurrogate(text, end)) end--;
  const lead = start > 0 ? "…" : "";
  const shift = lead.length - start;
  const hits = words
    .hitsIn(searched.slice(0, end), first ? Number.MAX_SAFE_INTEGER : 0)
    .filter(([from]) => from >= start)
    .slice(0, MOST_HITS)
    .map(([from, to]) => [from + shift, to + shift] as const);
  return { snippet: lead + text.slice(start, end).replace(/\s/gu, " ") + (end < text.length ? "…" : ""), hits };
}

function isLowSurrogate(text: string, at: number): boolean {
  const unit = text.charCodeAt(at);
  return unit >= 0xdc00 && unit <= 0xdfff;
}

/** Each letter without its marks, at the same place. */
function withoutDiacritics(text: string): string {
  return text.replace(/[\u00c0-\u024f\u1e00-\u1eff]/gu, (letter) => letter.normalize("NFD")[0]!);
}
