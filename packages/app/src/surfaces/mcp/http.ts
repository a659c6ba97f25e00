/**
 * @module The same server over HTTP, for the daemon. Since revision 2026-07-28 nothing is kept between requests; clients of
 * earlier ones get a session when they initialize, and an answer without one when they do not.
 */
import { AsyncLocalStorage } from "node:async_hooks";
import {
  createMcpHandler,
  InMemoryServerEventBus,
  isLegacyRequest,
  type McpRequestContext,
  readRequestBody,
  type ServerEventBus,
} from "@modelcontextprotocol/server";
import { httpSessions } from "./http-sessions.ts";
import { batchRefusal } from "./json-rpc.ts";
import { rateLimit } from "./rate-limit.ts";
import { resourceWatch } from "./resource-watch.ts";
import { createMcpServer, type McpExtension } from "./server.ts";
import type { McpServices, Profile } from "./services.ts";
import { subscribedUris } from "./subscriptions.ts";

export interface McpOverHttp {
  /** Answers a request that has shown its token and passed the guards of Host and Origin. */
  readonly handle: (request: Request, profile: Profile) => Promise<Response>;
  readonly close: () => Promise<void>;
}

export interface McpOverHttpOptions {
  readonly extension?: McpExtension;
  /** Where it is published that lists change; Clew's own never do. */
  readonly bus?: ServerEventBus;
}

const MOST_BYTES = 1024 * 1024;
/** Requests that stay open to be told of changes: each holds a connection. */
const MOST_LISTENING = 16;

export function mcpOverHttp(services: McpServices, { extension, bus }: McpOverHttpOptions = {}): McpOverHttp {
  const limit = rateLimit(() => performance.now());
  const watch = resourceWatch(services);
  // What a client has read elsewhere is not known: whoever writes is taken to have read words of others.
  const shared = { services, limit, seen: { foreign: true }, ...(extension && { extension }) };
  const asked = new AsyncLocalStorage<readonly string[]>();
  const events = watchingBus(bus ?? new InMemoryServerEventBus(services.onError), (tell) =>
    watch.watch(asked.getStore() ?? [], tell),
  );
  const handlerOf = (profile: Profile) =>
    createMcpHandler(
      ({ era }: McpRequestContext) =>
        createMcpServer({ ...shared, profile, ...(era === "modern" ? { watch } : { hasLog: false }) }),
      { onerror: services.onError, maxRequestBodySize: MOST_BYTES, maxSubscriptions: MOST_LISTENING, bus: events },
    );
  const handlers = { read: handlerOf("read"), write: handlerOf("write") };
  const sessions = httpSessions({
    services,
    create: (profile) => createMcpServer({ ...shared, profile, watch }),
    maxRequestBodySize: MOST_BYTES,
  });
  return {
    async handle(request, profile) {
      const { fetch } = handlers[profile];
      const body = request.method === "POST" ? await jsonOf(request.clone()) : undefined;
      // It says itself what is wrong with a body that is none.
      if (request.method === "POST" && body === undefined) return fetch(request);
      if (!(await isLegacyRequest(request, body)))
        return asked.run(subscribedUris(body), () => fetch(request, { parsedBody: body }));
      const refused = batchRefusal(body, request.headers.get("mcp-protocol-version") ?? undefined);
      return refused ?? sessions.handle(request, body, profile) ?? fetch(request, { parsedBody: body });
    },
    async close() {
      await Promise.all([handlers.read.close(), handlers.write.close(), sessions.close()]);
      watch.close();
    },
  };
}

/** Undefined: it is too large, or no JSON. */
async function jsonOf(request: Request): Promise<unknown> {
  try {
    const read = await readRequestBody(request, MOST_BYTES);
    return read.tooLarge ? undefined : JSON.parse(read.text);
  } catch {
    return undefined;
  }
}

/** The same bus, on which whoever listens hears of changed resources too. */
function watchingBus(bus: ServerEventBus, watch: (tell: (uri: string) => void) => () => void): ServerEventBus {
  return {
    publish: (event) => bus.publish(event),
    subscribe(listener) {
      const stops = [bus.subscribe(listener), watch((uri) => listener({ kind: "resource_updated", uri }))];
      return () => {
        for (const stop of stops) stop();
      };
    },
  };
}
