/** @module The daemon's MCP server: one for all clients of this machine that show its token, over the daemon's own reader. */
import type { Clock } from "../base/clock.ts";
import type { Environment } from "../base/paths.ts";
import { clewVersion } from "../base/version.ts";
import { LOCAL_TIME_ZONE } from "../query/filter/time-zone.ts";
import type { Reader } from "../query/reader.ts";
import type { McpReceiver } from "../surfaces/http/routes/mcp.ts";
import { mcpTokens } from "../surfaces/http/secret.ts";
import type { McpOverHttp } from "../surfaces/mcp/http.ts";

export interface McpReceiverOptions {
  /** Of the store that `reader` reads: what is written down goes there. */
  readonly env: Environment;
  /** Directory that the tokens are in. */
  readonly home: string;
  readonly reader: Reader;
  readonly clock: Clock;
  readonly onError: (error: unknown) => void;
}

export interface OpenMcpReceiver extends McpReceiver {
  readonly close: () => Promise<void>;
}

/** The server itself is loaded with the first request: most daemons never get one, and it takes 20 MB. */
export function createMcpReceiver({ env, home, reader, clock, onError }: McpReceiverOptions): OpenMcpReceiver {
  let server: Promise<McpOverHttp> | null = null;
  const open = async (): Promise<McpOverHttp> => {
    const { mcpOverHttp } = await import("../surfaces/mcp/http.ts");
    const version = clewVersion();
    const timeZone = LOCAL_TIME_ZONE;
    return mcpOverHttp({
      env,
      clock,
      timeZone,
      version,
      ask: (question) => question(reader),
      cwd: null,
      // Another thread of this process stores what hooks leave behind: a call's own session is known in a moment.
      settle: () => Promise.resolve(),
      onError,
    });
  };
  return {
    tokens: mcpTokens(home),
    async handle(request, profile) {
      server ??= open().catch((error) => {
        // The next request tries again.
        server = null;
        throw error;
      });
      return (await server).handle(request, profile);
    },
    async close() {
      await (await server?.catch(() => null))?.close();
    },
  };
}
