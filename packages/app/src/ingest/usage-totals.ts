/** @module What the quick usage scan adds up to, in memory, before anything is written: the first figure that a person sees. */
import type { ResponseFact } from "../model/record.ts";
import type { ScannedFile } from "../model/scanned-file.ts";
import type { Pricer } from "../model/usage.ts";

export interface UsageTotals {
  readonly responses: number;
  readonly tokens: number;
  /** Of the priced responses. */
  readonly costMicros: number;
  readonly unpriced: number;
}

/** What is kept of a response to recognise its next copy. */
interface Counted {
  readonly record: ResponseFact["record"];
  readonly output: number;
  readonly tokens: number;
  readonly costMicros: number | null;
}

/** Adds files up as they come; each response counts once, however many files repeat it. */
export function openUsageTotals(price: Pricer): { add(file: ScannedFile): void; totals(): UsageTotals } {
  const best = new Map<string, Counted>();
  return {
    add({ responses }) {
      for (const response of responses) {
        const { record, outputTokens: output } = response;
        const tokens = response.inputTokens + output + response.cacheWriteTokens + response.cacheReadTokens;
        const other = best.get(response.responseId);
        if (other && !isBetter({ record, output, tokens }, other)) continue;
        best.set(response.responseId, { record, output, tokens, costMicros: price(response).costMicros });
      }
    },
    totals() {
      let tokens = 0;
      let costMicros = 0;
      let unpriced = 0;
      for (const response of best.values()) {
        tokens += response.tokens;
        costMicros += response.costMicros ?? 0;
        if (response.costMicros === null) unpriced++;
      }
      return { responses: best.size, tokens, costMicros, unpriced };
    },
  };
}

/** The rule of docs/sources.md, "One response, many records". */
function isBetter(a: Omit<Counted, "costMicros">, b: Counted): boolean {
  if (a.record !== b.record) return a.record === "assistant";
  return a.output === b.output ? a.tokens > b.tokens : a.output > b.output;
}
