import { afterAll, beforeAll, expect, test } from "vitest";
import { statuslineAnswer, WORKSPACE_STATES } from "./statusline.ts";
import { DAY, HOUR, TEST_NOW, type TestDatabase, testDatabase } from "./testing.ts";

let base: TestDatabase;
beforeAll(() => {
  base = testDatabase();
});
afterAll(() => base.close());

const ask = (timeZone = "UTC") => statuslineAnswer(base.db, { now: TEST_NOW, timeZone });

test("an empty archive has nothing to show", () => {
  expect(ask()).toEqual({ today_cost_usd: 0, active: 0, waiting: 0, workspaces: {} });
});

test("shows today's cost, sessions at work and waiting, and each workspace's todos", () => {
  const live = (id: string, activity: string | null, row: Readonly<Record<string, unknown>> = {}) =>
    base.session(id, { activity, activity_at: TEST_NOW - 1000, ended_at: TEST_NOW - 1000, ...row });
  live("one", "working");
  live("one.sub", "working", { parent_session_id: "one", root_session_id: "one" });
  live("two", "waiting", { project: "docs" });
  live("three", null);
  live("four", "ended");
  base.response("one", { cost_micros: 250_000, ts: TEST_NOW - HOUR });
  base.response("one", { cost_micros: 9_000_000, ts: TEST_NOW - DAY });
  for (const [project, todos] of [
    ["web", '[{"text":"a","status":"pending"},{"text":"b","status":"completed"},{"text":"c","status":"in_progress"}]'],
    ["docs", "no list"],
  ]) {
    base.insert("project_state", {
      project_id: `dir:${project}`,
      workspace_id: `w-${project}`,
      session_id: "one",
      focus: project === "web" ? "x".repeat(500) : null,
      focus_at: 1,
      todos,
      todos_at: 1,
    });
  }
  expect(ask()).toEqual({
    today_cost_usd: 0.25,
    active: 2,
    waiting: 1,
    workspaces: { "w-web": { open_todos: 2, focus: "x".repeat(120) }, "w-docs": { open_todos: 0 } },
  });
  expect(base.plan(WORKSPACE_STATES)).not.toMatch(/SCAN sessions/);
});
