/** @module The list of @pydantic/genai-prices as a price list: loaded on first need, matched exactly or not at all. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { MatchLogic, ModelInfo, ModelPrice, Provider } from "@pydantic/genai-prices";
import type { ModelPrices, PriceList, PriceRow, Rates } from "./rates.ts";

const PACKAGE = "@pydantic/genai-prices";

/**
 * Whether a rule names exactly this model. `starts_with` counts only when nothing follows: "claude-sonnet-5" must not
 * price "claude-sonnet-5-5". `contains` and `ends_with` name families, never one model.
 */
function names(match: MatchLogic, name: string): boolean {
  if ("equals" in match) return match.equals === name;
  if ("starts_with" in match) return match.starts_with === name;
  if ("regex" in match) return new RegExp(match.regex).test(name);
  if ("or" in match) return match.or.some((inner) => names(inner, name));
  if ("and" in match) return match.and.every((inner) => names(inner, name));
  return false;
}

function rateAt(prices: ModelPrice, key: string, limit: number | null): number | undefined {
  const price = prices[key];
  if (price === undefined || typeof price === "number") return price;
  let rate = price.base;
  for (const tier of price.tiers) if (limit !== null && tier.start <= limit) rate = tier.price;
  return rate;
}

function ratesAt(prices: ModelPrice, limit: number | null): Rates | null {
  const input = rateAt(prices, "input_mtok", limit);
  const output = rateAt(prices, "output_mtok", limit);
  if (input === undefined || output === undefined) return null;
  // Where a list states no price of their own, cache tokens are input like any other.
  const write = rateAt(prices, "cache_write_mtok", limit) ?? input;
  return {
    input,
    output,
    cacheWrite5m: write,
    cacheWrite1h: rateAt(prices, "cache_write_1h_mtok", limit) ?? write,
    cacheRead: rateAt(prices, "cache_read_mtok", limit) ?? input,
  };
}

function rowOf(prices: ModelPrice, from: string | null, anthropic: boolean, version: string): PriceRow | null {
  const rates = ratesAt(prices, null);
  if (rates === null) return null;
  const limits = new Set<number>();
  for (const price of Object.values(prices)) {
    if (typeof price === "object") for (const tier of price.tiers) limits.add(tier.start);
  }
  const searches = rateAt(prices, "web_searches_kcount", null);
  return {
    from,
    rates,
    above: [...limits]
      .sort((left, right) => left - right)
      .map((promptTokens) => ({ promptTokens, rates: ratesAt(prices, promptTokens) ?? rates })),
    webSearch: searches === undefined ? (anthropic ? 0.01 : 0) : searches / 1000,
    fast: 1,
    us: anthropic ? 1.1 : 1,
    source: `${PACKAGE} ${version}`,
    asOf: version,
  };
}

/** Null for prices that depend on the time of day, which a response's start alone does not decide. */
function rowsOf(model: ModelInfo, anthropic: boolean, version: string): readonly PriceRow[] | null {
  if (!Array.isArray(model.prices)) {
    const row = rowOf(model.prices, null, anthropic, version);
    return row && [row];
  }
  const rows: PriceRow[] = [];
  for (const { constraint, prices } of model.prices) {
    if (constraint?.type === "time_of_date") return null;
    const row = rowOf(prices, constraint?.start_date ?? null, anthropic, version);
    if (row === null) return null;
    rows.push(row);
  }
  return rows.sort((left, right) => ((left.from ?? "") < (right.from ?? "") ? -1 : 1));
}

interface Loaded {
  readonly findProvider: (options: { readonly modelId: string }) => Provider | undefined;
}

/** `read` loads the package; it costs about 30 ms, so it runs when the first model needs it. */
export function genaiList(read: () => Loaded = load, version: () => string = packageVersion): PriceList {
  let loaded: Loaded | undefined;
  let id: string | undefined;
  return {
    get id() {
      id ??= `genai-prices@${version()}`;
      return id;
    },
    find: (candidates): ModelPrices | null => {
      loaded ??= read();
      for (const name of candidates) {
        const provider = loaded.findProvider({ modelId: name });
        const model = provider?.models.find((candidate) => candidate.id === name || names(candidate.match, name));
        const rows = model && rowsOf(model, provider?.id === "anthropic", version());
        if (model && rows && rows.length > 0) return { model: model.id, rows };
      }
      return null;
    },
  };
}

const require = createRequire(import.meta.url);

function load(): Loaded {
  return require(PACKAGE) as Loaded;
}

let known: string | undefined;

function packageVersion(): string {
  known ??= (
    JSON.parse(readFileSync(join(dirname(require.resolve(PACKAGE)), "..", "package.json"), "utf8")) as {
      version: string;
    }
  ).version;
  return known;
}
