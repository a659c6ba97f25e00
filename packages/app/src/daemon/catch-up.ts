/** @module Reads what waits in a process of its own, and tells the same as the writing thread. */
import { fork } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { ClewError } from "../base/error.ts";
import { clewPaths } from "../base/paths.ts";
import { workerUrl } from "../base/worker-url.ts";
import { readBytes } from "../query/backlog.ts";
import { openReader } from "../query/reader.ts";
import { discoverAll } from "../sources/source.ts";
import type { FromIngestProcess, ToIngestProcess } from "./ingest-process.ts";
import type { IngestInput } from "./ingest-thread.ts";
import type { IngestListener, IngestWorker } from "./ingest-worker.ts";

export interface CatchUp extends IngestWorker {
  /** Everything is read and the lock is free again, or the process has ended otherwise. */
  readonly ended: Promise<void>;
}

/** Bytes of transcripts that wait to be read, about. */
export function backlogBytes({ env, configDirs }: IngestInput): number {
  const bytes = discoverAll(configDirs).files.reduce((sum, file) => sum + file.size, 0);
  const { database } = clewPaths(env);
  if (!existsSync(database)) return bytes;
  try {
    const reader = openReader(database);
    try {
      return bytes - readBytes(reader);
    } finally {
      reader.close();
    }
  } catch {
    return bytes;
  }
}

/** Resolves once the database is open and readable; throws what kept it from opening, `locked` among it. */
export function startCatchUp(input: IngestInput, listener: IngestListener): Promise<CatchUp> {
  return new Promise((resolve, reject) => {
    const child = fork(fileURLToPath(workerUrl(import.meta.url, "./ingest-process.ts")), [], {
      execArgv: [],
      serialization: "advanced",
      stdio: ["ignore", "ignore", "inherit", "ipc"],
    });
    const say = (message: ToIngestProcess): void => void (child.connected && child.send(message));
    const ended = new Promise<void>((done) => {
      child.once("exit", () => done());
      child.once("error", () => done());
    });
    let ready = false;
    child.on("message", (message: FromIngestProcess) => {
      if (message.kind === "ready") {
        ready = true;
        resolve({
          ended,
          async stop() {
            say({ kind: "stop" });
            await ended;
          },
        });
      } else if (message.kind === "failed") {
        const error = new ClewError(message.code, message.message);
        if (ready) listener.onFailed(error);
        else reject(error);
      } else (listener[message.name] as (...values: readonly unknown[]) => void)(...message.values);
    });
    ended.then(() => reject(new ClewError("internal", "indexing failed: its process ended at once")));
    say({ kind: "start", input });
  });
}
