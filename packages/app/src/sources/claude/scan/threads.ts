/** @module Scanning in several threads: each takes the next file that nobody has taken; the caller's thread is one of them. */
import { Worker } from "node:worker_threads";
import { workerUrl } from "../../../base/worker-url.ts";
import type { ScannedFile } from "../../../model/scanned-file.ts";
import type { SourceFile } from "../../../model/source-file.ts";
import { scanFile } from "./scan-file.ts";

/** What a thread is started with. */
export interface ScanTask {
  readonly files: readonly SourceFile[];
  readonly now: number;
  /** One shared counter: the index of the next file. */
  readonly next: Int32Array;
}

/** What a thread says: files that are done. */
export type ScanMessage = readonly ScannedFile[];

/** Between files the caller's thread hears what the others have done. */
const turn = (): Promise<void> => new Promise((resume) => setImmediate(resume));

export async function* scanInThreads(
  files: readonly SourceFile[],
  now: number,
  workers: number,
): AsyncGenerator<ScannedFile> {
  const task: ScanTask = { files, now, next: new Int32Array(new SharedArrayBuffer(4)) };
  const arrived: ScannedFile[] = [];
  let failure: unknown;
  let running = 0;
  let wake = (): void => {};
  const threads = Array.from({ length: workers }, () => {
    const thread = new Worker(workerUrl(import.meta.url, "./scan-worker.ts"), { workerData: task });
    running++;
    const stopped = (): void => {
      running--;
      wake();
    };
    thread.on("message", (message: ScanMessage) => {
      arrived.push(...message);
      wake();
    });
    thread.on("error", (error) => {
      failure ??= error;
      wake();
    });
    thread.on("exit", stopped);
    return thread;
  });
  try {
    for (;;) {
      const at = Atomics.add(task.next, 0, 1);
      const file = files[at];
      if (file === undefined) break;
      const scanned = scanFile(file, { now });
      if (scanned !== null) yield scanned;
      await turn();
      while (arrived.length > 0) yield arrived.shift()!;
    }
    while (running > 0 || arrived.length > 0) {
      while (arrived.length > 0) yield arrived.shift()!;
      if (failure !== undefined) throw failure;
      if (running > 0) await new Promise<void>((resume) => (wake = resume));
    }
    if (failure !== undefined) throw failure;
  } finally {
    for (const thread of threads) void thread.terminate();
  }
}
