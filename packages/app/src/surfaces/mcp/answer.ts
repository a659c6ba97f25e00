/**
 * @module An answer within its budget: what Clew itself says, and what others wrote in fences. Text and structured content say
 * the same, and each of the two fits the budget, since a client shows its model one or the other (Claude Code the second).
 */
import { authorHandle, FENCE_LIMIT, FENCE_MEANING, fenceForeign, fenceNonce, type Trust } from "../../base/fence.ts";
import { estimateTokens } from "../../context/budget.ts";

export type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json };
export type JsonRow = { readonly [name: string]: Json };

/** Words that others wrote, and who they are. */
export interface Quote {
  readonly author: string;
  readonly trust: Trust;
  /** The author was established by Clew or the hub, not taken from a text. */
  readonly verified: boolean;
  readonly text: string;
  /** UTF-16 units of the text that are shown; default 500. */
  readonly limit?: number;
  /** Of a record: whose it is. What that session had been shown decides what its words are worth. */
  readonly session?: string;
}

export interface Item {
  /** Clew's own words: ids, times, figures. Never stored text. */
  readonly head: string;
  /** The same for programs. */
  readonly row: JsonRow;
  readonly quote?: Quote;
}

export interface Answer {
  /** Clew's own words, a sentence or two. */
  readonly summary: string;
  /** Figures, by name. */
  readonly fields?: JsonRow;
  /** The fields in words, where the summary does not say them. */
  readonly details?: string;
  /** Absent: the answer is not a list. */
  readonly items?: readonly Item[];
  /** One text that stands for itself. */
  readonly quote?: Quote;
  /** Cursor to what follows the first `shown` items; null: nothing does. */
  readonly next?: (shown: number) => string | null;
}

export interface RenderedAnswer {
  readonly text: string;
  readonly structured: JsonRow;
  /** Words that others may have written stand in it: what its reader writes from then on may repeat them. */
  readonly isForeign: boolean;
  /** Something was left out, so that it fits. */
  readonly isCut: boolean;
}

export const DEFAULT_MAX_TOKENS = 1000;
export const LEAST_MAX_TOKENS = 200;
export const MOST_MAX_TOKENS = 8000;

const LONGEST_CURSOR = "x".repeat(100);

/** Shows as many items as fit, at least one; a text that is too long for the budget is cut, its fence is not. */
export function renderAnswer(answer: Answer, maxTokens: number, nonce: string = fenceNonce()): RenderedAnswer {
  const fits = ({ text, structured }: RenderedAnswer): boolean =>
    estimateTokens(text) <= maxTokens && estimateTokens(JSON.stringify(structured)) <= maxTokens;
  const items = answer.items ?? [];
  // Making a cursor may take a question to the store: while looking for what fits, any long one will do.
  const trial: Answer = answer.next ? { ...answer, next: () => LONGEST_CURSOR } : answer;
  const render = (shown: number, limit?: number): RenderedAnswer => rendered(trial, items, shown, nonce, limit);
  const final = (shown: number, limit?: number): RenderedAnswer => rendered(answer, items, shown, nonce, limit);
  if (fits(render(items.length))) return final(items.length);
  let [least, most] = [1, items.length - 1];
  let best = 0;
  while (least <= most) {
    const middle = Math.floor((least + most) / 2);
    if (fits(render(middle))) {
      best = middle;
      least = middle + 1;
    } else most = middle - 1;
  }
  if (best > 0) return final(best);
  // Not even one fits whole: its words are cut.
  const one = Math.min(1, items.length);
  const longest = Math.max(answer.quote ? limitOf(answer.quote) : 0, items[0]?.quote ? limitOf(items[0].quote) : 0);
  for (let limit = Math.min(longest, maxTokens * 4); limit > 0; limit = Math.floor(limit * 0.8)) {
    if (fits(render(one, limit))) return final(one, limit);
  }
  return final(one, 0);
}

function limitOf(quote: Quote): number {
  return quote.limit ?? FENCE_LIMIT;
}

function rendered(
  answer: Answer,
  items: readonly Item[],
  shown: number,
  nonce: string,
  mostOfText = Number.POSITIVE_INFINITY,
): RenderedAnswer {
  const fence = (quote: Quote): string =>
    fenceForeign(quote.text, { ...quote, nonce, limit: Math.min(limitOf(quote), mostOfText) });
  const kept = items.slice(0, shown);
  const quotes = [answer.quote, ...kept.map((item) => item.quote)].filter((quote) => quote !== undefined);
  const isQuoted = quotes.length > 0;
  const own = answer.quote ? fence(answer.quote) : null;
  const lines = [
    answer.summary,
    ...(answer.details === undefined ? [] : [answer.details]),
    ...(isQuoted ? [FENCE_MEANING] : []),
    ...(own === null ? [] : [own]),
  ];
  const rows: JsonRow[] = [];
  for (const [index, item] of kept.entries()) {
    const text = item.quote ? fence(item.quote) : null;
    lines.push(`${index + 1}. ${item.head}`, ...(text === null ? [] : [text]));
    rows.push({ ...item.row, ...(item.quote && text !== null && quoted(item.quote, text)) });
  }
  const cursor = answer.next?.(kept.length) ?? null;
  if (cursor !== null) lines.push(`More: call again with cursor ${JSON.stringify(cursor)}.`);
  return {
    text: lines.join("\n"),
    structured: {
      summary: answer.summary,
      ...(isQuoted && { note: FENCE_MEANING }),
      ...answer.fields,
      ...(answer.quote && own !== null && { quote: quoted(answer.quote, own) }),
      ...(answer.items && { rows, next_cursor: cursor }),
    },
    isForeign: quotes.some(({ trust }) => trust === "peer" || trust === "tainted"),
    isCut: kept.length < items.length || mostOfText < Number.POSITIVE_INFINITY,
  };
}

function quoted({ author, trust, verified }: Quote, text: string): JsonRow {
  return { author: authorHandle(author), trust, verified, text };
}

/** The same answer, whose quotes are all of one session's record. */
export function recordOf(session: string, answer: Answer): Answer {
  const own = (quote: Quote): Quote => ({ ...quote, session });
  return {
    ...answer,
    ...(answer.quote && { quote: own(answer.quote) }),
    ...(answer.items && {
      items: answer.items.map((item) => (item.quote ? { ...item, quote: own(item.quote) } : item)),
    }),
  };
}

/** "1 entry", "No entries". */
export function counted(count: number, one: string, many: string): string {
  return count === 1 ? `1 ${one}` : `${count === 0 ? "No" : count} ${many}`;
}

/** Lines of "name: value", each value on its own line, so that none can pass for another; nothing for what is not there. */
export function labelled(values: Readonly<Record<string, string | null | undefined>>): string {
  return Object.entries(values)
    .filter(([, value]) => value !== null && value !== undefined && value.trim() !== "")
    .map(([name, value]) => `${name}: ${value!.replace(/\s+/g, " ").trim()}`)
    .join("\n");
}
