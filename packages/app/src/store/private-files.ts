/** @module Directories and files that only their owner may read, whatever the umask says. */
import { chmodSync, closeSync, existsSync, lstatSync, mkdirSync, openSync } from "node:fs";
import { ClewError } from "../base/error.ts";

/** Makes a directory with mode 0700, or tightens an existing one. Throws `permission` when it belongs to somebody else. */
export function ensurePrivateDirectory(path: string): void {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    const stat = lstatSync(path);
    if (!stat.isDirectory()) throw new ClewError("io", `${path} is not a directory: move it away or set CLEW_HOME`);
    if (process.platform === "win32") return;
    if (process.getuid && stat.uid !== process.getuid()) {
      throw new ClewError("permission", `${path} belongs to another user: set CLEW_HOME to a directory of your own`);
    }
    if ((stat.mode & 0o077) !== 0) chmodSync(path, 0o700);
  } catch (error) {
    if (error instanceof ClewError) throw error;
    throw new ClewError("io", `make data directory ${path}: ${(error as Error).message}`, { cause: error });
  }
}

/** Makes an empty file with mode 0600 if there is none, and tightens an existing one. SQLite's -wal and -shm files inherit the mode. */
export function ensurePrivateFile(path: string): void {
  try {
    if (!existsSync(path)) closeSync(openSync(path, "a", 0o600));
    if (process.platform !== "win32") chmodSync(path, 0o600);
  } catch (error) {
    throw new ClewError("io", `make file ${path}: ${(error as Error).message}`, { cause: error });
  }
}
