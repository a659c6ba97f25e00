/** @module Whoever subscribes to a resource is told when it changes, and of nothing else: on each transport, in each revision. */
import type { Client } from "@modelcontextprotocol/client";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type McpBed, mcpBed } from "./mcp-bed.ts";
import {
  answerOf,
  type Conversation,
  type HttpBed,
  initialize,
  type Message,
  messagesOf,
  meta,
  newestHeaders,
  overHttp,
  overStdio,
  type Sent,
  TOKENS,
} from "./mcp-conversation.ts";

const UPDATED = "notifications/resources/updated";
const SESSION = "11111111-aaaa-4000-8000-000000000001";

let bed: McpBed;
let writer: Client;
let closers: (() => Promise<unknown>)[];

beforeEach(async () => {
  bed = mcpBed();
  closers = [];
  bed.session(SESSION, { title: "Fix the lock" });
  writer = await bed.connect();
});
afterEach(async () => {
  for (const close of closers) await close();
  await bed.end();
});

async function newEntry(): Promise<string> {
  const answer = await writer.callTool({ name: "add_entry", arguments: { category: "note", title: "Hello" } });
  return (answer.structuredContent as { readonly entry_id: string }).entry_id;
}
const change = (entry_id: string) =>
  writer.callTool({ name: "resolve_entry", arguments: { entry_id, note: "More of it." } });

function stdio(): Conversation {
  const conversation = overStdio(bed.services);
  closers.push(conversation.end);
  return conversation;
}

function http(): HttpBed {
  const served = overHttp(bed.services);
  closers.push(served.served.close);
  return served;
}

/** The first message with this method on a stream. */
async function firstOn(response: Response, method: string): Promise<Message> {
  for await (const message of messagesOf(response)) if (message.method === method) return message;
  throw new Error(`the stream ended without ${method}`);
}

const subscribe = (id: number, uri: string): Sent => ({ id, method: "resources/subscribe", params: { uri } });
const listen = (id: number, uris: readonly string[]): Sent => ({
  id,
  method: "subscriptions/listen",
  params: { notifications: { resourceSubscriptions: uris }, _meta: meta() },
});

describe("over standard input and output", () => {
  test.each(["2025-06-18", "2025-11-25"])("%s: until one unsubscribes", async (version) => {
    const [one, other] = [await newEntry(), await newEntry()];
    const { ask, told, messages, send } = stdio();
    const { result } = await ask(initialize(version));
    expect(result).toMatchObject({ capabilities: { resources: { subscribe: true } } });
    send({ method: "notifications/initialized" });
    const uri = `clew://entry/${one}`;
    expect((await ask(subscribe(2, uri))).result).toEqual({});
    expect((await ask(subscribe(3, "clew://entry/nobody"))).result).toEqual({});
    await change(other);
    await change(one);
    expect((await told(UPDATED)).params).toEqual({ uri });
    expect((await ask({ id: 4, method: "resources/unsubscribe", params: { uri } })).result).toEqual({});
    expect((await ask(subscribe(5, `clew://entry/${other}`))).result).toEqual({});
    await change(one);
    await change(other);
    while (messages.filter(({ method }) => method === UPDATED).length < 2)
      await new Promise((resolve) => setTimeout(resolve, 20));
    expect(messages.filter(({ method }) => method === UPDATED).map(({ params }) => params?.uri)).toEqual([
      uri,
      `clew://entry/${other}`,
    ]);
    expect(bed.errors).toEqual([]);
  });

  test("2026-07-28: by a request that stays open, also when the input ends", async () => {
    const entry = await newEntry();
    const { send, told, messages } = stdio();
    const uri = `clew://entry/${entry}`;
    send(listen(7, [uri, "clew://entry/nobody"]));
    const subscriptionId = { "io.modelcontextprotocol/subscriptionId": 7 };
    expect((await told("notifications/subscriptions/acknowledged")).params).toMatchObject({ _meta: subscriptionId });
    await change(entry);
    expect((await told(UPDATED)).params).toMatchObject({ uri, _meta: subscriptionId });
    await closers.pop()!();
    expect(messages.at(-1)).toMatchObject({ id: 7, result: { resultType: "complete" } });
  });

  test("2026-07-28: a cancelled one is told nothing more", async () => {
    const entry = await newEntry();
    const uri = `clew://entry/${entry}`;
    const { send, told, messages, ask } = stdio();
    send(listen(7, [uri]));
    await told("notifications/subscriptions/acknowledged");
    send({ method: "notifications/cancelled", params: { requestId: 7, _meta: meta() } });
    send(listen(8, [uri]));
    await ask({ id: 9, method: "tools/list", params: { _meta: meta() } });
    await change(entry);
    await told(UPDATED);
    const updates = messages.filter(({ method }) => method === UPDATED);
    expect(updates.map(({ params }) => params?._meta)).toEqual([{ "io.modelcontextprotocol/subscriptionId": 8 }]);
  });

  test("sessions too, when records of theirs come", async () => {
    const { send, ask, told } = stdio();
    await ask(initialize("2025-11-25"));
    send({ method: "notifications/initialized" });
    await ask(subscribe(2, `clew://session/${SESSION.slice(0, 8)}`));
    bed.event(SESSION, { text: "And on it goes.", ts: Date.now() });
    bed.db.prepare("UPDATE sessions SET messages = messages + 1 WHERE session_id = ?").run(SESSION);
    expect((await told(UPDATED)).params).toEqual({ uri: `clew://session/${SESSION.slice(0, 8)}` });
  });

  test("more than 50 at once are refused", async () => {
    const { ask } = stdio();
    await ask(initialize("2025-11-25"));
    for (let index = 0; index < 50; index++) await ask(subscribe(index + 2, `clew://entry/e-${index}`));
    expect((await ask(subscribe(99, "clew://entry/e-0"))).result).toEqual({});
    expect((await ask(subscribe(100, "clew://entry/e-50"))).error).toMatchObject({ code: -32602 });
    expect((await ask(subscribe(101, `clew://entry/${"x".repeat(2000)}`))).error).toMatchObject({ code: -32602 });
  });
});

describe("over HTTP", () => {
  test.each(["2025-06-18", "2025-11-25"])("%s: on the stream of the session", async (version) => {
    const entry = await newEntry();
    const { request, session } = http();
    const headers = await session(version, TOKENS.write);
    const uri = `clew://entry/${entry}`;
    const answer = await request({ body: { jsonrpc: "2.0", ...subscribe(2, uri) }, headers });
    expect((await answerOf(answer)).result).toEqual({});
    const stream = await request({ method: "GET", headers });
    expect(stream.status).toBe(200);
    await change(entry);
    expect((await firstOn(stream, UPDATED)).params).toEqual({ uri });
  });

  test("2026-07-28: on the request that stays open", async () => {
    const entry = await newEntry();
    const { request } = http();
    const uri = `clew://entry/${entry}`;
    const body = listen(7, [uri]);
    const stream = await request({ body: { jsonrpc: "2.0", ...body }, headers: newestHeaders(body) });
    expect(stream.headers.get("content-type")).toContain("text/event-stream");
    await change(entry);
    const update = await firstOn(stream, UPDATED);
    expect(update.params).toMatchObject({ uri, _meta: { "io.modelcontextprotocol/subscriptionId": 7 } });
  });

  test("without a session there is nothing to be told on", async () => {
    const { request } = http();
    for (const method of ["resources/subscribe", "logging/setLevel"]) {
      const params = method.endsWith("Level") ? { level: "info" } : { uri: "clew://entry/e-1" };
      const body = { jsonrpc: "2.0", id: 2, method, params };
      const answer = await answerOf(await request({ body, headers: { "MCP-Protocol-Version": "2025-11-25" } }));
      expect(answer.error?.code, method).toBe(-32601);
    }
    expect((await request({ method: "GET" })).status).toBe(405);
  });
});
