/** @module The writing thread of `clew up`: holds the writer lock, indexes, then follows the transcripts until told to stop. */
import { parentPort, workerData } from "node:worker_threads";
import { systemClock } from "../base/clock.ts";
import { ClewError, type ErrorCode } from "../base/error.ts";
import { clewPaths, type Environment } from "../base/paths.ts";
import { follow } from "../ingest/follow.ts";
import { openLocalStore } from "../ingest/index-command.ts";
import type { Progress } from "../ingest/progress.ts";
import { discoverAll } from "../sources/source.ts";
import { acquireWriterLock } from "../store/lock.ts";

export interface IngestInput {
  readonly env: Environment;
  readonly configDirs: readonly string[];
}

export type IngestMessage =
  | { readonly kind: "ready" }
  | { readonly kind: "progress"; readonly progress: Progress }
  | { readonly kind: "commit"; readonly seq: number; readonly sessionIds: readonly string[] }
  | { readonly kind: "unreadable"; readonly path: string; readonly message: string }
  | { readonly kind: "failed"; readonly code: ErrorCode; readonly message: string }
  | { readonly kind: "stopped" };

const port = parentPort!;
const post = (message: IngestMessage): void => port.postMessage(message);

async function run({ env, configDirs }: IngestInput): Promise<void> {
  const lock = acquireWriterLock(clewPaths(env).lock, "up");
  const stop = new AbortController();
  port.on("message", () => stop.abort());
  try {
    const { store, price } = openLocalStore(env, systemClock);
    try {
      post({ kind: "ready" });
      await follow({
        store,
        price,
        clock: systemClock,
        signal: stop.signal,
        discover: () => discoverAll(configDirs).files,
        onProgress: (progress) => post({ kind: "progress", progress }),
        onCommit: ({ lastSeq, sessions }) => post({ kind: "commit", seq: lastSeq, sessionIds: sessions }),
        onFailure: ({ path, message }) => post({ kind: "unreadable", path, message }),
      });
    } finally {
      store.close();
    }
  } finally {
    lock.release();
    port.unref(); // removing its listeners would not let the thread end
  }
}

run(workerData as IngestInput).then(
  () => post({ kind: "stopped" }),
  (error: unknown) => {
    post({
      kind: "failed",
      code: error instanceof ClewError ? error.code : "internal",
      message: (error as Error).message,
    });
    port.unref(); // removing its listeners would not let the thread end
  },
);
