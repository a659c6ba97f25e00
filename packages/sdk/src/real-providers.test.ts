/** @module The providers' own SDKs, as they are installed, against a server on this machine: what they answer is theirs, and every call is written down. */
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Anthropic from "@anthropic-ai/sdk";
import { createGateway, generateText, streamText, wrapLanguageModel } from "ai";
import OpenAI from "openai";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type ProviderStub, startProviderStub } from "../test/provider-stub.ts";
import { withSession } from "./index.ts";
import type { InteractionLine } from "./interaction.ts";
import { InteractionLogger, interactionMiddleware, logAnthropic, logFetch, logOpenai } from "./interactions.ts";
import { type Recorder, startRecording } from "./testing.ts";

let stub: ProviderStub;
let recorder: Recorder;
let logger: InteractionLogger;
beforeAll(async () => {
  stub = await startProviderStub();
});
afterAll(() => stub.close());
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

/** Number of the request that the server counted last, as it names it. */
const lastRequest = (): string => `req_${String(stub.asked.length).padStart(2, "0")}`;
/** What Clew is told of calls, in the order in which they ended. */
const announced = () => recorder.ofType("interaction").map(({ data }) => data);

const toolCalls = [{ id: expect.any(String), name: "add", input: { a: 2 } }];
const noStack = { name: expect.any(String), message: expect.any(String) };

describe("@anthropic-ai/sdk", () => {
  const client = () => logAnthropic(new Anthropic({ apiKey: "k", baseURL: stub.url, maxRetries: 0 }), logger);
  const body = { model: "claude-test", max_tokens: 9, messages: [{ role: "user" as const, content: "2 + 2?" }] };
  const line = {
    provider: "anthropic",
    model: "claude-test",
    output: [
      { type: "text", text: "four" },
      { type: "tool_use", id: "toolu_01", name: "add", input: { a: 2 } },
    ],
    usage: {
      input_tokens: 9,
      output_tokens: 4,
      cache_read_input_tokens: 100,
      cache_creation_input_tokens: 30,
      cache_creation_5m_input_tokens: 10,
      cache_creation_1h_input_tokens: 20,
      reasoning_tokens: null,
    },
    finish_reason: "tool_use",
    tool_calls: toolCalls,
    response_id: "msg_01",
    error: null,
  };

  test("create, parse, withResponse, asResponse: the answer is the SDK's, the line has both ids", async () => {
    const anthropic = client();
    const ids: string[] = [];
    const message = await anthropic.messages.create(body);
    expect(message._request_id).toBe(lastRequest());
    expect(message.content[0]).toEqual({ type: "text", text: "four" });
    ids.push(lastRequest());
    const { data, response, request_id } = await anthropic.messages.create(body).withResponse();
    expect([data.id, response.status, request_id]).toEqual(["msg_01", 200, lastRequest()]);
    ids.push(lastRequest());
    const raw = await anthropic.messages.create(body).asResponse();
    expect(((await raw.json()) as { id: string }).id).toBe("msg_01");
    ids.push(lastRequest());
    expect((await anthropic.messages.parse(body)).id).toBe("msg_01");
    ids.push(lastRequest());
    expect((await anthropic.withOptions({ timeout: 1000 }).beta.messages.create(body)).id).toBe("msg_01");
    ids.push(lastRequest());
    const written = await lines();
    expect(written).toMatchObject([
      { ...line, request_id: ids[0], input: body, streaming: false },
      { ...line, request_id: ids[1] },
      { model: "claude-test", output: null, request_id: ids[2], response_id: null },
      line,
      { ...line, request_id: ids[4] },
    ]);
    expect(announced()[0]).toEqual({
      file: logger.path,
      interaction_id: 1,
      provider: "anthropic",
      model: "claude-test",
      usage: line.usage,
      cost: null,
      latency_ms: expect.any(Number),
      time_to_first_token_ms: null,
      finish_reason: "tool_use",
      response_id: "msg_01",
      request_id: ids[0],
      trace_id: logger.session!.traceId,
      span_id: logger.session!.spanId,
      tools: ["add"],
    });
    expect(JSON.stringify(announced())).not.toContain("four");
  });

  test("streams: every way to read one, and the line is what was said", async () => {
    const anthropic = client();
    const events: unknown[] = [];
    const stream = await anthropic.messages.create({ ...body, stream: true });
    for await (const event of stream) events.push(event);
    expect(events).toHaveLength(11); // The ping is the SDK's to drop.
    const first = lastRequest();
    const messageStream = anthropic.messages.stream(body);
    const seen: string[] = [];
    messageStream.on("text", (text) => seen.push(text));
    expect((await messageStream.finalMessage()).content).toHaveLength(2);
    expect(seen.join("")).toBe("four");
    const second = lastRequest();
    const iterated = anthropic.messages.stream(body);
    for await (const _ of iterated);
    const { data } = await anthropic.messages.create({ ...body, stream: true }).withResponse();
    const [one, other] = data.tee();
    for await (const _ of one);
    for await (const _ of other);
    const written = await lines();
    expect(written).toHaveLength(4);
    for (const one of written) {
      expect(one).toMatchObject({ ...line, streaming: true, request_id: expect.stringMatching(/^req_\d+$/) });
      expect(one.time_to_first_token_ms).toBeLessThanOrEqual(one.latency_ms);
    }
    expect(written.slice(0, 2).map(({ request_id }) => request_id)).toEqual([first, second]);
  });

  test("refusals, streams that are cut off, and readers that stop early", async () => {
    const anthropic = client();
    const error = await anthropic.messages.create({ ...body, model: "refuses" }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(Anthropic.RateLimitError);
    const refused = lastRequest();
    const broken = await anthropic.messages.create({ ...body, model: "breaks", stream: true });
    await expect(async () => {
      for await (const _ of broken);
    }).rejects.toThrow();
    await expect(anthropic.messages.stream({ ...body, model: "breaks" }).finalMessage()).rejects.toThrow();
    for await (const _ of await anthropic.messages.create({ ...body, stream: true })) break;
    const aborted = anthropic.messages.stream(body);
    aborted.abort();
    await aborted.done().catch(() => {});
    const written = await lines();
    expect(written).toMatchObject([
      { error: { status: 429, message: expect.stringContaining("too busy") }, request_id: refused, output: null },
      { error: noStack, output: [{ text: "fo" }], response_id: "msg_01", request_id: expect.any(String) },
      { error: noStack, output: [{ text: "fo" }], response_id: "msg_01" },
      { error: null, output: [] },
      { error: noStack },
    ]);
    expect(announced()[0]).toMatchObject({ request_id: refused, error: { message: expect.any(String) } });
  });

  test("500 calls at once are each under the session that made them", async () => {
    const anthropic = client();
    await Promise.all(
      Array.from({ length: 500 }, (_, number) =>
        withSession({ id: `r${number}` }, () =>
          anthropic.messages.create({ ...body, messages: [{ role: "user", content: `r${number}` }] }),
        ),
      ),
    );
    const written = await lines();
    expect(written).toHaveLength(500);
    const wrong = written.filter(({ session_id, input }) => !JSON.stringify(input).includes(`"${session_id}"`));
    expect(wrong).toEqual([]);
    expect(new Set(written.map(({ request_id }) => request_id)).size).toBe(500);
  });
});

describe("openai", () => {
  const client = () => logOpenai(new OpenAI({ apiKey: "k", baseURL: `${stub.url}/v1`, maxRetries: 0 }), logger);
  const messages = [{ role: "user" as const, content: "2 + 2?" }];
  const line = {
    provider: "openai",
    model: "gpt-test",
    usage: { output_tokens: 4 },
    tool_calls: toolCalls,
    error: null,
    request_id: expect.stringMatching(/^req_\d+$/),
  };

  test("chat completions and responses, whole and streaming", async () => {
    const openai = client();
    const completion = await openai.chat.completions.create({ model: "gpt-test", messages });
    expect([completion.choices[0]!.message.content, completion._request_id]).toEqual(["four", lastRequest()]);
    expect((await openai.responses.create({ model: "gpt-test", input: "2 + 2?" })).output_text).toBe("four");
    let text = "";
    const chunks = await openai.chat.completions.create({
      model: "gpt-test",
      messages,
      stream: true,
      stream_options: { include_usage: true },
    });
    for await (const chunk of chunks) text += chunk.choices[0]?.delta.content ?? "";
    expect(text).toBe("four");
    const types: string[] = [];
    for await (const event of await openai.responses.create({ model: "gpt-test", input: "x", stream: true }))
      types.push(event.type);
    expect(types.at(-1)).toBe("response.completed");
    const cached = { input_tokens: 7, cache_read_input_tokens: 2 };
    expect(await lines()).toMatchObject([
      { ...line, usage: cached, response_id: "chatcmpl-01", output: { content: "four" }, finish_reason: "tool_calls" },
      { ...line, usage: { ...cached, reasoning_tokens: 1 }, response_id: "resp_01", finish_reason: "completed" },
      { ...line, response_id: "chatcmpl-01", output: { content: "four" }, streaming: true },
      { ...line, response_id: "resp_01", finish_reason: "completed", streaming: true },
    ]);
    expect(announced().map((data) => data?.request_id)).toEqual(
      ["req_", "req_", "req_", "req_"].map(() => expect.any(String)),
    );
  });

  test("refusals and streams that are cut off; helpers are seen by the client's fetch", async () => {
    const openai = client();
    await expect(openai.responses.create({ model: "refuses", input: "x" })).rejects.toBeInstanceOf(
      OpenAI.RateLimitError,
    );
    const broken = await openai.chat.completions.create({ model: "breaks", messages, stream: true });
    await expect(async () => {
      for await (const _ of broken);
    }).rejects.toThrow();
    const watched = new OpenAI({ apiKey: "k", baseURL: `${stub.url}/v1`, maxRetries: 0, fetch: logFetch(logger) });
    const helper = watched.chat.completions.stream({
      model: "gpt-test",
      messages,
      tools: [{ type: "function", function: { name: "add", parameters: {} } }],
    });
    expect((await helper.finalChatCompletion()).choices[0]!.message.content).toBe("four");
    expect(await lines()).toMatchObject([
      { error: { status: 429 }, request_id: expect.stringMatching(/^req_/) },
      { error: noStack },
      { ...line, output: { content: "four" }, response_id: "chatcmpl-01", streaming: true },
    ]);
  });
});

describe("ai", () => {
  const model = (id = "lab/model") => {
    const gateway = createGateway({ apiKey: "k", baseURL: stub.url });
    return wrapLanguageModel({ model: gateway(id), middleware: interactionMiddleware(logger) });
  };
  const line = {
    provider: "gateway",
    usage: { input_tokens: 9, output_tokens: 4 },
    finish_reason: "stop",
    error: null,
    request_id: expect.stringMatching(/^req_\d+$/),
  };

  test("generateText and streamText", async () => {
    expect((await generateText({ model: model(), prompt: "2 + 2?" })).text).toBe("four");
    const { textStream } = streamText({ model: model(), prompt: "2 + 2?" });
    let text = "";
    for await (const piece of textStream) text += piece;
    expect(text).toBe("four");
    expect(await lines()).toMatchObject([
      { ...line, model: "lab/model", output: [{ type: "text", text: "four" }] },
      { ...line, model: "lab/model-2", output: "four", response_id: "gen_01", streaming: true },
    ]);
  });
});

describe("fetch", () => {
  test("the global one, whole and streaming", async () => {
    const fetch = logFetch(logger);
    const ask = (path: string, body: object): Promise<Response> =>
      fetch(`${stub.url}${path}`, { method: "POST", body: JSON.stringify(body) });
    expect(((await (await ask("/v1/messages", { model: "claude-test" })).json()) as { id: string }).id).toBe("msg_01");
    await (await ask("/v1/messages", { model: "claude-test", stream: true })).text();
    expect((await ask("/v1/responses", { model: "refuses" })).status).toBe(429);
    await expect.poll(async () => (await lines()).length).toBe(3);
    const usage = { cache_creation_5m_input_tokens: 10, cache_creation_1h_input_tokens: 20, output_tokens: 4 };
    const request_id = expect.stringMatching(/^req_\d+$/);
    expect(await lines()).toMatchObject([
      { response_id: "msg_01", request_id, usage, streaming: false },
      { response_id: "msg_01", request_id, usage, streaming: true, tool_calls: toolCalls },
      { error: { status: 429, message: "HTTP 429: too busy" }, request_id },
    ]);
  });
});
