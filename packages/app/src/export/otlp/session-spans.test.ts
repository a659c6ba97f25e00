import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { exportedRootsSql, STARTED_BY_CALL, STARTED_BY_SPAN, STARTED_MEANWHILE } from "../../query/export-sessions.ts";
import {
  EXPORTED_FAILURES,
  EXPORTED_RESPONSES,
  EXPORTED_TOOL_CALLS,
  EXPORTED_TURNS,
  RECORDED_TRACES,
} from "../../query/export-work.ts";
import { parseFilter } from "../../query/filter/parse.ts";
import { TEST_NOW, type TestDatabase, testDatabase } from "../../query/testing.ts";
import type { SpanBatch } from "./batches.ts";
import { type Delivered, type ExportQuestion, exportSessions, noCounts } from "./export-sessions.ts";
import { sessionSpans } from "./session-spans.ts";
import { type OutgoingSpan, spanIdOf, traceIdOf } from "./span.ts";

const at = (seconds: number): number => TEST_NOW + seconds * 1000;
const [TRACE_A, TRACE_B] = ["a".repeat(32), "b".repeat(32)];
let base: TestDatabase;

beforeAll(() => {
  base = testDatabase();
  const { insert, response, event } = base;
  const session = (id: string, more: Readonly<Record<string, unknown>> = {}): void =>
    base.session(id, { top_session_id: more.parent_session_id ?? id, ...more });
  session("root", {
    started_at: at(0),
    ended_at: at(100),
    title: "Glaze the pots",
    client_version: "2.1.329",
    tags: '["kiln"]',
  });
  for (const [id, seconds, text] of [
    ["p1", 1, "Glaze them"],
    ["p2", 50, "And fire"],
  ] as const) {
    insert("turns", { event_id: id, session_id: "root", ts: at(seconds), text });
    event("root", {
      eventId: id,
      type: "user.prompt",
      ts: at(seconds),
      body: { type: "user", message: { role: "user", content: text } },
    });
  }
  const usage = {
    input_tokens: 3,
    output_tokens: 7,
    cache_5m_tokens: 11,
    cache_1h_tokens: 13,
    cache_write_tokens: 24,
    cache_read_tokens: 1000,
  };
  response("root", {
    response_id: "m1|q1",
    message_id: "m1",
    request_id: "q1",
    ts: at(5),
    stop_reason: "tool_use",
    cost_micros: 1500,
    ...usage,
  });
  event("root", {
    ts: at(5),
    body: {
      type: "assistant",
      uuid: "u1",
      message: {
        id: "m1",
        role: "assistant",
        content: [
          { type: "text", text: "I glaze." },
          { type: "tool_use", id: "call-agent", name: "Agent", input: { prompt: "help" } },
        ],
      },
    },
  });
  response("root", { response_id: "m2|q2", message_id: "m2", request_id: "q2", ts: at(60), ...usage });
  insert("model_calls", {
    call_key: "request:q2",
    session_id: "root",
    root_session_id: "root",
    response_id: "m2|q2",
    event_id: "e",
    told: "{}",
    ts: at(52),
    duration_ms: 9000,
    first_token_ms: 250,
    provider: "aws.bedrock",
    model: "opus",
    query_source: "sdk",
  });
  insert("model_calls", {
    call_key: "own",
    session_id: "root",
    root_session_id: "root",
    response_id: "call:own",
    event_id: "e",
    told: "{}",
    ts: at(70),
    duration_ms: 10,
    error: "overloaded",
    model: "opus",
  });
  const call = (tool_use_id: string, session_id: string, from: number | null, to: number | null, more = {}) =>
    insert("tool_calls", {
      tool_use_id,
      session_id,
      tool: "Bash",
      name: "Bash",
      status: "ok",
      summary: "fire kiln --secret",
      started_at: from === null ? null : at(from),
      ended_at: to === null ? null : at(to),
      ...more,
    });
  call("call-agent", "root", 6, 40, { name: "Agent", tool: "Agent", child_session_id: "root.a" });
  call("call-bash", "root", 62, 69, { status: "failed", error: "exit 3", duration_source: "hook" });
  call("call-mcp", "root", 80, 81, { name: "mcp__oven__heat", tool: "heat", mcp_server: "oven" });
  call("call-other", "root", 80, 90);
  call("call-undated", "root", null, null, { status: "pending" });
  // Below: a subagent, a program told of by its trace, one that began during one call, one during two, and one beside all.
  const below = (id: string, from: number, more = {}) =>
    session(id, {
      parent_session_id: "root",
      agent: "script",
      started_at: at(from),
      ended_at: at(from + 1),
      ...more,
    });
  below("root.a", 7, { agent: "claude-code", agent_type: "Explore", ended_at: at(39) });
  call("call-inner", "root.a", 10, 12);
  below("by-trace", 30, { service: "potter" });
  insert("session_traces", {
    session_id: "by-trace",
    trace_id: TRACE_A,
    span_id: "1".repeat(16),
    caller_span_id: "2".repeat(16),
    ts: at(30),
  });
  insert("spans", {
    trace_id: TRACE_A,
    span_id: "2".repeat(16),
    session_id: "root",
    event_id: "s",
    name: "tool",
    kind: "internal",
    started_at: at(6) * 1000,
    status: "ok",
    tool_use_id: "call-bash",
  });
  below("by-time", 65);
  below("by-two", 80.5);
  below("beside", 95);
  insert("session_traces", { session_id: "root", trace_id: TRACE_B, span_id: "3".repeat(16), ts: at(0) });
  session("fork", { forked_from: "root", status: "failed", activity: "ended", started_at: at(200), ended_at: at(201) });
  session("undated", { started_at: null, ended_at: null });
  session("uncorrelated", { agent: "script" });
});
afterAll(() => base.close());

const spansOf = (sessionId: string, content = false): readonly OutgoingSpan[] =>
  sessionSpans(base.db, { sessionId, now: at(1000), content })!.spans;
const span = (subject: "session" | "turn" | "response" | "failure" | "tool", id: string): string =>
  spanIdOf("root", subject, id);
const find = (spans: readonly OutgoingSpan[], id: string): OutgoingSpan => spans.find((one) => one.spanId === id)!;

describe("sessionSpans()", () => {
  test("hangs turns under the session and work under the turn in which it began", () => {
    const spans = spansOf("root");
    const parents = Object.fromEntries(spans.map((one) => [one.spanId, one.parentSpanId]));
    expect(parents).toEqual({
      [span("session", "root")]: null,
      [span("turn", "p1")]: span("session", "root"),
      [span("turn", "p2")]: span("session", "root"),
      [span("response", "m1|q1")]: span("turn", "p1"),
      [span("response", "m2|q2")]: span("turn", "p2"),
      [span("failure", "own")]: span("turn", "p2"),
      [span("tool", "call-agent")]: span("turn", "p1"),
      [span("tool", "call-bash")]: span("turn", "p2"),
      [span("tool", "call-mcp")]: span("turn", "p2"),
      [span("tool", "call-other")]: span("turn", "p2"),
      [span("tool", "call-undated")]: span("session", "root"),
    });
    expect(new Set(spans.map((one) => one.traceId))).toEqual(new Set([traceIdOf("root")]));
  });

  test("ends a turn with its work, not with the next prompt, and guesses only where nobody tells", () => {
    const spans = spansOf("root");
    const times = (id: string): readonly number[] => [find(spans, id).start, find(spans, id).end];
    expect(times(span("turn", "p1"))).toEqual([at(1), at(40)]);
    expect(times(span("turn", "p2"))).toEqual([at(50), at(90)]);
    expect(times(span("session", "root"))).toEqual([at(0), at(100)]);
    expect(times(span("response", "m1|q1"))).toEqual([at(1), at(5)]);
    expect(find(spans, span("response", "m1|q1")).attributes["clew.time_estimated"]).toBe(true);
    expect(times(span("response", "m2|q2"))).toEqual([at(52), at(61)]);
    expect(find(spans, span("response", "m2|q2")).attributes["clew.time_estimated"]).toBeUndefined();
    expect(times(span("tool", "call-undated"))).toEqual([at(0), at(0)]);
    for (const one of spans) expect(one.end).toBeGreaterThanOrEqual(one.start);
  });

  test("hangs what it started under the call that started it, else under itself", () => {
    const parent = (id: string): string | null => spansOf(id)[0]!.parentSpanId;
    expect(parent("root.a")).toBe(span("tool", "call-agent"));
    expect(parent("by-trace")).toBe(span("tool", "call-bash"));
    expect(parent("by-time")).toBe(span("tool", "call-bash"));
    expect(parent("by-two")).toBe(span("session", "root"));
    expect(parent("beside")).toBe(span("session", "root"));
    expect(parent("fork")).toBeNull();
    expect(spansOf("root.a").map((one) => one.parentSpanId)).toContain(span("session", "root.a"));
    expect(spansOf("root.a")[0]!.traceId).toBe(traceIdOf("root"));
  });

  test("links to the traces in which it was recorded, and to where it was forked off", () => {
    const links = (id: string) =>
      spansOf(id)[0]!.links.map(({ traceId, spanId, attributes }) => [traceId, spanId, attributes["clew.link"]]);
    expect(links("root")).toEqual([
      [TRACE_B, "3".repeat(16), "recorded"],
      [TRACE_A, "2".repeat(16), "recorded"],
    ]);
    expect(links("by-trace")).toEqual([[TRACE_A, "1".repeat(16), "recorded"]]);
    expect(links("fork")).toEqual([[traceIdOf("root"), span("session", "root"), "forked_from"]]);
  });

  test("says tokens, cost, models, tools and servers by their common names", () => {
    const spans = spansOf("root");
    expect(find(spans, span("response", "m2|q2"))).toMatchObject({
      name: "chat opus",
      kind: "client",
      attributes: {
        "session.id": "root",
        "gen_ai.conversation.id": "root",
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "aws.bedrock",
        "gen_ai.response.model": "claude-opus-4-5",
        "gen_ai.usage.input_tokens": 1027n,
        "gen_ai.usage.cache_read.input_tokens": 1000n,
        "gen_ai.usage.cache_creation.input_tokens": 24n,
        "gen_ai.usage.output_tokens": 7n,
        "gen_ai.response.time_to_first_chunk": 0.25,
      },
    });
    expect(find(spans, span("response", "m2|q2")).attributes["clew.cost_usd"]).toBeUndefined();
    expect(find(spans, span("response", "m1|q1")).attributes).toMatchObject({
      "clew.cost_usd": 0.0015,
      "gen_ai.response.finish_reasons": ["tool_use"],
    });
    expect(find(spans, span("tool", "call-mcp"))).toMatchObject({
      name: "execute_tool mcp__oven__heat",
      attributes: {
        "gen_ai.tool.name": "mcp__oven__heat",
        "clew.mcp.server": "oven",
        "gen_ai.tool.call.id": "call-mcp",
      },
    });
    expect(find(spans, span("tool", "call-bash"))).toMatchObject({
      status: "error",
      attributes: { "error.type": "failed" },
    });
    expect(find(spans, span("failure", "own"))).toMatchObject({ status: "error", start: at(70), end: at(70.01) });
    expect(spansOf("fork")[0]).toMatchObject({ status: "error" });
    expect(sessionSpans(base.db, { sessionId: "by-trace", now: 0, content: false })!.resource).toMatchObject({
      "service.name": "potter",
    });
  });

  test("takes no text along unless it is told to", () => {
    const said = /glaze|fire|secret|exit 3|overloaded|help/iu;
    const text = (spans: readonly OutgoingSpan[]): string =>
      JSON.stringify(spans, (_, value: unknown) => (typeof value === "bigint" ? String(value) : value));
    for (const id of ["root", "root.a", "by-trace"]) expect(text(spansOf(id))).not.toMatch(said);
    const spans = spansOf("root", true);
    expect(find(spans, span("turn", "p1")).attributes["gen_ai.input.messages"]).toBe(
      '[{"role":"user","parts":[{"type":"text","content":"Glaze them"}]}]',
    );
    expect(find(spans, span("response", "m1|q1")).attributes["gen_ai.output.messages"]).toBe(
      '[{"role":"assistant","parts":[{"type":"text","content":"I glaze."}],"finish_reason":"tool_use"}]',
    );
    expect(find(spans, span("tool", "call-agent")).attributes["gen_ai.tool.call.arguments"]).toBe('{"prompt":"help"}');
    expect(find(spans, span("tool", "call-bash"))).toMatchObject({ statusMessage: "exit 3" });
    expect(find(spans, span("session", "root")).attributes["clew.session.title"]).toBe("Glaze the pots");
  });

  test("says the same of the same session each time", () => {
    expect(spansOf("root")).toEqual(spansOf("root"));
    expect(new Set(spansOf("root").map((one) => one.spanId)).size).toBe(11);
  });

  test("finds each part by an index", () => {
    for (const sql of [EXPORTED_TURNS, EXPORTED_RESPONSES, EXPORTED_FAILURES, EXPORTED_TOOL_CALLS, RECORDED_TRACES])
      expect(base.plan(sql, Array(sql.split("?").length - 1).fill("root"))).not.toMatch(/SCAN (?!\(subquery|CONSTANT)/);
    for (const sql of [STARTED_BY_CALL, STARTED_BY_SPAN, STARTED_MEANWHILE])
      expect(base.plan(sql, Array(sql.split("?").length - 1).fill("root"))).not.toMatch(/SCAN /);
    expect(base.plan(exportedRootsSql({ sql: "1", parameters: [] }), ["", 1])).toMatch(
      /SEARCH s USING .*session_id>\?/,
    );
  });
});

describe("exportSessions()", () => {
  const everything: ExportQuestion = {
    sessionIds: [],
    filter: parseFilter("", "list"),
    timeZone: "UTC",
    now: at(1000),
    content: false,
  };

  async function exported(question: ExportQuestion, isStopped = () => false) {
    const batches: SpanBatch[] = [];
    const counts = noCounts();
    const deliver = async (batch: SpanBatch): Promise<Delivered> => {
      batches.push(batch);
      return { bytes: 10, retries: 1, rejectedSpans: 2 };
    };
    await exportSessions(base.db, question, deliver, counts, isStopped);
    const named = batches.flatMap(({ groups }) =>
      groups.flatMap(({ spans }) =>
        spans
          .filter(({ parentSpanId, name }) => parentSpanId === null || /^(invoke|session)/.test(name))
          .map(({ attributes }) => attributes["session.id"]),
      ),
    );
    return { batches, counts, named };
  }

  test("takes all sessions, each once, but neither what has no time nor what belongs to none", async () => {
    const { named, counts } = await exported(everything);
    expect([...named].sort()).toEqual(["beside", "by-time", "by-trace", "by-two", "fork", "root", "root.a"]);
    expect(counts).toEqual({
      sessions: 7,
      spans: 18,
      batches: 1,
      undated_sessions: 1,
      rejected_spans: 2,
      retries: 1,
      bytes: 10,
    });
  });

  test("takes named sessions with what they started, once", async () => {
    expect((await exported({ ...everything, sessionIds: ["root.a", "root"] })).counts).toMatchObject({ sessions: 6 });
    expect((await exported({ ...everything, sessionIds: ["by-time"] })).named).toEqual(["by-time"]);
  });

  test("takes what passes a filter, with what that started", async () => {
    const failed = { ...everything, filter: parseFilter("status:failed", "list") };
    expect((await exported(failed)).named).toEqual(["fork"]);
  });

  test("stops between two batches", async () => {
    expect((await exported(everything, () => true)).counts).toMatchObject({ batches: 0, spans: 0 });
  });
});
