import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { CostAnswer } from "../model/answers.ts";
import { COST_GROUPINGS, costBy } from "./cost.ts";
import { costRowsSql } from "./cost-sql.ts";
import { parseFilter } from "./filter/parse.ts";
import { DAY, HOUR, TEST_NOW, type TestDatabase, testDatabase } from "./testing.ts";

let base: TestDatabase;
const MODELS = ["claude-opus-4-5", "claude-sonnet-4-5", "local-model"];

beforeAll(() => {
  base = testDatabase();
  const projects = ["web", "docs", "api"];
  for (let i = 0; i < 12; i++)
    base.session(`session-${i}`, {
      project: projects[i % 3]!,
      title: `Title ${i}`,
      agent: i % 4 ? "claude-code" : "codex",
      tool_failures: i % 2,
    });
  for (let i = 0; i < 400; i++) {
    const model = MODELS[i % 3]!;
    base.response(`session-${i % 12}`, {
      ts: i % 37 === 0 ? null : TEST_NOW - ((i * 7_919_311) % (60 * DAY)),
      model,
      input_tokens: i,
      output_tokens: i * 3,
      cache_5m_tokens: i % 5,
      cache_1h_tokens: i % 7,
      cache_write_tokens: (i % 5) + (i % 7),
      cache_read_tokens: i * 11,
      cost_micros: model === "local-model" ? null : i * 1001,
    });
  }
});
afterAll(() => base.close());

function ask(by: (typeof COST_GROUPINGS)[number], text = "", timeZone = "UTC"): CostAnswer {
  return costBy(base.db, { by, filter: parseFilter(text), now: TEST_NOW, timeZone });
}

function sums(answer: CostAnswer): Record<string, number> {
  const names = [
    "responses",
    "input_tokens",
    "output_tokens",
    "cache_creation_input_tokens",
    "cache_creation_5m_input_tokens",
    "cache_creation_1h_input_tokens",
    "cache_read_input_tokens",
    "unpriced_responses",
  ] as const;
  const total: Record<string, number> = Object.fromEntries(
    names.map((name) => [name, answer.rows.reduce((sum, row) => sum + row[name], 0)]),
  );
  total.micros = answer.rows.reduce((sum, row) => sum + Math.round((row.cost_usd ?? 0) * 1e6), 0);
  return total;
}

describe("costBy()", () => {
  test("gives the totals of the responses themselves", () => {
    const direct = base.db
      .prepare(
        "SELECT count(*) AS responses, sum(input_tokens) AS input_tokens, sum(cost_micros) AS micros FROM responses",
      )
      .get();
    const { totals } = ask("model");
    expect({
      responses: totals.responses,
      input_tokens: totals.input_tokens,
      micros: Math.round(totals.cost_usd! * 1e6),
    }).toEqual(direct);
  });

  test.each([
    "",
    "since:30d",
    "until:2026-02-20",
    "since:2026-02-01T10:30Z",
    "project:web",
    "model:opus -project:docs",
    "has:errors",
    "agent:codex",
    '"Title 1"',
    "tokens:>0",
  ])("every grouping has the same sum, filtered by %s, in every zone", (text) => {
    const day = sums(ask("day", text));
    for (const by of COST_GROUPINGS) expect([by, sums(ask(by, text))]).toEqual([by, day]);
    for (const zone of ["America/Los_Angeles", "Pacific/Kiritimati", "Asia/Kolkata", "Australia/Lord_Howe"]) {
      if (!text.includes("until")) expect([zone, sums(ask("day", text, zone))]).toEqual([zone, day]);
    }
    const { totals } = ask("month", text);
    expect(totals).toMatchObject({ responses: day.responses, cache_read_input_tokens: day.cache_read_input_tokens });
  });

  test("the hourly rollup, the sessions' rollup and the responses agree", () => {
    const hours = ask("model", "since:2026-02-01");
    expect(ask("model", "since:2026-02-01 duration:>=0s")).toEqual(hours);
    const direct = base.db.prepare("SELECT count(*) AS n FROM responses WHERE ts >= ?").get(Date.UTC(2026, 1, 1)) as {
      n: number;
    };
    expect(hours.totals.responses).toBe(direct.n);
  });

  test("a model without a price has no cost, and is counted", () => {
    const row = ask("model").rows.find((one) => one.model === "local-model")!;
    expect(row).toMatchObject({ cost_usd: null });
    expect(row.unpriced_responses).toBe(row.responses);
  });

  test("cuts days in the zone that is asked for", () => {
    const near = testDatabase();
    near.session("s");
    near.response("s", { ts: Date.UTC(2026, 2, 9, 23, 30), cost_micros: 1 });
    const days = (timeZone: string) =>
      costBy(near.db, { by: "day", filter: parseFilter(""), now: TEST_NOW, timeZone }).rows.map((row) => row.day);
    expect(days("UTC")).toEqual(["2026-03-09"]);
    expect(days("Europe/Berlin")).toEqual(["2026-03-10"]);
    expect(days("Asia/Kolkata")).toEqual(["2026-03-10"]);
    expect(days("America/New_York")).toEqual(["2026-03-09"]);
    expect(costBy(near.db, { by: "week", filter: parseFilter(""), now: TEST_NOW, timeZone: "UTC" }).rows[0]!.week).toBe(
      "2026-03-09",
    );
    expect(
      costBy(near.db, { by: "month", filter: parseFilter(""), now: TEST_NOW, timeZone: "UTC" }).rows[0]!.month,
    ).toBe("2026-03");
    near.close();
  });

  test("undated usage stands in a row without a day, and in no period", () => {
    expect(ask("day").rows.at(-1)!.day).toBeNull();
    expect(ask("day", "since:2020-01-01").rows.every((row) => row.day !== null)).toBe(true);
  });

  test("an empty archive costs nothing", () => {
    const empty = testDatabase();
    const answer = costBy(empty.db, { by: "day", filter: parseFilter(""), now: TEST_NOW, timeZone: "UTC" });
    empty.close();
    expect(answer.rows).toEqual([]);
    expect(answer.totals).toMatchObject({ responses: 0, cost_usd: 0, output_undercounted: false });
  });
});

describe("costRowsSql()", () => {
  const sourceOf = (by: (typeof COST_GROUPINGS)[number], text: string) =>
    costRowsSql({ by, filter: parseFilter(text), now: TEST_NOW, timeZone: "UTC" }, false);

  test("reads the hourly rollup where it can", () => {
    for (const by of COST_GROUPINGS.filter((one) => one !== "session")) {
      const { sql, parameters, source } = sourceOf(by, "since:7d model:opus project:web identity:claude-code@web");
      expect(source).toBe("hours");
      expect(base.plan(sql, parameters)).toMatch(/SEARCH u USING PRIMARY KEY \(hour>\?\)/);
    }
  });

  test("joins sessions only where a term is about them", () => {
    expect(sourceOf("model", "has:errors").source).toBe("sessions");
    expect(sourceOf("session", "").source).toBe("sessions");
    expect(sourceOf("model", "since:2026-03-01T10:30Z").source).toBe("responses");
  });

  test("every combination is valid SQL", () => {
    const pieces = [
      "since:7d",
      "until:2026-03-01",
      "since:2026-03-01T10:30Z",
      "project:web-*",
      "-workspace:w",
      "model:opus*",
      "agent:codex",
      "identity:a*",
      "has:pr",
      "word",
      "status:active",
    ];
    fc.assert(
      fc.property(fc.constantFrom(...COST_GROUPINGS), fc.subarray(pieces), fc.boolean(), (by, texts, exact) => {
        const { sql, parameters } = costRowsSql(
          { by, filter: parseFilter(texts.join(" ")), now: TEST_NOW - HOUR, timeZone: "UTC" },
          exact,
        );
        expect(base.db.prepare(sql).all(...parameters)).toBeInstanceOf(Array);
      }),
      { numRuns: 300 },
    );
  });
});
