/** @module Starts a daemon that outlives the terminal, and waits until it answers. */
import { spawn } from "node:child_process";
import { closeSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ClewError } from "../base/error.ts";
import { clewPaths, daemonSocket, type Environment } from "../base/paths.ts";
import { ensurePrivateDirectory } from "../base/private-directory.ts";
import { isAlive } from "../registry/process.ts";
import { daemonEnvironment } from "../surfaces/hook/start-daemon.ts";
import { askDaemon } from "./control-client.ts";
import { openLogFile } from "./log.ts";
import type { DaemonStatus } from "./status.ts";

const LOOK_EVERY_MS = 50;
/** A new schema may have to be put on a large database first, with a copy of it made. */
const PATIENCE_MS = 120_000;
const CLEW = fileURLToPath(new URL("../../bin/clew.js", import.meta.url));

export interface StartedDaemon {
  readonly status: DaemonStatus;
  /** It ran before. */
  readonly already: boolean;
}

/** Where a daemon writes what it has to say. */
export function daemonLogPath(env: Environment): string {
  return join(clewPaths(env).home, "daemon.log");
}

/** Resolves when a daemon answers. Throws what it said when it ended instead. */
export async function startDetached(
  env: Environment,
  options: { readonly port?: number; readonly clew?: string } = {},
): Promise<StartedDaemon> {
  const socket = daemonSocket(env);
  const running = await askDaemon(socket, "GET /status");
  if (running) return { status: running, already: true };
  const { home } = clewPaths(env);
  ensurePrivateDirectory(home);
  const log = daemonLogPath(env);
  const before = statSync(log, { throwIfNoEntry: false })?.size ?? 0;
  const file = openLogFile(log);
  const words = ["daemon", "run", ...(options.port === undefined ? [] : ["--port", String(options.port)])];
  const child = spawn(process.execPath, [options.clew ?? CLEW, ...words], {
    cwd: home,
    env: { ...daemonEnvironment(env), NO_COLOR: "1" },
    detached: true,
    stdio: ["ignore", "ignore", file],
    windowsHide: true,
  });
  closeSync(file);
  let ended: number | null | undefined;
  child.once("error", () => {
    ended = 1;
  });
  child.once("exit", (code) => {
    ended = code;
  });
  child.unref();
  const until = performance.now() + PATIENCE_MS;
  while (performance.now() < until) {
    // Seen before it is asked: ours may have ended because another one answers since.
    const code = ended;
    const status = await askDaemon(socket, "GET /status");
    if (status) {
      const already = status.pid !== child.pid;
      // Another one was quicker: ours holds nothing yet, and must not wait for that one's end.
      if (already) child.kill("SIGKILL");
      return { status, already };
    }
    if (code !== undefined) throw new ClewError(code === 3 ? "locked" : "io", saidAfter(log, before));
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
  throw new ClewError("io", `the daemon was started and does not answer yet: ${log} says what it does`);
}

/**
 * Asks a daemon to leave the data directory to this process, and waits until it has. False: `clew up` in another terminal
 * has it, and keeps it. Throws as stopDaemon.
 */
export async function takeOver(env: Environment): Promise<boolean> {
  const status = await askDaemon(daemonSocket(env), "GET /status");
  if (status?.mode === "up") return false;
  await stopDaemon(env);
  return true;
}

/** Asks the running daemon to end and waits until it has; null when none runs. */
export async function stopDaemon(env: Environment): Promise<DaemonStatus | null> {
  const socket = daemonSocket(env);
  const status = await askDaemon(socket, "GET /status");
  if (!status) return null;
  await askDaemon(socket, "POST /stop");
  const until = performance.now() + PATIENCE_MS;
  while (performance.now() < until) {
    if (!isAlive(status.pid, null)) return status;
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
  throw new ClewError("io", `process ${status.pid} was asked to stop and still finishes its work`);
}

/** The last line of what was added to the log, without its time and name. */
function saidAfter(log: string, offset: number): string {
  try {
    const bytes = readFileSync(log);
    const lines = bytes
      .subarray(bytes.length >= offset ? offset : 0)
      .toString("utf8")
      .trim()
      .split("\n");
    const said = lines.at(-1)?.replace(/^(?:clew: |\S+Z )/, "");
    return said || `the daemon ended at once: ${log} may say why`;
  } catch {
    return "the daemon ended at once and said nothing";
  }
}
