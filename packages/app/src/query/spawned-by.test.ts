import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findLogs } from "./log-lines.ts";
import { LINES_MEANWHILE, LINES_OF_SESSIONS, LINES_OF_TRACES } from "./log-lines-gathered.ts";
import { type TestTelemetry, TRACE, testTelemetry, uncorrelatedSession } from "./log-testing.ts";
import { CALL_OF_CHILD, RUNNING_CALLS, spawnedBy, spawnFinder } from "./spawned-by.ts";
import { LINES_BELOW, OF_ITS_TRACES, STARTED_MEANWHILE, toolCallChildren } from "./spawned-by-children.ts";
import { TEST_NOW, type TestDatabase, testDatabase } from "./testing.ts";

const at = (seconds: number): number => TEST_NOW + seconds * 1000;
const script = { agent: "script" };

let base: TestDatabase;
let told: TestTelemetry;
beforeAll(() => {
  base = testDatabase();
  told = testTelemetry(base);
  uncorrelatedSession(base);
  base.session("agent");
  told.toolCall("t-first", { session_id: "agent", started_at: at(0), ended_at: at(10) });
  told.toolCall("t-read", { session_id: "agent", tool: "Read", started_at: at(4), ended_at: at(30) });
  told.toolCall("t-left", { session_id: "agent", started_at: at(20), ended_at: at(40) });
  told.toolCall("t-right", { session_id: "agent", started_at: at(30), ended_at: at(50) });
  told.toolCall("t-denied", { session_id: "agent", status: "denied", started_at: at(60), ended_at: at(90) });
  told.toolCall("t-open", { session_id: "agent", status: "pending", started_at: at(100) });
  told.toolCall("t-task", { session_id: "agent", tool: "Task", started_at: at(200), child_session_id: "agent.sub" });
  base.session("agent.sub", { parent_session_id: "agent" });
  const child = (id: string, seconds: number, parent = "agent") =>
    base.session(id, { ...script, parent_session_id: parent, root_session_id: id, started_at: at(seconds) });
  child("one-ran", 5);
  child("two-ran", 35);
  child("left-alone", 25);
  child("none-ran", 70);
  child("still-runs", 150);
  child("traced", 36);
  child("below", 6, "one-ran");
  child("of-sub", 300, "agent.sub");
  base.insert("session_traces", {
    session_id: "traced",
    trace_id: TRACE,
    span_id: "c000000000000001",
    caller_span_id: "b000000000000001",
    ts: at(36),
  });
  told.span({ span_id: "a000000000000001", session_id: "agent", tool_use_id: "t-right" });
  told.span({ span_id: "b000000000000001", parent_span_id: "a000000000000001", session_id: "agent" });
});
afterAll(() => base.close());

describe("spawnedBy()", () => {
  test("by time: the one call that started processes and was running", () => {
    expect(spawnedBy(base.db, "one-ran")).toEqual({ tool_use_id: "t-first", by: "time" });
    expect(spawnedBy(base.db, "left-alone")).toEqual({ tool_use_id: "t-left", by: "time" });
    expect(spawnedBy(base.db, "still-runs")).toEqual({ tool_use_id: "t-open", by: "time" });
  });

  test("where several ran, none, or one that was denied, it is not told", () => {
    expect(spawnedBy(base.db, "two-ran")).toBeNull();
    expect(spawnedBy(base.db, "none-ran")).toBeNull();
    expect(spawnedBy(base.db, "agent")).toBeNull();
    expect(spawnedBy(base.db, "absent")).toBeNull();
  });

  test("by trace: the nearest span above that names a call, though several ran", () => {
    expect(spawnedBy(base.db, "traced")).toEqual({ tool_use_id: "t-right", by: "trace" });
  });

  test("by id, where the call names the session; and from further below", () => {
    expect(spawnedBy(base.db, "agent.sub")).toEqual({ tool_use_id: "t-task", by: "id" });
    expect(spawnedBy(base.db, "below")).toEqual({ tool_use_id: "t-first", by: "time" });
    expect(spawnedBy(base.db, "of-sub")).toEqual({ tool_use_id: "t-task", by: "id" });
  });

  test("what names the agent's own session stands under the call that ran then", () => {
    const spawns = spawnFinder(base.db);
    const under = (seconds: number) => spawns.ofHappening({ sessionId: "agent", ts: at(seconds) })?.tool_use_id ?? null;
    expect([5, 15, 25, 35, 45, 70, 1000].map(under)).toEqual([
      "t-first",
      null,
      "t-left",
      null,
      "t-right",
      null,
      "t-open",
    ]);
    expect(spawns.ofHappening({ sessionId: "agent", ts: at(35), traceId: TRACE, spanId: "b000000000000001" })).toEqual({
      tool_use_id: "t-right",
      by: "trace",
    });
  });

  test("ends where spans or sessions go in circles", () => {
    told.span({ trace_id: "1".repeat(32), span_id: "d000000000000001", parent_span_id: "d000000000000002" });
    told.span({ trace_id: "1".repeat(32), span_id: "d000000000000002", parent_span_id: "d000000000000001" });
    expect(spawnFinder(base.db).ofSpan("1".repeat(32), "d000000000000001")).toBeNull();
    base.session("loop-a", script);
    base.session("loop-b", { ...script, parent_session_id: "loop-a" });
    base.db.prepare("UPDATE sessions SET parent_session_id = 'loop-b' WHERE session_id = 'loop-a'").run();
    expect(spawnedBy(base.db, "loop-a")).toBeNull();
  });
});

describe("toolCallChildren() and lines under a call", () => {
  test("has the sessions that the call started, with all lines below them", () => {
    told.line({ session: "one-ran", ts: at(6), eventId: "l1" });
    told.line({ session: "below", ts: at(7), eventId: "l2" });
    told.line({ session: "below", ts: at(80), eventId: "l3" });
    told.line({ session: "agent", ts: at(8), eventId: "l4" });
    told.line({ session: "agent", ts: at(35), eventId: "l5" });
    told.line({ session: "traced", ts: at(37), eventId: "l6" });
    told.line({
      session: "agent",
      ts: at(95),
      joinedBy: "trace",
      traceId: TRACE,
      spanId: "b000000000000001",
      eventId: "l7",
    });
    expect(toolCallChildren(base.db, "t-first")).toEqual({
      session_id: "agent",
      rows: [
        {
          session_id: "one-ran",
          title: null,
          agent: "script",
          service: null,
          started_at: new Date(at(5)).toISOString(),
          by: "time",
          log_lines: 3,
        },
      ],
    });
    expect(toolCallChildren(base.db, "t-right")?.rows).toMatchObject([
      { session_id: "traced", by: "trace", log_lines: 1 },
    ]);
    expect(toolCallChildren(base.db, "t-task")?.rows.map((row) => row.session_id)).toEqual(["agent.sub"]);
    expect(toolCallChildren(base.db, "absent")).toBeNull();
    const lines = (toolUseId: string, more = {}) =>
      findLogs(base.db, { toolUseId, order: "oldest", ...more }).rows.map((row) => row.event_id);
    expect(lines("t-first")).toEqual(["l1", "l2", "l4", "l3"]);
    expect(lines("t-right")).toEqual(["l6", "l7"]);
    expect(lines("t-first", { words: "hello", until: at(50) })).toEqual(["l1", "l2", "l4"]);
    expect(
      lines("t-first", {
        limit: 2,
        cursor: findLogs(base.db, { toolUseId: "t-first", order: "oldest", limit: 2 }).next!,
      }),
    ).toEqual(["l4", "l3"]);
    expect(findLogs(base.db, { sessionId: "below" }).rows.map((row) => row.tool_use_id)).toEqual([
      "t-first",
      "t-first",
    ]);
    expect(lines("absent")).toEqual([]);
  });

  test("asks indexes, with statistics too", () => {
    base.db.exec("ANALYZE");
    for (const [sql, parameters] of [
      [RUNNING_CALLS, ["s"]],
      [CALL_OF_CHILD, ["s"]],
      [STARTED_MEANWHILE, ["s", 0, 1]],
      [OF_ITS_TRACES, ["t"]],
      [LINES_BELOW, ["s"]],
      [LINES_MEANWHILE, ["t"]],
      [LINES_OF_SESSIONS, ["[]"]],
      [LINES_OF_TRACES, ["t", "s"]],
    ] as const)
      expect(base.plan(sql, parameters), sql).not.toMatch(
        /SCAN (?:tool_calls|sessions|s|l|spans|c|child|log_lines)$/mu,
      );
  });
});
