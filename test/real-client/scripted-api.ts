/** @module A scripted Messages API on loopback: answers from a script, counts what it served, and never repeats a usage. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A block of an answer: words, or a tool that the client shall call. */
export type Block =
  | { readonly text: string }
  | { readonly tool: string; readonly input: Readonly<Record<string, unknown>> };

/** One answer: blocks, or an HTTP error. */
export type Step = readonly Block[] | { readonly status: number; readonly message: string };

/** What each conversation is answered, by its name; a prompt names its conversation as `[[name]]`. */
export type Script = Readonly<Record<string, readonly Step[]>>;

export interface Usage {
  readonly input_tokens: number;
  readonly cache_creation_input_tokens: number;
  readonly cache_read_input_tokens: number;
  readonly output_tokens: number;
  readonly cache_creation: { readonly ephemeral_5m_input_tokens: number; readonly ephemeral_1h_input_tokens: number };
}

export interface Served {
  /** Null: a request of the client's own, such as a compaction, that no transcript records. */
  readonly conversation: string | null;
  readonly model: string;
  readonly usage: Usage;
}

export interface ScriptedApi {
  readonly url: string;
  readonly served: readonly Served[];
  /** Bodies of all requests for an answer, as they came. */
  readonly requests: readonly string[];
  /** Ids of the tool calls that were asked for, by conversation. */
  readonly calls: ReadonlyMap<string, readonly string[]>;
  readonly close: () => Promise<void>;
}

interface Request {
  readonly model: string;
  readonly stream?: boolean;
  readonly tools?: readonly unknown[];
  readonly messages: readonly { readonly role: string; readonly content: unknown }[];
}

const marker = /\[\[([a-z-]+)\]\]/g;

/** Texts of a message, without what tools printed. */
function textsOf(content: unknown): readonly string[] {
  if (typeof content === "string") return [content];
  if (!Array.isArray(content)) return [];
  return content.flatMap((block: { readonly type?: string; readonly text?: string }) =>
    block.type === "text" && block.text ? [block.text] : [],
  );
}

/** The conversation that the newest prompt names; null when the newest message is the client's own request. */
function conversationOf({ messages }: Request): string | null {
  const prompts = messages.filter(({ role }) => role === "user").flatMap(({ content }) => textsOf(content));
  if (/\b(create|provide) a (detailed )?summary\b|CRITICAL: Respond with TEXT ONLY/i.test(prompts.at(-1) ?? ""))
    return null;
  return prompts.flatMap((text) => [...text.matchAll(marker)].map((match) => match[1]!)).at(-1) ?? null;
}

/** Different for every response, so that none can stand in for another. */
function usageOf(serial: number): Usage {
  const [short, long] = [400 + 7 * serial, 900 + 11 * serial];
  return {
    input_tokens: 100 + 3 * serial,
    cache_creation_input_tokens: short + long,
    cache_read_input_tokens: 2000 + 13 * serial,
    output_tokens: 150 + 5 * serial,
    cache_creation: { ephemeral_5m_input_tokens: short, ephemeral_1h_input_tokens: long },
  };
}

/** Starts the API; `script` is followed from its first step for each conversation. */
export async function startScriptedApi(script: Script): Promise<ScriptedApi> {
  const served: Served[] = [];
  const requests: string[] = [];
  const calls = new Map<string, string[]>();
  const progress = new Map<string, number>();

  const answer = (request: Request, response: ServerResponse): void => {
    const conversation = conversationOf(request);
    const position = progress.get(conversation ?? "") ?? 0;
    const steps = conversation === null ? [] : (script[conversation] ?? []);
    const step: Step = steps[Math.min(position, steps.length - 1)] ?? [
      { text: "<summary>What was done so far.</summary>" },
    ];
    if (conversation !== null) progress.set(conversation, position + 1);
    if ("status" in step) {
      const error = { type: "invalid_request_error", message: step.message };
      response
        .writeHead(step.status, { "content-type": "application/json" })
        .end(JSON.stringify({ type: "error", error }));
      return;
    }
    const serial = served.length + 1;
    const usage = usageOf(serial);
    served.push({ conversation, model: request.model, usage });
    const content = step.map((block, index) =>
      "text" in block
        ? { type: "text", text: block.text }
        : { type: "tool_use", id: `toolu_01test${serial}x${index}`, name: block.tool, input: block.input },
    );
    const asked = content.flatMap((block) => ("id" in block && block.id ? [block.id] : []));
    if (conversation !== null) calls.set(conversation, [...(calls.get(conversation) ?? []), ...asked]);
    const stop_reason = content.some(({ type }) => type === "tool_use") ? "tool_use" : "end_turn";
    const message = { id: `msg_01test${serial}`, type: "message", role: "assistant", model: request.model };
    const headers = { "request-id": `req_01test${serial}` };
    if (!request.stream) {
      const body = JSON.stringify({ ...message, content, stop_reason, stop_sequence: null, usage });
      response.writeHead(200, { ...headers, "content-type": "application/json" }).end(body);
      return;
    }
    response.writeHead(200, { ...headers, "content-type": "text/event-stream" });
    const send = (type: string, data: object): void => {
      response.write(`event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`);
    };
    const started = {
      ...message,
      content: [],
      stop_reason: null,
      stop_sequence: null,
      usage: { ...usage, output_tokens: 1 },
    };
    send("message_start", { message: started });
    for (const [index, block] of content.entries()) {
      const isText = block.type === "text";
      const content_block = isText ? { type: "text", text: "" } : { ...block, input: {} };
      send("content_block_start", { index, content_block });
      const delta = isText
        ? { type: "text_delta", text: block.text }
        : { type: "input_json_delta", partial_json: JSON.stringify(block.input) };
      send("content_block_delta", { index, delta });
      send("content_block_stop", { index });
    }
    send("message_delta", { delta: { stop_reason, stop_sequence: null }, usage });
    send("message_stop", {});
    response.end();
  };

  const server = createServer((incoming, response) => {
    void bodyOf(incoming).then((body) => {
      const path = incoming.url?.split("?")[0];
      if (incoming.method === "POST" && path === "/v1/messages") {
        requests.push(body);
        answer(JSON.parse(body) as Request, response);
      } else if (path === "/v1/messages/count_tokens") response.end(JSON.stringify({ input_tokens: 1000 }));
      else response.end("{}");
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, served, requests, calls, close };
}

async function bodyOf(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}
