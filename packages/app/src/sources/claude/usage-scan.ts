/** @module The usage scan: every response of many transcripts in a fraction of the time that a full read takes. */
import { availableParallelism } from "node:os";
import type { ScannedFile } from "../../model/scanned-file.ts";
import type { SourceFile } from "../../model/source-file.ts";
import { scanFile } from "./scan/scan-file.ts";
import { scanInThreads } from "./scan/threads.ts";

export interface ScanOptions {
  /** Threads beside the caller's own, which scans too. Default: one per further core, at most three. */
  readonly workers?: number;
  /** Milliseconds UTC; times that are later by more than a day count as none, as in the full parse. */
  readonly now: number;
}

/** Below that a thread costs more to start and to warm up than it saves (measured on two cores). */
const WORTH_A_THREAD = 384 * 1024 * 1024;

function threadsFor(files: readonly SourceFile[]): number {
  const bytes = files.reduce((sum, file) => sum + file.size, 0);
  return Math.min(Math.floor(bytes / WORTH_A_THREAD), availableParallelism() - 1, 3);
}

/**
 * Scans transcripts and subagents' files; others are passed over. Starts them in the order given, yields each when it is
 * done. A file that cannot be read is left out: the full read says why.
 */
export async function* scanFiles(files: readonly SourceFile[], options: ScanOptions): AsyncGenerator<ScannedFile> {
  const wanted = files.filter((file) => file.kind === "transcript" || file.kind === "subagent");
  const workers = options.workers ?? threadsFor(wanted);
  if (workers > 0) {
    yield* scanInThreads(wanted, options.now, workers);
    return;
  }
  for (const file of wanted) {
    const scanned = scanFile(file, { now: options.now });
    if (scanned !== null) yield scanned;
  }
}
