/** @module Reads one file of the spool: a regular file of ours, whole, without ever waiting for anybody. */
import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";
import { join } from "node:path";
import { fileProblem } from "./file-problem.ts";
import { isSpoolName, SPOOL_LIMITS } from "./spool-limits.ts";

export interface SpoolFile {
  readonly bytes: Buffer;
  /** When it was last written, milliseconds UTC with a fraction. */
  readonly mtimeMs: number;
}

/** A FIFO in a record's place must not make the reader wait, nor a symbolic link lead it elsewhere. */
const CAREFUL = (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

/** Null: there is no such file, or it is none that may be read (listSpool says why). Never throws. */
export function readSpoolFile(directory: string, name: string): SpoolFile | null {
  if (!isSpoolName(name)) return null;
  let file: number;
  try {
    file = openSync(join(directory, name), constants.O_RDONLY | CAREFUL);
  } catch {
    return null;
  }
  try {
    const stat = fstatSync(file);
    if (fileProblem(stat) !== null) return null;
    // One byte more than it has: a file that is growing right now is read to where it is, up to the limit.
    const bytes = Buffer.allocUnsafe(Math.min(stat.size + 1, SPOOL_LIMITS.fileBytes));
    let length = 0;
    for (let read = -1; read !== 0 && length < bytes.length; length += read)
      read = readSync(file, bytes, length, bytes.length - length, length);
    return { bytes: bytes.subarray(0, length), mtimeMs: stat.mtimeMs };
  } catch {
    return null;
  } finally {
    closeSync(file);
  }
}
