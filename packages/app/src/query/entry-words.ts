/** @module Words that stand in an entry: in its title, body, notes or tags. */
import type { SubjectState } from "../model/change.ts";
import { formatTerm, parseFilter } from "./filter/parse.ts";
import { type Reader, rowsOf } from "./reader.ts";
import { type SearchWords, searchWords } from "./search-words.ts";

/** Of a subject `s`, with `SearchWords.match`. */
export const HAS_WORDS = "s.id IN (SELECT rowid FROM shared_index WHERE shared_index MATCH ?)";
const STATE = "SELECT state FROM subjects WHERE id = ?";

/** As a person types them; every text is valid. Null: no text. What would choose sessions elsewhere is text here. */
export function entryWords(text: string): SearchWords | null {
  if (text.trim() === "") return null;
  const { terms, words } = parseFilter(text, "search");
  return searchWords([
    ...words,
    ...terms.map((term) => ({ text: formatTerm(term), prefix: false, negated: term.negated })),
  ]);
}

/** Everything of one entry that words are looked for in. */
export function wholeText(db: Reader, id: number): string {
  const [row] = rowsOf<{ state: string }>(db, STATE, [id]);
  return textOfState(JSON.parse(row!.state) as SubjectState);
}

export function textOfState({ fields, sets, notes }: SubjectState): string {
  const elements = Object.values(sets).flatMap((list) => list.map(({ value }) => value));
  return [fields.title?.value, fields.body?.value, ...elements, ...notes.map(({ text }) => text)].join("\n");
}
