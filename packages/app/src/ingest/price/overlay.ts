/**
 * @module The price list that Clew itself carries: what the newest client charges, measured, and the maker's own page
 * for models and past days that the measurement does not cover.
 *
 * How it was measured: Claude Code 2.1.329 ran offline against a scripted API that answered with known usage, once per
 * model, in every mode; its telemetry states the cost of each request to the last digit (docs/money.md).
 */
import type { ModelPrices, PriceList, PriceRow, Rates } from "./rates.ts";

const VERSION = "2026-11-21";
const MEASURED = { source: "charged by Claude Code 2.1.329, measured per request", asOf: "2026-11-21" } as const;
const PUBLISHED = { source: "Anthropic's price page", asOf: "2026-08-22" } as const;

/** In the order of the published tables: input, 5-minute write, 1-hour write, cache read, output. */
function rates(input: number, cacheWrite5m: number, cacheWrite1h: number, cacheRead: number, output: number): Rates {
  return { input, cacheWrite5m, cacheWrite1h, cacheRead, output };
}

function row(given: Rates, more: Partial<PriceRow> = {}): PriceRow {
  return { from: null, rates: given, above: [], webSearch: 0.01, fast: 1, us: 1.1, ...MEASURED, ...more };
}

/** The long-context price of its time: the whole request at twice the input and cache rates, one and a half times output. */
function longContext(base: Rates): Partial<PriceRow> {
  const raised = rates(
    base.input * 2,
    base.cacheWrite5m * 2,
    base.cacheWrite1h * 2,
    base.cacheRead * 2,
    base.output * 1.5,
  );
  return { above: [{ promptTokens: 200_000, rates: raised }], ...PUBLISHED };
}

const opus5 = rates(5, 6.25, 10, 0.5, 25);
const opus4 = rates(15, 18.75, 30, 1.5, 75);
const sonnet4 = rates(3, 3.75, 6, 0.3, 15);
const fable52 = rates(8, 10, 16, 0.2, 40);
const fable51 = rates(10, 12.5, 20, 0.25, 50);
const fable5 = rates(10, 12.5, 20, 1, 50);

const MODELS: Readonly<Record<string, readonly PriceRow[]>> = {
  "claude-fable-5-2": [row(fable52, { fast: 2 })],
  "claude-mythos-5-2": [row(fable52, { fast: 2 })],
  "claude-fable-5-1": [row(fable51)],
  "claude-mythos-5-1": [row(fable51)],
  "claude-fable-5": [row(fable5)],
  "claude-mythos-5": [row(fable5)],
  "claude-opus-5-5": [row(rates(4, 5, 8, 0.2, 20), { fast: 2 })],
  "claude-opus-5": [row(opus5, { fast: 2 })],
  "claude-opus-4-8": [row(opus5, { fast: 2 })],
  "claude-opus-4-7": [row(opus5, { fast: 6 })],
  "claude-opus-4-6": [row(opus5, { fast: 6, ...longContext(opus5) }), row(opus5, { from: "2026-03-13", fast: 6 })],
  "claude-opus-4-5": [row(opus5)],
  "claude-opus-4-1": [row(opus4, PUBLISHED)],
  "claude-opus-4": [row(opus4, PUBLISHED)],
  "claude-sonnet-5-5": [row(rates(2, 2.5, 4, 0.1, 10))],
  "claude-sonnet-5": [row(rates(2, 2.5, 4, 0.2, 10))],
  "claude-sonnet-4-6": [row(sonnet4, longContext(sonnet4)), row(sonnet4, { from: "2026-03-13" })],
  // Long context was a beta of these two; it ended with 2026-04-30.
  "claude-sonnet-4-5": [row(sonnet4, longContext(sonnet4)), row(sonnet4, { from: "2026-05-01" })],
  "claude-sonnet-4": [row(sonnet4, longContext(sonnet4)), row(sonnet4, { from: "2026-05-01" })],
  "claude-3-7-sonnet": [row(sonnet4)],
  "claude-haiku-5-5": [
    row(rates(0.1, 0.125, 0.2, 0.01, 0.5), {
      above: [{ promptTokens: 100_000, rates: rates(0.5, 0.625, 1, 0.05, 2.5) }],
    }),
  ],
  "claude-haiku-4-5": [row(rates(1, 1.25, 2, 0.1, 5))],
  "claude-3-5-haiku": [row(rates(0.8, 1, 1.6, 0.08, 4))],
};

const known: ReadonlyMap<string, ModelPrices> = new Map(
  Object.entries(MODELS).map(([model, rows]) => [model, { model, rows }]),
);

/** Applies after the user's own prices and before genai-prices. */
export const overlay: PriceList = {
  id: `clew@${VERSION}`,
  find: (names) => {
    for (const name of names) {
      const prices = known.get(name);
      if (prices) return prices;
    }
    return null;
  },
};

/** Every model of the list with its rows, for documents and tests. */
export const overlayModels: readonly ModelPrices[] = [...known.values()];
