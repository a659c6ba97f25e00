/** @module A row of a price list: what each kind of token costs, from which day on, and how much more in which mode. */

/** US dollars per million tokens, which is the same number as micro-dollars per token. */
export interface Rates {
  readonly input: number;
  readonly cacheWrite5m: number;
  readonly cacheWrite1h: number;
  readonly cacheRead: number;
  readonly output: number;
}

/** Rates for the whole request once its prompt (input and cache together) is longer than `promptTokens`. */
export interface RatesAbove {
  readonly promptTokens: number;
  readonly rates: Rates;
}

export interface PriceRow {
  /** First day (UTC, YYYY-MM-DD) it applies; null: since ever. */
  readonly from: string | null;
  readonly rates: Rates;
  /** Ascending by `promptTokens`; the last one that the prompt exceeds applies. */
  readonly above: readonly RatesAbove[];
  /** US dollars per web search, whatever the mode. */
  readonly webSearch: number;
  /** Factor on all token rates when the response ran in fast mode. */
  readonly fast: number;
  /** Factor on all token rates when inference was kept in the US. */
  readonly us: number;
  /** Who says so. */
  readonly source: string;
  /** When that was read or measured, YYYY-MM-DD. */
  readonly asOf: string;
}

/** The rows of one model, ascending by `from`. */
export interface ModelPrices {
  readonly model: string;
  readonly rows: readonly PriceRow[];
}

/** A source of prices. The first list that knows a model decides its price. */
export interface PriceList {
  /** Name and version, e.g. "genai-prices@0.1.8"; the first part of a price version. */
  readonly id: string;
  /** `names`: what one model may be called, the most exact name first (model-names.ts). */
  readonly find: (names: readonly string[]) => ModelPrices | null;
}
