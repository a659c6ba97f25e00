/** @module MCP over HTTP at /mcp, for clients that show the daemon's token; which token decides which tools there are. */
import { createHash, timingSafeEqual } from "node:crypto";
import { type Context, Hono } from "hono";
import type { ServerEnv } from "../env.ts";
import { failure } from "../failure.ts";

export type McpProfile = "read" | "write";

export interface McpReceiver {
  /** What `Authorization: Bearer` has to show for each profile. */
  readonly tokens: Readonly<Record<McpProfile, string>>;
  readonly handle: (request: Request, profile: McpProfile) => Promise<Response>;
}

/** `onError` is told of what failed on our side. */
export function mcpRoutes({ tokens, handle }: McpReceiver, onError?: (error: unknown) => void): Hono<ServerEnv> {
  const read = digest(tokens.read);
  const write = digest(tokens.write);
  const routes = new Hono<ServerEnv>();
  routes.on(["GET", "POST", "DELETE"], "/", async (c) => {
    const shown = digest(/^Bearer +(\S+)$/i.exec(c.req.header("authorization") ?? "")?.[1] ?? "");
    // Both are compared each time, so that the time does not tell which was nearer.
    const [mayRead, mayWrite] = [timingSafeEqual(shown, read), timingSafeEqual(shown, write)];
    if (!mayRead && !mayWrite) return unauthorized(c);
    try {
      return await handle(c.req.raw, mayWrite ? "write" : "read");
    } catch (error) {
      onError?.(error);
      return failure(c, 500, "internal", "the call failed; the terminal that runs clew says why");
    }
  });
  return routes;
}

function unauthorized(c: Context): Response {
  c.header("WWW-Authenticate", 'Bearer realm="clew"');
  return failure(c, 401, "unauthorized", "an Authorization header is needed: `clew mcp --http` prints it");
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
