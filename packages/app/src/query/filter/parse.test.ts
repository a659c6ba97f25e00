import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  ACTIVITY_VALUES,
  COMPARE_KEYS,
  type FilterTerm,
  type FilterWord,
  HAS_VALUES,
  MATCH_KEYS,
  STATUS_VALUES,
  TIME_KEYS,
} from "./filter.ts";
import { formatFilter, parseFilter } from "./parse.ts";

describe("parseFilter()", () => {
  test("reads every kind of term", () => {
    const filter = parseFilter(
      'tool:Bash,Edit status:failed cost:>1 tokens:>=10k duration:>5m project:"my web" -has:errors,pr since:7d "exact phrase" word pre* -not',
    );
    expect(filter.problems).toEqual([]);
    expect(filter.terms).toEqual([
      { kind: "match", key: "tool", values: ["Bash", "Edit"], negated: false },
      { kind: "match", key: "status", values: ["failed"], negated: false },
      { kind: "compare", key: "cost", operator: ">", amount: 1, negated: false },
      { kind: "compare", key: "tokens", operator: ">=", amount: 10_000, negated: false },
      { kind: "compare", key: "duration", operator: ">", amount: 300, negated: false },
      { kind: "match", key: "project", values: ["my web"], negated: false },
      { kind: "has", values: ["errors", "pr"], negated: true },
      { kind: "time", key: "since", value: "7d", negated: false },
    ]);
    expect(filter.words).toEqual([
      { text: "exact phrase", prefix: false, negated: false },
      { text: "word", prefix: false, negated: false },
      { text: "pre", prefix: true, negated: false },
      { text: "not", prefix: false, negated: true },
    ]);
  });

  test.each([
    ["projct:web", 1, "did you mean project:?"],
    ["tool:Bash statsu:failed", 11, "did you mean status:?"],
    ["status:faild", 8, "did you mean failed?"],
    ["activity:waitin", 10, "did you mean waiting?"],
    ["activity:now", 10, "use working, waiting, idle"],
    ["activity:", 10, "activity:waiting"],
    ["word has:eror", 10, "did you mean has:errors?"],
    ["cost:cheap", 6, "cost:>1"],
    ["since:2026-02-30", 7, "2026-07-01"],
    ["-since:7d", 8, "until:"],
    ["cost:>1,2", 6, "takes"],
    ["tool:", 6, "needs a value"],
    ["tool:a,,b", 6, "needs a value"],
    ['a "open', 3, "not closed"],
    ['""', 1, "empty phrase"],
  ])("says what is wrong with %s, and where", (text, column, message) => {
    const { problems } = parseFilter(text);
    expect(problems).toHaveLength(1);
    expect(problems[0]!.column).toBe(column);
    expect(problems[0]!.message).toContain(message);
  });

  test.each([
    "https://example.org/a?b=c",
    "foo:bar",
    'a"b',
    '"',
    '"open and more',
    "tool:",
    "cost:cheap",
    "NEAR(",
    "don't",
    "C++",
    "a=b",
    "--flag",
    "-",
    "*",
    "**",
    "\u0000",
    "\ud800",
  ])("in a search takes %s as text that must stand there", (text) => {
    const filter = parseFilter(text, "search");
    expect(filter.problems).toEqual([]);
    expect(filter.terms).toEqual([]);
    expect(filter.words.map((word) => word.text).join(" ")).toBe(text);
  });

  test("in a search still knows its own terms", () => {
    expect(parseFilter("tool:Bash lock", "search").terms).toHaveLength(1);
  });

  test("never throws, and every problem has a column of the text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.constantFrom("list" as const, "search" as const), (text, mode) => {
        const { problems } = parseFilter(text, mode);
        for (const { column } of problems) expect(column >= 1 && column <= text.length + 1).toBe(true);
        if (mode === "search") expect(problems).toEqual([]);
      }),
      { numRuns: 2000 },
    );
  });

  test("does not take quadratic time over long input", () => {
    const long = `${'"a,'.repeat(20_000)} ${"x:".repeat(20_000)}`;
    expect(parseFilter(long).problems.length).toBeGreaterThan(0);
  });
});

const value = fc.oneof(
  fc.constantFrom("web-*", "a b", 'q"uo\\te', "a,b", "\\", "-x", "tool:Bash"),
  fc.string({ minLength: 1, unit: "binary" }),
);
const negated = fc.boolean();
const term: fc.Arbitrary<FilterTerm> = fc.oneof(
  fc.record({
    kind: fc.constant("match" as const),
    key: fc.constantFrom(...MATCH_KEYS.filter((key) => key !== "status" && key !== "activity")),
    values: fc.array(value, { minLength: 1, maxLength: 3 }),
    negated,
  }),
  fc.record({
    kind: fc.constant("match" as const),
    key: fc.constant("status" as const),
    values: fc.array(fc.constantFrom(...STATUS_VALUES), { minLength: 1, maxLength: 2 }),
    negated,
  }),
  fc.record({
    kind: fc.constant("match" as const),
    key: fc.constant("activity" as const),
    values: fc.array(fc.constantFrom(...ACTIVITY_VALUES), { minLength: 1, maxLength: 2 }),
    negated,
  }),
  fc.record({
    kind: fc.constant("has" as const),
    values: fc.array(fc.constantFrom(...HAS_VALUES), { minLength: 1, maxLength: 3 }),
    negated,
  }),
  fc.record({
    kind: fc.constant("compare" as const),
    key: fc.constantFrom(...COMPARE_KEYS),
    operator: fc.constantFrom(">", ">=", "<", "<=", "=") as fc.Arbitrary<">">,
    amount: fc.double({ min: 0, max: 1e12, noNaN: true }).map(Math.abs),
    negated,
  }),
  fc.record({
    kind: fc.constant("time" as const),
    key: fc.constantFrom(...TIME_KEYS),
    value: fc.constantFrom("7d", "90m", "2w", "2026-07-01", "2026-07-01T09:00Z", "today", "yesterday"),
    negated: fc.constant(false as const),
  }),
);
const word: fc.Arbitrary<FilterWord> = fc.oneof(
  fc.record({ text: value.filter((text) => text.trim() !== ""), prefix: fc.constant(false), negated }),
  fc.record({ text: fc.constantFrom("lock", "Straße", "x1"), prefix: fc.constant(true), negated }),
);

test("formatFilter() writes what parseFilter() reads back as the same filter, in both modes", () => {
  fc.assert(
    fc.property(fc.array(term, { maxLength: 4 }), fc.array(word, { maxLength: 4 }), (terms, words) => {
      const text = formatFilter({ terms, words });
      expect(parseFilter(text, "list")).toEqual({ terms, words, problems: [] });
      expect(parseFilter(text, "search")).toEqual({ terms, words, problems: [] });
    }),
    { numRuns: 3000 },
  );
});
