/** @module What a command that lists sessions has to know and say when no daemon keeps them current. */
import { existsSync } from "node:fs";
import { daemonSocket, type Environment } from "../../base/paths.ts";
import type { LiveSession } from "../../query/active.ts";
import type { CliContext } from "./context.ts";
import { duration } from "./render/formats.ts";

/** A daemon's main thread does not write: it answers at once. Milliseconds. */
const PATIENCE_MS = 500;

/** Whether a daemon looks after live sessions. One that does not answer, or cannot be asked, is there. */
export async function isDaemonThere(env: Environment): Promise<boolean> {
  const socket = daemonSocket(env);
  if (process.platform !== "win32" && !existsSync(socket)) return false;
  const { askDaemon } = await import("../../daemon/control-client.ts");
  return askDaemon(socket, "GET /status", PATIENCE_MS).then(
    (status) => status !== null,
    () => true,
  );
}

/** Whether a session's process has gone; one without a known process has not. */
export async function processCheck(): Promise<(session: LiveSession) => boolean> {
  const { isAlive } = await import("../../registry/process.ts");
  return ({ pid, processStartedAt }) => pid !== null && !isAlive(pid, processStartedAt);
}

/** The line below a list that nobody keeps current. `newest`: of its events, milliseconds UTC; null: there are none. */
export function asOf({ clock }: CliContext, newest: number | null): string {
  const now = clock();
  const age = newest === null ? "nothing yet" : `${duration(Math.max(0, now - newest))} ago`;
  return `No daemon is running: this is as of ${age}.`;
}
