import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { ClewError } from "../../base/error.ts";
import type { PricedUsage } from "../../model/usage.ts";
import { explainCost, explainPrice } from "./explain.ts";
import { modelNames } from "./model-names.ts";
import { createPricer, openPriceBook } from "./price-book.ts";

const NEW = Date.parse("2026-11-21T12:00:00Z");

function usage(more: Partial<PricedUsage> = {}): PricedUsage {
  return {
    model: "claude-opus-5-5",
    ts: NEW,
    inputTokens: 0,
    outputTokens: 0,
    cache5mTokens: 0,
    cache1hTokens: 0,
    cacheWriteTokens: 0,
    cacheReadTokens: 0,
    webSearches: 0,
    speed: "standard",
    serviceTier: "standard",
    inferenceGeo: null,
    ...more,
  };
}

const price = createPricer();
const cost = (more: Partial<PricedUsage>) => price(usage(more)).costMicros;

/** Micro-dollars per token of each kind: input, 5-minute write, 1-hour write, read, output. */
function ratesOf(model: string, more: Partial<PricedUsage> = {}): readonly (number | null)[] {
  const million = 1_000_000;
  // Below every tier's limit, scaled up afterwards.
  const part = 50_000;
  const kinds: readonly Partial<PricedUsage>[] = [
    { inputTokens: part },
    { cache5mTokens: part, cacheWriteTokens: part },
    { cache1hTokens: part, cacheWriteTokens: part },
    { cacheReadTokens: part },
    { outputTokens: part },
  ];
  return kinds.map((kind) => {
    const micros = cost({ model, ...kind, ...more });
    return micros === null ? null : (micros * (million / part)) / 1e6;
  });
}

describe("rates", () => {
  it.each([
    ["claude-fable-5-2", [8, 10, 16, 0.2, 40]],
    ["claude-mythos-5-2", [8, 10, 16, 0.2, 40]],
    ["claude-fable-5-1", [10, 12.5, 20, 0.25, 50]],
    ["claude-mythos-5-1", [10, 12.5, 20, 0.25, 50]],
    ["claude-fable-5", [10, 12.5, 20, 1, 50]],
    ["claude-mythos-5", [10, 12.5, 20, 1, 50]],
    ["claude-opus-5-5", [4, 5, 8, 0.2, 20]],
    ["claude-opus-5", [5, 6.25, 10, 0.5, 25]],
    ["claude-opus-4-8", [5, 6.25, 10, 0.5, 25]],
    ["claude-opus-4-7", [5, 6.25, 10, 0.5, 25]],
    ["claude-opus-4-6", [5, 6.25, 10, 0.5, 25]],
    ["claude-opus-4-5-20251101", [5, 6.25, 10, 0.5, 25]],
    ["claude-opus-4-1-20250805", [15, 18.75, 30, 1.5, 75]],
    ["claude-opus-4-20250514", [15, 18.75, 30, 1.5, 75]],
    ["claude-sonnet-5-5", [2, 2.5, 4, 0.1, 10]],
    ["claude-sonnet-5", [2, 2.5, 4, 0.2, 10]],
    ["claude-sonnet-4-6", [3, 3.75, 6, 0.3, 15]],
    ["claude-sonnet-4-5-20250929", [3, 3.75, 6, 0.3, 15]],
    ["claude-sonnet-4-20250514", [3, 3.75, 6, 0.3, 15]],
    ["claude-3-7-sonnet-20250219", [3, 3.75, 6, 0.3, 15]],
    ["claude-haiku-5-5", [0.1, 0.125, 0.2, 0.01, 0.5]],
    ["claude-haiku-4-5-20251001", [1, 1.25, 2, 0.1, 5]],
    ["claude-3-5-haiku-20241022", [0.8, 1, 1.6, 0.08, 4]],
    // Not in Clew's own list:
    ["claude-3-opus-20240229", [15, 18.75, 30, 1.5, 75]],
  ])("of %s", (model, expected) => {
    expect(ratesOf(model)).toEqual(expected);
  });

  it("leave an unknown model unpriced, whatever its name begins with", () => {
    for (const model of [
      "claude-opus-5-9",
      "claude-sonnet-5-5-preview",
      "claude-opus-4-11",
      "claude",
      "unknown",
      "",
      "__proto__",
      "constructor",
    ]) {
      expect(price(usage({ model, inputTokens: 5 })), model).toEqual({ costMicros: null, priceVersion: null });
    }
  });

  it("double in fast mode, are six times as high on two older models, and stay on the others", () => {
    const fast = (model: string) => ratesOf(model, { speed: "fast" })[4];
    expect(
      ["claude-opus-5-5", "claude-opus-5", "claude-opus-4-8", "claude-fable-5-2", "claude-mythos-5-2"].map(fast),
    ).toEqual([40, 50, 50, 80, 80]);
    expect(["claude-opus-4-7", "claude-opus-4-6"].map(fast)).toEqual([150, 150]);
    expect(["claude-sonnet-5-5", "claude-haiku-4-5", "claude-fable-5"].map(fast)).toEqual([10, 5, 50]);
    expect(ratesOf("claude-opus-4-6", { speed: "fast" })).toEqual([30, 37.5, 60, 3, 150]);
  });

  it("are a tenth higher in the US, on top of fast mode", () => {
    expect(ratesOf("claude-opus-5-5", { inferenceGeo: "us" })).toEqual([4.4, 5.5, 8.8, 0.22, 22]);
    expect(ratesOf("claude-opus-5-5", { inferenceGeo: "us", speed: "fast" })).toEqual([8.8, 11, 17.6, 0.44, 44]);
    expect(ratesOf("claude-opus-5-5", { inferenceGeo: "global" })).toEqual([4, 5, 8, 0.2, 20]);
  });

  it("charge a cent per web search, in every mode; service tiers change nothing", () => {
    expect(cost({ webSearches: 3 })).toBe(30_000);
    expect(cost({ webSearches: 3, speed: "fast", inferenceGeo: "us" })).toBe(30_000);
    expect(cost({ inputTokens: 10, serviceTier: "batch" })).toBe(cost({ inputTokens: 10, serviceTier: "priority" }));
  });

  it("of haiku-5-5 are five times as high for the whole request above 100,000 prompt tokens", () => {
    const at = (cacheReadTokens: number) =>
      cost({
        model: "claude-haiku-5-5",
        inputTokens: 10_000,
        cache5mTokens: 10_000,
        cacheWriteTokens: 10_000,
        cacheReadTokens,
        outputTokens: 1000,
      });
    expect(at(80_000)).toBe(1000 + 1250 + 800 + 500);
    expect(at(80_001)).toBe(Math.round((1000 + 1250 + 800.01 + 500) * 5));
  });

  it("had a long-context price that ended on known days", () => {
    const long = (model: string, day: string, cacheReadTokens = 200_000) =>
      cost({ model, ts: Date.parse(day), inputTokens: 1000, cacheReadTokens, outputTokens: 1000 });
    expect(long("claude-opus-4-6", "2026-03-12T23:59:59.999Z")).toBe(10_000 + 200_000 + 37_500);
    expect(long("claude-opus-4-6", "2026-03-13T00:00:00Z")).toBe(5000 + 100_000 + 25_000);
    expect(long("claude-opus-4-6", "2026-03-12T00:00:00Z", 199_000)).toBe(5000 + 99_500 + 25_000);
    expect(long("claude-sonnet-4-6", "2026-03-12T00:00:00Z")).toBe(6000 + 120_000 + 22_500);
    expect(long("claude-sonnet-4-5-20250929", "2026-04-30T00:00:00Z")).toBe(6000 + 120_000 + 22_500);
    expect(long("claude-sonnet-4-20250514", "2026-05-01T00:00:00Z")).toBe(3000 + 60_000 + 15_000);
    expect(cost({ model: "claude-opus-4-6", ts: null, inputTokens: 300_000 })).toBe(1_500_000);
  });
});

describe("arithmetic", () => {
  it("rounds half up, once", () => {
    expect(cost({ model: "claude-opus-5-5", cacheReadTokens: 2 })).toBe(0); // 0.4
    expect(cost({ model: "claude-opus-5", cacheReadTokens: 1 })).toBe(1); // 0.5
    expect(cost({ model: "claude-opus-5-5", cacheReadTokens: 2, inputTokens: 1 })).toBe(4); // 4.4
    expect(cost({ model: "claude-haiku-5-5", inputTokens: 3, cacheReadTokens: 20 })).toBe(1); // 0.3 + 0.2
  });

  it("charges writes that the split leaves out as five-minute ones", () => {
    expect(cost({ cacheWriteTokens: 100, cache1hTokens: 40 })).toBe(60 * 5 + 40 * 8);
  });

  it("is exact for every count, also beyond the exact range of doubles", () => {
    const count = fc.nat({ max: 1e9 });
    fc.assert(
      fc.property(
        count,
        count,
        count,
        count,
        count,
        (inputTokens, cache5mTokens, cache1hTokens, cacheReadTokens, outputTokens) => {
          const given = {
            inputTokens,
            cache5mTokens,
            cache1hTokens,
            cacheWriteTokens: cache5mTokens + cache1hTokens,
            cacheReadTokens,
            outputTokens,
          };
          const thousandths = [4000, 5000, 8000, 200, 20_000];
          const sum = [inputTokens, cache5mTokens, cache1hTokens, cacheReadTokens, outputTokens].reduce(
            (total, tokens, at) => total + BigInt(tokens) * BigInt(thousandths[at]!),
            0n,
          );
          expect(cost(given)).toBe(Number((sum + 500n) / 1000n));
        },
      ),
    );
  });
});

describe("names of models", () => {
  it.each([
    ["claude-opus-4-8[1m]", "claude-opus-4-8"],
    ["us.anthropic.claude-opus-4-1-20250805-v1:0", "claude-opus-4-1"],
    ["anthropic.claude-sonnet-4-5-20250929-v1:0", "claude-sonnet-4-5"],
    ["arn:aws:bedrock:us-east-1:123456789012:inference-profile/global.anthropic.claude-opus-4-6-v1", "claude-opus-4-6"],
    ["claude-sonnet-4@20250514", "claude-sonnet-4"],
    ["projects/p/locations/l/publishers/anthropic/models/claude-opus-4-1@20250805", "claude-opus-4-1"],
    ["openrouter/anthropic/claude-opus-4.5", "claude-opus-4-5"],
    ["claude-3-7-sonnet-latest", "claude-3-7-sonnet"],
    ["claude-4-sonnet-20250514", "claude-sonnet-4"],
    ["claude-4-5-sonnet", "claude-sonnet-4-5"],
    ["claude-opus-4-0", "claude-opus-4"],
  ])("%s means %s", (given, expected) => {
    expect(modelNames(given)).toContain(expected);
    expect(price(usage({ model: given, inputTokens: 1000 })).costMicros).toBe(
      cost({ model: expected, inputTokens: 1000 }),
    );
  });

  it("never become another model's", () => {
    expect(modelNames("claude-opus-5-5-20261001")).toEqual(["claude-opus-5-5-20261001", "claude-opus-5-5"]);
    expect(modelNames("gpt-5")).toEqual(["gpt-5"]);
  });
});

const home = mkdtempSync(join(tmpdir(), "clew-prices-"));
afterAll(() => rmSync(home, { recursive: true, force: true }));

const row = { input: 1, cache_write_5m: 2, cache_write_1h: 3, cache_read: 4, output: 5 };
const withFile = (text: string) => ({ overridesPath: "prices.json", read: () => ({ text, mtimeMs: NEW }) });
const withPrices = (prices: unknown) => withFile(JSON.stringify(prices));

describe("the user's prices.json", () => {
  it("goes before every list, for every spelling of the model", () => {
    const path = join(home, "prices.json");
    writeFileSync(
      path,
      JSON.stringify({ $comment: "ours", "claude-opus-5-5": row, "house-model": { ...row, web_search: 0.5, fast: 3 } }),
    );
    const book = openPriceBook({ overridesPath: path });
    expect(book.price(usage({ inputTokens: 10, outputTokens: 10 })).costMicros).toBe(60);
    expect(
      book.price(usage({ model: "us.anthropic.claude-opus-5-5-v1:0", cacheReadTokens: 10, speed: "fast" })).costMicros,
    ).toBe(40);
    expect(
      book.price(usage({ model: "house-model", webSearches: 2, outputTokens: 10, speed: "fast" })).costMicros,
    ).toBe(1_000_150);
    expect(book.price(usage({ model: "claude-opus-5", inputTokens: 10 })).costMicros).toBe(50);
    expect(book.price(usage()).priceVersion).toMatch(/^prices\.json@[0-9a-f]{8}:claude-opus-5-5$/);
    expect(book.fingerprint()).not.toBe(openPriceBook().fingerprint());
  });

  it("may date its rows and raise them for long prompts", () => {
    const options = withPrices({
      "claude-opus-5-5": [
        { ...row, from: "2026-06-01", above: { ...row, input: 7, prompt_tokens: 100 } },
        row,
      ].reverse(),
    });
    const { price: priced } = openPriceBook(options);
    const at = (day: string, inputTokens: number) => priced(usage({ ts: Date.parse(day), inputTokens }));
    expect(at("2026-05-31T23:59:59Z", 101).costMicros).toBe(101);
    expect(at("2026-06-01T00:00:00Z", 100).costMicros).toBe(100);
    expect(at("2026-06-01T00:00:00Z", 101).costMicros).toBe(707);
    expect(at("2026-06-01T00:00:00Z", 1).priceVersion).toMatch(/:claude-opus-5-5@2026-06-01$/);
    const only = openPriceBook(withPrices({ "claude-opus-5-5": { ...row, from: "2026-06-01" } }));
    expect(only.price(usage({ ts: Date.parse("2026-01-01"), inputTokens: 1 })).costMicros).toBeNull();
  });

  it("may be absent", () => {
    expect(openPriceBook({ overridesPath: join(home, "none.json") }).price(usage({ inputTokens: 1 })).costMicros).toBe(
      4,
    );
  });

  it.each([
    ["{", /not JSON/],
    ["[]", /must hold an object/],
    ['{"m": 3}', /"m" must be an object/],
    ['{"m": []}', /"m" has no rows/],
    [JSON.stringify({ m: { ...row, output: undefined } }), /"m"\.output is missing/],
    [JSON.stringify({ m: { ...row, input: -1 } }), /"m"\.input must be a number from 0/],
    [JSON.stringify({ m: { ...row, input: "3" } }), /"m"\.input must be a number/],
    [JSON.stringify({ m: { ...row, inputs: 3 } }), /unknown field "inputs"/],
    [JSON.stringify({ m: { ...row, from: "2026-02-30" } }), /"m"\.from must be a day/],
    [JSON.stringify({ m: { ...row, above: row } }), /"m"\.above\.prompt_tokens must be a whole number/],
    [JSON.stringify({ m: [row, row] }), /"m" has two rows without "from"/],
    [
      JSON.stringify({
        m: [
          { ...row, from: "2026-01-01" },
          { ...row, from: "2026-01-01" },
        ],
      }),
      /two rows from 2026-01-01/,
    ],
  ])("is refused with a sentence: %s", (text, message) => {
    const open = () => openPriceBook(withFile(text));
    expect(open).toThrow(ClewError);
    expect(open).toThrow(message);
  });
});

describe("an explanation", () => {
  it("names list, row, rates, source and date, and sums to the charge", () => {
    const given = usage({
      inputTokens: 3,
      cache5mTokens: 10,
      cache1hTokens: 20,
      cacheWriteTokens: 30,
      cacheReadTokens: 7,
      outputTokens: 5,
      webSearches: 2,
      speed: "fast",
    });
    const told = explainCost(given);
    expect(told).toMatchObject({
      list: "clew@2026-11-21",
      model: "claude-opus-5-5",
      version: "clew@2026-11-21:claude-opus-5-5",
      date: "2026-11-21",
      source: expect.stringContaining("Claude Code 2.1.329"),
      totalMicros: price(given).costMicros,
      rates: { input: 8, cacheWrite5m: 10, cacheWrite1h: 16, cacheRead: 0.4, output: 40 },
      notes: ["Fast mode: all token rates x 2."],
    });
    expect(told.lines).toEqual([
      { what: "input", tokens: 3, usdPerMillion: 8, micros: 24 },
      { what: "cache write, 5 minutes", tokens: 10, usdPerMillion: 10, micros: 100 },
      { what: "cache write, 1 hour", tokens: 20, usdPerMillion: 16, micros: 320 },
      { what: "cache read", tokens: 7, usdPerMillion: 0.4, micros: 2.8 },
      { what: "output", tokens: 5, usdPerMillion: 40, micros: 200 },
      { what: "web searches", tokens: 2, usdPerMillion: 10_000, micros: 20_000 },
    ]);
    expect(told.totalMicros).toBe(20_647);
  });

  it("says why a price is higher, foreign or missing", () => {
    expect(explainPrice(usage({ model: "claude-haiku-5-5", inputTokens: 100_001 })).notes[0]).toMatch(
      /100001 tokens, more than 100000/,
    );
    expect(explainPrice(usage({ model: "us.anthropic.claude-opus-5-v1:0" })).notes[0]).toMatch(/Amazon Bedrock/);
    expect(explainPrice(usage({ model: "claude-3-opus-20240229" }))).toMatchObject({
      list: expect.stringMatching(/^genai-prices@\d/),
    });
    expect(explainCost(usage({ model: "who?" }))).toMatchObject({
      totalMicros: null,
      lines: [],
      notes: [expect.stringMatching(/"who\?".*prices\.json/)],
    });
  });
});

/** Captures of the real client (docs/money.md), when a folder of them is named. */
const captures = process.env.CLEW_CAPTURES;

describe.skipIf(!captures || !existsSync(captures ?? ""))("what the client itself charged", () => {
  it("is what we charge, to the micro-dollar, request by request", () => {
    let requests = 0;
    for (const name of readdirSync(captures!, { recursive: true, encoding: "utf8" }).filter((file) =>
      /otlp[/\\]\d+-logs\.json$/.test(file),
    )) {
      for (const attributes of apiRequests(JSON.parse(readFileSync(join(captures!, name), "utf8")))) {
        const count = (key: string) => Number(attributes[key] ?? 0);
        const ours = cost({
          model: String(attributes.model),
          inputTokens: count("input_tokens"),
          outputTokens: count("output_tokens"),
          cache5mTokens: count("cache_creation_5m_tokens"),
          cache1hTokens: count("cache_creation_1h_tokens"),
          cacheWriteTokens: count("cache_creation_tokens"),
          cacheReadTokens: count("cache_read_tokens"),
          speed: attributes.speed === "fast" ? "fast" : "standard",
        });
        expect(Math.abs(ours! - count("cost_usd") * 1e6), JSON.stringify(attributes)).toBeLessThanOrEqual(0.500001);
        requests++;
      }
    }
    expect(requests).toBeGreaterThan(0);
  });
});

type Attribute = { readonly key: string; readonly value: Readonly<Record<string, unknown>> };

function apiRequests(body: unknown): readonly Readonly<Record<string, unknown>>[] {
  const { resourceLogs } = body as {
    resourceLogs?: { scopeLogs: { logRecords: { body?: { stringValue?: string }; attributes: Attribute[] }[] }[] }[];
  };
  return (resourceLogs ?? []).flatMap(({ scopeLogs }) =>
    scopeLogs.flatMap(({ logRecords }) =>
      logRecords
        .filter((record) => record.body?.stringValue === "claude_code.api_request")
        .map(({ attributes }) =>
          Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]])),
        ),
    ),
  );
}
