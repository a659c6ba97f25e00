/** @module Puts a session's file in its place, whole or not at all, and never over one that somebody changed meanwhile. */
import { randomBytes } from "node:crypto";
import {
  closeSync,
  fchmodSync,
  fsyncSync,
  linkSync,
  lstatSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  utimesSync,
  writeSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { ClewError } from "../../../base/error.ts";
import { syncDirectory } from "../../../base/private-directory.ts";
import { sha256Of } from "../../../sources/imports/original-file.ts";

/** Hidden, and of another ending: no reader of session files takes it for one. */
const temporaryOf = (path: string): string =>
  join(dirname(path), `.${basename(path)}.clew-${process.pid}-${randomBytes(4).toString("hex")}.tmp`);
const TEMPORARY = /^\..+\.clew-\d+-[0-9a-f]{8}\.tmp$/;

/** Takes away what a process that was killed left behind. The caller is the only one that writes. */
export function removeLeftovers(directory: string): void {
  for (const name of readdirSync(directory)) if (TEMPORARY.test(name)) rmSync(join(directory, name), { force: true });
}

function writeTemporary(path: string, bytes: Buffer, mode: number, mtimeMs?: number): string {
  const temporary = temporaryOf(path);
  const descriptor = openSync(temporary, "wx", mode);
  try {
    for (let done = 0; done < bytes.length; ) done += writeSync(descriptor, bytes, done);
    if (process.platform !== "win32") fchmodSync(descriptor, mode);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  if (mtimeMs !== undefined && mtimeMs > 0) utimesSync(temporary, mtimeMs / 1000, mtimeMs / 1000);
  return temporary;
}

/** Replaces a file of our own, readable by its owner alone. Throws `io`. */
export function writeWhole(path: string, bytes: Buffer): void {
  let temporary: string | null = null;
  try {
    temporary = writeTemporary(path, bytes, 0o600);
    renameSync(temporary, path);
    syncDirectory(dirname(path));
  } catch (error) {
    if (temporary) rmSync(temporary, { force: true });
    throw new ClewError("io", `write ${path}: ${(error as Error).message}`, { cause: error });
  }
}

export type Written = "written" | "changed";

/**
 * Makes a file (`expected` null) or replaces the one with these bytes. "changed": it is not as expected, and was left as it
 * is. What remains is the moment between the last look and the rename, which no portable call closes. Throws `io`.
 */
export function writeSessionFile(path: string, bytes: Buffer, expected: string | null, mtimeMs?: number): Written {
  let temporary: string | null = null;
  try {
    const mode = expected === null ? 0o600 : lstatSync(path).mode & 0o777;
    temporary = writeTemporary(path, bytes, mode, mtimeMs);
    if (expected === null) return create(path, temporary);
    if (shaAt(path) !== expected) return "changed";
    renameSync(temporary, path);
    return "written";
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT" && expected !== null) return "changed";
    throw new ClewError("io", `write ${path}: ${(error as Error).message}`, { cause: error });
  } finally {
    if (temporary) rmSync(temporary, { force: true });
  }
}

/** A link fails where somebody made the file meanwhile, which a rename does not. */
function create(path: string, temporary: string): Written {
  try {
    linkSync(temporary, path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EEXIST") return "changed";
    if (!["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS"].includes(code ?? "")) throw error;
    if (lstatSync(path, { throwIfNoEntry: false })) return "changed";
    renameSync(temporary, path);
  }
  return "written";
}

/** Null: no file, or none that may be read. */
export function shaAt(path: string): string | null {
  try {
    return lstatSync(path).isFile() ? sha256Of(readFileSync(path)) : null;
  } catch {
    return null;
  }
}
