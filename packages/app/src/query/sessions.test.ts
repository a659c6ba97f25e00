import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parseFilter } from "./filter/parse.ts";
import {
  COUNT_ROOTS,
  FIND_BY_PREFIX,
  listSessions,
  resolveSessionId,
  SESSION_SORTS,
  sessionsSql,
  sessionsWhere,
} from "./sessions.ts";
import { DAY, HOUR, TEST_NOW, type TestDatabase, testDatabase } from "./testing.ts";

let base: TestDatabase;

beforeAll(() => {
  base = testDatabase();
  const { session, insert } = base;
  session("aaaa-lock", {
    title: "Fix the lock",
    git_branch: "main",
    models: '["claude-opus-4-5"]',
    cost_micros: 900_000,
    inclusive_cost_micros: 2_500_000,
    responses: 2,
    input_tokens: 12_000,
    tool_failures: 1,
    ended_at: TEST_NOW - 60_000,
    started_at: TEST_NOW - HOUR,
  });
  session("aaaa-lock.sub1", {
    parent_session_id: "aaaa-lock",
    root_session_id: "aaaa-lock",
    agent_type: "Explore",
    ended_at: TEST_NOW - HOUR,
  });
  session("aaab-docs", {
    project: "docs",
    title: "Write docs",
    status: "failed",
    activity: "waiting",
    activity_reason: "permission: Bash",
    activity_at: TEST_NOW - 60_000,
    models: '["claude-sonnet-4-5","claude-haiku-4-5"]',
    problems: 2,
  });
  session("bbbb-web", { project: "web-shop", ended_at: null, started_at: null, title: null });
  session("cccc-copy", {
    forked_from: "aaaa-lock",
    started_at: TEST_NOW - 9 * DAY,
    ended_at: TEST_NOW - 8 * DAY,
    responses: 1,
    unpriced_responses: 1,
    status: "active",
  });
  insert("tool_calls", { tool_use_id: "t1", session_id: "aaaa-lock", tool: "Bash", name: "Bash" });
  insert("tool_calls", {
    tool_use_id: "t2",
    session_id: "aaab-docs",
    tool: "search",
    mcp_server: "github",
    name: "mcp__github__search",
  });
  insert("session_facts", { session_id: "aaab-docs", kind: "file", key: "/home/ada/docs/README.md", event_id: "e" });
  insert("session_facts", {
    session_id: "aaab-docs",
    kind: "pull_request",
    key: "https://example.org/1",
    event_id: "e",
  });
  insert("session_facts", { session_id: "aaaa-lock", kind: "commit", key: "0123456789abcdef", event_id: "e" });
  insert("turns", { event_id: "p1", session_id: "bbbb-web", text: "please fix 100% of the Cart_total" });
});
afterAll(() => base.close());

function ids(text: string, more: Partial<Parameters<typeof listSessions>[1]> = {}): string[] {
  const filter = parseFilter(text);
  expect(filter.problems).toEqual([]);
  const answer = listSessions(base.db, { filter, now: TEST_NOW, timeZone: "UTC", ...more });
  expect(answer.total).toBe(answer.rows.length);
  return answer.rows.map((row) => row.session_id);
}

describe("listSessions()", () => {
  test("lists root sessions, newest first, undated last", () => {
    expect(ids("")).toEqual(["aaaa-lock", "aaab-docs", "cccc-copy", "bbbb-web"]);
    expect(ids("", { includeSubagents: true })).toHaveLength(5);
  });

  test.each([
    ["tool:bash", ["aaaa-lock"]],
    ["-tool:Bash", ["aaab-docs", "cccc-copy", "bbbb-web"]],
    ["tool:github", ["aaab-docs"]],
    ["tool:mcp__github__*", ["aaab-docs"]],
    ["tool:Bash,search", ["aaaa-lock", "aaab-docs"]],
    ["status:failed", ["aaab-docs"]],
    ["status:active", ["aaaa-lock"]],
    ["status:completed", ["cccc-copy", "bbbb-web"]],
    ["-status:failed", ["aaaa-lock", "cccc-copy", "bbbb-web"]],
    ["activity:waiting", ["aaab-docs"]],
    ["activity:idle,working", []],
    ["-activity:waiting", ["aaaa-lock", "cccc-copy", "bbbb-web"]],
    ["cost:>1", ["aaaa-lock"]],
    ["cost:<=2.5", ["aaaa-lock", "aaab-docs", "cccc-copy", "bbbb-web"]],
    ["tokens:>=12k", ["aaaa-lock"]],
    ["duration:>2h", ["cccc-copy"]],
    ["-duration:>2h", ["aaaa-lock", "aaab-docs", "bbbb-web"]],
    ["project:web-*", ["bbbb-web"]],
    ["project:web,docs", ["aaaa-lock", "aaab-docs", "cccc-copy"]],
    ["workspace:/home/ada/docs", ["aaab-docs"]],
    ["model:opus*", ["aaaa-lock"]],
    ["model:sonnet", ["aaab-docs"]],
    ["model:opus-4-5", ["aaaa-lock"]],
    ["identity:claude-code@docs", ["aaab-docs"]],
    ["branch:main", ["aaaa-lock"]],
    ["-branch:main", ["aaab-docs", "cccc-copy", "bbbb-web"]],
    ["id:aaa", ["aaaa-lock", "aaab-docs"]],
    ["since:2d", ["aaaa-lock", "aaab-docs"]],
    ["until:2026-03-02", ["cccc-copy"]],
    ["has:errors", ["aaaa-lock"]],
    ["has:problems,pr", ["aaab-docs"]],
    ["has:subagents", ["aaaa-lock"]],
    ["has:commits", ["aaaa-lock"]],
    ["has:unpriced", ["cccc-copy"]],
    ["file:README.md", ["aaab-docs"]],
    ["commit:01234567", ["aaaa-lock"]],
    ["lock", ["aaaa-lock"]],
    ['"the lock"', ["aaaa-lock"]],
    ["100% cart_total", ["bbbb-web"]],
    ["artXtotal", []],
    ["id:[a]", []],
  ])("filters by %s", (text, expected) => {
    expect(ids(text)).toEqual(expected);
  });

  test("a value is data, never SQL", () => {
    expect(ids(`project:"' OR 1=1 --"`)).toEqual([]);
    expect(ids(`"' OR 1=1 --"`)).toEqual([]);
  });

  test("shows what a session cost, and what is not known as null", () => {
    const { rows } = listSessions(base.db, { filter: parseFilter(""), now: TEST_NOW, timeZone: "UTC" });
    const [lock, , copy] = rows;
    expect(lock).toMatchObject({
      cost_usd: 0.9,
      cost_usd_inclusive: 2.5,
      subagents: 1,
      duration_s: 3540,
      project: "web",
      status: "active",
    });
    expect(copy).toMatchObject({ cost_usd: null, unpriced_responses: 1, forked_from: "aaaa-lock" });
  });

  test("cuts pages", () => {
    const page = listSessions(base.db, {
      filter: parseFilter(""),
      now: TEST_NOW,
      timeZone: "UTC",
      limit: 2,
      offset: 1,
    });
    expect(page.rows.map((row) => row.session_id)).toEqual(["aaab-docs", "cccc-copy"]);
    expect(page.total).toBe(4);
  });

  test.each(SESSION_SORTS)("has the same rows when sorted by %s", (sort) => {
    expect(ids("", { sort }).sort()).toEqual(["aaaa-lock", "aaab-docs", "bbbb-web", "cccc-copy"]);
  });
});

describe("resolveSessionId()", () => {
  test("takes an id, or a unique prefix of four characters", () => {
    expect(resolveSessionId(base.db, "bbbb-web", TEST_NOW)).toEqual({ kind: "one", sessionId: "bbbb-web" });
    expect(resolveSessionId(base.db, "aaaa", TEST_NOW)).toEqual({ kind: "one", sessionId: "aaaa-lock" });
    expect(resolveSessionId(base.db, "aaaa-lock.s", TEST_NOW)).toEqual({ kind: "one", sessionId: "aaaa-lock.sub1" });
    expect(resolveSessionId(base.db, "bbb", TEST_NOW)).toEqual({ kind: "short" });
    expect(resolveSessionId(base.db, "zzzz", TEST_NOW)).toEqual({ kind: "none" });
  });

  test("gives the candidates of an ambiguous prefix", () => {
    base.session("bbbb-wide");
    const found = resolveSessionId(base.db, "bbbb-w", TEST_NOW);
    base.db.prepare("DELETE FROM sessions WHERE session_id = 'bbbb-wide'").run();
    expect(found.kind === "many" && found.candidates.map((row) => row.session_id)).toEqual(["bbbb-web", "bbbb-wide"]);
  });
});

describe("plans", () => {
  test("the newest page walks an index and sorts nothing but ties", () => {
    const question = { filter: parseFilter(""), now: TEST_NOW, timeZone: "UTC" };
    const page = sessionsSql(sessionsWhere(question), "newest", TEST_NOW);
    const plan = base.plan(page.sql, [...page.parameters, 50, 0]);
    expect(plan).toContain("SCAN s USING INDEX sessions_by_end");
    expect(plan).not.toMatch(/USE TEMP B-TREE FOR ORDER BY/);
  });

  test("counting touches indexes only", () => {
    expect(base.plan(COUNT_ROOTS)).not.toMatch(/SCAN sessions$/m);
  });

  test("a prefix is a range of the primary key", () => {
    expect(base.plan(FIND_BY_PREFIX, ["a", "b"])).toContain("SEARCH sessions USING COVERING INDEX");
  });
});
