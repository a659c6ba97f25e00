/** @module Runs reading jobs, in a thread beside the writer when there is much to read, else in place; hands over batches. */
import { Worker } from "node:worker_threads";
import { workerUrl } from "../base/worker-url.ts";
import type { FileBatch } from "../store/batch.ts";
import { type ReadJob, readFileBatches } from "./read-file.ts";
import type { ReaderInput, ReaderMessage } from "./reader-thread.ts";

/** Below this many bytes a thread costs more than it gives. */
const THREAD_FROM_BYTES = 4 * 1024 * 1024;
/** Batches (about 1 MB each) that may wait for the writer: bounds memory. */
const AHEAD = 6;

export interface ReadFailure {
  readonly path: string;
  readonly message: string;
}

/** Batches in job order, while they are wanted. */
export interface Reading {
  readonly batches: AsyncIterable<FileBatch>;
  /** Ends the thread, if there is one. */
  close(): Promise<void>;
}

/** Starts to read. A file that can't be read is reported and skipped. */
export function startReading(
  jobs: readonly ReadJob[],
  now: number,
  onFailure: (failure: ReadFailure) => void,
): Reading {
  const bytes = jobs.reduce((sum, job) => sum + Math.max(0, job.file.size - job.from), 0);
  return bytes >= THREAD_FROM_BYTES ? readInThread(jobs, now, onFailure) : readHere(jobs, now, onFailure);
}

function readHere(jobs: readonly ReadJob[], now: number, onFailure: (failure: ReadFailure) => void): Reading {
  async function* batches(): AsyncGenerator<FileBatch> {
    for (const job of jobs) {
      try {
        yield* readFileBatches(job, now);
      } catch (error) {
        onFailure({ path: job.file.path, message: (error as Error).message });
      }
    }
  }
  return { batches: batches(), close: async () => {} };
}

function readInThread(jobs: readonly ReadJob[], now: number, onFailure: (failure: ReadFailure) => void): Reading {
  const taken = new SharedArrayBuffer(4);
  const takenCount = new Int32Array(taken);
  const input: ReaderInput = { jobs, now, ahead: AHEAD, taken };
  const worker = new Worker(workerUrl(import.meta.url, "./reader-thread.ts"), {
    workerData: input,
    resourceLimits: { maxYoungGenerationSizeMb: 16 },
  });
  const queue: ReaderMessage[] = [];
  let wake: () => void = () => {};
  let failure: Error | null = null;
  worker.on("message", (message: ReaderMessage) => {
    queue.push(message);
    wake();
  });
  worker.on("error", (error) => {
    failure = error;
    wake();
  });
  async function* batches(): AsyncGenerator<FileBatch> {
    for (;;) {
      const message = queue.shift();
      if (!message) {
        if (failure) throw failure;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      } else if (message.kind === "done") {
        return;
      } else if (message.kind === "failed") {
        onFailure(message);
      } else {
        Atomics.add(takenCount, 0, 1);
        Atomics.notify(takenCount, 0);
        yield message.batch;
      }
    }
  }
  return { batches: batches(), close: async () => void (await worker.terminate()) };
}
