/** @module Exact arithmetic of one response's price: scaled integers, one rounding at the very end. */
import type { PricedUsage, TokenUsage } from "../../model/usage.ts";
import type { PriceRow, Rates } from "./rates.ts";

/** Parts of a micro-dollar in which rates are held, so that 0.01 x 1.1 is a whole number. */
const SCALE = 1e8;

/** A row's rates under one mode, in hundred-millionths of a micro-dollar per token (or per search). */
interface ScaledRates {
  readonly input: number;
  readonly cacheWrite5m: number;
  readonly cacheWrite1h: number;
  readonly cacheRead: number;
  readonly output: number;
  readonly webSearch: number;
}

/** A row made ready for many responses. */
export interface CompiledRow {
  readonly row: PriceRow;
  /** Milliseconds UTC from which it applies. */
  readonly fromMs: number;
  readonly limits: readonly number[];
  /** One per mode (standard, fast, us, both) for each tier. */
  readonly tiers: readonly (readonly ScaledRates[])[];
}

function scaled(rates: Rates, factor: number, webSearch: number): ScaledRates {
  const scale = (usdPerMillion: number) => Math.round(usdPerMillion * factor * SCALE);
  return {
    input: scale(rates.input),
    cacheWrite5m: scale(rates.cacheWrite5m),
    cacheWrite1h: scale(rates.cacheWrite1h),
    cacheRead: scale(rates.cacheRead),
    output: scale(rates.output),
    webSearch: Math.round(webSearch * 1e6 * SCALE),
  };
}

export function compileRow(row: PriceRow): CompiledRow {
  const modes = [1, row.fast, row.us, row.fast * row.us];
  const all = [row.rates, ...row.above.map((tier) => tier.rates)];
  return {
    row,
    fromMs: row.from === null ? Number.NEGATIVE_INFINITY : Date.parse(`${row.from}T00:00:00Z`),
    limits: row.above.map((tier) => tier.promptTokens),
    tiers: all.map((rates) => modes.map((factor) => scaled(rates, factor, row.webSearch))),
  };
}

/** Tokens of the prompt: what decides a tier. */
export function promptTokens(usage: TokenUsage): number {
  const split = usage.cache5mTokens + usage.cache1hTokens;
  return usage.inputTokens + usage.cacheReadTokens + Math.max(usage.cacheWriteTokens, split);
}

/** Five-minute writes with those that the record's split leaves out, which are billed like them. */
export function shortWrites(usage: TokenUsage): number {
  return usage.cache5mTokens + Math.max(0, usage.cacheWriteTokens - usage.cache5mTokens - usage.cache1hTokens);
}

/** Index into `CompiledRow.tiers`: 0 is the base. */
export function tierOf(compiled: CompiledRow, usage: TokenUsage): number {
  let tier = 0;
  if (compiled.limits.length > 0) {
    const prompt = promptTokens(usage);
    while (tier < compiled.limits.length && prompt > compiled.limits[tier]!) tier++;
  }
  return tier;
}

/** Product of the factors that the response's mode puts on every token rate, as an index into a tier. */
export function modeOf(usage: Pick<PricedUsage, "speed" | "inferenceGeo">): 0 | 1 | 2 | 3 {
  const fast = usage.speed === "fast" ? 1 : 0;
  return (usage.inferenceGeo === "us" ? 2 + fast : fast) as 0 | 1 | 2 | 3;
}

/** What the response costs, in micro-dollars, rounded half up once. */
export function charge(compiled: CompiledRow, usage: PricedUsage): number {
  const rates = compiled.tiers[tierOf(compiled, usage)]![modeOf(usage)]!;
  const short = shortWrites(usage);
  const sum =
    usage.inputTokens * rates.input +
    short * rates.cacheWrite5m +
    usage.cache1hTokens * rates.cacheWrite1h +
    usage.cacheReadTokens * rates.cacheRead +
    usage.outputTokens * rates.output +
    usage.webSearches * rates.webSearch;
  // Every term is a product of whole numbers: below 2^53 (about 90 dollars) the sum is exact.
  if (sum <= Number.MAX_SAFE_INTEGER) {
    const rest = sum % SCALE;
    return (sum - rest) / SCALE + (rest >= SCALE / 2 ? 1 : 0);
  }
  const exact =
    BigInt(usage.inputTokens) * BigInt(rates.input) +
    BigInt(short) * BigInt(rates.cacheWrite5m) +
    BigInt(usage.cache1hTokens) * BigInt(rates.cacheWrite1h) +
    BigInt(usage.cacheReadTokens) * BigInt(rates.cacheRead) +
    BigInt(usage.outputTokens) * BigInt(rates.output) +
    BigInt(usage.webSearches) * BigInt(rates.webSearch);
  return Number((exact + BigInt(SCALE / 2)) / BigInt(SCALE));
}

/** US dollars per million as charged under a mode and tier, for showing. */
export function shownRates(compiled: CompiledRow, usage: PricedUsage): Rates & { readonly webSearchMillion: number } {
  const rates = compiled.tiers[tierOf(compiled, usage)]![modeOf(usage)]!;
  return {
    input: rates.input / SCALE,
    cacheWrite5m: rates.cacheWrite5m / SCALE,
    cacheWrite1h: rates.cacheWrite1h / SCALE,
    cacheRead: rates.cacheRead / SCALE,
    output: rates.output / SCALE,
    webSearchMillion: rates.webSearch / SCALE,
  };
}
