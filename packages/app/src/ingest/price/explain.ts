/**
 * @module Why a response costs what it costs: the price row, each kind of token times its rate, and the sum.
 *
 * For `clew cost --why RESPONSE`, which prints it below the records of the response:
 * `explainCost(usage: PricedUsage, options?: PriceOptions | PriceBook): CostExplanation`
 * with `options = { overridesPath: clewPaths(env).prices }`. It prices with today's lists: when `version` differs from the
 * `price_version` stored beside the response, the stored cost is from an older list.
 */
import type { PricedUsage } from "../../model/usage.ts";
import { charge, promptTokens, shortWrites, shownRates, tierOf } from "./charge.ts";
import { resellerOf } from "./model-names.ts";
import { openPriceBook, type PriceBook, type PriceOptions } from "./price-book.ts";
import type { Rates } from "./rates.ts";

/** One kind of token: `tokens` x `usdPerMillion` = `micros`, which may have a fraction; only the total is rounded. */
export interface CostLine {
  readonly what: "input" | "cache write, 5 minutes" | "cache write, 1 hour" | "cache read" | "output" | "web searches";
  /** Tokens; of web searches, their number. */
  readonly tokens: number;
  readonly usdPerMillion: number;
  readonly micros: number;
}

/** The row behind a price. */
export interface PriceExplanation {
  /** As stored in responses.price_version; null: unpriced. */
  readonly version: string | null;
  /** "prices.json@…", "clew@…" or "genai-prices@…". */
  readonly list: string | null;
  /** Name of the row in that list. */
  readonly model: string | null;
  /** First day the row applies, null: since ever. */
  readonly from: string | null;
  /** Rates as charged: tier and mode included. */
  readonly rates: Rates | null;
  readonly source: string | null;
  /** Day the source was read or measured; of genai-prices, its version. */
  readonly date: string | null;
  /** What raised or explains the rates, in sentences. */
  readonly notes: readonly string[];
}

export interface CostExplanation extends PriceExplanation {
  /** Kinds with a count, in the order of the price tables. */
  readonly lines: readonly CostLine[];
  /** Rounded half up once; null: unpriced. */
  readonly totalMicros: number | null;
}

function bookOf(options: PriceOptions | PriceBook): PriceBook {
  return "find" in options ? options : openPriceBook(options);
}

function unpriced(usage: PricedUsage): PriceExplanation {
  return {
    version: null,
    list: null,
    model: null,
    from: null,
    rates: null,
    source: null,
    date: null,
    notes: [`No list has a price for ${JSON.stringify(usage.model)}; add one to prices.json (docs/money.md).`],
  };
}

/** List, row, rates, rule, source and date of a response's price. */
export function explainPrice(usage: PricedUsage, options: PriceOptions | PriceBook = {}): PriceExplanation {
  const found = bookOf(options).find(usage);
  if (found === null) return unpriced(usage);
  const { row, compiled } = found;
  const notes: string[] = [];
  const tier = tierOf(compiled, usage);
  if (tier > 0) {
    const limit = compiled.limits[tier - 1]!;
    notes.push(
      `The prompt has ${promptTokens(usage)} tokens, more than ${limit}: the higher rates apply to the whole request.`,
    );
  }
  if (usage.speed === "fast") {
    notes.push(
      row.fast === 1 ? "Fast mode does not change this model's rates." : `Fast mode: all token rates x ${row.fast}.`,
    );
  }
  if (usage.inferenceGeo === "us") notes.push(`Inference in the US: all token rates x ${row.us}.`);
  if (shortWrites(usage) > usage.cache5mTokens) {
    notes.push("Cache writes that the record does not split by life are charged as five-minute ones.");
  }
  if (usage.ts === null && row.from !== null) notes.push("The record has no time: the newest row applies.");
  const reseller = resellerOf(usage.model);
  if (reseller !== null) notes.push(`The model ran on ${reseller}; this is its maker's list price.`);
  const { webSearchMillion: _, ...rates } = shownRates(compiled, usage);
  return {
    version: found.version,
    list: found.list,
    model: found.model,
    from: row.from,
    rates,
    source: row.source,
    date: row.asOf,
    notes,
  };
}

/** The whole sum of one response. */
export function explainCost(usage: PricedUsage, options: PriceOptions | PriceBook = {}): CostExplanation {
  const book = bookOf(options);
  const found = book.find(usage);
  const price = explainPrice(usage, book);
  if (found === null) return { ...price, lines: [], totalMicros: null };
  const rates = shownRates(found.compiled, usage);
  const line = (what: CostLine["what"], tokens: number, usdPerMillion: number): CostLine => ({
    what,
    tokens,
    usdPerMillion,
    // To the last digit that rates have, without the noise of binary fractions.
    micros: Math.round(tokens * usdPerMillion * 1e8) / 1e8,
  });
  const lines = [
    line("input", usage.inputTokens, rates.input),
    line("cache write, 5 minutes", shortWrites(usage), rates.cacheWrite5m),
    line("cache write, 1 hour", usage.cache1hTokens, rates.cacheWrite1h),
    line("cache read", usage.cacheReadTokens, rates.cacheRead),
    line("output", usage.outputTokens, rates.output),
    line("web searches", usage.webSearches, rates.webSearchMillion),
  ].filter((entry) => entry.tokens > 0);
  return { ...price, lines, totalMicros: charge(found.compiled, usage) };
}
