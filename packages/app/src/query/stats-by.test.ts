import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parseFilter } from "./filter/parse.ts";
import { listSessions } from "./sessions.ts";
import { statsBy } from "./stats-by.ts";
import { HOUR, TEST_NOW, type TestDatabase, testDatabase } from "./testing.ts";

let base: TestDatabase;
beforeAll(() => {
  base = testDatabase();
  const used = { prompts: 2, responses: 3, input_tokens: 10, output_tokens: 20, cost_micros: 500_000 };
  base.session("aaaa", { session_type: "debugging", ...used });
  base.session("aaaa.sub", { session_type: "general", parent_session_id: "aaaa", ...used });
  base.session("bbbb", { session_type: "general", project: "api", ended_at: TEST_NOW, ...used });
  base.session("cccc", { session_type: null });
});
afterAll(() => base.close());

const ask = (by: "type" | "project", text = "") =>
  statsBy(base.db, { by, filter: parseFilter(text), now: TEST_NOW, timeZone: "UTC" });

describe("statsBy()", () => {
  test("sums sessions of a type, what their subagents used included", () => {
    const { rows, totals } = ask("type");
    expect(rows.map(({ key, sessions, subagents, cost_usd }) => [key, sessions, subagents, cost_usd])).toEqual([
      ["debugging", 1, 1, 1],
      [null, 1, 0, 0],
      ["general", 1, 0, 0.5],
    ]);
    expect(totals).toMatchObject({ sessions: 3, subagents: 1, prompts: 6, cost_usd: 1.5 });
    expect(rows[0]).toMatchObject({ duration_s: HOUR / 1000, responses: 6 });
  });

  test("groups by project, and takes a filter", () => {
    expect(ask("project").rows.map(({ key, sessions }) => [key, sessions])).toEqual([
      ["web", 2],
      ["api", 1],
    ]);
    expect(ask("type", "type:Debug*").rows.map(({ key }) => key)).toEqual(["debugging"]);
  });
});

test("type: finds sessions, and shows what it is", () => {
  const found = (text: string) =>
    listSessions(base.db, {
      filter: parseFilter(text),
      now: TEST_NOW,
      timeZone: "UTC",
      includeSubagents: true,
    }).rows.map((row) => [row.session_id, row.session_type]);
  expect(found("type:debugging").sort()).toEqual([
    ["aaaa", "debugging"],
    ["aaaa.sub", "general"],
  ]);
  expect(
    found("-type:debugging")
      .map(([id]) => id)
      .sort(),
  ).toEqual(["bbbb", "cccc"]);
});
