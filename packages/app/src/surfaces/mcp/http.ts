/** @module The same server over HTTP, for the daemon: nothing is kept between requests but how often tools were called. */
import { createMcpHandler } from "@modelcontextprotocol/server";
import { rateLimit } from "./rate-limit.ts";
import { createMcpServer } from "./server.ts";
import type { McpServices, Profile } from "./services.ts";

export interface McpOverHttp {
  /** Answers a request that has shown its token and passed the guards of Host and Origin. */
  readonly handle: (request: Request, profile: Profile) => Promise<Response>;
  readonly close: () => Promise<void>;
}

const MOST_BYTES = 1024 * 1024;

export function mcpOverHttp(services: McpServices): McpOverHttp {
  const limit = rateLimit(() => performance.now());
  // Whoever asks over HTTP is not known from one request to the next: what it has read is not either.
  const handlerOf = (profile: Profile) =>
    createMcpHandler(() => createMcpServer({ services, profile, limit, seen: { foreign: true } }), {
      onerror: services.onError,
      maxRequestBodySize: MOST_BYTES,
    });
  const handlers = { read: handlerOf("read"), write: handlerOf("write") };
  return {
    handle: (request, profile) => handlers[profile].fetch(request),
    async close() {
      await Promise.all([handlers.read.close(), handlers.write.close()]);
    },
  };
}
