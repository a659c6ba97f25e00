import { afterAll, beforeAll, expect, test } from "vitest";
import {
  activeSessions,
  activeSql,
  LIVE_COUNTS,
  LIVE_SESSION,
  LIVE_SESSIONS,
  liveCounts,
  liveSessionById,
  liveSessions,
  NEWEST_EVENT,
  newestEventAt,
  withLost,
} from "./active.ts";
import { parseFilter } from "./filter/parse.ts";
import { listSessions } from "./sessions.ts";
import { HOUR, TEST_NOW, type TestDatabase, testDatabase } from "./testing.ts";

let base: TestDatabase;
const MINUTE = 60_000;

beforeAll(() => {
  base = testDatabase();
  const live = (id: string, activity: string, activity_at: number, row: Readonly<Record<string, unknown>> = {}) =>
    base.session(id, { activity, activity_at, status: "active", ended_at: activity_at, ...row });
  live("idle-old", "idle", TEST_NOW - 13 * HOUR);
  live("idle-new", "idle", TEST_NOW - HOUR);
  live("works", "working", TEST_NOW - 14 * HOUR, { process_pid: 7, process_started_at: "boot 9", process_at: 1 });
  live("waits", "waiting", TEST_NOW - 2 * HOUR, { activity_reason: "permission Bash", project: "docs" });
  live("erred", "failed", TEST_NOW - 10 * MINUTE);
  live("works.sub", "working", TEST_NOW - 5000, { parent_session_id: "works", root_session_id: "works" });
  base.session("over", { activity: "ended", activity_at: TEST_NOW - 1000, ended_at: TEST_NOW - 1000 });
  base.session("crashed", {
    activity: "lost",
    activity_at: TEST_NOW - 1000,
    ended_at: TEST_NOW - 1000,
    status: "abandoned",
  });
  base.session("only-transcript", { ended_at: TEST_NOW - MINUTE, status: "abandoned" });
  base.session("long-over", {});
  base.session("brought-in", { ended_at: TEST_NOW - MINUTE, status: "completed", imported: "todos" });
  base.session("told", { agent_result: "exit 3", agent_success: 0, activity: "ended", activity_at: TEST_NOW - HOUR });
});
afterAll(() => base.close());

const shown = (text = ""): string[] =>
  activeSessions(base.db, { now: TEST_NOW, filter: parseFilter(text) }).rows.map((row) => row.session_id);

test("activeSessions() shows who waits, then what works, then what was left open lately", () => {
  expect(shown()).toEqual(["waits", "erred", "works.sub", "only-transcript", "works", "idle-new"]);
  expect(shown("project:docs")).toEqual(["waits"]);
  const { rows, total } = activeSessions(base.db, { now: TEST_NOW, limit: 1 });
  expect([rows.length, total]).toEqual([1, 6]);
  expect(rows[0]).toMatchObject({
    status: "active",
    activity: "waiting",
    activity_reason: "permission Bash",
    activity_since: new Date(TEST_NOW - 2 * HOUR).toISOString(),
    person: "person:ada",
    agent_result: null,
    agent_success: null,
  });
});

test("a session's status is what it is known to do, else what its last event tells", () => {
  const { rows } = listSessions(base.db, {
    filter: parseFilter(""),
    now: TEST_NOW,
    timeZone: "UTC",
    includeSubagents: true,
  });
  expect(Object.fromEntries(rows.map((row) => [row.session_id, row.status]))).toMatchObject({
    "idle-old": "active",
    works: "active",
    over: "completed",
    crashed: "abandoned",
    "only-transcript": "active",
    "long-over": "completed",
  });
  expect(rows.find((row) => row.session_id === "told")).toMatchObject({ agent_result: "exit 3", agent_success: false });
});

test("liveSessions() has what counts as alive, a subagent with its root's process", () => {
  const rows = liveSessions(base.db);
  expect(rows.map((row) => row.sessionId).sort()).toEqual([
    "erred",
    "idle-new",
    "idle-old",
    "waits",
    "works",
    "works.sub",
  ]);
  expect(rows.find((row) => row.sessionId === "works.sub")).toEqual({
    sessionId: "works.sub",
    workspaceId: "w-web",
    activity: "working",
    reason: null,
    activityAt: TEST_NOW - 5000,
    lastEventAt: TEST_NOW - 5000,
    pid: 7,
    processStartedAt: "boot 9",
    processAt: 1,
    ownProcess: false,
    isSubagent: true,
    rootActivity: "working",
    rootActivityAt: TEST_NOW - 14 * HOUR,
  });
  expect(liveSessionById(base.db, "over")).toMatchObject({
    sessionId: "over",
    activity: "ended",
    pid: null,
    isSubagent: false,
  });
  expect(liveSessionById(base.db, "nobody")).toBeNull();
  expect(liveCounts(base.db)).toEqual({ working: 2, waiting: 1, idle: 2, failed: 1 });
});

test("withLost() shows sessions as lost whose process is gone, last, and writes nothing", () => {
  const answer = activeSessions(base.db, { now: TEST_NOW });
  const { rows, total } = withLost(answer, liveSessions(base.db), ({ pid }) => pid === 7, "gone");
  expect(total).toBe(answer.total);
  expect(rows.map((row) => [row.session_id, row.activity, row.status])).toEqual([
    ["waits", "waiting", "active"],
    ["erred", "failed", "active"],
    ["only-transcript", null, "active"],
    ["idle-new", "idle", "active"],
    ["works.sub", "lost", "abandoned"],
    ["works", "lost", "abandoned"],
  ]);
  expect(rows.at(-1)).toMatchObject({ activity_reason: "gone", activity_since: null });
  expect(shown()).toContain("works");
});

test("newestEventAt() is the time of the last thing that happened, from the ends of indexes", () => {
  expect(newestEventAt(base.db, TEST_NOW)).toBe(TEST_NOW - 1000);
  expect(newestEventAt(base.db, TEST_NOW - 2000)).toBe(TEST_NOW - 5000);
  expect(newestEventAt(base.db, 0)).toBeNull();
  expect(base.plan(NEWEST_EVENT, [TEST_NOW, TEST_NOW])).not.toMatch(/SCAN sessions\b(?! USING)/);
});

test("questions that are asked every second look at live sessions only", () => {
  const { sql, parameters } = activeSql({ now: TEST_NOW });
  for (const [text, values] of [
    [LIVE_SESSIONS, []],
    [LIVE_COUNTS, []],
    [LIVE_SESSION, ["works"]],
    [sql, [...parameters, 10]],
  ] as const) {
    const plan = base.plan(text, values);
    expect(plan).not.toMatch(/SCAN (?:s|sessions)\b(?! USING (?:COVERING )?INDEX sessions_by_activity)/);
    if (text !== LIVE_SESSION) expect(plan).toContain("sessions_by_activity");
  }
});
