/** @module The one filter language: text to terms and words, and back to canonical text. Pure; the browser uses it too. */
import { closestOf } from "./closest.ts";
import {
  ACTIVITY_VALUES,
  type CompareKey,
  type CompareOperator,
  type Filter,
  type FilterProblem,
  type FilterTerm,
  type FilterWord,
  HAS_VALUES,
  type HasValue,
  KEYS,
  MATCH_KEYS,
  type MatchKey,
  STATUS_VALUES,
  TIME_KEYS,
  type TimeKey,
} from "./filter.ts";
import { isTimeValue } from "./time-value.ts";

/**
 * list: whatever is not understood is a problem, with its column. search: only well-formed terms are terms, everything
 * else is a word that must literally stand in the text, so that any input is a valid search.
 */
export type FilterMode = "list" | "search";

interface Piece {
  /** Index of the piece's first character, its minus included. */
  readonly start: number;
  readonly raw: string;
  readonly negated: boolean;
  /** Before the first colon outside quotes; null when there is none. */
  readonly key: string | null;
  /** After the colon, or the whole piece. */
  readonly value: string;
  readonly closed: boolean;
}

/** Reads a filter. Never throws: what cannot be understood is in `problems`, in the order of its columns. */
export function parseFilter(text: string, mode: FilterMode = "list"): Filter {
  const terms: FilterTerm[] = [];
  const words: FilterWord[] = [];
  const problems: FilterProblem[] = [];
  for (const piece of piecesOf(text, mode)) {
    const read = readPiece(piece);
    if ("message" in read) {
      if (mode === "list") problems.push({ column: read.column + 1, message: read.message });
      else words.push(literalWord(piece));
    } else if ("text" in read) words.push(read);
    else terms.push(read);
  }
  return { terms, words, problems };
}

/** Canonical text of a filter: `parseFilter(formatFilter(filter))` gives the same terms and words. */
export function formatFilter(filter: Pick<Filter, "terms" | "words">): string {
  return [...filter.terms.map(formatTerm), ...filter.words.map(formatWord)].join(" ");
}

export function formatTerm(term: FilterTerm): string {
  const minus = term.negated ? "-" : "";
  switch (term.kind) {
    case "match":
      return `${minus}${term.key}:${term.values.map(formatValue).join(",")}`;
    case "has":
      return `${minus}has:${term.values.join(",")}`;
    case "compare":
      return `${minus}${term.key}:${term.operator === "=" ? "" : term.operator}${formatAmount(term.key, term.amount)}`;
    case "time":
      return `${minus}${term.key}:${formatValue(term.value)}`;
  }
}

export function formatWord(word: FilterWord): string {
  const minus = word.negated ? "-" : "";
  if (word.prefix) return `${minus}${word.text}*`;
  const bare = /^[^\s"*:-][^\s":]*$/u.test(word.text) && !word.text.endsWith("*");
  return bare ? minus + word.text : minus + quote(word.text);
}

function quote(text: string): string {
  return `"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
}

function formatValue(value: string): string {
  return /^[^\s",]+$/u.test(value) ? value : quote(value);
}

function formatAmount(key: CompareKey, amount: number): string {
  return key === "duration" ? `${amount}s` : String(amount);
}

/** Cuts the text at white space outside quotes. An unclosed quote runs to the end of a list filter, to the next space of a search. */
function piecesOf(text: string, mode: FilterMode): Piece[] {
  const pieces: Piece[] = [];
  let at = 0;
  while (at < text.length) {
    if (/\s/u.test(text[at]!)) {
      at++;
      continue;
    }
    const start = at;
    let { end, closed } = endOfPiece(text, start);
    if (!closed && mode === "search") end = start + text.slice(start).search(/\s|$/u);
    at = end;
    const raw = text.slice(start, end);
    const negated = raw.length > 1 && raw[0] === "-" && raw[1] !== "-";
    const body = negated ? raw.slice(1) : raw;
    const colon = /^([A-Za-z_]+):/u.exec(body);
    pieces.push({
      start,
      raw,
      negated,
      key: colon ? colon[1]!.toLowerCase() : null,
      value: colon ? body.slice(colon[0].length) : body,
      closed,
    });
  }
  return pieces;
}

function endOfPiece(text: string, start: number): { readonly end: number; readonly closed: boolean } {
  let quoted = false;
  for (let at = start; at < text.length; at++) {
    const character = text[at]!;
    if (quoted && character === "\\" && (text[at + 1] === '"' || text[at + 1] === "\\")) at++;
    else if (character === '"') {
      // A quote inside a bare word is an ordinary character: 5"disk.
      if (quoted) quoted = false;
      else if (opensQuote(text, start, at)) quoted = true;
    } else if (!quoted && /\s/u.test(character)) return { end: at, closed: true };
  }
  return { end: text.length, closed: !quoted };
}

function opensQuote(text: string, start: number, at: number): boolean {
  return at === start || text[at - 1] === ":" || text[at - 1] === "," || (at === start + 1 && text[start] === "-");
}

type Read = FilterTerm | FilterWord | { readonly column: number; readonly message: string };

function readPiece(piece: Piece): Read {
  if (!piece.closed) return { column: piece.start, message: 'a quote is not closed: add a " at the end' };
  if (piece.key === null) return readWord(piece);
  const key = piece.key;
  const valueColumn = piece.start + piece.raw.length - piece.value.length;
  if (!isKey(key)) {
    const near = closestOf(key, KEYS);
    const hint = near
      ? `did you mean ${near}:?`
      : `quote it to search for it as text, or use one of ${KEYS.join(", ")}`;
    return { column: piece.start, message: `unknown filter "${key}:": ${hint}` };
  }
  const values = splitValues(piece.value);
  if (values === null || values.length === 0) {
    return { column: valueColumn, message: `${key}: needs a value, e.g. ${EXAMPLES[key] ?? `${key}:name`}` };
  }
  return readTerm(key, values, piece.negated, valueColumn);
}

const EXAMPLES: Readonly<Record<string, string>> = {
  cost: "cost:>1",
  tokens: "tokens:>=10k",
  duration: "duration:>5m",
  since: "since:7d",
  until: "until:2026-07-01",
  status: "status:failed",
  activity: "activity:waiting",
  has: "has:errors",
};

function readTerm(key: string, values: readonly string[], negated: boolean, column: number): Read {
  if (includes(MATCH_KEYS, key)) return readMatch(key, values, negated, column);
  if (key === "has") {
    for (const value of values) {
      if (!includes(HAS_VALUES, value)) {
        const near = closestOf(value, HAS_VALUES);
        return {
          column,
          message: `has:${value} is unknown: ${near ? `did you mean has:${near}?` : `use ${HAS_VALUES.join(", ")}`}`,
        };
      }
    }
    return { kind: "has", values: values as readonly HasValue[], negated };
  }
  const value = values[0]!;
  if (values.length > 1) return { column, message: `${key}: takes one value` };
  if (includes(TIME_KEYS, key)) {
    if (negated) return { column, message: `${key}: cannot be negated: use ${key === "since" ? "until" : "since"}:` };
    if (isTimeValue(value)) return { kind: "time", key: key satisfies TimeKey, value, negated: false };
    return {
      column,
      message: `${key}: takes a day (2026-07-01), a time (2026-07-01T09:00Z) or a span back from now (90m, 24h, 7d, 2w)`,
    };
  }
  const compare = readCompare(key as CompareKey, value, negated);
  return (
    compare ?? {
      column,
      message: `${key}: takes a number with >, >=, <, <= or nothing before it, e.g. ${EXAMPLES[key]}`,
    }
  );
}

/** Keys that have a few values of their own. */
const WORDS: Readonly<Partial<Record<MatchKey, readonly string[]>>> = {
  status: STATUS_VALUES,
  activity: ACTIVITY_VALUES,
};

function readMatch(key: MatchKey, values: readonly string[], negated: boolean, column: number): Read {
  const known = WORDS[key];
  for (const value of known ? values : []) {
    if (!known!.includes(value)) {
      const near = closestOf(value, known!);
      return {
        column,
        message: `${key}:${value} is unknown: ${near ? `did you mean ${near}?` : `use ${known!.join(", ")}`}`,
      };
    }
  }
  return { kind: "match", key, values, negated };
}

const FACTORS: Readonly<Record<CompareKey, Readonly<Record<string, number>>>> = {
  cost: { "": 1 },
  tokens: { "": 1, k: 1e3, m: 1e6, g: 1e9, b: 1e9 },
  duration: { "": 1, s: 1, m: 60, h: 3600, d: 86400 },
};

function readCompare(key: CompareKey, value: string, negated: boolean): FilterTerm | null {
  const parts = /^(>=|<=|>|<|=)?\$?(\d+(?:\.\d+)?(?:e[+-]?\d{1,3})?)([a-z]?)$/iu.exec(value);
  const factor = parts && FACTORS[key][parts[3]!.toLowerCase()];
  if (!parts || factor === undefined || factor === null) return null;
  const amount = Number(parts[2]) * factor;
  if (!Number.isFinite(amount)) return null;
  return { kind: "compare", key, operator: (parts[1] ?? "=") as CompareOperator, amount, negated };
}

/** `a,"b c",d` to its values; null when a quote is followed by something else than a comma. */
function splitValues(value: string): string[] | null {
  const values: string[] = [];
  const one = /"((?:\\["\\]|[^"])*?)"(?=,|$)|([^,"][^,]*)/uy;
  let at = 0;
  while (at < value.length) {
    one.lastIndex = at;
    const found = one.exec(value);
    if (!found) return null;
    const text = found[1] === undefined ? found[2]! : unescapeQuoted(found[1]);
    if (text === "") return null;
    values.push(text);
    at = one.lastIndex;
    if (at < value.length && value[at] !== ",") return null;
    if (value[at] === "," && at === value.length - 1) return null;
    at++;
  }
  return values;
}

function unescapeQuoted(text: string): string {
  return text.replace(/\\(["\\])/gu, "$1");
}

function readWord(piece: Piece): Read {
  const quoted = /^"((?:\\["\\]|[^"\\]|\\(?!["\\]))*)"$/u.exec(piece.value);
  if (quoted) {
    const text = unescapeQuoted(quoted[1]!);
    if (text.trim() === "")
      return { column: piece.start, message: "an empty phrase matches nothing: put words between the quotes" };
    return { text, prefix: false, negated: piece.negated };
  }
  if (/^[^*]+\*$/u.test(piece.value) && /[\p{L}\p{N}]\*$/u.test(piece.value) && !/[":]/u.test(piece.value)) {
    return { text: piece.value.slice(0, -1), prefix: true, negated: piece.negated };
  }
  return { text: piece.value, prefix: false, negated: piece.negated };
}

function literalWord(piece: Piece): FilterWord {
  return { text: piece.raw, prefix: false, negated: false };
}

function isKey(key: string): boolean {
  return includes(KEYS, key);
}

function includes<T extends string>(values: readonly T[], value: string): value is T {
  return (values as readonly string[]).includes(value);
}
