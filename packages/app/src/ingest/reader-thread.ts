/** @module The reading thread: parses and compresses beside the writer, at most a few batches ahead of it. */
import { parentPort, workerData } from "node:worker_threads";
import type { FileBatch } from "../store/batch.ts";
import { type ReadJob, readFileBatches } from "./read-file.ts";

/** What the thread is started with. */
export interface ReaderInput {
  readonly jobs: readonly ReadJob[];
  readonly now: number;
  /** Batches that may wait for the writer. */
  readonly ahead: number;
  /** Counts batches that the writer has taken. */
  readonly taken: SharedArrayBuffer;
}

export type ReaderMessage =
  | { readonly kind: "batch"; readonly batch: FileBatch }
  | { readonly kind: "failed"; readonly path: string; readonly message: string }
  | { readonly kind: "done" };

const { jobs, now, ahead, taken } = workerData as ReaderInput;
const takenCount = new Int32Array(taken);
let sent = 0;

function post(message: ReaderMessage, transfer: ArrayBuffer[] = []): void {
  parentPort!.postMessage(message, transfer);
}

for (const job of jobs) {
  try {
    for (const batch of readFileBatches(job, now)) {
      for (let count = Atomics.load(takenCount, 0); sent - count >= ahead; count = Atomics.load(takenCount, 0)) {
        Atomics.wait(takenCount, 0, count);
      }
      sent++;
      post({ kind: "batch", batch });
    }
  } catch (error) {
    post({ kind: "failed", path: job.file.path, message: (error as Error).message });
  }
}
post({ kind: "done" });
