import * as conventions from "@opentelemetry/semantic-conventions/incubating";
import { describe, expect, test } from "vitest";
import { GEN_AI } from "./gen-ai-names.ts";
import { BEGAN, factsOf, type Plain, parsed, SPAN, span, TRACE } from "./testing.ts";

const callOf = (values: Readonly<Record<string, Plain>>, more: object = {}) =>
  factsOf(parsed(span(values, more)), "model_call")[0];

const CHAT = { "gen_ai.operation.name": "chat", "gen_ai.provider.name": "openai", "gen_ai.request.model": "gpt-5" };

test("the first name of each field is the pinned release's", () => {
  const known: ReadonlySet<unknown> = new Set(Object.values(conventions));
  const first = Object.values(GEN_AI).flatMap((names) => (Array.isArray(names) ? [names[0] as string] : []));
  expect(first.filter((name) => !known.has(name) && !name.startsWith("gen_ai.usage.cache_read_"))).toEqual([
    // Names of instrumentations that the conventions never had.
    "gen_ai.response.finish_reason",
    "gen_ai.usage.cache_creation_input_tokens",
  ]);
});

test("a chat span is a call of a model, in a session of its own trace where none is named", () => {
  const values = {
    ...CHAT,
    "gen_ai.response.model": "gpt-5-2026-01-01",
    "gen_ai.response.id": "chatcmpl-1",
    "gen_ai.response.finish_reasons": ["stop"],
    "gen_ai.response.time_to_first_chunk": 0.25,
    "gen_ai.usage.input_tokens": 100,
    "gen_ai.usage.output_tokens": 20,
  };
  const event = parsed(span(values));
  expect(event.sessionId).toBe("uncorrelated");
  expect(factsOf(event, "span")[0]!.fallbackSession).toBe(`trace-${TRACE}`);
  expect(factsOf(event, "model_call")).toEqual([
    {
      kind: "model_call",
      by: "span",
      ownKey: `span:${TRACE}:${SPAN}`,
      messageId: "chatcmpl-1",
      requestId: null,
      sessionId: null,
      fallbackSession: `trace-${TRACE}`,
      ts: BEGAN,
      provider: "openai",
      model: "gpt-5-2026-01-01",
      usage: {
        inputTokens: 100,
        outputTokens: 20,
        cache5mTokens: 0,
        cache1hTokens: 0,
        cacheWriteTokens: 0,
        cacheReadTokens: 0,
      },
      costMicros: null,
      durationMs: 12.5,
      firstTokenMs: 250,
      finishReason: "stop",
      error: null,
      querySource: null,
      traceId: TRACE,
      spanId: SPAN,
      interaction: null,
    },
  ]);
});

test("a session that is named has no other", () => {
  expect(callOf({ ...CHAT, "gen_ai.conversation.id": "c-1" })).toMatchObject({
    sessionId: "c-1",
    fallbackSession: null,
  });
});

describe("usage", () => {
  const usage = (values: Readonly<Record<string, Plain>>) => {
    const said = callOf({ "gen_ai.operation.name": "chat", ...values })?.usage;
    return said && [said.inputTokens, said.cacheReadTokens, said.cacheWriteTokens, said.outputTokens];
  };

  test.each([
    ["older names", { "gen_ai.usage.prompt_tokens": 7, "gen_ai.usage.completion_tokens": 3 }, [7, 0, 0, 3]],
    [
      "cached tokens are part of the input, by the conventions",
      {
        "gen_ai.provider.name": "anthropic",
        "gen_ai.usage.input_tokens": 100,
        "gen_ai.usage.cache_read.input_tokens": 60,
        "gen_ai.usage.cache_creation.input_tokens": 30,
      },
      [10, 60, 30, 0],
    ],
    [
      "unless they are more than it",
      { "gen_ai.usage.input_tokens": 10, "gen_ai.usage.cache_read.input_tokens": 60, "gen_ai.usage.output_tokens": 1 },
      [10, 60, 0, 1],
    ],
    [
      "OpenAI's include them under the older names too",
      { "gen_ai.system": "openai", "gen_ai.usage.input_tokens": 100, "gen_ai.usage.cache_read_input_tokens": 60 },
      [40, 60, 0, 0],
    ],
    [
      "Anthropic's do not",
      {
        "gen_ai.system": "Anthropic",
        "gen_ai.usage.input_tokens": 100,
        "gen_ai.usage.cache_read_input_tokens": 60,
        "gen_ai.usage.cache_write_input_tokens": 5,
      },
      [100, 60, 5, 0],
    ],
    ["numbers in text", { "gen_ai.usage.input_tokens": "12" }, [12, 0, 0, 0]],
    ["nonsense", { "gen_ai.usage.input_tokens": -5, "gen_ai.usage.output_tokens": 2.7 }, [0, 0, 0, 2]],
    ["nothing", {}, null],
  ])("%s", (_, values, expected) => expect(usage(values)).toEqual(expected));
});

describe("what is a call", () => {
  test.each([
    ["an answer's model alone", { "gen_ai.response.model": "m" }, true],
    ["usage alone", { "gen_ai.usage.output_tokens": 1 }, true],
    [
      "an agent with the sum of its calls",
      { "gen_ai.operation.name": "invoke_agent", "gen_ai.usage.input_tokens": 9 },
      false,
    ],
    ["a tool", { "gen_ai.operation.name": "execute_tool", "gen_ai.tool.call.id": "call-1" }, false],
    ["an embedding", { "gen_ai.operation.name": "embeddings", "gen_ai.usage.input_tokens": 9 }, false],
    ["something else", { "http.route": "/" }, false],
  ])("%s: %j", (_, values, isCall) => expect(callOf(values) !== undefined).toBe(isCall));

  test("a tool's span joins its call", () => {
    const values = { "gen_ai.operation.name": "execute_tool", "gen_ai.tool.call.id": "call-1" };
    expect(factsOf(parsed(span(values)), "span")[0]).toMatchObject({
      toolUseId: "call-1",
      fallbackSession: `trace-${TRACE}`,
    });
  });

  test("an id of a request is not a message's", () => {
    expect(callOf({ ...CHAT, "gen_ai.response.id": "req_1" })).toMatchObject({ messageId: null, requestId: "req_1" });
  });

  test("one that failed says why", () => {
    expect(callOf({ ...CHAT, "error.type": "429" })!.error).toBe("429");
    expect(callOf(CHAT, { status: { code: 2, message: "too\nmany" } })!.error).toBe("too");
    expect(callOf(CHAT, { status: { code: 2 } })!.error).toBe("error");
  });
});

test("what was asked and answered is searched", () => {
  const messages = '[{"role":"user","parts":[{"type":"text","content":"Why does it hum?"}]}]';
  expect(parsed(span({ ...CHAT, "gen_ai.input.messages": messages })).text).toContain("Why does it hum?");
});
