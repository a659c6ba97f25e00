import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { PROJECT_STATE, PROVENANCE, projectState } from "./project-state.ts";
import { HOUR, TEST_NOW, type TestDatabase, testDatabase } from "./testing.ts";

let base: TestDatabase;

beforeAll(() => {
  base = testDatabase();
  base.session("one", { project: "web" });
  base.session("two", { project: "api" });
  base.event("one", { eventId: "said", type: "session.state", ts: TEST_NOW - HOUR });
  base.insert("project_state", {
    project_id: "dir:web",
    workspace_id: "w-web",
    session_id: "one",
    focus: "the loom",
    focus_at: TEST_NOW - HOUR,
    focus_event: "said",
    next_steps: JSON.stringify(["warp", 5, "weft"]),
    next_steps_at: TEST_NOW - 2 * HOUR,
    next_steps_event: "gone",
    todos: JSON.stringify([
      { text: "dye", status: "in_progress" },
      { text: "cut", status: "?" },
      null,
      "x",
      { status: "pending" },
    ]),
    todos_at: TEST_NOW,
    todos_event: "said",
  });
});
afterAll(() => base.close());

describe("project state", () => {
  test("has each field with the time and the place that it comes from", () => {
    const { focus, nextSteps, todos } = projectState(base.db, "dir:web");
    expect(focus).toEqual({
      value: "the loom",
      at: TEST_NOW - HOUR,
      from: {
        at: TEST_NOW - HOUR,
        event_id: "said",
        session_id: "one",
        workspace_id: "w-web",
        workspace_path: "/home/ada/web",
        type: "session.state",
        author: "claude-code@web",
        person: "person:ada",
        origin: "agent",
        tainted: false,
      },
    });
    expect(nextSteps).toEqual({ value: ["warp", "weft"], at: TEST_NOW - 2 * HOUR, from: null });
    expect(todos?.value).toEqual([
      { text: "dye", status: "in_progress" },
      { text: "cut", status: "pending" },
    ]);
  });

  test("of another project is not there", () => {
    expect(projectState(base.db, "dir:api")).toEqual({ focus: null, nextSteps: null, todos: null });
    expect(projectState(base.db, "dir:nowhere")).toEqual({ focus: null, nextSteps: null, todos: null });
  });

  test("is found by keys alone", () => {
    expect(base.plan(PROJECT_STATE, ["dir:web"])).toMatch(
      /^SEARCH project_state USING PRIMARY KEY \(project_id=\?\)$/u,
    );
    const plan = base.plan(PROVENANCE, ["said"]);
    // Scanned are only the few sessions whose history this one began with.
    expect(plan.replace(/SCAN (CONSTANT ROW|l|line)$/gm, "")).not.toContain("SCAN");
    expect(plan).toContain("SEARCH e USING INDEX sqlite_autoindex_events_1 (event_id=?)");
  });
});
