/** @module Where the words of a search stand in a line. Letter case and accents do not count. */
import { parseFilter } from "../../../query/filter/parse.ts";

export interface TextPart {
  readonly text: string;
  readonly isHit: boolean;
}

/** The words that are looked for, folded; those that must not be there left out. */
export function wantedWords(q: string): readonly string[] {
  return parseFilter(q, "search")
    .words.filter(({ negated }) => !negated)
    .map(({ text }) => folded(text))
    .filter((text) => text !== "");
}

export function partsOf(text: string, wanted: readonly string[]): readonly TextPart[] {
  if (wanted.length === 0 || text === "") return [{ text, isHit: false }];
  // Folding may make a character longer or shorter: each folded unit knows where it came from.
  const units: string[] = [];
  const places: number[] = [];
  let at = 0;
  for (const character of text) {
    for (const unit of folded(character)) {
      units.push(unit);
      places.push(at);
    }
    at += character.length;
  }
  places.push(text.length);
  const whole = units.join("");
  // A unit beyond the basic plane is two of the joined text.
  if (whole.length !== units.length) return [{ text, isHit: false }];
  const marked = new Uint8Array(whole.length);
  for (const word of wanted) {
    for (let from = whole.indexOf(word); from >= 0; from = whole.indexOf(word, from + word.length)) {
      const isStart = from === 0 || !/[\p{L}\p{N}]/u.test(whole[from - 1]!);
      if (isStart) marked.fill(1, from, from + word.length);
    }
  }
  const parts: { text: string; isHit: boolean }[] = [];
  for (let index = 0; index < whole.length; index++) {
    const isHit = marked[index] === 1;
    const piece = text.slice(places[index]!, places[index + 1]!);
    const last = parts.at(-1);
    if (last && last.isHit === isHit) last.text += piece;
    else parts.push({ text: piece, isHit });
  }
  return parts;
}

function folded(text: string): string {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
}
