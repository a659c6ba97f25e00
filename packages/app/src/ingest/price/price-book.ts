/** @module All price lists in their order, and the pricer over them: which row prices a response, and what it comes to. */
import { readFileSync, statSync } from "node:fs";
import { ClewError } from "../../base/error.ts";
import type { Price, PricedUsage, Pricer } from "../../model/usage.ts";
import { type CompiledRow, charge, compileRow } from "./charge.ts";
import { genaiList } from "./genai-list.ts";
import { modelNames } from "./model-names.ts";
import { overlay } from "./overlay.ts";
import { parseOverrides } from "./overrides.ts";
import type { PriceList, PriceRow } from "./rates.ts";

/** Where prices.json is; `read` replaces the file system in tests and returns null for a file that does not exist. */
export interface PriceOptions {
  readonly overridesPath?: string;
  readonly read?: (path: string) => { readonly text: string; readonly mtimeMs: number } | null;
}

/** The row that prices a response, with where it stands. */
export interface FoundPrice {
  readonly list: string;
  /** Name of the model in that list. */
  readonly model: string;
  readonly row: PriceRow;
  readonly compiled: CompiledRow;
  /** As stored beside the cost: "<list>:<model>", and "@<first day>" for a dated row. */
  readonly version: string;
}

export interface PriceBook {
  readonly price: Pricer;
  /** Null: no list knows the model, or none of its rows reaches back to the response's day. */
  readonly find: (usage: Pick<PricedUsage, "model" | "ts">) => FoundPrice | null;
  /**
   * Changes whenever a price may have changed (the user's file, Clew's own list, genai-prices). Costs are stored, so
   * whoever stores them prices again when this differs from the fingerprint they were computed with.
   */
  readonly fingerprint: () => string;
}

const UNPRICED: Price = { costMicros: null, priceVersion: null };

/** Foreign names: the memory is bounded, a hostile file only loses the speed. */
const MOST_MODELS = 10_000;

function readFile(path: string): { readonly text: string; readonly mtimeMs: number } | null {
  try {
    return { text: readFileSync(path, "utf8"), mtimeMs: statSync(path).mtimeMs };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw new ClewError("io", `read prices: ${(error as Error).message}`, { cause: error });
  }
}

function lists(options: PriceOptions): readonly PriceList[] {
  const shipped = [overlay, genaiList()];
  if (options.overridesPath === undefined) return shipped;
  const file = (options.read ?? readFile)(options.overridesPath);
  if (file === null) return shipped;
  return [parseOverrides(file.text, new Date(file.mtimeMs).toISOString().slice(0, 10)), ...shipped];
}

function findIn(all: readonly PriceList[], model: string): readonly FoundPrice[] {
  const names = modelNames(model);
  for (const list of all) {
    const prices = list.find(names);
    if (prices === null) continue;
    // Newest first: most responses are recent.
    return prices.rows
      .map((row) => ({
        list: list.id,
        model: prices.model,
        row,
        compiled: compileRow(row),
        version: `${list.id}:${prices.model}${row.from === null ? "" : `@${row.from}`}`,
      }))
      .reverse();
  }
  return [];
}

/**
 * Opens the lists in their order: the user's prices.json, Clew's own list, genai-prices. The first list that knows a
 * model decides, also about the days before its first row.
 *
 * @throws ClewError "usage" when prices.json is malformed, "io" when it cannot be read
 */
export function openPriceBook(options: PriceOptions = {}): PriceBook {
  const all = lists(options);
  const memory = new Map<string, readonly FoundPrice[]>();
  const find = (usage: Pick<PricedUsage, "model" | "ts">): FoundPrice | null => {
    let rows = memory.get(usage.model);
    if (rows === undefined) {
      rows = findIn(all, usage.model);
      if (memory.size < MOST_MODELS) memory.set(usage.model, rows);
    }
    for (const found of rows) if (usage.ts === null || usage.ts >= found.compiled.fromMs) return found;
    return null;
  };
  return {
    find,
    price: (usage) => {
      const found = find(usage);
      return found === null ? UNPRICED : { costMicros: charge(found.compiled, usage), priceVersion: found.version };
    },
    fingerprint: () => all.map((list) => list.id).join(" "),
  };
}

/** The pricer alone, for those who only store costs. */
export function createPricer(options: PriceOptions = {}): Pricer {
  return openPriceBook(options).price;
}
