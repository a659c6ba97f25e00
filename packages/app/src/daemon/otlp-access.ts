/** @module How a program reaches the OpenTelemetry receiver of the running daemon. */
import { clewPaths, daemonSocket, type Environment } from "../base/paths.ts";
import { readOtlpToken } from "../surfaces/http/secret.ts";
import { askDaemon } from "./control-client.ts";

export interface OtlpAccess {
  /** Without a path: exporters add /v1/traces and the like. */
  readonly endpoint: string;
  /** Null: the daemon has made none. */
  readonly token: string | null;
}

/** Null: no daemon is running. Throws what asking it throws. */
export async function otlpAccess(env: Environment): Promise<OtlpAccess | null> {
  const daemon = await askDaemon(daemonSocket(env), "GET /status");
  if (!daemon) return null;
  // Beside a made-up workspace the receiver is one's own.
  const home = daemon.demo ? clewPaths(env).home : daemon.home;
  return { endpoint: daemon.url, token: readOtlpToken(home) };
}
