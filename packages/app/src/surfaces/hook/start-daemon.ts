/** @module Starts the daemon where none runs, without opening its database and without handing it the session's secrets. */
import { closeSync, constants, existsSync, openSync } from "node:fs";
import { connect } from "node:net";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { clewPaths, daemonSocket, type Environment, socketPathProblem } from "../../base/paths.ts";

/** Whoever has not answered by then is there, and busy. Milliseconds. */
const PATIENCE_MS = 100;

/** What a daemon needs of its starter's surroundings. All else stays behind: an agent's holds tokens, and names one session. */
const PASSED_ON =
  /^(?:PATH|HOME|USER|USERNAME|USERPROFILE|LOGNAME|SHELL|LANG|LC_\w+|TZ|TMPDIR|TEMP|TMP|SystemRoot|APPDATA|LOCALAPPDATA|XDG_\w+|NODE_EXTRA_CA_CERTS|CLAUDE_CONFIG_DIR|CLEW_HOME|CLEW_RUNTIME_DIR|CLEW_REGISTRY_HOURS)$/i;

/** The program that `clew` is, beside this file in the bundle. */
const CLEW_PROGRAM = fileURLToPath(new URL("./bin.js", import.meta.url));

/** Whether something listens on a socket. A dead daemon's socket refuses. */
export function isListening(socketPath: string): Promise<boolean> {
  if (process.platform !== "win32" && !existsSync(socketPath)) return Promise.resolve(false);
  return new Promise((resolve) => {
    const socket = connect(socketPath);
    const answer = (listens: boolean): void => {
      socket.destroy();
      resolve(listens);
    };
    socket.once("connect", () => answer(true));
    socket.once("error", () => answer(false));
    socket.setTimeout(PATIENCE_MS, () => answer(true));
  });
}

export function daemonEnvironment(env: Environment): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).filter(
      (entry): entry is [string, string] => entry[1] !== undefined && PASSED_ON.test(entry[0]),
    ),
  );
}

/** For appending; "ignore" where there is none to be had. A FIFO in its place does not hold up the session's start. */
function logFile(env: Environment): number | "ignore" {
  const { O_WRONLY, O_APPEND, O_CREAT, O_NOFOLLOW = 0, O_NONBLOCK = 0 } = constants;
  try {
    return openSync(
      join(clewPaths(env).home, "daemon.log"),
      O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK,
      0o600,
    );
  } catch {
    return "ignore";
  }
}

/**
 * Starts `clew daemon run` on its own, to outlive the session. Two that are started at once settle it by the writer lock.
 * Throws where it could not open its socket: it would end at once, at every session's start.
 */
export async function startDaemon(env: Environment, program: string = CLEW_PROGRAM): Promise<void> {
  const problem = socketPathProblem(daemonSocket(env));
  if (problem !== null) throw new Error(problem);
  const { spawn } = await import("node:child_process");
  const log = logFile(env);
  const daemon = spawn(process.execPath, [program, "daemon", "run"], {
    cwd: dirname(program),
    env: { ...daemonEnvironment(env), NO_COLOR: "1" },
    stdio: ["ignore", "ignore", log],
    detached: true,
    windowsHide: true,
  });
  if (log !== "ignore") closeSync(log);
  daemon.once("error", () => {});
  daemon.unref();
}
