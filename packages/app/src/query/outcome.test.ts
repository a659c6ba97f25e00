import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  LAST_ENDED,
  lastEndedSession,
  OUTCOME_SESSION,
  OUTCOME_TODOS,
  outcomeFactsSql,
  outcomeFailuresSql,
  PROJECT_WORKSPACES,
  projectWorkspaces,
  sessionOutcome,
} from "./outcome.ts";
import { DAY, HOUR, TEST_NOW, type TestDatabase, testDatabase } from "./testing.ts";

let base: TestDatabase;
const fact = (session_id: string, kind: string, key: string, detail: unknown = null): void =>
  base.insert("session_facts", { session_id, kind, key, event_id: "e", ts: TEST_NOW, detail: JSON.stringify(detail) });

beforeAll(() => {
  base = testDatabase();
});
afterAll(() => base.close());

describe("the outcome of a session", () => {
  beforeAll(() => {
    base.session("done", {
      project: "web",
      prompts: 3,
      tool_failures: 1,
      started_at: TEST_NOW - 2 * HOUR,
      ended_at: TEST_NOW - HOUR,
      activity: "ended",
      status: "active",
    });
    base.session("done.sub", { project: "web", parent_session_id: "done", tool_failures: 2 });
    base.event("done", { eventId: "said", type: "session.outcome", ts: TEST_NOW - HOUR });
    base.insert("session_outcomes", {
      session_id: "done",
      ts: TEST_NOW - HOUR,
      event_id: "said",
      summary: "the loom stands",
      tasks_completed: JSON.stringify(["warped"]),
      decisions: JSON.stringify(["linen"]),
      files: JSON.stringify(["src/loom.ts"]),
      commits: JSON.stringify(["abcdef1 build the loom"]),
    });
    fact("done", "file", "/home/ada/web/src/loom.ts");
    fact("done", "file", "/home/ada/web/src/weft.ts");
    fact("done.sub", "file", "/home/ada/web/src/weft.ts");
    fact("done.sub", "file", "/home/ada/web/src/dye.ts");
    fact("done", "file_read", "/etc/passwd");
    fact("done", "commit", "abcdef1234567", { subject: "Build the loom" });
    fact("done", "commit", "9999999", { subject: "Dye" });
    fact("done", "todo", "list", {
      items: [
        { content: "warped", status: "completed" },
        { content: "woven", status: "completed" },
        { content: "sold", status: "pending" },
        null,
      ],
    });
  });

  test("says of each item whether it was reported or is known from the record", () => {
    const outcome = sessionOutcome(base.db, "done")!;
    expect(outcome).toMatchObject({ status: "completed", turns: 3, duration_s: 3600, identity: "claude-code@web" });
    expect(outcome.summary).toEqual({ text: "the loom stands", source: "reported" });
    expect(outcome.tasks_completed).toEqual([
      { text: "warped", source: "reported" },
      { text: "woven", source: "record" },
    ]);
    expect(outcome.learnings).toEqual([]);
    expect(outcome.decisions).toEqual([{ text: "linen", source: "reported" }]);
    expect(outcome.commits).toEqual([
      { text: "abcdef1 build the loom", source: "reported" },
      { text: "9999999 Dye", source: "record" },
    ]);
    expect(outcome.reported).toMatchObject({ event_id: "said", author: "claude-code@web" });
  });

  test("counts what its subagents did, each file once", () => {
    const outcome = sessionOutcome(base.db, "done")!;
    expect(outcome).toMatchObject({ tool_failures: 3, files_changed: 3, commits_made: 2 });
    expect(outcome.files).toEqual([
      { text: "src/loom.ts", source: "reported" },
      { text: "/home/ada/web/src/dye.ts", source: "record" },
      { text: "/home/ada/web/src/weft.ts", source: "record" },
    ]);
    expect(sessionOutcome(base.db, "done.sub")).toMatchObject({
      tool_failures: 2,
      files_changed: 2,
      summary: null,
      reported: null,
    });
  });

  test("is there without a report, and from single tasks", () => {
    base.session("quiet", { project: "web", activity: "lost" });
    fact("quiet", "todo", "task:1", { subject: "spin" });
    fact("quiet", "todo", "task:1:status", { status: "completed" });
    fact("quiet", "todo", "task:2", { subject: "card" });
    expect(sessionOutcome(base.db, "quiet")).toMatchObject({
      status: "abandoned",
      summary: null,
      tasks_completed: [{ text: "spin", source: "record" }],
    });
    expect(sessionOutcome(base.db, "nobody")).toBeNull();
  });

  test("is found by keys and indexes, with statistics too", () => {
    base.db.exec("ANALYZE");
    const plans = [
      OUTCOME_SESSION,
      OUTCOME_TODOS,
      outcomeFactsSql(true),
      outcomeFactsSql(false),
      outcomeFailuresSql(true),
    ].map((sql) => base.plan(sql, ["done"]));
    expect(plans.join("\n")).not.toContain("SCAN");
    expect(plans[2]).toContain("sessions_by_root (root_session_id=?)");
    expect(plans[2]).toContain("SEARCH f USING PRIMARY KEY (session_id=? AND kind=?)");
  });
});

describe("the session that ended last", () => {
  const last = (except: string | null = null, workspaceId = "w-last"): string | undefined =>
    lastEndedSession(base.db, { workspaceId, except, now: TEST_NOW })?.session_id;
  const ended = (id: string, ago: number, row: Readonly<Record<string, unknown>> = {}): void =>
    base.session(id, { project: "last", prompts: 1, activity: "ended", ended_at: TEST_NOW - ago, ...row });

  test("is the newest that had a word to say and is over", () => {
    expect(last()).toBeUndefined();
    ended("old", DAY);
    ended("new", HOUR);
    ended("elsewhere", 1, { project: "other" });
    expect(last()).toBe("new");
    expect(last("new")).toBe("old");
  });

  test("is no subagent, no wrapped command, no script, none that said nothing", () => {
    ended("new.sub", 10, { parent_session_id: "new" });
    ended("command", 9, { agent: "command" });
    ended("script", 8, { agent: "script" });
    ended("silent", 7, { prompts: 0 });
    expect(last()).toBe("new");
    base.insert("session_outcomes", { session_id: "silent", ts: TEST_NOW, event_id: "e", summary: "said" });
    expect(last()).toBe("silent");
    base.db.prepare("DELETE FROM session_outcomes WHERE session_id = 'silent'").run();
  });

  test.each([
    ["working", 1, false],
    ["waiting", HOUR, false],
    ["idle", 2 * HOUR, false],
    ["idle", 25 * HOUR, true],
    ["failed", 1, false],
    ["lost", 1, true],
    ["ended", 1, true],
    [null, 60_000, false],
    [null, 6 * 60_000, true],
  ])("that is %s since %d ms is over: %s", (activity, ago, isOver) => {
    base.session("asked", { project: "asked", prompts: 1, activity, ended_at: TEST_NOW - ago });
    expect(last(null, "w-asked")).toBe(isOver ? "asked" : undefined);
    base.db.prepare("DELETE FROM sessions WHERE session_id = 'asked'").run();
  });

  test("is found down an index, and behind 2,000 others not at all", () => {
    const plan = base.plan(LAST_ENDED, ["w-last", "w-last", "", TEST_NOW, TEST_NOW]);
    expect(plan).toContain("SEARCH s USING INDEX sessions_by_workspace (workspace_id=? AND ended_at>?)");
    expect(plan).toContain("SEARCH b USING COVERING INDEX sessions_by_workspace (workspace_id=? AND ended_at>?)");
    expect(plan).not.toContain("SCAN");
    ended("buried", DAY, { project: "busy" });
    const insert = base.db.transaction((from: number, to: number) => {
      for (let index = from; index < to; index++) ended(`c${index}`, index, { project: "busy", agent: "command" });
    });
    insert(0, 1999);
    expect(last(null, "w-busy")).toBe("buried");
    insert(1999, 2100);
    expect(last(null, "w-busy")).toBeUndefined();
  });

  test("of a project's other workspaces is looked for workspace by workspace", () => {
    expect(projectWorkspaces(base.db, "dir:last")).toEqual([{ workspace_id: "w-last", path: "/home/ada/last" }]);
    // As many rows as there are working copies: far fewer than sessions.
    expect(base.plan(PROJECT_WORKSPACES, ["dir:last"])).not.toContain("sessions");
  });
});
