/** @module The JSON files of one directory, each whole or with the sentence that says why it is not read. Follows no link, waits for no pipe. */
import { closeSync, constants, fstatSync, openSync, readdirSync, readSync, statSync } from "node:fs";
import { join } from "node:path";
import { ClewError } from "../../base/error.ts";
import type { OriginalFile } from "../../sources/imports/original-file.ts";

/** Larger files are left where they are, and said to be. */
export const LARGEST_FILE: number = 64 * 1024 * 1024;
const CAREFUL = (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

export type FoundFile = { readonly file: OriginalFile } | { readonly name: string; readonly problem: string };

/** Names of the directory's JSON files, in order. Hidden ones are somebody's temporary files. Throws `not_found` or `permission`. */
export function jsonNames(directory: string): readonly string[] {
  try {
    if (!statSync(directory).isDirectory()) throw new ClewError("usage", `${directory} is no directory`);
    return readdirSync(directory)
      .filter((name) => /\.json$/i.test(name) && !name.startsWith("."))
      .sort();
  } catch (error) {
    if (error instanceof ClewError) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") throw new ClewError("not_found", `${directory} does not exist`);
    throw new ClewError(code === "EACCES" ? "permission" : "io", `read ${directory}: ${message}`, { cause: error });
  }
}

/** One file, as it is now. Never throws. */
export function readJsonFile(directory: string, name: string): FoundFile {
  const path = join(directory, name);
  let descriptor: number | null = null;
  try {
    descriptor = openSync(path, constants.O_RDONLY | CAREFUL);
    const stat = fstatSync(descriptor);
    if (stat.isDirectory()) return { name, problem: "it is a directory" };
    if (!stat.isFile()) return { name, problem: "it is no file" };
    if (stat.size > LARGEST_FILE)
      return { name, problem: `it has ${stat.size} bytes; more than ${LARGEST_FILE} are not read` };
    return { file: { name, bytes: readWhole(descriptor, stat.size), mtimeMs: stat.mtimeMs } };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const isLink = code === "ELOOP" || code === "EMLINK" || code === "EFTYPE";
    return { name, problem: isLink ? "it is a symbolic link, which is not followed" : `it cannot be read: ${message}` };
  } finally {
    if (descriptor !== null) closeSync(descriptor);
  }
}

/** A file that grows meanwhile is read to where it was. */
function readWhole(descriptor: number, size: number): Buffer {
  const bytes = Buffer.allocUnsafe(size);
  let length = 0;
  while (length < size) {
    const read = readSync(descriptor, bytes, length, size - length, length);
    if (read === 0) break;
    length += read;
  }
  return bytes.subarray(0, length);
}
