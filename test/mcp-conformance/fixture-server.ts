/**
 * @module A server with everything that the conformance suite asks for by name, on a socket of its own. Only these tools, prompts
 * and resources are not Clew's: the app with its guards, the token, sessions and revisions, argument checks and errors are.
 */
import { randomBytes } from "node:crypto";
import { createRequestStateCodec, InMemoryServerEventBus, type McpServer } from "@modelcontextprotocol/server";
import { createApp } from "../../packages/app/src/surfaces/http/app.ts";
import { createAuth } from "../../packages/app/src/surfaces/http/auth.ts";
import { createLiveHub } from "../../packages/app/src/surfaces/http/live.ts";
import { serveDashboard } from "../../packages/app/src/surfaces/http/serve.ts";
import { emptyQuestions } from "../../packages/app/src/surfaces/http/testing.ts";
import { mcpOverHttp } from "../../packages/app/src/surfaces/mcp/http.ts";
import { mcpBed } from "../mcp-bed.ts";
import type { ServedMcp } from "./daemon.ts";
import { addFixturePrompts, addFixtureResources } from "./fixture-contents.ts";
import { addAskingTools, addInputRequiredTools } from "./fixture-input-tools.ts";
import { addFixtureTools } from "./fixture-tools.ts";

/** `errors`: what went wrong inside meanwhile. */
export async function startFixtureServer(): Promise<ServedMcp & { readonly errors: readonly unknown[] }> {
  const bed = mcpBed();
  const states = createRequestStateCodec<{ readonly round: number }>({ key: randomBytes(32) });
  const bus = new InMemoryServerEventBus();
  const served = mcpOverHttp(
    { ...bed.services, cwd: null },
    {
      bus,
      extension: {
        requestState: { verify: states.verify },
        add(server: McpServer, frame) {
          server.server.registerCapabilities({ tools: { listChanged: true }, prompts: { listChanged: true } });
          addFixtureTools(server, frame, bus);
          addAskingTools(server);
          addInputRequiredTools(server, states);
          addFixturePrompts(server);
          addFixtureResources(server);
        },
      },
    },
  );
  const tokens = { read: randomBytes(32).toString("hex"), write: randomBytes(32).toString("hex") };
  const auth = createAuth({ clock: bed.services.clock, secret: randomBytes(32) });
  const { url, close } = await serveDashboard({
    port: 0,
    appFor: (port) =>
      createApp({
        port,
        auth,
        questions: emptyQuestions,
        live: createLiveHub(),
        assets: new Map(),
        demo: false,
        mcp: { tokens, handle: served.handle },
        onError: bed.services.onError,
      }),
  });
  return {
    env: { ...process.env, ...bed.env },
    url: `${url}/mcp`,
    headers: { Authorization: `Bearer ${tokens.write}` },
    errors: bed.errors,
    async stop() {
      await close();
      await served.close();
      await bed.end();
    },
  };
}
