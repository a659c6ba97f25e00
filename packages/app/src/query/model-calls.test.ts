import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CALLS_OF_TRACE, correlationOf } from "./correlation-of.ts";
import { type FoundId, findId } from "./find-id.ts";
import { ID_LOOKUPS } from "./find-id-lookups.ts";
import { type TestTelemetry, TRACE, testTelemetry, uncorrelatedSession } from "./log-testing.ts";
import {
  CALL_BY_KEY,
  callOfResponse,
  callsSql,
  KEY_OF_RESPONSE,
  modelCall,
  modelCalls,
  untoldSql,
} from "./model-calls.ts";
import {
  CALLS_AFTER,
  CALLS_AT,
  CALLS_BEFORE,
  CALLS_OF_SPAN,
  callsOfLine,
  LINES_AFTER,
  LINES_BEFORE,
  LINES_FROM,
  linesOfCall,
} from "./model-calls-of-line.ts";
import { TEST_NOW, type TestDatabase, testDatabase } from "./testing.ts";

const at = (seconds: number): number => TEST_NOW + seconds * 1000;
const SPAN = "b7ad6b7169203331";
const OTHER_TRACE = "9".repeat(32);
const [OWN_SPAN, CALLER_SPAN, CALL_SPAN, LINE_SPAN] = ["2", "3", "4", "5"].map((digit) => digit.repeat(16)) as [
  string,
  string,
  string,
  string,
];

let base: TestDatabase;
let told: TestTelemetry;
beforeAll(() => {
  base = testDatabase();
  told = testTelemetry(base);
  uncorrelatedSession(base);
  base.session("11111111-agent", { title: "The agent", responses: 2, started_at: at(0), ended_at: at(100) });
  base.session("request-1", { agent: "script", parent_session_id: "11111111-agent", root_session_id: "request-1" });
  base.event("11111111-agent", { eventId: "answer-1", ts: at(0), text: "hi" });
  base.response("11111111-agent", {
    response_id: "msg_01|req_01",
    message_id: "msg_01",
    request_id: "req_01",
    event_id: "answer-1",
    ts: at(0),
    input_tokens: 10,
    output_tokens: 5,
    cache_read_tokens: 3,
    cache_write_tokens: 2,
    cost_micros: 1_500_000,
  });
  base.response("11111111-agent", {
    response_id: "msg_02|req_02",
    message_id: "msg_02",
    request_id: "req_02",
    ts: at(5),
    event_id: "answer-1",
  });
  told.modelCall("message:msg_02", {
    session_id: "11111111-agent",
    response_id: "msg_02|req_02",
    message_id: "msg_02",
    request_id: "req_02",
    ts: at(4),
    told: JSON.stringify({ api_request: {}, span: {} }),
    model: "claude-x",
    query_source: "compact",
    cost_micros: 99,
  });
  base.event("request-1", { eventId: "inter-1", type: "interaction", ts: at(10), body: {} });
  told.modelCall("interaction:request-1:1:0", {
    session_id: "request-1",
    event_id: "inter-1",
    ts: at(10),
    duration_ms: 2000,
    first_token_ms: 300,
    provider: "openai",
    model: "gpt-x",
    error: "429: slow down",
    trace_id: TRACE,
    span_id: SPAN,
    interaction: JSON.stringify({ file: "/logs/session_1.jsonl", number: 1 }),
  });
  told.modelCall("lost", { session_id: "uncorrelated", joined_by: null, ts: at(1), cost_micros: 7 });
  told.line({ session: "request-1", ts: at(9), eventId: "line-before" });
  told.line({ session: "request-1", ts: at(11), eventId: "line-while", message: "waiting for\nthe model" });
  told.line({ session: "request-1", ts: at(40), eventId: "line-after" });
  told.line({ session: "request-1", ts: at(60), eventId: "line-in-span", traceId: TRACE, spanId: SPAN });
  told.line({ session: "11111111-agent", ts: at(100), eventId: "line-of-agent" });
  told.line({ eventId: "line-of-none", ts: at(11) });
  told.toolCall("toolu_01", {
    session_id: "11111111-agent",
    started_at: at(1),
    summary: "npm test",
    call_event_id: "answer-1",
  });
  told.span({ span_id: SPAN, session_id: "request-1", started_at: at(10) });
});
afterAll(() => base.close());

const keys = (rows: readonly { readonly call_key: string | null; readonly response_id: string | null }[]) =>
  rows.map((row) => row.call_key ?? row.response_id);

describe("modelCalls()", () => {
  test("has calls and responses of a session and all below it, each once, by time", () => {
    const { rows, more } = modelCalls(base.db, { sessionId: "11111111-agent" });
    expect(keys(rows)).toEqual(["msg_01|req_01", "message:msg_02", "interaction:request-1:1:0"]);
    expect(more).toBe(false);
    expect(rows[0]).toMatchObject({
      told_by: ["transcript"],
      input_tokens: 10,
      cache_read_input_tokens: 3,
      cache_creation_input_tokens: 2,
      cost_usd: 1.5,
      message_id: "msg_01",
      event_id: "answer-1",
    });
    // The price that counts is the response's: none.
    expect(rows[1]).toMatchObject({
      told_by: ["transcript", "api_request", "span"],
      cost_usd: null,
      query_source: "compact",
    });
    expect(rows[2]).toMatchObject({
      told_by: ["interaction"],
      input_tokens: null,
      cost_usd: null,
      duration_ms: 2000,
      first_token_ms: 300,
      error: "429: slow down",
      interaction: { file: "/logs/session_1.jsonl", number: 1 },
    });
    expect(keys(modelCalls(base.db, { sessionId: "11111111-agent", alone: true }).rows)).toHaveLength(2);
    expect(modelCalls(base.db, { sessionId: "11111111-agent", limit: 1 })).toMatchObject({
      more: true,
      rows: [{ response_id: "msg_01|req_01" }],
    });
    expect(modelCalls(base.db, { sessionId: "absent" })).toEqual({ rows: [], more: false });
  });

  test("finds one by its key or its response", () => {
    expect(modelCall(base.db, "lost")).toMatchObject({ session_id: null, cost_usd: 0.000007 });
    expect(modelCall(base.db, "absent")).toBeNull();
    expect(callOfResponse(base.db, "msg_02|req_02")?.call_key).toBe("message:msg_02");
    expect(callOfResponse(base.db, "msg_01|req_01")).toMatchObject({ call_key: null, response_id: "msg_01|req_01" });
    expect(callOfResponse(base.db, "absent")).toBeNull();
  });

  test("leads from a line to its calls: of its span, that ran then, else the nearest", () => {
    const calls = (eventId: string) => {
      const { rows, by } = callsOfLine(base.db, eventId);
      return [by, keys(rows)];
    };
    expect(calls("line-in-span")).toEqual(["span", ["interaction:request-1:1:0"]]);
    expect(calls("line-while")).toEqual(["time", ["interaction:request-1:1:0"]]);
    expect(calls("line-after")).toEqual(["session", ["interaction:request-1:1:0"]]);
    expect(calls("line-of-agent")).toEqual(["session", ["message:msg_02"]]);
    expect(calls("line-of-none")).toEqual([null, []]);
    expect(calls("absent")).toEqual([null, []]);
  });

  test("and back: the lines around a call", () => {
    const call = modelCall(base.db, "interaction:request-1:1:0")!;
    const { rows, at: first } = linesOfCall(base.db, call, { after: 1 });
    expect(rows.map((row) => row.event_id)).toEqual(["line-before", "line-while", "line-after"]);
    expect(first).toBe(1);
    expect(linesOfCall(base.db, modelCall(base.db, "lost")!).rows).toEqual([]);
  });
});

describe("findId()", () => {
  beforeAll(() => {
    base.session("spanned", { agent: "script" });
    base.insert("session_traces", {
      session_id: "spanned",
      trace_id: OTHER_TRACE,
      span_id: OWN_SPAN,
      caller_span_id: CALLER_SPAN,
      ts: at(0),
    });
    told.modelCall("interaction:request-1:7:0", {
      session_id: "spanned",
      ts: at(1),
      trace_id: OTHER_TRACE,
      span_id: CALL_SPAN,
      interaction: JSON.stringify({ file: "/w/logs/llm_interactions/session_20251105_143052.jsonl", number: 7 }),
    });
    told.line({ session: "spanned", ts: at(1), traceId: OTHER_TRACE, spanId: LINE_SPAN, message: "in a span" });
    told.line({ session: "spanned", ts: at(1), traceId: OTHER_TRACE, spanId: OWN_SPAN, message: "in its own" });
  });

  const kinds = (id: string) => findId(base.db, id).map((found) => `${found.kind} ${found.id}`);

  test.each([
    ["11111111-agent", ["session 11111111-agent"]],
    ["11111111", ["session 11111111-agent"]],
    ["0123456789abcdef:request-1", ["session request-1"]],
    ["answer-1", ["event answer-1"]],
    ["line-while", ["log_line line-while"]],
    ["line-whi", ["log_line line-while"]],
    ["interaction:request-1:1:0", ["model_call interaction:request-1:1:0"]],
    ["request-1:1", ["model_call interaction:request-1:1:0"]],
    ["msg_02", ["model_call message:msg_02"]],
    ["req_02", ["model_call message:msg_02"]],
    ["msg_02|req_02", ["model_call message:msg_02"]],
    ["req_01", ["response msg_01|req_01"]],
    ["msg_01|", ["response msg_01|req_01"]],
    ["toolu_01", ["tool_call toolu_01"]],
    [TRACE, [`trace ${TRACE}`]],
    [TRACE.slice(0, 8), [`trace ${TRACE}`]],
    [SPAN, [`span ${TRACE}:${SPAN}`]],
    [`${TRACE}:${SPAN}`, [`span ${TRACE}:${SPAN}`]],
    // A span that never came: its session names it, or what started the session, or a call, or only a line.
    [OWN_SPAN, [`span ${OTHER_TRACE}:${OWN_SPAN}`]],
    [CALLER_SPAN, [`span ${OTHER_TRACE}:${CALLER_SPAN}`]],
    [CALL_SPAN, [`span ${OTHER_TRACE}:${CALL_SPAN}`]],
    [`${OTHER_TRACE}:${LINE_SPAN}`, [`span ${OTHER_TRACE}:${LINE_SPAN}`]],
    [LINE_SPAN, []],
    // The session in the name of the file.
    ["20251105_143052:7", ["model_call interaction:request-1:7:0"]],
    ["20251105_143053:7", []],
    ["1105_143052:7", []],
    ["line", []],
    ["", []],
    ["' OR 1=1 --", []],
    ["%", []],
    ["x".repeat(700), []],
  ])("%s is %j", (id, expected) => {
    expect(kinds(id)).toEqual(expected);
  });

  test("each says where it stands", () => {
    expect(findId(base.db, "line-while")).toEqual([
      {
        kind: "log_line",
        id: "line-while",
        session_id: "request-1",
        event_id: "line-while",
        ts: new Date(at(11)).toISOString(),
        text: "waiting for the model",
      },
    ]);
    expect(findId(base.db, "line-of-none")[0]).toMatchObject({ session_id: null });
    expect(findId(base.db, "toolu_01")[0]).toMatchObject({ text: "Bash npm test", event_id: "answer-1" });
  });

  test("leads from a span that a line names to the line", () => {
    const [span] = findId(base.db, OWN_SPAN);
    expect(span).toMatchObject({ session_id: "spanned" });
    expect(correlationOf(base.db, span!).lines.map((line) => line.message)).toEqual(["in its own"]);
  });

  test("looks in indexes alone", () => {
    for (const { exact, prefix } of ID_LOOKUPS) {
      if (exact) {
        const parameters = (exact.match(/\?(?!')/gu) ?? []).map(() => "x");
        expect(base.plan(exact, parameters), exact).not.toMatch(/^SCAN/mu);
      }
      if (prefix) expect(base.plan(prefix, ["a", "b", 5]), prefix).not.toMatch(/^SCAN/mu);
    }
    for (const [sql, parameters] of [
      [callsSql("root"), ["s", 5]],
      [callsSql("session"), ["[]", 5]],
      [untoldSql("root"), ["s", 5]],
      [untoldSql("session"), ["[]", 5]],
      [CALL_BY_KEY, ["k"]],
      [KEY_OF_RESPONSE, ["r"]],
      [CALLS_OF_SPAN, ["t", "s"]],
      [CALLS_OF_TRACE, ["t", 5]],
      [CALLS_AT, ["s", 1, 1, 1]],
      [CALLS_BEFORE, ["s", 1]],
      [CALLS_AFTER, ["s", 1]],
      [LINES_BEFORE, ["s", 1, 5]],
      [LINES_FROM, ["s", 1, 2, 5]],
      [LINES_AFTER, ["s", 1, 5]],
    ] as const)
      expect(base.plan(sql, parameters), sql).not.toMatch(/SCAN (?!f VIRTUAL)/u);
  });
});

describe("correlationOf()", () => {
  const of = (id: string) => correlationOf(base.db, findId(base.db, id)[0] as FoundId);

  test("has for each kind of id what belongs to it", () => {
    expect(of("line-while")).toMatchObject({
      at: 1,
      calls_by: "time",
      calls: [{ call_key: "interaction:request-1:1:0" }],
      timeline: null,
    });
    expect(of("request-1:1").lines.map((row) => row.event_id)).toEqual([
      "line-before",
      "line-while",
      "line-after",
      "line-in-span",
    ]);
    expect(of("11111111-agent").timeline?.rows.map((row) => row.source)).toEqual([
      "llm",
      "llm",
      "log",
      "llm",
      "log",
      "log",
      "log",
      "log",
    ]);
    expect(of("answer-1").timeline?.rows.map((row) => row.event_id)).toContain("answer-1");
    expect(of(TRACE)).toMatchObject({
      calls: [{ provider: "openai" }],
      lines: [{ event_id: "line-in-span" }],
      at: null,
    });
    expect(of(SPAN)).toMatchObject({ calls: [{ provider: "openai" }], lines: [{ event_id: "line-in-span" }] });
    expect(of("toolu_01")).toMatchObject({ timeline: null, calls: [] });
    expect(of("req_01")).toMatchObject({
      calls: [{ response_id: "msg_01|req_01" }],
      lines: [{ event_id: "line-of-agent" }],
    });
  });
});
