/** @module Asks a running daemon over its control socket. */
import { lstatSync } from "node:fs";
import { request } from "node:http";
import { ClewError } from "../base/error.ts";
import type { DaemonStatus } from "./status.ts";

/** A daemon that is busy with a long transaction still answers: its main thread does not write. Milliseconds. */
const PATIENCE_MS = 5000;
const LONGEST_ANSWER = 1024 * 1024;

interface Answers {
  readonly "GET /status": DaemonStatus;
  readonly "POST /sign-in": { readonly url: string };
  readonly "POST /stop": { readonly stopping: true };
}

type Call = keyof Answers;

/**
 * The daemon's answer; null when none is running. Throws `permission` for a socket of somebody else, `io` when somebody
 * holds the socket and does not answer.
 */
export async function askDaemon<C extends Call>(
  socket: string,
  call: C,
  patience = PATIENCE_MS,
): Promise<Answers[C] | null> {
  if (process.platform !== "win32") {
    const there = lstatSync(socket, { throwIfNoEntry: false });
    if (!there?.isSocket()) return null;
    if (there.uid !== process.getuid!())
      throw new ClewError("permission", `${socket} belongs to another user: set CLEW_RUNTIME_DIR`);
  }
  const text = await exchange(socket, call, patience);
  if (text === null) return null;
  try {
    return JSON.parse(text) as Answers[C];
  } catch (error) {
    throw new ClewError("io", `${socket} gave no answer of a daemon`, { cause: error });
  }
}

function exchange(socketPath: string, what: Call, patience: number): Promise<string | null> {
  const [method, path] = what.split(" ");
  return new Promise((resolve, reject) => {
    const silent = (): ClewError =>
      new ClewError("io", `the daemon at ${socketPath} does not answer: end its process, then try again`);
    const call = request({ socketPath, method, path, headers: { host: "clew" }, agent: false }, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (part: string) => {
        text += part;
        if (text.length > LONGEST_ANSWER) call.destroy(silent());
      });
      response.on("end", () => {
        clearTimeout(timer);
        if ((response.statusCode ?? 500) < 300) resolve(text);
        else reject(new ClewError("io", `the daemon refused ${what}: ${text.slice(0, 200)}`));
      });
    });
    const timer = setTimeout(() => call.destroy(silent()), patience);
    call.on("error", (error: NodeJS.ErrnoException) => {
      clearTimeout(timer);
      if (error instanceof ClewError) reject(error);
      else if (error.code === "ENOENT" || error.code === "ECONNREFUSED") resolve(null);
      // It ended while it was being asked.
      else if (error.code === "ECONNRESET" || error.code === "EPIPE") resolve(null);
      else reject(new ClewError("io", `ask the daemon at ${socketPath}: ${error.message}`, { cause: error }));
    });
    call.end();
  });
}
