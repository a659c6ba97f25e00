import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { activeSessions } from "./active.ts";
import { doctorReport } from "./doctor.ts";
import { parseFilter } from "./filter/parse.ts";
import { listProblems } from "./problems.ts";
import { explainResponse, RESPONSE_BY_EVENT, RESPONSE_BY_ID, RESPONSE_BY_MESSAGE } from "./responses.ts";
import { COPIED_BY, COPIES_FROM, getSession, SESSION_FACTS, SESSION_TOOLS } from "./session-detail.ts";
import { archiveStats, streaks } from "./stats.ts";
import { DAY, TEST_NOW, type TestDatabase, testDatabase } from "./testing.ts";

let base: TestDatabase;
const usage = { input_tokens: 2, output_tokens: 40 };

beforeAll(() => {
  base = testDatabase();
  base.session("one", {
    title: "One",
    client_cost_micros: 1_250_000,
    cost_micros: 1_000_000,
    inclusive_cost_micros: 1_000_000,
    responses: 1,
    prompts: 2,
  });
  base.session("one.sub", {
    parent_session_id: "one",
    root_session_id: "one",
    agent_type: "Explore",
    ended_at: TEST_NOW - 1000,
  });
  base.session("copy", { forked_from: "one", shared_events: 1 });
  base.event("one", {
    eventId: "a1",
    body: { type: "assistant", message: { id: "msg", usage: { ...usage, output_tokens: 1 } } },
  });
  base.event("one", { eventId: "a2", body: { type: "assistant", message: { id: "msg", usage } } });
  base.event("one", { eventId: "a3", body: { type: "user", message: { content: "about msg" } } });
  base.event("one", { eventId: "bad", body: '{"half', type: "problem" });
  base.insert("problems", {
    event_id: "bad",
    session_id: "one",
    source_offset: 7,
    reason: "invalid_json",
    message: "no JSON",
  });
  base.insert("event_copies", { event_id: "a1", session_id: "copy" });
  base.insert("event_copies", { event_id: "a2", session_id: "copy" });
  base.response("one", {
    response_id: "msg|req",
    message_id: "msg",
    request_id: "req",
    event_id: "a2",
    ...usage,
    cost_micros: 1_000_000,
    price_version: "list:x@1",
  });
  base.response("copy", { response_id: "free|", message_id: "free", cost_micros: null });
  base.insert("tool_calls", { tool_use_id: "t1", session_id: "one", tool: "Bash", status: "failed", duration_ms: 10 });
  base.insert("tool_calls", { tool_use_id: "t2", session_id: "one", tool: "Bash", status: "ok" });
  base.insert("session_facts", {
    session_id: "one",
    kind: "commit",
    key: "abc",
    event_id: "a2",
    detail: '{"subject":"Fix"}',
  });
});
afterAll(() => base.close());

describe("getSession()", () => {
  test("has everything about a session but its events", () => {
    const detail = getSession(base.db, { sessionId: "one", now: TEST_NOW })!;
    expect(detail.facts).toEqual({ commit: [{ key: "abc", ts: null, event_id: "a2", detail: { subject: "Fix" } }] });
    expect(detail.tools).toEqual([{ tool: "Bash", mcp_server: null, calls: 2, failures: 1, total_ms: 10 }]);
    expect(detail.copied_by).toEqual([{ session_id: "copy", title: null, events: 2 }]);
    expect(detail.forks.map((row) => row.session_id)).toEqual(["copy"]);
    expect(detail.children.map((row) => row.session_id)).toEqual(["one.sub"]);
    expect(detail.problems).toMatchObject([{ reason: "invalid_json", raw: '{"half', offset: 7 }]);
    expect(detail.client_cost).toEqual({ client_usd: 1.25, clew_usd: 1, difference_usd: 0.25 });
    expect(getSession(base.db, { sessionId: "copy", now: TEST_NOW })).toMatchObject({
      copies: [{ session_id: "one", title: "One", events: 2 }],
      client_cost: null,
    });
    expect(getSession(base.db, { sessionId: "one.sub", now: TEST_NOW })!.parent!.session_id).toBe("one");
    expect(getSession(base.db, { sessionId: "absent", now: TEST_NOW })).toBeNull();
  });

  test("reads by indexes", () => {
    for (const sql of [COPIES_FROM, COPIED_BY, SESSION_FACTS, SESSION_TOOLS])
      expect(base.plan(sql, ["one"])).not.toMatch(/^SCAN/mu);
  });
});

describe("explainResponse()", () => {
  test.each(["msg|req", "msg", "a2"])("finds it by %s, with its records and the chosen one", (responseId) => {
    const found = explainResponse(base.db, { responseId })!;
    expect(found).toMatchObject({ response_id: "msg|req", cost_usd: 1, price_version: "list:x@1", counted: true });
    expect(found.records.map((record) => [record.event_id, record.chosen, record.usage!.output_tokens])).toEqual([
      ["a1", false, 1],
      ["a2", true, 40],
    ]);
    expect(found.rules.join(" ")).toContain("list:x@1");
  });

  test("a response without a price or a request id says so", () => {
    const found = explainResponse(base.db, { responseId: "free" })!;
    expect(found.cost_usd).toBeNull();
    expect(found.rules.join(" ")).toContain("unpriced, not free");
    expect(found.rules.join(" ")).toContain("no request id");
    expect(explainResponse(base.db, { responseId: "absent" })).toBeNull();
  });

  test("is looked up, never scanned for", () => {
    for (const sql of [RESPONSE_BY_ID, RESPONSE_BY_MESSAGE, RESPONSE_BY_EVENT])
      expect(base.plan(sql, ["x"])).not.toContain("SCAN");
  });
});

test("activeSessions() has what happened within five minutes, subagents too", () => {
  expect(activeSessions(base.db, { now: TEST_NOW }).rows.map((row) => row.session_id)).toEqual(["one.sub"]);
  expect(activeSessions(base.db, { now: TEST_NOW + DAY }).total).toBe(0);
});

test("listProblems() shows the raw line of each problem", () => {
  expect(listProblems(base.db)).toMatchObject({
    total: 1,
    by_reason: { invalid_json: 1 },
    rows: [{ raw: '{"half', raw_bytes: 6 }],
  });
  expect(listProblems(base.db, { sessionId: "copy" })).toEqual({ rows: [], total: 0, by_reason: {} });
});

describe("doctorReport()", () => {
  test("passes a sound database, and names what is unpriced", () => {
    const report = doctorReport(base.db, { path: base.path, integrity: true });
    expect(report.checks.filter((check) => !check.ok)).toEqual([]);
    expect(report).toMatchObject({
      ok: true,
      counts: { sessions: 3, unpriced_responses: 1 },
      unpriced_models: ["claude-opus-4-5"],
    });
  });

  test("fails when rows point nowhere or sums differ", () => {
    base.db.pragma("foreign_keys = OFF");
    base.db.exec(
      "UPDATE sessions SET identity_id = 'nobody' WHERE session_id = 'copy'; UPDATE usage_by_hour SET input_tokens = input_tokens + 1",
    );
    const failed = doctorReport(base.db, { path: base.path }).checks.filter((check) => !check.ok);
    base.db.exec(
      "UPDATE sessions SET identity_id = 'claude-code@web' WHERE session_id = 'copy'; UPDATE usage_by_hour SET input_tokens = input_tokens - 1",
    );
    expect(failed.map((check) => check.name)).toEqual([
      "every session has an identity",
      "references hold",
      "rollups agree with responses",
    ]);
    expect(failed.every((check) => check.fix !== null)).toBe(true);
  });
});

describe("archiveStats()", () => {
  test("adds up the archive", () => {
    const stats = archiveStats(base.db, { filter: parseFilter(""), now: TEST_NOW, timeZone: "UTC" });
    expect(stats).toMatchObject({
      sessions: 2,
      subagents: 1,
      projects: 1,
      prompts: 2,
      active_days: 1,
      current_streak: 1,
    });
    expect(stats.usage.responses).toBe(2);
    expect(stats.by_agent_type).toEqual([{ agent_type: "Explore", sessions: 1 }]);
  });

  test.each([
    [[], "2026-03-10", 0, 0],
    [["2026-03-08", "2026-03-09", "2026-03-10"], "2026-03-10", 3, 3],
    [["2026-03-08", "2026-03-09"], "2026-03-10", 2, 2],
    [["2026-03-01", "2026-03-02", "2026-03-07"], "2026-03-10", 0, 2],
    [["2026-02-28", "2026-03-01"], "2026-03-01", 2, 2],
  ])("counts days in a row: %j", (days, today, current, longest) => {
    expect(streaks(days, today)).toEqual({ current_streak: current, longest_streak: longest });
  });
});
