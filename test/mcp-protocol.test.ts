/** @module What the protocol says of everything that is no ordinary call: the same on both transports, in the oldest and the newest revision that is checked. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { type McpBed, mcpBed } from "./mcp-bed.ts";
import {
  answerOf,
  type Conversation,
  type HttpBed,
  initialize,
  type Message,
  meta,
  NEWEST,
  newestHeaders,
  overHttp,
  overStdio,
  type Sent,
} from "./mcp-conversation.ts";

const REVISIONS = ["2025-06-18", NEWEST] as const;
type Revision = (typeof REVISIONS)[number];
const MEGABYTE = 1024 * 1024;

let bed: McpBed;
let closers: (() => Promise<unknown>)[] = [];
beforeAll(() => {
  bed = mcpBed();
  bed.session("11111111-aaaa-4000-8000-000000000001", { title: "Fix the lock" });
});
afterEach(async () => {
  for (const close of closers) await close();
  closers = [];
});
afterAll(() => bed.end());

/** A request as the revision wants it. */
function asked(revision: Revision, message: Sent): Sent {
  if (revision !== NEWEST) return message;
  const { params = {} } = message as { readonly params?: { readonly _meta?: Sent } };
  return { ...message, params: { ...params, _meta: meta(params._meta) } };
}

interface Server {
  readonly ask: (message: Sent) => Promise<Message>;
  readonly stdio?: Conversation;
  readonly http?: HttpBed & { readonly post: (body: unknown) => Promise<Response> };
}

async function overStandardStreams(revision: Revision): Promise<Server> {
  const stdio = overStdio(bed.services);
  closers.push(stdio.end);
  if (revision !== NEWEST) {
    await stdio.ask(initialize(revision));
    stdio.send({ method: "notifications/initialized" });
  }
  return { ask: (message) => stdio.ask(asked(revision, message)), stdio };
}

async function overTheDaemon(revision: Revision): Promise<Server> {
  const bedOfHttp = overHttp(bed.services);
  closers.push(bedOfHttp.served.close);
  const session = revision === NEWEST ? {} : await bedOfHttp.session(revision);
  const headersOf = (body: unknown) =>
    revision === NEWEST && !Array.isArray(body) && typeof body === "object" ? newestHeaders(body as Sent) : session;
  const post = (body: unknown) => bedOfHttp.request({ body, headers: headersOf(body) });
  return {
    ask: async (message) => answerOf(await post({ jsonrpc: "2.0", ...asked(revision, message) })),
    http: { ...bedOfHttp, post },
  };
}

const SERVERS = [
  ["stdio", overStandardStreams],
  ["HTTP", overTheDaemon],
] as const;
const CASES = REVISIONS.flatMap((revision) => SERVERS.map(([name, open]) => [revision, name, open] as const));

describe.each(CASES)("%s over %s", (revision, transport, open) => {
  test("an ordinary call", async () => {
    const { ask } = await open(revision);
    const answer = await ask({ id: 2, method: "tools/call", params: { name: "search_sessions", arguments: {} } });
    expect(answer.result).toMatchObject({ structuredContent: { total: 1 } });
  });

  test("a method that there is not", async () => {
    const { ask, http } = await open(revision);
    for (const [index, method] of ["nothing/like/it", "tools/delete", "__proto__"].entries())
      expect((await ask({ id: index + 2, method })).error?.code, method).toBe(-32601);
    const body = { jsonrpc: "2.0", ...asked(revision, { id: 9, method: "nothing/like/it" }) };
    // A status of its own since 2026-07-28.
    if (http) expect((await http.post(body)).status).toBe(revision === NEWEST ? 404 : 200);
  });

  test("a tool, a prompt and a resource that there is not, and arguments that do not fit", async () => {
    const { ask } = await open(revision);
    const before = bed.errors.length;
    expect((await ask({ id: 2, method: "tools/call", params: { name: "nobody" } })).error?.code).toBe(-32602);
    expect((await ask({ id: 3, method: "prompts/get", params: { name: "nobody" } })).error?.code).toBe(-32602);
    for (const [index, uri] of ["clew://entry/e-nobody", "clew://nothing/x", "clew://session/%zz", "x:y"].entries()) {
      const { error } = await ask({ id: index + 4, method: "resources/read", params: { uri } });
      expect([uri, error?.code, error?.data]).toEqual([uri, -32602, { uri }]);
    }
    const wrong = await ask({ id: 9, method: "tools/call", params: { name: "search", arguments: { query: 7 } } });
    expect(wrong.result).toMatchObject({ isError: true });
    expect((await ask({ id: 10, method: "prompts/get", params: { name: "recall" } })).error?.code).toBe(-32602);
    // All of it is the asker's.
    expect(bed.errors.slice(before)).toEqual([]);
  });

  test("cursors of lists: there are none, so every one is wrong", async () => {
    const { ask } = await open(revision);
    const lists = ["tools/list", "prompts/list", "resources/list", "resources/templates/list"];
    for (const [index, method] of lists.entries()) {
      const whole = await ask({ id: 2 * index + 2, method });
      expect(whole.result).toBeTruthy();
      expect(whole.result).not.toHaveProperty("nextCursor");
      for (const cursor of ["", "next"])
        expect((await ask({ id: 2 * index + 3, method, params: { cursor } })).error?.code, method).toBe(-32602);
    }
  });

  test("a client that wants to hear of progress gets its answer", async () => {
    const { ask } = await open(revision);
    const params = { name: "search_sessions", arguments: {}, _meta: { progressToken: "p" } };
    expect((await ask({ id: 2, method: "tools/call", params })).result).toHaveProperty("structuredContent");
  });

  test("what was cancelled is not answered, and what was not is", async () => {
    const { ask, stdio, http } = await open(revision);
    const cancelled = { method: "notifications/cancelled", params: { requestId: 2, reason: "changed my mind" } };
    if (stdio) {
      stdio.send(asked(revision, { id: 2, method: "tools/call", params: { name: "which_session", arguments: {} } }));
      stdio.send(asked(revision, cancelled));
      expect((await ask({ id: 3, method: "tools/list" })).result).toBeTruthy();
      expect(stdio.messages.find(({ id }) => id === 2)).toBe(undefined);
    }
    // Of a request that is over, or never was: taken in, and nothing else.
    if (http) {
      const response = await http.post({ jsonrpc: "2.0", ...asked(revision, cancelled) });
      expect([response.status, await response.text()]).toEqual([202, ""]);
    }
    expect((await ask({ id: 4, method: "tools/list" })).result).toBeTruthy();
  });

  test("a megabyte is read, and refused where it is too much for what it is", async () => {
    const { ask } = await open(revision);
    const query = "x".repeat(MEGABYTE - 2048);
    const answer = await ask({ id: 2, method: "tools/call", params: { name: "search", arguments: { query } } });
    expect(answer.result).toMatchObject({ isError: true });
    expect(JSON.stringify(answer).length).toBeLessThan(2000);
  });

  test("several messages in one", async () => {
    const { ask, stdio, http } = await open(revision);
    const batch = [2, 3].map((id) => ({ jsonrpc: "2.0", ...asked(revision, { id, method: "tools/list" }) }));
    if (http) {
      const response = await http.post(batch);
      expect(response.status).toBe(400);
      expect(await answerOf(response)).toMatchObject({ error: { code: -32600 } });
    }
    if (stdio) {
      stdio.send(JSON.stringify(batch));
      expect((await ask({ id: 4, method: "tools/list" })).result).toBeTruthy();
      expect(stdio.messages.filter(({ id }) => id === 2 || id === 3)).toEqual([]);
    }
  });

  if (transport === "HTTP")
    test("more than a megabyte is not read at all", async () => {
      const { http } = await open(revision);
      const params = { name: "search", arguments: { query: "x".repeat(MEGABYTE) } };
      const body = { jsonrpc: "2.0", ...asked(revision, { id: 2, method: "tools/call", params }) };
      expect((await http!.post(body)).status).toBe(413);
    });
});

test("before 2025-06-18 several messages in one are answered", async () => {
  const { request, served, session } = overHttp(bed.services);
  closers.push(served.close);
  const body = [2, 3].map((id) => ({ jsonrpc: "2.0", id, method: "ping" }));
  for (const headers of [await session("2025-03-26"), { "MCP-Protocol-Version": "2025-03-26" }, {}]) {
    const text = await (await request({ body, headers })).text();
    expect(text.match(/"result":\{\}/g), text).toHaveLength(2);
  }
  const later = await request({ body, headers: { "MCP-Protocol-Version": "2025-11-25" } });
  expect(later.status).toBe(400);
});
