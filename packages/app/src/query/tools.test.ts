import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseFilter } from "./filter/parse.ts";
import { DAY, TEST_NOW, testDatabase } from "./testing.ts";
import { callGroupsSql, toolStats } from "./tools.ts";

describe("toolStats()", () => {
  test("has the exact nearest-rank percentiles of any durations", () => {
    fc.assert(
      fc.property(fc.array(fc.option(fc.nat(1000), { nil: null }), { minLength: 1, maxLength: 60 }), (durations) => {
        const base = testDatabase();
        base.session("s");
        durations.forEach((duration_ms, i) => {
          base.insert("tool_calls", {
            tool_use_id: `t${i}`,
            session_id: "s",
            tool: "Bash",
            duration_ms,
            status: i % 3 ? "ok" : "failed",
          });
        });
        const [row] = toolStats(base.db, { filter: parseFilter(""), now: TEST_NOW, timeZone: "UTC" }).rows;
        base.close();
        const known = durations.filter((one) => one !== null).sort((a, b) => a - b);
        const rank = (percent: number) => known[Math.ceil((percent / 100) * known.length) - 1] ?? null;
        expect(row).toEqual({
          tool: "Bash",
          mcp_server: null,
          calls: durations.length,
          failures: Math.ceil(durations.length / 3),
          p50_ms: rank(50),
          p95_ms: rank(95),
          p99_ms: rank(99),
        });
      }),
      { numRuns: 40 },
    );
  });

  test("keeps servers apart, and chooses calls by tool and time, sessions by the rest", () => {
    const base = testDatabase();
    base.session("s");
    base.session("t", { project: "docs" });
    const call = (
      tool_use_id: string,
      session_id: string,
      tool: string | null,
      mcp_server: string | null,
      started_at: number,
    ) => base.insert("tool_calls", { tool_use_id, session_id, tool, mcp_server, started_at });
    call("1", "s", "search", "github", TEST_NOW - DAY);
    call("2", "t", "search", "jira", TEST_NOW - 9 * DAY);
    call("3", "t", "Bash", null, TEST_NOW - DAY);
    call("4", "t", null, null, TEST_NOW - DAY);
    const ask = (text: string) =>
      toolStats(base.db, { filter: parseFilter(text), now: TEST_NOW, timeZone: "UTC" }).rows.map(
        (row) => `${row.mcp_server ?? ""}/${row.tool} ${row.calls}`,
      );
    expect(ask("").sort()).toEqual(["/Bash 1", "github/search 1", "jira/search 1"]);
    expect(ask("since:2d").sort()).toEqual(["/Bash 1", "github/search 1"]);
    expect(ask("project:docs").sort()).toEqual(["/Bash 1", "jira/search 1"]);
    expect(ask("tool:search project:docs")).toEqual(["jira/search 1"]);
    const { sql } = callGroupsSql({ filter: parseFilter(""), now: TEST_NOW, timeZone: "UTC" });
    const plan = base.plan(sql);
    base.close();
    expect(plan).toMatch(/USING COVERING INDEX tool_calls_by_tool/u);
    expect(plan).not.toContain("TEMP B-TREE");
  });
});
