import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { FACETS, type FacetName, type FacetsAnswer, sessionFacets } from "./facets.ts";
import { parseFilter } from "./filter/parse.ts";
import { listSessions } from "./sessions.ts";
import { DAY, TEST_NOW, type TestDatabase, testDatabase } from "./testing.ts";

let base: TestDatabase;

beforeAll(() => {
  base = testDatabase();
  for (let i = 0; i < 30; i++) {
    base.session(`session-${i}`, {
      project: ["web", "docs", "api"][i % 3]!,
      status: i % 7 === 0 ? "failed" : "completed",
      activity: ["waiting", "ended", "lost", null][i % 4]!,
      session_type: [null, "debugging", "planning"][i % 3]!,
      git_branch: i % 4 === 0 ? null : `branch-${i % 4}`,
      models: JSON.stringify(i % 5 === 0 ? [] : ["claude-opus-4-5", ...(i % 2 ? ["claude-haiku-4-5"] : [])]),
      ended_at: i === 3 ? null : TEST_NOW - (i * DAY) / 3,
    });
    base.insert("tool_calls", { tool_use_id: `a${i}`, session_id: `session-${i}`, tool: i % 2 ? "Bash" : "Edit" });
    base.insert("tool_calls", { tool_use_id: `b${i}`, session_id: `session-${i}`, tool: "Bash" });
  }
});
afterAll(() => base.close());

const ask = (text: string): FacetsAnswer =>
  sessionFacets(base.db, { filter: parseFilter(text), now: TEST_NOW, timeZone: "UTC" });
const SINGLE: readonly FacetName[] = ["status", "project", "agent", "branch", "type", "day"];

describe("sessionFacets()", () => {
  test.each(["", "project:web", "tool:Edit status:completed", "since:3d", "-branch:*", "id:nothing"])(
    "facets with one value per session add up to the list's total: %s",
    (text) => {
      const { total, facets } = ask(text);
      expect(total).toBe(listSessions(base.db, { filter: parseFilter(text), now: TEST_NOW, timeZone: "UTC" }).total);
      for (const name of SINGLE)
        expect([name, facets[name].reduce((sum, one) => sum + one.count, 0)]).toEqual([name, total]);
    },
  );

  test("a value's count is what the list has when filtered by it", () => {
    const { facets } = ask("");
    for (const name of FACETS.filter((one) => one !== "day")) {
      for (const { value, count } of facets[name].filter((one) => one.value !== "")) {
        expect([name, value, ask(`${name}:"${value}"`).total]).toEqual([name, value, count]);
      }
    }
    expect(ask("-branch:*").total).toBe(facets.branch.find((one) => one.value === "")!.count);
  });

  test("counts what goes on, not what is over", () => {
    expect(ask("").facets.activity).toEqual([{ value: "waiting", count: 8 }]);
  });

  test("counts a tool once per session", () => {
    expect(ask("").facets.tool).toEqual([
      { value: "Bash", count: 30 },
      { value: "Edit", count: 15 },
    ]);
  });
});
