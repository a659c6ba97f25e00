import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ClewError } from "../base/error.ts";
import { testTelemetry } from "./log-testing.ts";
import { requireWorkspace, workspaceIdFrom } from "./require-workspace.ts";
import { METRICS, sessionMetrics } from "./session-metrics.ts";
import { SPANS, spansOfSession } from "./spans-of-session.ts";
import { TEST_NOW, type TestDatabase, testDatabase } from "./testing.ts";

let base: TestDatabase;
beforeAll(() => {
  base = testDatabase();
  base.session("s");
  base.session("t", { project: "api" });
});
afterAll(() => base.close());

test("spansOfSession() has a session's spans by their start, with what they say", () => {
  const told = testTelemetry(base);
  told.span({
    span_id: "b".repeat(16),
    session_id: "s",
    started_at: TEST_NOW + 5,
    ended_at: TEST_NOW + 7,
    status: "error",
    status_message: "no",
  });
  told.span({ span_id: "a".repeat(16), session_id: "s", started_at: TEST_NOW });
  told.span({ span_id: "c".repeat(16), session_id: "t" });
  const { rows, more } = spansOfSession(base.db, { sessionId: "s" });
  expect(rows.map((row) => [row.span_id[0], row.duration_ms, row.status])).toEqual([
    ["a", null, "unset"],
    ["b", 2, "error"],
  ]);
  expect(rows[1]?.started_at).toBe(new Date(TEST_NOW + 5).toISOString());
  expect(more).toBe(false);
  expect(spansOfSession(base.db, { sessionId: "s", limit: 1 }).more).toBe(true);
  expect(base.plan(SPANS, ["s", 1])).toContain("spans_by_session (session_id=?)");
});

test("sessionMetrics() has what was counted, with its attributes", () => {
  base.insert("metric_series", {
    session_id: "s",
    name: "claude_code.token.usage",
    attributes: '{"type":"input"}',
    unit: "tokens",
    kind: "sum",
    value: 12,
    points: 2,
    first_at: TEST_NOW,
    last_at: TEST_NOW + 60_000,
  });
  expect(sessionMetrics(base.db, { sessionId: "s" })).toMatchObject([
    {
      name: "claude_code.token.usage",
      attributes: { type: "input" },
      value: 12,
      first_at: new Date(TEST_NOW).toISOString(),
    },
  ]);
  expect(sessionMetrics(base.db, { sessionId: "t" })).toEqual([]);
  expect(base.plan(METRICS, ["s", 1])).toContain("SEARCH metric_series USING PRIMARY KEY (session_id=?)");
});

describe("requireWorkspace()", () => {
  const codeOf = (act: () => unknown): string | null => {
    try {
      act();
      return null;
    } catch (error) {
      return error instanceof ClewError ? `${error.code}: ${error.message}` : String(error);
    }
  };

  test("lets a workspace read its own sessions, and refuses another's with what to do", () => {
    expect(codeOf(() => requireWorkspace(base.db, "s", "w-web"))).toBeNull();
    expect(codeOf(() => requireWorkspace(base.db, "t", "w-web"))).toMatch(
      /^permission: session t belongs to another workspace \(\/home\/ada\/api\): --all-workspaces/u,
    );
    expect(codeOf(() => requireWorkspace(base.db, "absent", "w-web"))).toMatch(/^not_found/u);
  });

  test("knows a workspace by id, path and name", () => {
    for (const word of ["w-api", "/home/ada/api", "api"]) expect(workspaceIdFrom(base.db, word)).toBe("w-api");
    expect(codeOf(() => workspaceIdFrom(base.db, "' OR 1=1"))).toMatch(/^not_found/u);
    base.insert("workspaces", { workspace_id: "w-api-2", path: "/srv/api", name: "api", project_id: "dir:api" });
    expect(codeOf(() => workspaceIdFrom(base.db, "api"))).toMatch(/^usage/u);
  });
});
