/** @module Lists of tools, prompts and resources come whole: a cursor is none of ours, and is refused as the protocol says. */
import { type McpServer, ProtocolError, ProtocolErrorCode } from "@modelcontextprotocol/server";

/** Before anything is registered: what handles a list from then on looks at its cursor first. */
export function refuseForeignCursors({ server }: McpServer): void {
  const register = server.setRequestHandler.bind(server) as (method: string, handler: Handler) => void;
  type Handler = (request: { readonly params?: { readonly cursor?: unknown } }, context: unknown) => unknown;
  const checked = (method: string, handler: Handler): void =>
    register(
      method,
      method.endsWith("/list")
        ? (request, context) => {
            if (request.params?.cursor !== undefined)
              throw new ProtocolError(ProtocolErrorCode.InvalidParams, `${method} gives out no cursors`);
            return handler(request, context);
          }
        : handler,
    );
  server.setRequestHandler = checked as typeof server.setRequestHandler;
}
