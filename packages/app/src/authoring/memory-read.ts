/** @module One memory file's bytes as they lie on the disk, or a sentence about why it can be none. Changes nothing, waits for nobody. */
import { createHash } from "node:crypto";
import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readSync,
  realpathSync,
  type Stats,
  statSync,
} from "node:fs";

/** Bytes. */
export const LARGEST_MEMORY: number = 1024 * 1024;
/** Looks at a file that is being written. */
const MOST_LOOKS = 3;

export interface ReadMemory {
  /** Without links: what is written. */
  readonly real: string;
  readonly bytes: Buffer;
  readonly content: string;
}

/** Null: it is not there. A text: why it cannot be one. */
export function readMemoryFile(location: string): ReadMemory | string | null {
  try {
    const real = realpathSync(location);
    // Before it is opened: a FIFO's writer would take that for its reader.
    if (!statSync(real).isFile()) return `${location} is no file`;
    const bytes = wholeBytes(real);
    if (bytes === "none") return `${location} is no file`;
    if (bytes === "large") return `${location} is larger than 1 MB: it is left as it is`;
    if (bytes === "changing") return `${location} is being written: it is left for the next time`;
    const content = textOf(bytes);
    return content === null ? `${location} is binary, no text: it is left as it is` : { real, bytes, content };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    // It may vanish between two looks, as files do.
    if (code === "ENOENT" || code === "ENOTDIR") return danglingOf(location);
    if (code === "ELOOP") return `${location} is a loop of links`;
    return `${location} cannot be read: ${reasonOf(code, message)}`;
  }
}

/** All bytes of one moment. */
function wholeBytes(real: string): Buffer | "none" | "large" | "changing" {
  for (let look = 0; look < MOST_LOOKS; look++) {
    // Should it have become a FIFO meanwhile, opening does not wait.
    const descriptor = openSync(real, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    try {
      const before = fstatSync(descriptor);
      if (!before.isFile()) return "none";
      if (before.size > LARGEST_MEMORY) return "large";
      const bytes = Buffer.alloc(LARGEST_MEMORY + 1);
      let length = 0;
      for (let got = -1; got !== 0 && length < bytes.length; length += got) {
        got = readSync(descriptor, bytes, length, bytes.length - length, null);
      }
      if (length > LARGEST_MEMORY) return "large";
      if (isSame(before, fstatSync(descriptor), length)) return Buffer.from(bytes.subarray(0, length));
    } finally {
      closeSync(descriptor);
    }
  }
  return "changing";
}

function isSame(before: Stats, after: Stats, length: number): boolean {
  return before.mtimeMs === after.mtimeMs && before.size === after.size && after.size === length;
}

function danglingOf(location: string): string | null {
  try {
    return lstatSync(location).isSymbolicLink() ? `${location} is a link to nothing` : null;
  } catch {
    return null;
  }
}

/** Null: the bytes are no text that comes back as the same bytes. */
export function textOf(bytes: Buffer): string | null {
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    return text.includes("\0") ? null : text;
  } catch {
    return null;
  }
}

export function hashOf(content: string): string {
  return createHash("sha256").update(content).digest("hex");
}

/** Why a call of the file system failed, as a clause. */
export function reasonOf(code: string | undefined, message: string): string {
  return code === "EACCES" || code === "EPERM" ? "no permission" : message;
}
