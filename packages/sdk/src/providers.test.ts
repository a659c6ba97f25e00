/** @module Providers' SDKs behave as without us, and every call is written down; they are played by what of them is touched. */
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { InteractionLine } from "./interaction.ts";
import { InteractionLogger, interactionMiddleware, logAnthropic, logFetch, logOpenai } from "./interactions.ts";
import { type Recorder, startRecording } from "./testing.ts";

let recorder: Recorder;
let logger: InteractionLogger;
beforeEach(() => {
  const directory = mkdtempSync(join(tmpdir(), "clew-sdk-llm-"));
  recorder = startRecording({ cwd: () => directory });
  logger = new InteractionLogger();
});
afterEach(async () => {
  expect(recorder.problems).toEqual([]);
  await logger.close();
  recorder.stop();
});

async function lines(): Promise<readonly InteractionLine[]> {
  await logger.flush();
  const text = readFileSync(logger.path!, "utf8").trimEnd();
  return text === "" ? [] : text.split("\n").map((line) => JSON.parse(line) as InteractionLine);
}

/** As the SDKs' promise does it: the body is read, once, when somebody waits for what it says. */
class ApiPromise<Value> extends Promise<Value> {
  readonly #response: Promise<Response>;
  readonly #read: (response: Response) => Promise<Value>;
  #parsed: Promise<Value> | undefined;

  constructor(response: Promise<Response>, read: (response: Response) => Promise<Value>) {
    super((resolve) => resolve(null as never));
    this.#response = response;
    this.#read = read;
  }
  #parse(): Promise<Value> {
    this.#parsed ??= this.#response.then(this.#read);
    return this.#parsed;
  }
  asResponse(): Promise<Response> {
    return this.#response;
  }
  async withResponse(): Promise<{ data: Value; response: Response }> {
    const [data, response] = await Promise.all([this.#parse(), this.asResponse()]);
    return { data, response };
  }
  // biome-ignore lint/suspicious/noThenProperty: it is a promise.
  override then<A = Value, B = never>(
    resolved?: ((value: Value) => A | PromiseLike<A>) | null,
    rejected?: ((error: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return this.#parse().then(resolved, rejected);
  }
  override catch<B = never>(rejected?: ((error: unknown) => B | PromiseLike<B>) | null): Promise<Value | B> {
    return this.#parse().catch(rejected);
  }
  override finally(done?: (() => void) | null): Promise<Value> {
    return this.#parse().finally(done);
  }
  static override get [Symbol.species]() {
    return Promise;
  }
}

/** As the SDKs' streams do it. */
class Stream<Piece> implements AsyncIterable<Piece> {
  readonly iterator: () => AsyncIterator<Piece>;
  constructor(iterator: () => AsyncIterator<Piece>) {
    this.iterator = iterator;
  }
  [Symbol.asyncIterator](): AsyncIterator<Piece> {
    return this.iterator();
  }
}

const message = {
  id: "msg_1",
  model: "claude-test-2",
  content: [
    { type: "text", text: "four" },
    { type: "tool_use", id: "t1", name: "add", input: { a: 2 } },
  ],
  stop_reason: "tool_use",
  usage: { input_tokens: 9, output_tokens: 4, cache_read_input_tokens: 0, cache_creation_input_tokens: 0 },
};
const messageEvents = [
  {
    type: "message_start",
    message: { ...message, content: [], stop_reason: null, usage: { ...message.usage, output_tokens: 1 } },
  },
  { type: "ping" },
  { type: "content_block_start", index: 0, content_block: { type: "text", text: "" } },
  { type: "content_block_delta", index: 0, delta: { type: "text_delta", text: "fo" } },
  { type: "content_block_delta", index: 0, delta: { type: "text_delta", text: "ur" } },
  { type: "content_block_stop", index: 0 },
  { type: "content_block_start", index: 1, content_block: { type: "tool_use", id: "t1", name: "add", input: {} } },
  { type: "content_block_delta", index: 1, delta: { type: "input_json_delta", partial_json: '{"a"' } },
  { type: "content_block_delta", index: 1, delta: { type: "input_json_delta", partial_json: ":2}" } },
  { type: "message_delta", delta: { stop_reason: "tool_use" }, usage: { output_tokens: 4 } },
  { type: "message_stop" },
];
const messageLine = {
  provider: "anthropic",
  model: "claude-test-2",
  output: message.content,
  usage: { input_tokens: 9, output_tokens: 4 },
  finish_reason: "tool_use",
  tool_calls: [{ id: "t1", name: "add", input: { a: 2 } }],
  response_id: "msg_1",
  error: null,
};

interface Asked {
  readonly model: string;
  readonly stream?: boolean;
}

class FakeAnthropic {
  readonly #key = "private";
  baseURL = "https://api.anthropic.com";
  fail: Error | null = null;
  events: readonly unknown[] = messageEvents;
  readonly messages = {
    create: (body: Asked): ApiPromise<unknown> => {
      const answer = this.fail ? Promise.reject(this.fail) : Promise.resolve(new Response(JSON.stringify(message)));
      return new ApiPromise<unknown>(answer, async (response) => {
        if (!body.stream) return (await response.json()) as unknown;
        const { events } = this;
        return new Stream(async function* pieces() {
          yield* events;
        });
      });
    },
    stream: (body: Asked) => {
      const listeners = new Map<string, (value: unknown) => void>();
      const run = async (): Promise<void> => {
        for await (const event of (await this.messages.create({ ...body, stream: true })) as AsyncIterable<unknown>)
          listeners.get("streamEvent")?.(event);
        listeners.get("finalMessage")?.(message);
        listeners.get("end")?.(undefined);
      };
      const done = Promise.resolve().then(run);
      return {
        on(event: string, listener: (value: unknown) => void) {
          listeners.set(event, listener);
          return this;
        },
        finalMessage: () => done.then(() => message),
      };
    },
  };
  readonly models = { list: (): string[] => ["a"] };
  key(): string {
    return this.#key;
  }
  withOptions(): FakeAnthropic {
    return new FakeAnthropic();
  }
}

describe("Anthropic", () => {
  test("create: the answer is the SDK's own, read when it is waited for", async () => {
    const client = logAnthropic(new FakeAnthropic(), logger);
    const promise = client.messages.create({ model: "claude-test" });
    expect(promise).toBeInstanceOf(ApiPromise);
    expect(await promise).toEqual(message);
    expect(await promise).toEqual(message);
    const { data, response } = await client.messages.create({ model: "claude-test" }).withResponse();
    expect([data, response.status]).toEqual([message, 200]);
    const raw = await client.messages.create({ model: "claude-test" }).asResponse();
    expect(await raw.json()).toEqual(message);
    const seen: unknown[] = [];
    await client.messages.create({ model: "claude-test" }).finally(() => seen.push("finally"));
    expect(seen).toEqual(["finally"]);
    expect(await lines()).toMatchObject([
      messageLine,
      messageLine,
      { model: "claude-test", output: null },
      messageLine,
    ]);
  });

  test("a stream is handed on piece by piece, and put together for the line", async () => {
    const client = logAnthropic(new FakeAnthropic(), logger);
    const pieces: unknown[] = [];
    for await (const piece of (await client.messages.create({ model: "m", stream: true })) as Stream<unknown>)
      pieces.push(piece);
    expect(pieces).toEqual(messageEvents);
    for await (const _ of (await client.messages.create({ model: "m", stream: true })) as Stream<unknown>) break;
    const [whole, broken] = await lines();
    expect(whole).toMatchObject({ ...messageLine, streaming: true, time_to_first_token_ms: expect.any(Number) });
    expect(broken).toMatchObject({ output: [], error: null });
  });

  test("messages.stream is written once", async () => {
    const client = logAnthropic(new FakeAnthropic(), logger);
    expect(await client.messages.stream({ model: "m" }).finalMessage()).toEqual(message);
    expect(await lines()).toMatchObject([{ ...messageLine, streaming: true }]);
  });

  test("errors arrive unchanged and are written", async () => {
    const fake = new FakeAnthropic();
    const client = logAnthropic(fake, logger);
    fake.fail = Object.assign(new Error("overloaded"), { status: 529 });
    await expect(client.messages.create({ model: "m" })).rejects.toBe(fake.fail);
    await expect(client.messages.create({ model: "m" }).withResponse()).rejects.toBe(fake.fail);
    expect(await client.messages.create({ model: "m" }).catch((error: unknown) => error)).toBe(fake.fail);
    fake.fail = null;
    fake.events = [
      messageEvents[0],
      messageEvents[2],
      messageEvents[3],
      { type: "error", error: { type: "overloaded_error", message: "busy" } },
    ];
    for await (const _ of (await client.messages.create({ model: "m", stream: true })) as Stream<unknown>);
    expect((await lines()).map(({ error, output }) => [error?.message, error?.status, output])).toEqual([
      ["overloaded", 529, null],
      ["overloaded", 529, null],
      ["overloaded", 529, null],
      ["busy", undefined, [{ type: "text", text: "fo" }]],
    ]);
  });

  test("everything else is the client's own", async () => {
    const fake = new FakeAnthropic();
    const client = logAnthropic(fake, logger);
    expect(client).toBeInstanceOf(FakeAnthropic);
    expect([client.key(), client.baseURL, client.models.list()]).toEqual([
      "private",
      "https://api.anthropic.com",
      ["a"],
    ]);
    expect(client.messages).toBe(client.messages);
    client.baseURL = "http://elsewhere";
    expect(fake.baseURL).toBe("http://elsewhere");
    await client.withOptions().messages.create({ model: "m" });
    expect(await lines()).toHaveLength(1);
  });
});

const completion = {
  id: "c1",
  model: "gpt-test-2",
  choices: [
    {
      index: 0,
      message: {
        role: "assistant",
        content: "four",
        tool_calls: [{ id: "t1", type: "function", function: { name: "add", arguments: '{"a":2}' } }],
      },
      finish_reason: "tool_calls",
    },
  ],
  usage: { prompt_tokens: 9, completion_tokens: 4 },
};
const chunk = (delta: object, rest: object = {}) => ({
  id: "c1",
  model: "gpt-test-2",
  choices: [{ index: 0, delta, finish_reason: null, ...rest }],
});
const chunks = [
  chunk({ role: "assistant", content: "" }),
  chunk({ content: "fo" }),
  chunk({ content: "ur" }),
  chunk({ tool_calls: [{ index: 0, id: "t1", function: { name: "add", arguments: "" } }] }),
  chunk({ tool_calls: [{ index: 0, function: { arguments: '{"a":' } }] }),
  chunk({ tool_calls: [{ index: 0, function: { arguments: "2}" } }] }),
  chunk({}, { finish_reason: "tool_calls" }),
  { id: "c1", model: "gpt-test-2", choices: [], usage: completion.usage },
];
const completionLine = {
  provider: "openai",
  model: "gpt-test-2",
  output: { content: "four" },
  usage: { input_tokens: 9, output_tokens: 4 },
  finish_reason: "tool_calls",
  tool_calls: [{ id: "t1", name: "add", input: { a: 2 } }],
  response_id: "c1",
};
const answer = {
  id: "r1",
  model: "gpt-test-3",
  status: "completed",
  output: [
    { type: "message", content: [{ type: "output_text", text: "four" }] },
    { type: "function_call", call_id: "t1", name: "add", arguments: '{"a":2}' },
  ],
  usage: { input_tokens: 9, output_tokens: 4, input_tokens_details: { cached_tokens: 2 } },
};
const answerEvents = [
  { type: "response.created", response: { id: "r1", model: "gpt-test-3", status: "in_progress", output: [] } },
  { type: "response.output_text.delta", delta: "four" },
  { type: "response.completed", response: answer },
];
const answerLine = {
  model: "gpt-test-3",
  output: answer.output,
  usage: { input_tokens: 7, cache_read_input_tokens: 2 },
  finish_reason: "completed",
  tool_calls: [{ id: "t1", name: "add", input: { a: 2 } }],
};

async function* each<Piece>(pieces: readonly Piece[]): AsyncGenerator<Piece> {
  yield* pieces;
}

describe("OpenAI", () => {
  const client = () =>
    logOpenai(
      {
        chat: {
          completions: {
            create: async (body: Asked): Promise<unknown> =>
              body.stream ? new Stream(() => each(chunks)) : completion,
          },
        },
        responses: {
          create: async (body: Asked): Promise<unknown> =>
            body.stream ? new Stream(() => each(answerEvents)) : answer,
        },
      },
      logger,
    );

  test("chat completions and responses, with and without streaming", async () => {
    const { chat, responses } = client();
    expect(await chat.completions.create({ model: "gpt-test" })).toBe(completion);
    expect(await responses.create({ model: "gpt-test" })).toBe(answer);
    const pieces: unknown[] = [];
    for await (const piece of (await chat.completions.create({ model: "m", stream: true })) as Stream<unknown>)
      pieces.push(piece);
    for await (const piece of (await responses.create({ model: "m", stream: true })) as Stream<unknown>)
      pieces.push(piece);
    expect(pieces).toEqual([...chunks, ...answerEvents]);
    expect(await lines()).toMatchObject([
      completionLine,
      answerLine,
      { ...completionLine, streaming: true },
      { ...answerLine, streaming: true },
    ]);
  });

  test("a method that throws at once, and a stream that breaks", async () => {
    const broken = logOpenai(
      {
        responses: {
          create(body: Asked): Promise<unknown> {
            if (!body.stream) throw new TypeError("no model");
            return Promise.resolve(
              new Stream(async function* pieces() {
                yield* answerEvents.slice(0, 2);
                throw new Error("cut off");
              }),
            );
          },
        },
      },
      logger,
      { provider: "gateway" },
    );
    expect(() => broken.responses.create({ model: "m" })).toThrow("no model");
    await expect(async () => {
      for await (const _ of (await broken.responses.create({ model: "m", stream: true })) as Stream<unknown>);
    }).rejects.toThrow("cut off");
    expect(await lines()).toMatchObject([
      { provider: "gateway", model: "m", error: { message: "no model" } },
      { output: "four", error: { message: "cut off" }, finish_reason: null },
    ]);
  });
});

describe("AI SDK", () => {
  const around = { params: { prompt: [] }, model: { provider: "openai.chat", modelId: "gpt-test" } };

  test("generate and stream, in the shapes of its versions", async () => {
    const { wrapGenerate, wrapStream } = interactionMiddleware(logger);
    const results = [
      {
        text: "four",
        toolCalls: [{ toolCallId: "t1", toolName: "add", args: '{"a":2}' }],
        usage: { promptTokens: 9, completionTokens: 4 },
        finishReason: "stop",
      },
      {
        content: [
          { type: "text", text: "four" },
          { type: "tool-call", toolCallId: "t1", toolName: "add", input: '{"a":2}' },
        ],
        usage: { inputTokens: { total: 9, noCache: 9 }, outputTokens: { total: 4 } },
        finishReason: { unified: "stop", raw: "end" },
        response: { id: "r1", modelId: "gpt-test-2" },
      },
    ];
    for (const result of results)
      expect(await wrapGenerate({ ...around, doGenerate: async () => result })).toBe(result);
    const parts = [
      { type: "stream-start" },
      { type: "response-metadata", id: "r1", modelId: "gpt-test-2" },
      { type: "text-delta", id: "1", delta: "fo" },
      { type: "text-delta", textDelta: "ur" },
      { type: "tool-call", toolCallId: "t1", toolName: "add", input: '{"a":2}' },
      { type: "finish", usage: { inputTokens: 9, outputTokens: 4 }, finishReason: "stop" },
    ];
    const feed = (to: ReadableStreamDefaultController): void => {
      for (const part of parts) to.enqueue(part);
      to.close();
    };
    const { stream, request } = await wrapStream({
      ...around,
      doStream: async () => ({
        stream: new ReadableStream({ start: feed }),
        request: 1,
      }),
    });
    const seen: unknown[] = [];
    for await (const part of stream) seen.push(part);
    expect([seen, request]).toEqual([parts, 1]);
    const common = {
      provider: "openai.chat",
      usage: { input_tokens: 9, output_tokens: 4 },
      finish_reason: "stop",
      tool_calls: [{ id: "t1", name: "add", input: { a: 2 } }],
    };
    expect(await lines()).toMatchObject([
      { ...common, model: "gpt-test", output: "four" },
      { ...common, model: "gpt-test-2", response_id: "r1" },
      { ...common, model: "gpt-test-2", output: "four", streaming: true },
    ]);
  });

  test("errors go on", async () => {
    const { wrapGenerate, wrapStream } = interactionMiddleware(logger);
    const error = new Error("no");
    await expect(wrapGenerate({ ...around, doGenerate: () => Promise.reject(error) })).rejects.toBe(error);
    await expect(wrapStream({ ...around, doStream: () => Promise.reject(error) })).rejects.toBe(error);
    expect((await lines()).map((line) => line.error?.message)).toEqual(["no", "no"]);
  });
});

describe("fetch", () => {
  const sse = (events: readonly unknown[]): string =>
    `${events.map((event) => `event: x\r\ndata: ${JSON.stringify(event)}\r\n\r\n`).join("")}data: [DONE]\n\n`;
  let next: () => Response | Promise<Response> = () => new Response("");
  const asked: unknown[] = [];
  const wrapped = () =>
    logFetch(logger, {
      fetch: async (...args) => {
        asked.push(args);
        return next();
      },
    });

  test("calls to models are written, others go straight on", async () => {
    const fetch = wrapped();
    next = () => new Response("plain");
    expect(await (await fetch("https://example.com/v1/other")).text()).toBe("plain");
    next = () => new Response(JSON.stringify(message), { headers: { "x-kept": "yes" } });
    const body = JSON.stringify({ model: "claude-test", messages: [] });
    const response = await fetch("https://api.anthropic.com/v1/messages", { method: "POST", body });
    expect(response.headers.get("x-kept")).toBe("yes");
    expect(await response.json()).toEqual(message);
    next = () => new Response(JSON.stringify(completion));
    await (await fetch(new URL("https://openrouter.ai/api/v1/chat/completions"), { method: "POST", body })).text();
    next = () => new Response(JSON.stringify(answer));
    const request = new Request("http://localhost:1234/v1/responses", { method: "POST", body });
    await (await fetch(request)).text();
    next = () =>
      new Response(
        JSON.stringify({
          candidates: [
            {
              content: { parts: [{ text: "four" }, { functionCall: { name: "add", args: { a: 2 } } }] },
              finishReason: "STOP",
            },
          ],
          usageMetadata: { promptTokenCount: 9, candidatesTokenCount: 4 },
        }),
      );
    await (
      await fetch("https://generativelanguage.googleapis.com/v1beta/models/gemini-test:generateContent", {
        method: "POST",
        body: "{}",
      })
    ).text();
    const written = await lines();
    expect(written).toMatchObject([
      { ...messageLine, input: { model: "claude-test", messages: [] } },
      { ...completionLine, provider: "openrouter" },
      { ...answerLine, provider: "openai" },
      {
        provider: "gemini",
        model: "gemini-test",
        finish_reason: "STOP",
        usage: { input_tokens: 9 },
        tool_calls: [{ name: "add" }],
      },
    ]);
    expect((asked.at(-2) as unknown[])[0]).toBe(request);
  });

  test("streams are handed on as they come, in any cuts", async () => {
    const fetch = wrapped();
    const bytes = new TextEncoder().encode(sse(messageEvents).replace("fo", "fö"));
    next = () =>
      new Response(
        new ReadableStream({
          start(to) {
            for (let at = 0; at < bytes.length; at += 7) to.enqueue(bytes.slice(at, at + 7));
            to.close();
          },
        }),
        { headers: { "content-type": "text/event-stream; charset=utf-8" } },
      );
    const response = await fetch("https://api.anthropic.com/v1/messages", {
      method: "POST",
      body: '{"model":"m","stream":true}',
    });
    expect(new Uint8Array(await response.arrayBuffer())).toEqual(bytes);
    expect(await lines()).toMatchObject([
      {
        ...messageLine,
        output: [{ text: "föur" }, { input: { a: 2 } }],
        streaming: true,
        time_to_first_token_ms: expect.any(Number),
      },
    ]);
  });

  test("a reader that stops early stops the provider", async () => {
    const fetch = wrapped();
    let cancelled: unknown = null;
    let pulls = 0;
    next = () =>
      new Response(
        new ReadableStream(
          {
            pull(to) {
              pulls++;
              to.enqueue(new TextEncoder().encode(sse(chunks.slice(0, 2)).replace("data: [DONE]\n\n", "")));
            },
            cancel(reason) {
              cancelled = reason;
            },
          },
          { highWaterMark: 0 },
        ),
        { headers: { "content-type": "text/event-stream" } },
      );
    const response = await fetch("https://api.openai.com/v1/chat/completions", {
      method: "POST",
      body: '{"stream":true}',
    });
    const reader = response.body!.getReader();
    await reader.read();
    await reader.cancel("enough");
    expect([cancelled, pulls]).toEqual(["enough", 1]);
    expect(await lines()).toMatchObject([{ output: { content: "fo" }, error: null, finish_reason: null }]);
  });

  test("refusals and failures", async () => {
    const fetch = wrapped();
    next = () => new Response('{"error":{"message":"too many"}}', { status: 429 });
    expect((await fetch("https://api.openai.com/v1/responses", { method: "POST", body: "{}" })).status).toBe(429);
    await new Promise((resolve) => setTimeout(resolve, 5));
    const error = new TypeError("fetch failed");
    next = () => Promise.reject(error);
    await expect(fetch("https://api.openai.com/v1/responses", { body: "{", method: "POST" })).rejects.toBe(error);
    next = () => new Response("<html>");
    expect(await (await fetch("https://api.openai.com/v1/responses", { method: "POST" })).text()).toBe("<html>");
    expect(await lines()).toMatchObject([
      { error: { name: "HttpError", message: "HTTP 429: too many", status: 429 } },
      { error: { message: "fetch failed" }, input: "{" },
      { error: null, output: null },
    ]);
  });
});
