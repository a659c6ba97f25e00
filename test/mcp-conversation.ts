/** @module A conversation with an MCP server by hand, message by message, over standard input and output or over HTTP. */
import { PassThrough } from "node:stream";
import { TEST_HOST, TEST_ORIGIN, testApp } from "../packages/app/src/surfaces/http/testing.ts";
import { type McpOverHttp, mcpOverHttp } from "../packages/app/src/surfaces/mcp/http.ts";
import type { McpServices, Profile } from "../packages/app/src/surfaces/mcp/services.ts";
import { serveOverStdio } from "../packages/app/src/surfaces/mcp/stdio.ts";

export interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: Record<string, unknown>;
  readonly result?: Record<string, unknown>;
  readonly error?: { readonly code: number; readonly message: string; readonly data?: unknown };
}

export type Sent = Readonly<Record<string, unknown>>;

const clientInfo = { name: "by-hand", version: "1" };
export const NEWEST = "2026-07-28";

/** What opens a conversation up to 2025-11-25. */
export function initialize(protocolVersion: string): Sent {
  return { id: 1, method: "initialize", params: { protocolVersion, capabilities: {}, clientInfo } };
}

/** What each request carries since 2026-07-28. */
export function meta(more: Sent = {}): Sent {
  return {
    "io.modelcontextprotocol/protocolVersion": NEWEST,
    "io.modelcontextprotocol/clientInfo": clientInfo,
    "io.modelcontextprotocol/clientCapabilities": {},
    ...more,
  };
}

interface Inbox {
  readonly all: readonly Message[];
  readonly add: (message: Message) => void;
  /** The first that is meant, of those that came and those that come. */
  readonly first: (isMeant: (message: Message) => boolean) => Promise<Message>;
}

function inboxOf(): Inbox {
  const all: Message[] = [];
  const waiting = new Set<() => void>();
  return {
    all,
    add(message) {
      all.push(message);
      for (const look of waiting) look();
    },
    first: (isMeant) =>
      new Promise((resolve) => {
        const look = (): void => {
          const found = all.find(isMeant);
          if (!found) return;
          waiting.delete(look);
          resolve(found);
        };
        waiting.add(look);
        look();
      }),
  };
}

export interface Conversation {
  /** Everything that came. */
  readonly messages: readonly Message[];
  readonly send: (message: Sent | string) => void;
  /** The answer to a request. */
  readonly ask: (message: Sent) => Promise<Message>;
  /** The first that came or comes with this method. */
  readonly told: (method: string) => Promise<Message>;
  readonly end: () => Promise<void>;
}

export function overStdio(services: McpServices, profile: Profile = "read"): Conversation {
  const [input, output] = [new PassThrough(), new PassThrough()];
  const inbox = inboxOf();
  let rest = "";
  output.setEncoding("utf8").on("data", (part: string) => {
    const lines = (rest + part).split("\n");
    rest = lines.pop()!;
    for (const line of lines) inbox.add(JSON.parse(line) as Message);
  });
  const served = serveOverStdio(
    { services, profile, limit: { take: () => 0 } },
    { input, output },
    new Promise(() => {}),
  );
  const send = (message: Sent | string): void =>
    void input.write(`${typeof message === "string" ? message : JSON.stringify({ jsonrpc: "2.0", ...message })}\n`);
  return {
    messages: inbox.all,
    send,
    ask(message) {
      send(message);
      return inbox.first(({ id, method }) => id === message.id && method === undefined);
    },
    told: (wanted) => inbox.first(({ method }) => method === wanted),
    async end() {
      input.end();
      await served;
    },
  };
}

export const TOKENS = { read: "r".repeat(64), write: "w".repeat(64) };

export interface HttpBed {
  readonly served: McpOverHttp;
  readonly request: (init: {
    readonly method?: string;
    readonly body?: unknown;
    readonly headers?: Readonly<Record<string, string>>;
    readonly signal?: AbortSignal;
  }) => Promise<Response>;
  /** Headers of a session that has just been initialized. */
  readonly session: (version?: string, token?: string) => Promise<Readonly<Record<string, string>>>;
}

/** The routes of the daemon with an MCP server behind them. */
export function overHttp(services: McpServices): HttpBed {
  const served = mcpOverHttp({ ...services, cwd: null });
  const { app } = testApp({ mcp: { tokens: TOKENS, handle: served.handle } });
  const request: HttpBed["request"] = async ({ method = "POST", body, headers = {}, signal }) =>
    app.request(`${TEST_ORIGIN}/mcp`, {
      method,
      ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
      ...(signal && { signal }),
      headers: {
        Host: TEST_HOST,
        ...(method === "POST" && { "Content-Type": "application/json" }),
        Accept: "application/json, text/event-stream",
        Authorization: `Bearer ${TOKENS.read}`,
        ...headers,
      },
    });
  return {
    served,
    request,
    async session(version = "2025-11-25", token = TOKENS.read) {
      const Authorization = `Bearer ${token}`;
      const response = await request({
        body: { jsonrpc: "2.0", ...initialize(version) },
        headers: { Authorization },
      });
      await response.body?.cancel();
      const id = response.headers.get("mcp-session-id") ?? "none";
      return { Authorization, "Mcp-Session-Id": id, "MCP-Protocol-Version": version };
    },
  };
}

/** What a request of 2026-07-28 says in headers too. */
export function newestHeaders({ method, params }: Sent): Readonly<Record<string, string>> {
  const { name, uri } = (params ?? {}) as { readonly name?: string; readonly uri?: string };
  const subject = name ?? uri;
  return {
    "MCP-Protocol-Version": NEWEST,
    "Mcp-Method": String(method),
    ...(subject !== undefined && { "Mcp-Name": subject }),
  };
}

/** The messages of an answer, a stream or not, as they come; the stream is let go with the loop. */
export async function* messagesOf(response: Response): AsyncGenerator<Message> {
  if (!response.headers.get("content-type")?.includes("text/event-stream")) {
    yield (await response.json()) as Message;
    return;
  }
  let rest = "";
  for await (const part of response.body!.pipeThrough(new TextDecoderStream()) as unknown as AsyncIterable<string>) {
    const lines = (rest + part).split("\n");
    rest = lines.pop()!;
    // An event without data only says where a stream that breaks off is taken up.
    for (const line of lines) if (line.startsWith("data: {")) yield JSON.parse(line.slice(6)) as Message;
  }
}

/** The only message of an answer, or the last one of a stream that ends with it. */
export async function answerOf(response: Response): Promise<Message> {
  let last: Message = {};
  for await (const message of messagesOf(response)) last = message;
  return last;
}
