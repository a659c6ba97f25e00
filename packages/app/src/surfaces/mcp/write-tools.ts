/** @module A call of a tool that writes, where the server only reads: says how it would be there instead of that there is none. */
import { type McpServer, ProtocolError, ProtocolErrorCode } from "@modelcontextprotocol/server";
import { toolsOf } from "./tools.ts";

type Handler = (request: { readonly params?: { readonly name?: unknown } }, context: unknown) => unknown;

/** Before anything is registered: what handles calls from then on looks at the name first. */
export function explainWriteTools({ server }: McpServer): void {
  const writing = new Set(toolsOf("write").flatMap(({ name, profile }) => (profile === "write" ? [name] : [])));
  const register = server.setRequestHandler.bind(server) as (method: string, handler: Handler) => void;
  const checked = (method: string, handler: Handler): void =>
    register(
      method,
      method === "tools/call"
        ? (request, context) => {
            const name = request.params?.name;
            if (typeof name === "string" && writing.has(name))
              throw new ProtocolError(
                ProtocolErrorCode.InvalidParams,
                `${name} writes, and this server only reads: a person starts it with \`clew mcp --write\`, or sets the plugin's mcp_profile to write`,
              );
            return handler(request, context);
          }
        : handler,
    );
  server.setRequestHandler = checked as typeof server.setRequestHandler;
}
