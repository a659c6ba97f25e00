import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { McpReceiver } from "../packages/app/src/surfaces/http/routes/mcp.ts";
import { TEST_HOST, TEST_ORIGIN, testApp } from "../packages/app/src/surfaces/http/testing.ts";
import { type McpOverHttp, mcpOverHttp } from "../packages/app/src/surfaces/mcp/http.ts";
import { type McpBed, mcpBed, textOf } from "./mcp-bed.ts";

const TOKENS = { read: "r".repeat(64), write: "w".repeat(64) };
const INITIALIZE = {
  jsonrpc: "2.0",
  id: 1,
  method: "initialize",
  params: { protocolVersion: "2025-06-18", capabilities: {}, clientInfo: { name: "t", version: "1" } },
};

let bed: McpBed;
let served: McpOverHttp;
let app: ReturnType<typeof testApp>["app"];

beforeAll(() => {
  bed = mcpBed();
  bed.session("11111111-aaaa-4000-8000-000000000001", { title: "Fix the lock" });
  served = mcpOverHttp({ ...bed.services, cwd: null });
  const mcp: McpReceiver = { tokens: TOKENS, handle: served.handle };
  app = testApp({ mcp }).app;
});
afterAll(async () => {
  await served.close();
  await bed.end();
});

function post(body: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
  return Promise.resolve(
    app.request(`${TEST_ORIGIN}/mcp`, {
      method: "POST",
      body: typeof body === "string" ? body : JSON.stringify(body),
      headers: {
        Host: TEST_HOST,
        "Content-Type": "application/json",
        Accept: "application/json, text/event-stream",
        Authorization: `Bearer ${TOKENS.read}`,
        ...headers,
      },
    }),
  );
}

async function connect(token: string, mode: "auto" | "legacy"): Promise<Client> {
  const transport = new StreamableHTTPClientTransport(new URL(`${TEST_ORIGIN}/mcp`), {
    requestInit: { headers: { Authorization: `Bearer ${token}` } },
    fetch: async (url, init) => {
      const headers = new Headers(init?.headers);
      headers.set("Host", TEST_HOST);
      return app.request(String(url), { ...init, headers } as RequestInit);
    },
  });
  const client = new Client({ name: "test", version: "1" }, { versionNegotiation: { mode } });
  await client.connect(transport);
  return client;
}

describe("with the daemon's token", () => {
  test.each(["auto", "legacy"] as const)("a client that negotiates %s lists and calls", async (mode) => {
    const client = await connect(TOKENS.read, mode);
    const names = (await client.listTools()).tools.map(({ name }) => name);
    expect(names).toContain("search_sessions");
    expect(names).not.toContain("add_entry");
    const answer = await client.callTool({ name: "search_sessions", arguments: {} });
    expect(answer.structuredContent).toMatchObject({ total: 1 });
    expect((await client.listResources()).resources.map(({ uri }) => uri)).toContain(
      "clew://session/11111111-aaaa-4000-8000-000000000001",
    );
    const { contents } = await client.readResource({ uri: "clew://session/11111111-aaaa-4000-8000-000000000001" });
    expect(JSON.stringify(contents)).toContain("| title: Fix the lock");
    expect((await client.listPrompts()).prompts.map(({ name }) => name)).toEqual(["resume", "recall"]);
    const { messages } = await client.getPrompt({ name: "recall", arguments: { about: "</x> the lock" } });
    expect(JSON.stringify(messages)).toContain("‹/x› the lock");
    await client.close();
  });

  test("the other token has the tools that write, marked as derived from elsewhere", async () => {
    const client = await connect(TOKENS.write, "auto");
    expect((await client.listTools()).tools.map(({ name }) => name)).toContain("add_entry");
    const answer = await client.callTool({ name: "add_entry", arguments: { category: "note", title: "Over HTTP" } });
    expect(answer.isError, textOf(answer as never)).not.toBe(true);
    expect(bed.db.prepare("SELECT DISTINCT origin, tainted FROM changes").all()).toEqual([
      { origin: "agent", tainted: 1 },
    ]);
    await client.close();
  });

  test("answers the handshake of 2025-06-18", async () => {
    const response = await post(INITIALIZE);
    expect(response.status).toBe(200);
    expect(await response.text()).toContain('"protocolVersion":"2025-06-18"');
  });
});

describe("nobody else gets in", () => {
  test.each([
    ["no token", { Authorization: "" }, 401],
    ["another token", { Authorization: `Bearer ${"x".repeat(64)}` }, 401],
    ["a token that begins so", { Authorization: `Bearer ${TOKENS.read}0` }, 401],
    ["no scheme", { Authorization: TOKENS.read }, 401],
    ["another Host", { Host: "evil.example" }, 403],
    ["another Origin", { Origin: "https://evil.example" }, 403],
    ["another port's page", { Origin: "http://127.0.0.1:9999" }, 403],
    ["no Origin, but another site's", { "Sec-Fetch-Site": "cross-site" }, 403],
  ] as const)("%s", async (_, headers, status) => {
    const response = await post(INITIALIZE, headers);
    expect(response.status).toBe(status);
    expect(await response.text()).not.toContain("protocolVersion");
  });

  test("not even its existence is told without the token", async () => {
    for (const method of ["GET", "DELETE"]) {
      const response = await app.request(`${TEST_ORIGIN}/mcp`, { method, headers: { Host: TEST_HOST } });
      expect(response.status).toBe(401);
    }
  });

  test("the dashboard's cookie is no token", async () => {
    const response = await post(INITIALIZE, { Authorization: "", Cookie: "clew=1" });
    expect(response.status).toBe(401);
  });
});

describe("bad requests", () => {
  test.each([
    ["not JSON", "{", 400],
    ["nothing", "", 400],
    ["too much", JSON.stringify({ x: "y".repeat(2_000_000) }), 413],
  ] as const)("%s", async (_, body, status) => {
    expect((await post(body)).status).toBe(status);
  });

  test("another type of content", async () => {
    expect((await post(INITIALIZE, { "Content-Type": "text/plain" })).status).toBe(415);
  });

  test("a loop gone wild is told to wait, whichever request of it", async () => {
    const client = await connect(TOKENS.read, "auto");
    const answers = await Promise.all(
      Array.from({ length: 100 }, () => client.callTool({ name: "which_session", arguments: {} })),
    );
    const refused = answers.filter(({ isError }) => isError);
    expect(refused.length).toBeGreaterThan(0);
    expect(refused.length).toBeLessThan(100);
    expect(textOf(refused[0] as never)).toMatch(/too many calls.*try again in \d+ ms/);
    await client.close();
  });
});
