/** @module How a program reaches the MCP server of the running daemon. */
import { clewPaths, daemonSocket, type Environment } from "../base/paths.ts";
import type { McpProfile } from "../surfaces/http/routes/mcp.ts";
import { readMcpToken } from "../surfaces/http/secret.ts";
import { askDaemon } from "./control-client.ts";

export interface McpAccess {
  readonly url: string;
  /** Null: the daemon has made none. */
  readonly token: string | null;
}

/** Null: no daemon is running. Throws what asking it throws. */
export async function mcpAccess(env: Environment, profile: McpProfile): Promise<McpAccess | null> {
  const daemon = await askDaemon(daemonSocket(env), "GET /status");
  if (!daemon) return null;
  // Beside a made-up workspace the tokens are one's own.
  const home = daemon.demo ? clewPaths(env).home : daemon.home;
  return { url: `${daemon.url}/mcp`, token: readMcpToken(home, profile) };
}
