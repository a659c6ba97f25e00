/** @module A store of the real schema and an MCP server over it in this process, asked by the official client. */
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type CallToolResult, Client } from "@modelcontextprotocol/client";
import { InMemoryTransport } from "@modelcontextprotocol/server";
import { serveStdio } from "@modelcontextprotocol/server/stdio";
import { type TestTelemetry, testTelemetry } from "../packages/app/src/query/log-testing.ts";
import { openReader, type Reader } from "../packages/app/src/query/reader.ts";
import { TEST_NOW, type TestDatabase, testDatabase } from "../packages/app/src/query/testing.ts";
import { createMcpServer } from "../packages/app/src/surfaces/mcp/server.ts";
import type { McpServices, Profile } from "../packages/app/src/surfaces/mcp/services.ts";

export interface McpBed extends TestDatabase, TestTelemetry {
  readonly env: Readonly<Record<string, string>>;
  /** Directory of a workspace, where the server stands. */
  readonly cwd: string;
  readonly services: McpServices;
  /** What went wrong inside. */
  readonly errors: readonly unknown[];
  /** A client of a server of its own that is never told to wait; closed with the bed. */
  readonly connect: (options?: ConnectOptions) => Promise<Client>;
  readonly end: () => Promise<void>;
}

export interface ConnectOptions {
  readonly profile?: Profile;
  readonly mode?: "auto" | "legacy";
  readonly services?: Partial<McpServices>;
}

export function mcpBed(): McpBed {
  const base = testDatabase();
  const telemetry = testTelemetry(base);
  const home = dirname(base.path);
  const user = mkdtempSync(join(tmpdir(), "clew-mcp-"));
  const cwd = join(user, "web");
  mkdirSync(join(cwd, ".git"), { recursive: true });
  const env = {
    HOME: user,
    CLEW_HOME: home,
    CLEW_RUNTIME_DIR: join(user, "run"),
    CLAUDE_CONFIG_DIR: join(user, "claude"),
  };
  // What is put in directly takes the numbers below.
  base.db.prepare("UPDATE devices SET next_seq = 1000000").run();
  const errors: unknown[] = [];
  let reader: Reader | null = null;
  const services: McpServices = {
    env,
    clock: () => TEST_NOW,
    timeZone: "UTC",
    version: "0.0.0",
    ask(question) {
      reader ??= openReader(base.path);
      return question(reader);
    },
    cwd,
    onError: (error) => errors.push(error),
  };
  const closers: (() => Promise<unknown>)[] = [];
  return {
    ...base,
    ...telemetry,
    env,
    cwd,
    services,
    errors,
    async connect({ profile = "write", mode = "auto", services: other } = {}) {
      const [near, far] = InMemoryTransport.createLinkedPair();
      const options = { services: { ...services, ...other }, profile, limit: { take: () => 0 } };
      const server = serveStdio(() => createMcpServer(options), {
        transport: far,
        onerror: (error) => errors.push(error),
      });
      const client = new Client({ name: "test", version: "1" }, { versionNegotiation: { mode } });
      await client.connect(near);
      closers.push(
        () => client.close(),
        () => server.close(),
      );
      return client;
    },
    async end() {
      for (const close of closers) await close();
      reader?.close();
      base.close();
      rmSync(user, { recursive: true, force: true });
    },
  };
}

/** The text of an answer. */
export function textOf({ content }: CallToolResult): string {
  return content.map((block) => (block.type === "text" ? block.text : "")).join("\n");
}

/** What stands in fences, and what stands outside them. Fails where a fence is broken. */
export function partsOf(
  text: string,
  { isMarked = true }: { readonly isMarked?: boolean } = {},
): { readonly inside: string; readonly outside: string } {
  const [inside, outside]: [string[], string[]] = [[], []];
  let nonce: string | null = null;
  for (const line of text.split("\n")) {
    const opened = /^<quoted-([\w-]{22}) by=\S+ trust=\w+(?: cut=\d+)?>$/.exec(line);
    if (nonce === null && opened) nonce = opened[1]!;
    else if (nonce !== null && line === `</quoted-${nonce}>`) nonce = null;
    else if (nonce !== null && line.startsWith(`${nonce}| `)) inside.push(line.slice(nonce.length + 2));
    else if (nonce !== null && !isMarked) inside.push(line);
    else if (nonce !== null) throw new Error(`a line left its fence: ${line}`);
    else outside.push(line);
  }
  if (nonce !== null) throw new Error("a fence was not closed");
  return { inside: inside.join("\n"), outside: outside.join("\n") };
}

/** The same of structured content: every text in it, fenced or not. */
export function structuredParts(value: unknown): { readonly inside: string; readonly outside: string } {
  const [inside, outside]: [string[], string[]] = [[], []];
  const walk = (one: unknown): void => {
    if (typeof one === "string") {
      const parts = partsOf(one);
      inside.push(parts.inside);
      outside.push(parts.outside);
    } else if (Array.isArray(one)) one.forEach(walk);
    else if (typeof one === "object" && one !== null)
      for (const [name, inner] of Object.entries(one)) {
        outside.push(name);
        walk(inner);
      }
  };
  walk(value);
  return { inside: inside.join("\n"), outside: outside.join("\n") };
}
