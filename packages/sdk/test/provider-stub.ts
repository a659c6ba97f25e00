/** @module A server on this machine that answers as Anthropic, OpenAI and the AI SDK's gateway do: whole, streaming, refusing. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface ProviderStub {
  /** `http://127.0.0.1:port` */
  readonly url: string;
  /** Bodies that came, oldest first. */
  readonly asked: readonly unknown[];
  readonly close: () => Promise<void>;
}

type Fields = Record<string, unknown>;

const anthropicUsage = {
  input_tokens: 9,
  cache_creation_input_tokens: 30,
  cache_read_input_tokens: 100,
  cache_creation: { ephemeral_5m_input_tokens: 10, ephemeral_1h_input_tokens: 20 },
  service_tier: "standard",
};

function message(model: unknown): Fields {
  return {
    id: "msg_01",
    type: "message",
    role: "assistant",
    model,
    content: [
      { type: "text", text: "four" },
      { type: "tool_use", id: "toolu_01", name: "add", input: { a: 2 } },
    ],
    stop_reason: "tool_use",
    stop_sequence: null,
    usage: { ...anthropicUsage, output_tokens: 4 },
  };
}

function messageEvents(model: unknown): readonly Fields[] {
  const delta = (index: number, what: Fields): Fields => ({ type: "content_block_delta", index, delta: what });
  const block = (index: number, what: Fields): Fields => ({ type: "content_block_start", index, content_block: what });
  return [
    {
      type: "message_start",
      message: { ...message(model), content: [], stop_reason: null, usage: { ...anthropicUsage, output_tokens: 1 } },
    },
    block(0, { type: "text", text: "" }),
    { type: "ping" },
    delta(0, { type: "text_delta", text: "fo" }),
    delta(0, { type: "text_delta", text: "ur" }),
    { type: "content_block_stop", index: 0 },
    block(1, { type: "tool_use", id: "toolu_01", name: "add", input: {} }),
    delta(1, { type: "input_json_delta", partial_json: '{"a"' }),
    delta(1, { type: "input_json_delta", partial_json: ":2}" }),
    { type: "content_block_stop", index: 1 },
    // What it does not repeat is null there.
    {
      type: "message_delta",
      delta: { stop_reason: "tool_use", stop_sequence: null },
      usage: { input_tokens: null, cache_read_input_tokens: null, output_tokens: 4 },
    },
    { type: "message_stop" },
  ];
}

const completionUsage = { prompt_tokens: 9, completion_tokens: 4, total_tokens: 13 };
const toolCall = { id: "call_01", type: "function", function: { name: "add", arguments: '{"a":2}' } };

function completion(model: unknown): Fields {
  const said = { role: "assistant", content: "four", refusal: null, tool_calls: [toolCall] };
  return {
    id: "chatcmpl-01",
    object: "chat.completion",
    created: 1,
    model,
    choices: [{ index: 0, message: said, logprobs: null, finish_reason: "tool_calls" }],
    usage: { ...completionUsage, prompt_tokens_details: { cached_tokens: 2 } },
  };
}

function completionChunks(model: unknown): readonly Fields[] {
  const chunk = (delta: Fields, finish: string | null = null): Fields => ({
    id: "chatcmpl-01",
    object: "chat.completion.chunk",
    created: 1,
    model,
    choices: [{ index: 0, delta, finish_reason: finish }],
  });
  return [
    chunk({ role: "assistant", content: "" }),
    chunk({ content: "fo" }),
    chunk({ content: "ur" }),
    chunk({ tool_calls: [{ index: 0, ...toolCall, function: { name: "add", arguments: "" } }] }),
    chunk({ tool_calls: [{ index: 0, function: { arguments: '{"a":2}' } }] }),
    chunk({}, "tool_calls"),
    { ...chunk({}), choices: [], usage: completionUsage },
  ];
}

function response(model: unknown): Fields {
  return {
    id: "resp_01",
    object: "response",
    created_at: 1,
    status: "completed",
    model,
    output: [
      {
        id: "m1",
        type: "message",
        role: "assistant",
        status: "completed",
        content: [{ type: "output_text", text: "four", annotations: [] }],
      },
      { id: "f1", type: "function_call", call_id: "call_01", name: "add", arguments: '{"a":2}', status: "completed" },
    ],
    usage: {
      input_tokens: 9,
      input_tokens_details: { cached_tokens: 2 },
      output_tokens: 4,
      output_tokens_details: { reasoning_tokens: 1 },
      total_tokens: 13,
    },
  };
}

function responseEvents(model: unknown): readonly Fields[] {
  const started = { ...response(model), status: "in_progress", output: [], usage: null };
  return [
    { type: "response.created", sequence_number: 0, response: started },
    { type: "response.output_text.delta", sequence_number: 1, item_id: "m1", output_index: 0, delta: "four" },
    { type: "response.completed", sequence_number: 2, response: response(model) },
  ];
}

const gatewayUsage = { inputTokens: { total: 9, noCache: 9 }, outputTokens: { total: 4 } };

function generated(): Fields {
  return {
    content: [{ type: "text", text: "four" }],
    finishReason: { unified: "stop", raw: "stop" },
    usage: gatewayUsage,
    warnings: [],
  };
}

function parts(): readonly Fields[] {
  return [
    { type: "stream-start", warnings: [] },
    { type: "response-metadata", id: "gen_01", modelId: "lab/model-2" },
    { type: "text-start", id: "1" },
    { type: "text-delta", id: "1", delta: "fo" },
    { type: "text-delta", id: "1", delta: "ur" },
    { type: "text-end", id: "1" },
    { type: "finish", finishReason: { unified: "stop", raw: "stop" }, usage: gatewayUsage },
  ];
}

interface Route {
  readonly requestIdHeader: string;
  readonly whole: (model: unknown) => Fields;
  readonly pieces: (model: unknown) => readonly Fields[];
  /** Each event is named after its type. */
  readonly isNamed?: boolean;
  readonly done?: string;
}

const routes: Readonly<Record<string, Route>> = {
  "/v1/messages": { requestIdHeader: "request-id", whole: message, pieces: messageEvents, isNamed: true },
  "/v1/chat/completions": {
    requestIdHeader: "x-request-id",
    whole: completion,
    pieces: completionChunks,
    done: "data: [DONE]\n\n",
  },
  "/v1/responses": { requestIdHeader: "x-request-id", whole: response, pieces: responseEvents, isNamed: true },
  "/language-model": { requestIdHeader: "x-request-id", whole: generated, pieces: parts },
};

async function read(request: IncomingMessage): Promise<Fields> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return JSON.parse(Buffer.concat(chunks).toString() || "{}") as Fields;
}

async function answer(request: IncomingMessage, reply: ServerResponse, asked: unknown[]): Promise<void> {
  const route = routes[new URL(request.url ?? "/", "http://stub").pathname];
  const body = await read(request);
  asked.push(body);
  const number = String(asked.length).padStart(2, "0");
  if (!route) return void reply.writeHead(404).end();
  const head = { [route.requestIdHeader]: `req_${number}` };
  const model = body.model;
  if (model === "refuses") {
    const error = { type: "error", error: { type: "overloaded_error", message: "too busy" } };
    reply.writeHead(429, { ...head, "content-type": "application/json", "x-should-retry": "false" });
    return void reply.end(JSON.stringify(error));
  }
  if (body.stream !== true && request.headers["ai-language-model-streaming"] !== "true") {
    reply.writeHead(200, { ...head, "content-type": "application/json" });
    return void reply.end(JSON.stringify(route.whole(model)));
  }
  reply.writeHead(200, { ...head, "content-type": "text/event-stream; charset=utf-8" });
  for (const piece of route.pieces(model)) {
    const name = route.isNamed ? `event: ${String(piece.type)}\n` : "";
    reply.write(`${name}data: ${JSON.stringify(piece)}\n\n`);
    await new Promise((resolve) => setImmediate(resolve));
    if (model === "breaks" && /delta/.test(JSON.stringify(piece))) return void reply.destroy();
  }
  reply.end(route.done ?? "");
}

/** The model `refuses` is answered with 429; a stream of the model `breaks` is cut off after the first piece of its content. */
export async function startProviderStub(): Promise<ProviderStub> {
  const asked: unknown[] = [];
  const server: Server = createServer((request, reply) => void answer(request, reply, asked));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    asked,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
