/** @module The user's own prices: reads and checks prices.json, and says in one sentence what is wrong with it. */
import { createHash } from "node:crypto";
import { ClewError } from "../../base/error.ts";
import type { ModelPrices, PriceList, PriceRow, Rates, RatesAbove } from "./rates.ts";

const RATE_KEYS = ["input", "cache_write_5m", "cache_write_1h", "cache_read", "output"] as const;
const ROW_KEYS: ReadonlySet<string> = new Set([...RATE_KEYS, "web_search", "from", "above", "fast", "us"]);
const ABOVE_KEYS: ReadonlySet<string> = new Set([...RATE_KEYS, "prompt_tokens"]);

type Fields = Readonly<Record<string, unknown>>;

function fail(where: string, problem: string): never {
  throw new ClewError("usage", `prices.json: ${where} ${problem} (docs/money.md describes the format).`);
}

function fieldsOf(value: unknown, where: string, allowed: ReadonlySet<string>): Fields {
  if (typeof value !== "object" || value === null || Array.isArray(value)) fail(where, "must be an object");
  const unknown = Object.keys(value).find((key) => !allowed.has(key));
  if (unknown !== undefined) fail(where, `has the unknown field ${JSON.stringify(unknown)}`);
  return value as Fields;
}

function amount(fields: Fields, key: string, where: string, fallback?: number): number {
  const value = fields[key];
  if (value === undefined && fallback !== undefined) return fallback;
  if (typeof value !== "number" || !Number.isFinite(value) || value < 0 || value > 1e6) {
    fail(`${where}.${key}`, value === undefined ? "is missing" : "must be a number from 0 to 1000000");
  }
  return value;
}

function ratesOf(fields: Fields, where: string): Rates {
  return {
    input: amount(fields, "input", where),
    cacheWrite5m: amount(fields, "cache_write_5m", where),
    cacheWrite1h: amount(fields, "cache_write_1h", where),
    cacheRead: amount(fields, "cache_read", where),
    output: amount(fields, "output", where),
  };
}

function isDay(value: unknown): value is string {
  if (typeof value !== "string" || !/^\d{4}-\d{2}-\d{2}$/.test(value)) return false;
  const time = Date.parse(`${value}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(value);
}

function aboveOf(value: unknown, where: string): readonly RatesAbove[] {
  if (value === undefined) return [];
  const fields = fieldsOf(value, where, ABOVE_KEYS);
  const limit = fields.prompt_tokens;
  if (typeof limit !== "number" || !Number.isInteger(limit) || limit < 0) {
    fail(`${where}.prompt_tokens`, "must be a whole number of tokens");
  }
  return [{ promptTokens: limit, rates: ratesOf(fields, where) }];
}

function rowOf(value: unknown, where: string): PriceRow {
  const fields = fieldsOf(value, where, ROW_KEYS);
  if (fields.from !== undefined && !isDay(fields.from)) fail(`${where}.from`, "must be a day like 2026-01-31");
  return {
    from: (fields.from as string | undefined) ?? null,
    rates: ratesOf(fields, where),
    above: aboveOf(fields.above, `${where}.above`),
    webSearch: amount(fields, "web_search", where, 0.01),
    fast: amount(fields, "fast", where, 1),
    us: amount(fields, "us", where, 1),
    source: "your prices.json",
    asOf: "",
  };
}

function modelOf(model: string, value: unknown): ModelPrices {
  const where = JSON.stringify(model);
  if (Array.isArray(value) && value.length === 0) fail(where, "has no rows");
  const rows = Array.isArray(value) ? value.map((row, at) => rowOf(row, `${where}[${at}]`)) : [rowOf(value, where)];
  rows.sort((left, right) => ((left.from ?? "") < (right.from ?? "") ? -1 : 1));
  for (let at = 1; at < rows.length; at++) {
    if (rows[at]!.from === rows[at - 1]!.from) {
      fail(where, `has two rows ${rows[at]!.from === null ? 'without "from"' : `from ${rows[at]!.from}`}`);
    }
  }
  return { model, rows };
}

/**
 * Checks the text of prices.json. Throws ClewError "usage" with the first thing that is wrong: a price that was silently
 * ignored would show as a wrong cost.
 *
 * @param asOf the file's day, YYYY-MM-DD, shown beside its prices
 */
export function parseOverrides(text: string, asOf: string): PriceList {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch (error) {
    throw new ClewError("usage", `prices.json: not JSON: ${(error as Error).message}`, { cause: error });
  }
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed)) fail("the file", "must hold an object");
  const models = new Map<string, ModelPrices>();
  for (const [model, value] of Object.entries(parsed)) {
    if (model.startsWith("$")) continue; // "$schema", "$comment"
    const prices = modelOf(model, value);
    models.set(model, { model, rows: prices.rows.map((row) => ({ ...row, asOf })) });
  }
  return {
    id: `prices.json@${createHash("sha256").update(text).digest("hex").slice(0, 8)}`,
    find: (names) => {
      for (const name of names) {
        const prices = models.get(name);
        if (prices) return prices;
      }
      return null;
    },
  };
}
