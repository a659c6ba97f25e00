/** @module The dashboard's socket: loopback only, the wanted port or the next free one. */

import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { createAdaptorServer } from "@hono/node-server";
import type { Hono } from "hono";
import { ClewError } from "../../base/error.ts";
import type { ServerEnv } from "./env.ts";

export const DEFAULT_PORT = 4141;
const TRIED_PORTS = 20;
const LOOPBACK = new Set(["127.0.0.1", "::1"]);

export interface ServeOptions {
  /** Makes the app once the port is known, because the Host allow-list and the cookie's name hold it. */
  readonly appFor: (port: number) => Hono<ServerEnv>;
  /** 0: any free port. Default 4141, else the next free one. */
  readonly port?: number;
  /** A loopback address. Default 127.0.0.1. */
  readonly host?: string;
}

export interface RunningServer {
  /** Without a trailing slash, e.g. "http://127.0.0.1:4141". */
  readonly url: string;
  readonly port: number;
  close(): Promise<void>;
}

/** Starts to listen. Throws `usage` for an address that other machines could reach, `io` when no port is free. */
export async function serveDashboard({
  appFor,
  port = DEFAULT_PORT,
  host = "127.0.0.1",
}: ServeOptions): Promise<RunningServer> {
  if (!LOOPBACK.has(host)) throw new ClewError("usage", `serve dashboard: ${host} is not a loopback address`);
  let app: Hono<ServerEnv> | undefined;
  const server = createAdaptorServer({
    fetch: (request, env) => app!.fetch(request, env as never),
    overrideGlobalObjects: false,
  }) as Server;
  server.headersTimeout = 10_000;
  server.requestTimeout = 30_000;
  server.maxConnections = 64;
  const actual = await listenOnFree(server, host, port);
  app = appFor(actual);
  const name = host.includes(":") ? `[${host}]` : host;
  return {
    url: `http://${name}:${actual}`,
    port: actual,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function listenOnFree(server: Server, host: string, port: number): Promise<number> {
  for (let candidate = port; ; candidate++) {
    try {
      return await listen(server, host, candidate);
    } catch (error) {
      const inUse = (error as NodeJS.ErrnoException).code === "EADDRINUSE";
      if (inUse && port !== 0 && candidate < port + TRIED_PORTS - 1 && candidate < 65_535) continue;
      throw new ClewError("io", `serve dashboard: cannot listen on ${host}:${candidate}`, { cause: error });
    }
  }
}

function listen(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.off("error", reject);
      resolve((server.address() as AddressInfo).port);
    });
  });
}
