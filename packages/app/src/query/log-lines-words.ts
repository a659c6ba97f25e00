/** @module Words that a log line must have: everything typed is text, also what looks like a filter's term. */
import type { FilterWord } from "./filter/filter.ts";
import { formatFilter, parseFilter } from "./filter/parse.ts";
import { type SearchWords, searchWords } from "./search-words.ts";

/** Null: no word at all. */
export function logWords(text: string | undefined): SearchWords | null {
  if (text === undefined) return null;
  const { terms, words } = parseFilter(text, "search");
  const all: FilterWord[] = [
    ...words,
    ...terms.map((term) => ({ text: formatFilter({ terms: [term], words: [] }), prefix: false, negated: false })),
  ];
  return all.length === 0 ? null : searchWords(all);
}
