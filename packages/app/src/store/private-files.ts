/** @module Files that only their owner may read, whatever the umask says. */
import { chmodSync, closeSync, existsSync, openSync } from "node:fs";
import { ClewError } from "../base/error.ts";

/** Makes an empty file with mode 0600 if there is none, and tightens an existing one. SQLite's -wal and -shm files inherit the mode. */
export function ensurePrivateFile(path: string): void {
  try {
    if (!existsSync(path)) closeSync(openSync(path, "a", 0o600));
    if (process.platform !== "win32") chmodSync(path, 0o600);
  } catch (error) {
    throw new ClewError("io", `make file ${path}: ${(error as Error).message}`, { cause: error });
  }
}
