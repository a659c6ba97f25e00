/** @module The bytes of a log file: what may be opened at all, how it begins, a piece of it. */
import { createHash } from "node:crypto";
import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";

/** Bytes of a file's beginning that tell it from others of its family. */
export const HEAD_BYTES = 4096;
/** Bytes in which a NUL means that a file is no text. */
const LOOKED_AT = 8192;

export interface OpenFile {
  readonly descriptor: number;
  readonly device: string;
  readonly inode: string;
  readonly size: number;
  readonly mtimeMs: number;
}

/** Opens a regular file for reading, without ever waiting for it. Throws the system's errors, and for what is none. */
export function openLogFile(path: string): OpenFile {
  const descriptor = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0) | (constants.O_NOCTTY ?? 0));
  try {
    return { descriptor, ...statOf(descriptor) };
  } catch (error) {
    closeSync(descriptor);
    throw error;
  }
}

export function statOf(descriptor: number): Omit<OpenFile, "descriptor"> {
  const stat = fstatSync(descriptor, { bigint: true });
  if (!stat.isFile()) throw new Error("is no regular file");
  return {
    device: String(stat.dev),
    inode: String(stat.ino),
    size: Number(stat.size),
    mtimeMs: Number(stat.mtimeNs / 1000n) / 1000,
  };
}

/** The bytes from `offset` on, at most `length`, fewer at the end of the file. */
export function readBytes(descriptor: number, offset: number, length: number): Buffer {
  const bytes = Buffer.allocUnsafe(length);
  let done = 0;
  while (done < length) {
    const read = readSync(descriptor, bytes, done, length - done, offset + done);
    if (read === 0) break;
    done += read;
  }
  return bytes.subarray(0, done);
}

export interface Head {
  readonly headHash: string;
  readonly headLength: number;
}

/** Of the first bytes of a file, at most HEAD_BYTES and `limit`. */
export function headOf(start: Buffer, limit: number): Head {
  const head = start.subarray(0, Math.min(HEAD_BYTES, limit));
  return { headHash: createHash("sha256").update(head).digest("hex"), headLength: head.length };
}

/** Whether bytes begin as a file did when it was read. */
export function beginsAs(start: Buffer, { headHash, headLength }: Head): boolean {
  return headLength === 0 || (start.length >= headLength && headOf(start, headLength).headHash === headHash);
}

export function isBinary(start: Buffer): boolean {
  return start.subarray(0, LOOKED_AT).includes(0);
}

/** The sentence that says why a file is not read, as far as a look at its beginning tells; null: it is read. */
export function whyUnreadable(path: string): string | null {
  try {
    const { descriptor } = openLogFile(path);
    try {
      return !path.endsWith(".gz") && isBinary(readBytes(descriptor, 0, LOOKED_AT))
        ? `${path} cannot be read: is not text`
        : null;
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    return `${path} cannot be read: ${(error as Error).message}`;
  }
}
