/**
 * @module Tells when something has come into the spool: one watch on one directory, with the regular look as its safety
 * net where the system gives none.
 */
import { type FSWatcher, watch } from "node:fs";

/** Several files of one moment are one arrival. */
const GATHER_MS = 15;

/** Calls `onArrival` soon after a file appears. Never throws: without a watch the regular look has to do. */
export function watchSpool(directory: string, onArrival: () => void): { close(): void } {
  let timer: NodeJS.Timeout | null = null;
  let watcher: FSWatcher | null = null;
  try {
    watcher = watch(directory, { persistent: false }, () => {
      timer ??= setTimeout(() => {
        timer = null;
        onArrival();
      }, GATHER_MS);
    });
    watcher.on("error", () => {});
  } catch {
    watcher = null;
  }
  return {
    close() {
      if (timer) clearTimeout(timer);
      watcher?.close();
    },
  };
}
