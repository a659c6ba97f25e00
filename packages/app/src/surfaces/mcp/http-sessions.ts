/**
 * @module Sessions over HTTP, for clients of the protocol up to 2025-11-25: what one request asks for (a log level, a
 * subscription) holds for the next. They are kept in memory; a client whose session is gone is told so, and begins anew.
 */
import { randomUUID } from "node:crypto";
import {
  isInitializeRequest,
  type McpServer,
  WebStandardStreamableHTTPServerTransport,
} from "@modelcontextprotocol/server";
import { batchRefusal, jsonRpcError } from "./json-rpc.ts";
import { recentEvents } from "./recent-events.ts";
import type { McpServices, Profile } from "./services.ts";

export interface HttpSessionsOptions {
  readonly services: Pick<McpServices, "clock" | "onError">;
  /** A server of its own for each session. */
  readonly create: (profile: Profile) => McpServer;
  readonly maxRequestBodySize: number;
}

export interface HttpSessions {
  /** Null: the request is of no session and begins none. `body`: what was posted. */
  readonly handle: (request: Request, body: unknown, profile: Profile) => Promise<Response> | null;
  readonly close: () => Promise<void>;
}

interface Session {
  readonly profile: Profile;
  readonly server: McpServer;
  readonly transport: WebStandardStreamableHTTPServerTransport;
  usedAt: number;
}

/** Each may hold one stream open, and the dashboard wants connections too. */
const MOST_SESSIONS = 32;
/** What a client waits before it takes up a stream that broke off. */
const RETRY_AFTER_MS = 1000;
const FORGOTTEN_AFTER_MS = 12 * 60 * 60 * 1000;

export function httpSessions({ services, create, maxRequestBodySize }: HttpSessionsOptions): HttpSessions {
  const { clock, onError } = services;
  /** The one that was used longest ago first. */
  const sessions = new Map<string, Session>();

  const end = async (id: string, { server }: Session): Promise<void> => {
    sessions.delete(id);
    await server.close().catch(onError);
  };
  const makeRoom = async (): Promise<void> => {
    for (const [id, session] of [...sessions])
      if (sessions.size >= MOST_SESSIONS || clock() - session.usedAt > FORGOTTEN_AFTER_MS) await end(id, session);
  };
  const begin = async (request: Request, body: unknown, profile: Profile): Promise<Response> => {
    await makeRoom();
    const server = create(profile);
    const transport = new WebStandardStreamableHTTPServerTransport({
      sessionIdGenerator: randomUUID,
      maxRequestBodySize,
      eventStore: recentEvents(),
      retryInterval: RETRY_AFTER_MS,
      onsessioninitialized: (id) => void sessions.set(id, { profile, server, transport, usedAt: clock() }),
      onsessionclosed: (id) => void sessions.delete(id),
    });
    await server.connect(transport);
    const response = await transport.handleRequest(request, { parsedBody: body });
    // Turned away before it became one.
    if (transport.sessionId === undefined) await server.close().catch(onError);
    return response;
  };

  return {
    handle(request, body, profile) {
      const id = request.headers.get("mcp-session-id");
      if (id === null) return isInitializeRequest(body) ? begin(request, body, profile) : null;
      const session = sessions.get(id);
      if (session?.profile !== profile) return Promise.resolve(jsonRpcError(404, -32001, "Session not found"));
      sessions.delete(id);
      sessions.set(id, session);
      session.usedAt = clock();
      const refused = batchRefusal(body, session.server.server.getNegotiatedProtocolVersion());
      return refused !== null
        ? Promise.resolve(refused)
        : session.transport.handleRequest(request, body === undefined ? {} : { parsedBody: body });
    },
    async close() {
      for (const [id, session] of [...sessions]) await end(id, session);
    },
  };
}
