import { PassThrough } from "node:stream";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { serveOverStdio } from "../packages/app/src/surfaces/mcp/stdio.ts";
import { type McpBed, mcpBed } from "./mcp-bed.ts";

interface Message {
  readonly id?: number;
  readonly result?: Record<string, unknown>;
  readonly error?: { readonly code: number; readonly message: string };
}

let bed: McpBed;
beforeAll(() => {
  bed = mcpBed();
  bed.session("11111111-aaaa-4000-8000-000000000001", { title: "Fix the lock" });
});
afterAll(() => bed.end());

function hello(protocolVersion: string) {
  const clientInfo = { name: "by-hand", version: "1" };
  return [
    { jsonrpc: "2.0", id: 1, method: "initialize", params: { protocolVersion, capabilities: {}, clientInfo } },
    { jsonrpc: "2.0", method: "notifications/initialized" },
  ];
}

function call(id: number, name: string, given: object = {}) {
  return { jsonrpc: "2.0", id, method: "tools/call", params: { name, arguments: given } };
}

/** Puts all lines in at once, ends the input, and reads what came until the server was done. */
async function exchange(
  lines: readonly (string | object)[],
): Promise<{ readonly text: string; readonly messages: readonly Message[] }> {
  const [input, output] = [new PassThrough(), new PassThrough()];
  let text = "";
  output.setEncoding("utf8").on("data", (part: string) => {
    text += part;
  });
  const served = serveOverStdio({ services: bed.services, profile: "read" }, { input, output }, new Promise(() => {}));
  for (const line of lines) input.write(`${typeof line === "string" ? line : JSON.stringify(line)}\n`);
  input.end();
  await served;
  const messages = text
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Message);
  return { text, messages };
}

describe("over standard input and output", () => {
  test.each(["2025-06-18", "2025-11-25", "2025-03-26", "2024-11-05"])(
    "a client of %s is answered in its own version",
    async (version) => {
      const { messages } = await exchange([
        ...hello(version),
        { jsonrpc: "2.0", id: 2, method: "tools/list" },
        call(3, "search_sessions"),
      ]);
      expect(messages.map(({ id }) => id).sort()).toEqual([1, 2, 3]);
      const of = (id: number) => messages.find((message) => message.id === id)?.result;
      expect(of(1)).toMatchObject({ protocolVersion: version, serverInfo: { name: "clew" } });
      expect(((of(2)?.tools ?? []) as unknown[]).length).toBeGreaterThan(10);
      expect(of(3)).toMatchObject({ structuredContent: { total: 1 } });
    },
  );

  test("an unknown version is answered with one that both may know", async () => {
    const { messages } = await exchange(hello("1999-01-01"));
    expect(messages[0]?.result?.protocolVersion).toBe("2025-11-25");
  });

  test("the newest version is found out by asking", async () => {
    const meta = {
      "io.modelcontextprotocol/protocolVersion": "2026-07-28",
      "io.modelcontextprotocol/clientInfo": { name: "by-hand", version: "1" },
      "io.modelcontextprotocol/clientCapabilities": {},
    };
    const { messages } = await exchange([
      { jsonrpc: "2.0", id: 1, method: "server/discover", params: { _meta: meta } },
      { jsonrpc: "2.0", id: 2, method: "tools/call", params: { name: "search_sessions", arguments: {}, _meta: meta } },
    ]);
    expect(messages.find(({ id }) => id === 1)?.result).toMatchObject({
      supportedVersions: expect.arrayContaining(["2026-07-28"]),
    });
    expect(messages.find(({ id }) => id === 2)?.result).toMatchObject({ structuredContent: { total: 1 } });
  });

  test("every line that comes out is a message, whatever goes in", async () => {
    const { text, messages } = await exchange([
      ...hello("2025-06-18"),
      "this is no JSON",
      "{}",
      "[]",
      '{"jsonrpc":"2.0","id":7,"method":"nothing/like/it"}',
      `{"jsonrpc":"2.0","id":8,"method":"tools/call","params":${"[".repeat(500)}${"]".repeat(500)}}`,
      call(9, "search", { query: "\u0000<script>'; DROP TABLE sessions; --" }),
      call(10, "get_session", { session_id: "../../etc/passwd" }),
    ]);
    expect(text.endsWith("\n")).toBe(true);
    for (const message of messages) expect(message).toMatchObject({ jsonrpc: "2.0" });
    expect(messages.find(({ id }) => id === 7)?.error?.code).toBe(-32601);
    expect(messages.find(({ id }) => id === 9)?.result).toMatchObject({ structuredContent: { total: 0 } });
    expect(messages.find(({ id }) => id === 10)?.result).toMatchObject({ isError: true });
  });

  test("a call that is cancelled at once is not answered, and the others are", async () => {
    const { messages } = await exchange([
      ...hello("2025-06-18"),
      call(2, "which_session"),
      { jsonrpc: "2.0", method: "notifications/cancelled", params: { requestId: 2, reason: "changed my mind" } },
      call(3, "search_sessions"),
    ]);
    expect(messages.find(({ id }) => id === 3)?.result).toBeTruthy();
  });

  test("what is still being answered when the input ends is answered", async () => {
    const calls = Array.from({ length: 20 }, (_, index) => call(index + 2, "search_sessions"));
    const { messages } = await exchange([...hello("2025-06-18"), ...calls]);
    expect(messages).toHaveLength(21);
  });

  test("nothing at all is fine too", async () => {
    expect((await exchange([])).text).toBe("");
  });
});
