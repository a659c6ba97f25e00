import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { testTelemetry } from "./log-testing.ts";
import { CALL_SPANS, RESPONSE_SPANS, sessionSpans, TOOL_SPANS, TURN_SPANS } from "./spans.ts";
import { TEST_NOW, type TestDatabase, testDatabase } from "./testing.ts";

let base: TestDatabase;
beforeAll(() => {
  base = testDatabase();
  const at = (seconds: number) => TEST_NOW + seconds * 1000;
  base.session("main", { started_at: at(0), ended_at: at(60) });
  base.session("main.a", {
    parent_session_id: "main",
    root_session_id: "main",
    agent_description: "look around",
    started_at: at(10),
  });
  base.session("main.b", {
    parent_session_id: "main",
    root_session_id: "main",
    agent_type: "Explore",
    started_at: at(11),
  });
  base.insert("turns", { event_id: "p1", session_id: "main", ts: at(0), text: "first" });
  base.insert("turns", { event_id: "p2", session_id: "main", ts: at(40), text: "second" });
  base.response("main", { response_id: "r1", ts: at(5) });
  const call = (id: string, session_id: string, from: number, to: number | null, more = {}) =>
    base.insert("tool_calls", {
      tool_use_id: id,
      session_id,
      tool: "Bash",
      started_at: at(from),
      ended_at: to === null ? null : at(to),
      ...more,
    });
  call("t1", "main", 10, 30, { child_session_id: "main.a", duration_source: "client", duration_ms: 20_000 });
  call("t2", "main", 11, 20);
  call("t3", "main", 20, 20);
  call("t4", "main", 35, null, { status: "pending" });
  call("t5", "main.a", 12, 13);
});
afterAll(() => base.close());

describe("sessionSpans()", () => {
  test("has a lane for the session and for each subagent", () => {
    const { lanes } = sessionSpans(base.db, { sessionId: "main" });
    expect(lanes.map((lane) => [lane.session_id, lane.title, lane.depth])).toEqual([
      ["main", "main", 0],
      ["main.a", "look around", 1],
      ["main.b", "Explore", 1],
    ]);
  });

  test("never lets two spans of a row overlap, and ends every span within the whole", () => {
    const { spans, start, end } = sessionSpans(base.db, { sessionId: "main" });
    expect(spans).toHaveLength(8);
    for (const span of spans) {
      expect(span.start >= start! && span.end <= end! && span.end >= span.start).toBe(true);
      for (const other of spans) {
        if (other === span || other.lane !== span.lane || other.row !== span.row) continue;
        expect(span.end <= other.start || other.end <= span.start).toBe(true);
      }
    }
  });

  test("says what is known and what is guessed", () => {
    const { spans } = sessionSpans(base.db, { sessionId: "main" });
    const of = (id: string) => spans.find((span) => span.id === id)!;
    expect(of("t1")).toMatchObject({ estimated: false, child_session_id: "main.a", kind: "tool" });
    expect(of("t4")).toMatchObject({ status: "pending", start: TEST_NOW + 35_000, end: TEST_NOW + 35_000 });
    expect(of("r1")).toMatchObject({ start: TEST_NOW, end: TEST_NOW + 5000, estimated: true });
    expect(of("p1")).toMatchObject({ row: 0, end: TEST_NOW + 40_000 });
    expect(of("p2").end).toBe(TEST_NOW + 60_000);
  });

  test("reads each lane by an index", () => {
    expect(base.plan(TOOL_SPANS, ["main"])).toContain("USING INDEX tool_calls_by_session");
    expect(base.plan(RESPONSE_SPANS, ["main"])).toContain("USING INDEX responses_by_session");
    expect(base.plan(RESPONSE_SPANS, ["main"])).toContain("USING INDEX model_calls_by_response");
    expect(base.plan(CALL_SPANS, ["main"])).toContain("USING INDEX model_calls_by_session");
    expect(base.plan(TURN_SPANS, ["main"])).toContain("USING INDEX turns_by_session");
  });

  test("a program's call is as long as it says, in a session from its start to its end", () => {
    const { modelCall } = testTelemetry(base);
    base.session("caller", { agent: "script", title: "Ask", started_at: TEST_NOW, ended_at: TEST_NOW + 1_500 });
    base.session("untold", { agent: "script", parent_session_id: "caller", started_at: null, ended_at: null });
    base.event("caller", { type: "session.start", ts: TEST_NOW });
    base.response("caller", { response_id: "call:a", record: "call", ts: TEST_NOW, event_id: "e-a" });
    modelCall("a", { session_id: "caller", response_id: "call:a", duration_ms: 1_400 });
    modelCall("b", { session_id: "caller", ts: TEST_NOW + 1_400, duration_ms: 80, model: "m", error: "429" });
    const { spans, start, end, lanes } = sessionSpans(base.db, { sessionId: "caller" });
    expect([start, end]).toEqual([TEST_NOW, TEST_NOW + 1_500]);
    expect(spans.map(({ kind, id, start: from, end: to }) => [kind, id, from - TEST_NOW, to - TEST_NOW])).toEqual([
      ["session", "caller", 0, 1_500],
      ["response", "call:a", 0, 1_400],
      ["response", "b", 1_400, 1_480],
    ]);
    expect(spans.map(({ status, estimated }) => [status, estimated])).toEqual([
      ["ok", false],
      ["ok", false],
      ["failed", false],
    ]);
    expect(lanes.map(({ has_records }) => has_records)).toEqual([true, false]);
  });

  test("a transcript's response of which a call tells how long it took began so long before", () => {
    const { modelCall } = testTelemetry(base);
    base.session("told");
    base.response("told", { response_id: "r2", ts: TEST_NOW });
    modelCall("c", { session_id: "told", response_id: "r2", duration_ms: 900 });
    expect(sessionSpans(base.db, { sessionId: "told" }).spans).toMatchObject([
      { id: "r2", start: TEST_NOW - 900, end: TEST_NOW, estimated: false },
    ]);
  });

  test("an empty session has no time", () => {
    base.session("empty");
    expect(sessionSpans(base.db, { sessionId: "empty" })).toMatchObject({ start: null, end: null, spans: [] });
  });
});
