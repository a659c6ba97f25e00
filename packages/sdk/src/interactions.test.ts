/** @module Calls of models are written one line each: whole, redacted, under the session that made them. */
import { mkdtempSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { sessionId, withSession } from "./index.ts";
import type { InteractionLine } from "./interaction.ts";
import { createRedactor, InteractionLogger, tokenUsage } from "./interactions.ts";
import { type Recorder, startRecording } from "./testing.ts";

const BEGIN = new Date(2025, 10, 5, 14, 30, 52).getTime();
const SECRET = "sk-ant-api03-aB3dE6gH9jK2mN5pQ8sT1vW4yZ7aB3dE6gH9jK2mN5pQ8sT1vW4";
let now = BEGIN;
let directory: string;
let recorder: Recorder;
beforeEach(() => {
  now = BEGIN;
  directory = mkdtempSync(join(tmpdir(), "clew-sdk-llm-"));
  recorder = startRecording({ clock: () => now, cwd: () => directory });
});
afterEach(() => recorder.stop());

async function linesOf(logger: InteractionLogger): Promise<readonly InteractionLine[]> {
  await logger.flush();
  const text = readFileSync(logger.path!, "utf8").trimEnd();
  return text === "" ? [] : text.split("\n").map((line) => JSON.parse(line) as InteractionLine);
}

const ask = { provider: "local", model: "tiny", input: [{ role: "user", content: "two?" }] };

describe("InteractionLogger", () => {
  test("opens a file and a session of that name; whoever comes in the same second gets another", async () => {
    expect(sessionId()).toBe("in-progress");
    const logger = new InteractionLogger();
    expect(logger.path).toBe(join(directory, "logs", "llm_interactions", "session_20251105_143052.jsonl"));
    expect(sessionId()).toBe("20251105_143052");
    expect(statSync(logger.path!).mode & 0o777).toBe(0o600);
    const others = withSession("apart", () => [new InteractionLogger(), new InteractionLogger()]);
    expect(others.map(({ path }) => basename(path!))).toEqual([
      "session_20251105_143052-2.jsonl",
      "session_20251105_143052-3.jsonl",
    ]);
    expect(others.map(({ session }) => session!.id)).toEqual(["20251105_143052-2", "20251105_143052-3"]);
    await logger.close();
    expect(sessionId()).toBe("in-progress");
    expect(recorder.ofSession("20251105_143052").map(({ type }) => type)).toEqual(["session.start", "session.end"]);
  });

  test("one line a call, with all there is to say of it", async () => {
    const logger = new InteractionLogger({
      price: (model, { output_tokens }) => (model === "tiny" ? output_tokens! / 100 : null),
    });
    const call = logger.start({ ...ask, isStreaming: true });
    now += 120;
    call.firstToken();
    call.firstToken();
    now += 80;
    call.finish({
      output: "four",
      usage: { prompt_tokens: 9, completion_tokens: 3, prompt_tokens_details: { cached_tokens: 4 } },
      finishReason: "stop",
      toolCalls: [{ id: "t1", name: "add", input: { a: 2 } }],
      responseId: "r1",
    });
    call.finish({ output: "again" });
    call.fail(new Error("too late"));
    const [line, ...more] = await linesOf(logger);
    expect(more).toEqual([]);
    expect(Object.keys(line!)[0]).toBe("session_id");
    expect(line).toEqual({
      session_id: "20251105_143052",
      correlation_id: logger.session!.correlationId,
      workspace: logger.session!.workspace.id,
      interaction_id: 1,
      timestamp: new Date(BEGIN).toISOString(),
      provider: "local",
      model: "tiny",
      input: ask.input,
      output: "four",
      usage: {
        input_tokens: 5,
        output_tokens: 3,
        cache_read_input_tokens: 4,
        cache_creation_input_tokens: null,
        reasoning_tokens: null,
      },
      cost: 0.03,
      latency_ms: 200,
      time_to_first_token_ms: 120,
      finish_reason: "stop",
      error: null,
      tool_calls: [{ id: "t1", name: "add", input: { a: 2 } }],
      streaming: true,
      response_id: "r1",
      request_id: null,
      trace_id: logger.session!.traceId,
      span_id: logger.session!.spanId,
      raw_usage: { prompt_tokens: 9, completion_tokens: 3, prompt_tokens_details: { cached_tokens: 4 } },
    });
  });

  test("a call belongs to the session that makes it, and Clew is told without what was said", async () => {
    const logger = new InteractionLogger();
    await Promise.all(
      Array.from({ length: 20 }, (_, number) =>
        withSession({ id: `request-${number}` }, async () => {
          const call = logger.start({ ...ask, input: `secret plan ${number}` });
          await wait(number % 4);
          call.finish({ output: `answer ${number}` });
        }),
      ),
    );
    const lines = await linesOf(logger);
    expect(lines).toHaveLength(20);
    for (const { session_id, input, output } of lines) {
      const number = session_id.slice("request-".length);
      expect([input, output]).toEqual([`secret plan ${number}`, `answer ${number}`]);
    }
    expect(new Set(lines.map(({ interaction_id }) => interaction_id)).size).toBe(20);
    const events = recorder.ofType("interaction");
    expect(events).toHaveLength(20);
    expect(JSON.stringify(events)).not.toMatch(/secret plan|answer/);
    expect(events[0]).toMatchObject({
      message: "local tiny",
      data: { file: logger.path, provider: "local", latency_ms: 0 },
    });
    expect(recorder.problems).toEqual([]);
  });

  test("the input is what was asked then, whatever becomes of the object", async () => {
    const logger = new InteractionLogger();
    const messages = [{ role: "user", content: "two?" }];
    const call = logger.start({ ...ask, input: messages });
    messages.push({ role: "assistant", content: "four" });
    call.finish({});
    expect((await linesOf(logger))[0]!.input).toEqual([{ role: "user", content: "two?" }]);
  });

  test("secrets are gone before anything is written, also from errors, tools, and behind a cut", async () => {
    const logger = new InteractionLogger({ maxText: 100 });
    const call = logger.start({
      ...ask,
      input: { text: `key ${SECRET}`, api_key: "anything", long: "x".repeat(80) + SECRET },
    });
    call.fail(Object.assign(new Error(`refused ${SECRET}`), { status: 401 }), {
      output: `say ${SECRET}`,
      toolCalls: [{ id: null, name: "curl", input: { header: `Bearer ${SECRET}` } }],
    });
    const [line] = await linesOf(logger);
    expect(readFileSync(logger.path!, "utf8")).not.toContain("sk-ant");
    expect(JSON.stringify(recorder.records)).not.toContain("sk-ant");
    expect(line).toMatchObject({
      input: { text: "key [redacted:anthropic-key]", api_key: "[redacted:key]" },
      output: "say [redacted:anthropic-key]",
      error: { name: "Error", message: "refused [redacted:anthropic-key]", status: 401 },
    });
  });

  test("a redactor that fails lets nothing through", async () => {
    const broken = createRedactor();
    const logger = new InteractionLogger({
      redactor: {
        ...broken,
        value() {
          throw new Error("no");
        },
      },
    });
    logger.start({ ...ask, input: SECRET }).finish({ output: SECRET });
    expect((await linesOf(logger))[0]).toMatchObject({ input: "[redaction failed]", output: "[redaction failed]" });
    expect(recorder.problems.map(({ code }) => code)).toEqual(["adapter"]);
  });

  test("large texts and large lines are cut, and say by how much", async () => {
    const logger = new InteractionLogger({ maxText: 1000, maxLine: 20_000 });
    logger.start({ ...ask, input: "i".repeat(10_000_000) }).finish({ output: "o".repeat(1001) });
    logger.start({ ...ask, input: Array.from({ length: 100 }, () => "i".repeat(900)) }).finish({});
    logger.start({ ...ask, input: Array.from({ length: 100_000 }, () => "i") }).finish({ output: Buffer.alloc(5000) });
    const [first, second, third] = await linesOf(logger);
    expect(first!.input).toBe(`${"i".repeat(1000)}... [9999000 characters cut]`);
    expect(first!.output).toBe(`${"o".repeat(1000)}... [1 characters cut]`);
    expect(second!.input).toMatch(/^\[\d+ characters cut\]$/);
    expect(third!.output).toBe("[binary, 5000 bytes]");
    for (const line of readFileSync(logger.path!, "utf8").trimEnd().split("\n"))
      expect(line.length).toBeLessThanOrEqual(20_000);
  });

  test("what was called by hand can be written afterwards", async () => {
    const logger = new InteractionLogger();
    logger.record({ ...ask, output: "four", latencyMs: 700, cost: 0.5 });
    logger.record({ ...ask, error: new TypeError("no") });
    expect(await linesOf(logger)).toMatchObject([
      { interaction_id: 1, latency_ms: 700, cost: 0.5, timestamp: new Date(BEGIN - 700).toISOString() },
      { interaction_id: 2, error: { name: "TypeError", message: "no" } },
    ]);
  });

  test("without a place to write, and when it is not wanted, calls go on as ever", () => {
    writeFileSync(join(directory, "file"), "");
    const broken = new InteractionLogger({ directory: join(directory, "file") });
    expect(broken.path).toBeNull();
    expect(sessionId()).toBe("20251105_143052");
    broken.start(ask).finish({ output: "four" });
    broken.session!.end();
    expect(recorder.problems.map(({ code }) => code)).toEqual(["file"]);
    const off = new InteractionLogger({ enabled: false });
    expect([off.path, off.session, sessionId()]).toEqual([null, null, "in-progress"]);
    off.start(ask).fail(new Error("no"));
    off.record(ask);
  });
});

test("token counts of every provider come under the same names", () => {
  const counts = (usage: unknown): unknown[] => Object.values(tokenUsage(usage)!);
  expect(
    counts({ input_tokens: 5, output_tokens: 3, cache_read_input_tokens: 7, cache_creation_input_tokens: 2 }),
  ).toEqual([5, 3, 7, 2, null]);
  expect(
    counts({
      input_tokens: 12,
      output_tokens: 3,
      input_tokens_details: { cached_tokens: 7 },
      output_tokens_details: { reasoning_tokens: 1 },
    }),
  ).toEqual([5, 3, 7, null, 1]);
  expect(counts({ prompt_tokens: 12, completion_tokens: 3 })).toEqual([12, 3, null, null, null]);
  expect(
    counts({ promptTokenCount: 12, candidatesTokenCount: 3, cachedContentTokenCount: 7, thoughtsTokenCount: 1 }),
  ).toEqual([5, 3, 7, null, 1]);
  expect(counts({ promptTokens: 12, completionTokens: 3 })).toEqual([12, 3, null, null, null]);
  expect(counts({ inputTokens: 12, outputTokens: 3, cachedInputTokens: 7, reasoningTokens: 1 })).toEqual([
    5,
    3,
    7,
    null,
    1,
  ]);
  expect(
    counts({
      inputTokens: { total: 12, noCache: 5, cacheRead: 7, cacheWrite: 2 },
      outputTokens: { total: 3, reasoning: 1 },
    }),
  ).toEqual([5, 3, 7, 2, 1]);
  const split = { ephemeral_5m_input_tokens: 2, ephemeral_1h_input_tokens: 0 };
  expect(tokenUsage({ input_tokens: 5, output_tokens: 3, cache_creation: split })).toMatchObject({
    cache_creation_5m_input_tokens: 2,
    cache_creation_1h_input_tokens: 0,
  });
  expect(tokenUsage({ inputTokens: {}, raw: { cache_creation: split } })).toMatchObject({
    cache_creation_5m_input_tokens: 2,
  });
  for (const nothing of [undefined, null, {}, 5, "x"]) expect(tokenUsage(nothing)).toBeNull();
  expect(counts({ input_tokens: Number.NaN, output_tokens: "3" })).toEqual([null, null, null, null, null]);
});
