/** @module A log file of bounded size: when it is full it becomes `name.1`, the one before `name.2`, and so on. */
import { promises } from "node:fs";
import { type LineFile, type LineFileOptions, openLineFile } from "./line-file.ts";

export interface RotatingFileOptions extends Omit<LineFileOptions, "beforeAppend"> {
  /** Bytes at which a new file begins. */
  readonly maxBytes?: number;
  /** Files that are kept, the current one included. */
  readonly files?: number;
}

/** Bytes of a file; null when there is none. */
async function sizeOf(path: string): Promise<number | null> {
  return await promises.stat(path).then(
    ({ size }) => size,
    () => null,
  );
}

/**
 * Appends lines to a file and moves it away, by renaming, when the next batch would make it larger than `maxBytes`. A line
 * is never cut in two, and a tail that follows the file by its inode misses none. Several processes may share it; the
 * size is then kept roughly, because the one that turns it does not wait for the others.
 */
export function openRotatingFile(path: string, options: RotatingFileOptions = {}): LineFile {
  const { maxBytes = 10 * 1024 * 1024, files = 5, ...rest } = options;

  async function turn(bytes: number): Promise<void> {
    const size = await sizeOf(path);
    if (!size || size + bytes <= maxBytes) return;
    if (files <= 1) return void (await promises.truncate(path, 0));
    for (let number = files - 1; number >= 1; number--) {
      const from = number === 1 ? path : `${path}.${number - 1}`;
      await promises.rename(from, `${path}.${number}`).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== "ENOENT") throw error;
      });
    }
  }

  // What is appended at once is never more than a file may hold.
  const flushBytes = Math.min(rest.flushBytes ?? 65_536, maxBytes);
  return openLineFile(path, { ...rest, beforeAppend: turn, flushBytes, batchBytes: flushBytes });
}
