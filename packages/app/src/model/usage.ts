/** @module Tokens and money. Tokens are counts, money is integer micro-dollars (1 USD = 1,000,000). */

/** What one model response used, by kind. */
export interface TokenUsage {
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** Cache writes with a five-minute life. Files without the split count all writes here. */
  readonly cache5mTokens: number;
  readonly cache1hTokens: number;
  /** All cache writes as the record states them. */
  readonly cacheWriteTokens: number;
  readonly cacheReadTokens: number;
}

/** Everything about a response that decides its price. */
export interface PricedUsage extends TokenUsage {
  readonly model: string;
  /** Milliseconds UTC; decides which dated price applies. Null: undated, the newest price applies. */
  readonly ts: number | null;
  readonly webSearches: number;
  /** "fast" doubles some models' price. */
  readonly speed: string | null;
  readonly serviceTier: string | null;
  readonly inferenceGeo: string | null;
}

/** A price, or the plain fact that there is none. */
export interface Price {
  /** Null: no price is known for this model; it is "unpriced", never 0. */
  readonly costMicros: number | null;
  /** Which row of which list, e.g. "genai-prices@0.1.8:claude-opus-4-5@2025-11-24"; null when unpriced. */
  readonly priceVersion: string | null;
}

/** Prices one response. Built once from the lists (ingest/price.ts); pure and fast, called for every response. */
export type Pricer = (usage: PricedUsage) => Price;
