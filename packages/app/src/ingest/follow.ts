/**
 * @module Keeps a store up to date: looks at the files that changed lately every second, at all of them every few seconds.
 * No file watcher: appends through a descriptor held open raise no event on some systems, and watching thousands of
 * paths runs out of handles; looking costs 10 ms for 5,000 files.
 */
import { statSync } from "node:fs";
import type { SourceFile } from "../model/source-file.ts";
import type { RunOptions } from "./run.ts";
import { runOnce } from "./run.ts";

/** How often the files in use are looked at, and all of them. */
const HOT_EVERY_MS = 1000;
const SWEEP_EVERY_MS = 15_000;
/** A file counts as in use this long after its last change. */
const HOT_FOR_MS = 30 * 60 * 1000;

export interface FollowOptions extends Omit<RunOptions, "files" | "complete" | "signal"> {
  readonly discover: () => readonly SourceFile[];
  readonly signal: AbortSignal;
  /** After the first complete run. */
  readonly onCaughtUp?: () => void;
}

/** A known file as it is now; null when it is gone. */
function lookAgain(file: SourceFile): SourceFile | null {
  try {
    const { size, mtimeMs } = statSync(file.path);
    return { ...file, size, mtimeMs };
  } catch {
    return null;
  }
}

/** Runs until the signal aborts. */
export async function follow(options: FollowOptions): Promise<void> {
  const { discover, signal, clock } = options;
  let files: readonly SourceFile[] = [];
  let sweptAt = Number.NEGATIVE_INFINITY;
  let first = true;
  while (!signal.aborted) {
    if (performance.now() - sweptAt >= SWEEP_EVERY_MS) {
      files = discover();
      await runOnce({ ...options, files });
      sweptAt = performance.now();
      if (first) options.onCaughtUp?.();
      first = false;
    } else {
      const hot = files.filter((file) => clock() - file.mtimeMs < HOT_FOR_MS);
      const now = hot.map(lookAgain);
      const changed = now.filter(
        (file, i): file is SourceFile =>
          file !== null && (file.size !== hot[i]!.size || file.mtimeMs !== hot[i]!.mtimeMs),
      );
      if (changed.length > 0) {
        await runOnce({ ...options, files: changed, complete: false });
        const byPath = new Map(changed.map((file) => [file.path, file]));
        files = files.map((file) => byPath.get(file.path) ?? file);
      }
    }
    await pause(HOT_EVERY_MS, signal);
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, ms);
    signal.addEventListener("abort", done, { once: true });
    function done(): void {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    }
  });
}
