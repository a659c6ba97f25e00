/** @module Starts the writing thread and turns its messages into calls. */
import { Worker } from "node:worker_threads";
import { ClewError } from "../base/error.ts";
import { workerUrl } from "../base/worker-url.ts";
import type { Progress } from "../ingest/progress.ts";
import type { IngestInput, IngestMessage } from "./ingest-thread.ts";

export interface IngestListener {
  onProgress(progress: Progress): void;
  onCommit(seq: number, sessionIds: readonly string[]): void;
  onDrained(drained: { readonly at: number; readonly files: number; readonly left: number }): void;
  onUnreadable(path: string, message: string): void;
  /** The thread has ended with an error after it was ready. */
  onFailed(error: ClewError): void;
}

export interface IngestWorker {
  /** Lets the running transaction finish, then ends the thread. */
  stop(): Promise<void>;
}

/** Resolves once the database is open and readable; throws what kept it from opening, `locked` among it. */
export function startIngest(input: IngestInput, listener: IngestListener): Promise<IngestWorker> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(workerUrl(import.meta.url, "./ingest-thread.ts"), { workerData: input });
    const ended = new Promise<void>((done) => worker.once("exit", () => done()));
    let ready = false;
    const fail = (error: ClewError) => (ready ? listener.onFailed(error) : reject(error));
    worker.on("error", (error) =>
      fail(new ClewError("internal", `indexing failed: ${error.message}`, { cause: error })),
    );
    worker.on("message", (message: IngestMessage) => {
      if (message.kind === "ready") {
        ready = true;
        resolve({
          async stop() {
            worker.postMessage("stop");
            await ended;
          },
        });
      } else if (message.kind === "progress") listener.onProgress(message.progress);
      else if (message.kind === "commit") listener.onCommit(message.seq, message.sessionIds);
      else if (message.kind === "drained") listener.onDrained(message);
      else if (message.kind === "unreadable") listener.onUnreadable(message.path, message.message);
      else if (message.kind === "failed") fail(new ClewError(message.code, message.message));
    });
  });
}
