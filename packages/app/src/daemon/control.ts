/**
 * @module The daemon's control socket: HTTP on a Unix socket (a named pipe on Windows) that only its owner can open. It is
 * opened while the writer lock is held, so nobody else is judging or replacing a socket that a dead daemon left.
 */
import { chmodSync, lstatSync, rmSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { dirname } from "node:path";
import { ClewError } from "../base/error.ts";
import { socketPathProblem } from "../base/paths.ts";
import { ensurePrivateDirectory } from "../base/private-directory.ts";
import { askDaemon } from "./control-client.ts";
import type { DaemonStatus } from "./status.ts";

/** A socket that something removed (a cleaner of runtime directories) is made anew within this time. */
const LOOK_EVERY_MS = 30_000;

export interface ControlHandlers {
  status(): DaemonStatus;
  /** A fresh one-time sign-in link. */
  signInUrl(): string;
  /** Asked to end; returns at once. */
  stop(): void;
}

export interface Control {
  close(): Promise<void>;
}

const onWindows = process.platform === "win32";

/**
 * Listens. Throws `usage` for a path that no system takes, `permission` where the directory or the socket is another
 * user's, `io` where something else stands, `locked` when a daemon answers there.
 */
export async function openControl(path: string, handlers: ControlHandlers): Promise<Control> {
  await clearPath(path);
  let server = await listen(path, handlers);
  let closed = false;
  const look = setInterval(() => {
    if (onWindows || lstatSync(path, { throwIfNoEntry: false })) return;
    const old = server;
    clearPath(path)
      .then(() => listen(path, handlers))
      .then((fresh) => {
        server = fresh;
        old.close();
        if (closed) fresh.close();
      })
      .catch(() => {});
  }, LOOK_EVERY_MS);
  look.unref();
  return {
    close: () =>
      new Promise((resolve) => {
        closed = true;
        clearInterval(look);
        server.close(() => resolve());
        server.closeIdleConnections();
        setTimeout(() => server.closeAllConnections(), 500).unref();
      }),
  };
}

/** Makes the private directory and removes what a dead daemon left. */
async function clearPath(path: string): Promise<void> {
  if (onWindows) return;
  const problem = socketPathProblem(path);
  if (problem !== null) throw new ClewError("usage", problem);
  ensurePrivateDirectory(dirname(path), "CLEW_RUNTIME_DIR");
  const there = lstatSync(path, { throwIfNoEntry: false });
  if (!there) return;
  if (!there.isSocket())
    throw new ClewError("io", `${path} is not a socket of clew's: move it away, or set CLEW_RUNTIME_DIR`);
  if (there.uid !== process.getuid!())
    throw new ClewError(
      "permission",
      `${path} belongs to another user: set CLEW_RUNTIME_DIR to a directory of your own`,
    );
  const running = await askDaemon(path, "GET /status").catch(() => null);
  if (running) throw new ClewError("locked", "a daemon is running already: `clew daemon status` says more");
  rmSync(path);
}

function listen(path: string, handlers: ControlHandlers): Promise<ReturnType<typeof createServer>> {
  const server = createServer((request, response) => answer(request, response, handlers));
  server.headersTimeout = 5000;
  server.requestTimeout = 10_000;
  server.maxConnections = 32;
  return new Promise((resolve, reject) => {
    server.once("error", (error) =>
      reject(new ClewError("io", `open control socket ${path}: ${error.message}`, { cause: error })),
    );
    server.listen(path, () => {
      if (!onWindows) chmodSync(path, 0o600);
      resolve(server);
    });
  });
}

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

function answer(request: IncomingMessage, response: ServerResponse, handlers: ControlHandlers): void {
  request.resume();
  const { status, body } = answerOf(`${request.method} ${request.url}`, handlers);
  if (status === 202) response.once("finish", () => handlers.stop());
  response.writeHead(status, { "content-type": "application/json", connection: "close" });
  response.end(JSON.stringify(body));
}

function answerOf(call: string, handlers: ControlHandlers): Answer {
  try {
    if (call === "GET /status") return { status: 200, body: handlers.status() };
    if (call === "POST /sign-in") return { status: 200, body: { url: handlers.signInUrl() } };
    if (call === "POST /stop") return { status: 202, body: { stopping: true } };
    return { status: 404, body: { error: "nothing is here" } };
  } catch (error) {
    return { status: 500, body: { error: (error as Error).message } };
  }
}
