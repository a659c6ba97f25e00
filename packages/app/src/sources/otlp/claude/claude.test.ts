import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { SpooledEvent } from "../../spooled-event.ts";
import type { OtlpSignal } from "../item.ts";
import { attributes, BEGAN, checkEvent, events, factsOf, itemsOf, log, parsed, protobufOf, span } from "../testing.ts";

const SESSION = "6f1c2b3a-0000-4000-8000-00000000c1a0";
const AGENT = `${SESSION}.a1b2c3d4e5f60718`;

/** Written after what version 2.1.329 sends: one prompt, a subagent, a tool of an MCP server, a refusal, an error, a compaction. */
const fixture = (signal: OtlpSignal): string =>
  readFileSync(new URL(`../../../../../../fixtures/otlp/claude-${signal}.json`, import.meta.url), "utf8");

async function eventsOf(signal: OtlpSignal): Promise<readonly SpooledEvent[]> {
  return events((await itemsOf(signal, fixture(signal))).items);
}

async function all(): Promise<readonly SpooledEvent[]> {
  return [...(await eventsOf("logs")), ...(await eventsOf("traces")), ...(await eventsOf("metrics"))];
}

test("every item is an event of its session, the same when it is read again", async () => {
  for (const event of await all()) {
    checkEvent(event);
    expect(event).toMatchObject({ source: "otlp", agent: "claude-code", rootSessionId: SESSION });
    expect([SESSION, AGENT]).toContain(event.sessionId);
    expect(factsOf(event, "problem")).toEqual([]);
  }
});

test.each(["logs", "traces", "metrics"] as const)("%s in protobuf are the same events", async (signal) => {
  const request = JSON.parse(fixture(signal)) as object;
  const { items } = await itemsOf(signal, protobufOf(signal, request), "application/x-protobuf");
  const told = (list: readonly SpooledEvent[]) => list.map(({ eventId, facts, text }) => ({ eventId, facts, text }));
  expect(told(events(items))).toEqual(told(await eventsOf(signal)));
});

describe("calls of models", () => {
  test("an api_request has tokens, price and when it began", async () => {
    const calls = (await eventsOf("logs")).flatMap((event) => factsOf(event, "model_call"));
    expect(calls[0]).toMatchObject({
      by: "api_request",
      requestId: "req_loom_1",
      messageId: null,
      sessionId: SESSION,
      ts: BEGAN + 150,
      model: "claude-opus-4-8",
      usage: {
        inputTokens: 12,
        outputTokens: 80,
        cache5mTokens: 100,
        cache1hTokens: 200,
        cacheWriteTokens: 300,
        cacheReadTokens: 2000,
      },
      costMicros: 5685,
      durationMs: 250,
      firstTokenMs: 60,
      querySource: "sdk",
      error: null,
    });
    expect(calls.map(({ requestId, sessionId }) => [requestId, sessionId])).toEqual([
      ["req_loom_1", SESSION],
      ["req_loom_2", AGENT],
      ["req_loom_3", SESSION],
      ["req_loom_4", SESSION],
    ]);
    expect(calls.map(({ querySource }) => querySource)).toContain("compact");
  });

  test("writes to the cache without a split count as five-minute ones", async () => {
    const [, call] = (await eventsOf("logs")).flatMap((event) => factsOf(event, "model_call"));
    expect(call!.usage).toMatchObject({ cache5mTokens: 50, cache1hTokens: 0, cacheWriteTokens: 50 });
  });

  test("a request that failed has its error, and no tokens", async () => {
    const failed = (await all()).flatMap((event) => factsOf(event, "model_call")).filter(({ error }) => error !== null);
    expect(failed.map(({ by, requestId, error, usage }) => [by, requestId, error, usage])).toEqual([
      ["api_request", "req_loom_3", "overloaded", null],
      ["span", "req_loom_3", "overloaded", null],
    ]);
    const counts = (await all()).flatMap((event) => factsOf(event, "count"));
    expect(counts, "transcripts and hooks count errors").toEqual([]);
  });

  test("a span meets the event by the request's id, and tells how it stopped", async () => {
    const [call] = (await eventsOf("traces")).flatMap((event) => factsOf(event, "model_call"));
    expect(call).toMatchObject({
      by: "span",
      requestId: "req_loom_1",
      messageId: null,
      finishReason: "tool_use",
      costMicros: null,
      usage: { inputTokens: 12, cacheReadTokens: 2000, cacheWriteTokens: 300 },
    });
  });

  test("the mark of a large context is no part of the model's name", () => {
    const own = { "session.id": SESSION, "event.name": "api_request", model: "claude-opus-4-8[1m]", input_tokens: 1 };
    const event = parsed(log(own), { signal: "logs", resource: { "service.name": "claude-code" } });
    expect(factsOf(event, "model_call")[0]!.model).toBe("claude-opus-4-8");
  });
});

describe("tool calls", () => {
  test("end as tool_result and tool_decision say, under their real names", async () => {
    const ends = (await eventsOf("logs")).flatMap((event) => factsOf(event, "hook_tool"));
    expect(ends.map(({ toolUseId, phase, name, durationMs }) => [toolUseId, phase, name, durationMs])).toEqual([
      ["toolu_loom_mcp", "failed", "mcp__sensor__read", 7],
      ["toolu_loom_agent", "post", "Agent", 440],
      ["toolu_loom_rm", "denied", "Bash", null],
    ]);
    expect(ends[0]).toMatchObject({
      by: "telemetry",
      tool: "read",
      mcpServer: "sensor",
      error: "the sensor is off",
      sessionId: AGENT,
      ts: BEGAN + 800,
    });
    expect(ends[2]!.summary).toBe("rm -rf loom");
  });

  test("begin as their spans do; the span that calls a subagent is the caller's", async () => {
    const traces = await eventsOf("traces");
    const begun = traces.flatMap((event) => factsOf(event, "hook_tool"));
    expect(begun.map(({ toolUseId, phase, ts, sessionId }) => [toolUseId, phase, ts, sessionId])).toEqual([
      ["toolu_loom_mcp", "pre", BEGAN + 780, AGENT],
      ["toolu_loom_agent", "pre", BEGAN + 410, SESSION],
    ]);
    const spans = traces.flatMap((event) => factsOf(event, "span"));
    expect(spans.filter(({ toolUseId }) => toolUseId).map(({ name, sessionId }) => [name, sessionId])).toEqual([
      ["claude_code.tool.execution", AGENT],
      ["claude_code.tool", AGENT],
      ["claude_code.tool.execution", SESSION],
      ["claude_code.tool", SESSION],
    ]);
  });
});

test("a session is told with its client's version, a subagent with its kind", async () => {
  const sessions = (await eventsOf("logs")).flatMap((event) => factsOf(event, "session"));
  expect(sessions[0]).toEqual({ kind: "session", sessionId: SESSION, clientVersion: "2.1.329" });
  expect(sessions).toContainEqual({
    kind: "session",
    sessionId: AGENT,
    clientVersion: "2.1.329",
    agentType: "Explore",
  });
});

describe("prompts", () => {
  const prompt = (values: Record<string, string>) =>
    parsed(log({ "session.id": SESSION, "event.name": "user_prompt", "prompt.id": "p-1", ...values }), {
      signal: "logs",
      resource: { "service.name": "claude-code" },
    });

  test("are prompts with their id", async () => {
    const found = (await eventsOf("logs")).flatMap((event) => factsOf(event, "prompt"));
    const promptId = "0c5f0d1e-0000-4000-8000-000000000001";
    expect(found).toEqual([{ kind: "prompt", promptId, text: "Why does the loom hum?", by: "telemetry" }]);
  });

  test("that are kept back, commands or notices are none", () => {
    expect(prompt({ prompt: "<REDACTED>" })).toMatchObject({ text: "", facts: [{ kind: "session" }] });
    const command = prompt({ prompt: "/compact now", command_name: "compact" });
    expect(command.text).toBe("/compact now");
    expect(factsOf(command, "prompt")).toEqual([]);
    const notice = prompt({ prompt: "<task-notification>done</task-notification>" });
    expect(factsOf(notice, "prompt")).toEqual([]);
    expect(notice.origin).toBe("tool");
  });
});

test("events are searched for what a person would look for, the rest is silent", async () => {
  const texts = new Map((await eventsOf("logs")).map(({ type, text }) => [type, text]));
  expect(texts.get("otel.user_prompt")).toBe("Why does the loom hum?");
  expect(texts.get("otel.api_error")).toBe("overloaded");
  expect(texts.get("otel.hook_registered")).toBe("");
  expect(texts.get("otel.compaction")).toBe("");
});

test("a metric's series is told apart by what is counted, not by who counts", async () => {
  const metrics = (await eventsOf("metrics")).flatMap((event) => factsOf(event, "metric"));
  expect(metrics).toHaveLength(3);
  expect(metrics[2]).toEqual({
    kind: "metric",
    sessionId: SESSION,
    name: "claude_code.token.usage",
    attributes: { type: "output", model: "claude-opus-4-8", query_source: "main" },
    unit: "tokens",
    metricKind: "sum",
    isDelta: true,
    value: 80,
    ts: BEGAN + 1000,
  });
});

test("telemetry without a session's id is nobody's", () => {
  const resource = { "service.name": "claude-code" };
  const event = parsed(log({ "event.name": "api_request", input_tokens: 3 }), { signal: "logs", resource });
  expect(event).toMatchObject({ sessionId: "uncorrelated", facts: [] });
  const llm = parsed(span({}, { name: "claude_code.llm_request" }), { resource });
  expect(factsOf(llm, "span")[0]).toMatchObject({ sessionId: null, fallbackSession: null });
  expect(attributes({})).toEqual([]);
});
