/** @module Entry of a scanning thread: takes files until none is left, then ends. */
import { parentPort, workerData } from "node:worker_threads";
import type { ScannedFile } from "../../../model/scanned-file.ts";
import { scanFile } from "./scan-file.ts";
import type { ScanMessage, ScanTask } from "./threads.ts";

/** Responses collected before they are sent: a message costs more than a response. */
const BATCH = 500;

const { files, now, next } = workerData as ScanTask;
let batch: ScannedFile[] = [];
let collected = 0;

function send(message: ScanMessage): void {
  parentPort?.postMessage(message);
}

for (;;) {
  const file = files[Atomics.add(next, 0, 1)];
  if (file === undefined) break;
  const scanned = scanFile(file, { now });
  if (scanned === null) continue;
  batch.push(scanned);
  collected += scanned.responses.length;
  if (collected >= BATCH) {
    send(batch);
    batch = [];
    collected = 0;
  }
}
if (batch.length > 0) send(batch);
