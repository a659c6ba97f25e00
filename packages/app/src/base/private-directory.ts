/** @module Directories that only their owner may read, whatever the umask says, and that are nobody else's. */
import { chmodSync, closeSync, fsyncSync, lstatSync, mkdirSync, openSync, type Stats } from "node:fs";
import { dirname } from "node:path";
import { ClewError } from "./error.ts";

/** This process' user; undefined where there are none to tell apart (Windows). */
export const ownUid = (): number | undefined => process.geteuid?.();

/** What stands there, or the sentence that says why that cannot be known; null: nothing. */
export function lookAt(path: string): Stats | string | null {
  try {
    return lstatSync(path);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return code === "ENOENT" ? null : `${path} cannot be looked at: ${message}`;
  }
}

/** Null: a directory of this user. "missing": there is none. Otherwise the sentence that says what is wrong with it. */
export function directoryProblem(path: string): "missing" | string | null {
  const found = lookAt(path);
  if (found === null) return "missing";
  if (typeof found === "string") return found;
  if (found.isSymbolicLink()) return `${path} is a symbolic link, not a directory`;
  if (found.isFIFO()) return `${path} is a FIFO, not a directory`;
  if (!found.isDirectory()) return `${path} is not a directory`;
  const uid = ownUid();
  return uid === undefined || found.uid === uid ? null : `${path} belongs to another user (uid ${found.uid})`;
}

/**
 * Makes a directory and what is missing above it, mode 0700, one by one: where the system refuses a directory as "not
 * found" (/proc), Node's recursive mkdir never returns. The names outlive a power cut. Throws the system's error.
 */
export function makeDirectories(path: string): void {
  const missing: string[] = [];
  for (let at = path; dirname(at) !== at && lookAt(at) === null; at = dirname(at)) missing.push(at);
  for (const one of missing.reverse()) {
    try {
      mkdirSync(one, { mode: 0o700 });
    } catch (error) {
      // Another process was faster.
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
    syncDirectory(dirname(one));
  }
}

/** Makes what was done in a directory outlive a power cut, where the system can. */
export function syncDirectory(path: string): void {
  if (process.platform === "win32") return; // where a directory cannot be opened
  let descriptor: number | null = null;
  try {
    descriptor = openSync(path, "r");
    fsyncSync(descriptor);
  } catch {
    // Some file systems cannot, and the directory above may not be ours.
  } finally {
    if (descriptor !== null) closeSync(descriptor);
  }
}

/**
 * Makes a directory with mode 0700, or tightens an existing one. Throws `permission` when it belongs to somebody else, `io`
 * otherwise; `variable` is the environment variable that would put it elsewhere.
 */
export function ensurePrivateDirectory(path: string, variable = "CLEW_HOME"): void {
  try {
    if (directoryProblem(path) === "missing") makeDirectories(path);
    const problem = directoryProblem(path);
    if (problem !== null) {
      const isForeign = problem.includes("belongs to another user");
      const advice = isForeign ? `set ${variable} to a directory of your own` : `move it away or set ${variable}`;
      throw new ClewError(isForeign ? "permission" : "io", `${problem}: ${advice}`);
    }
    // mkdir's mode is cut by the umask, which may be anything.
    if (process.platform !== "win32" && (lstatSync(path).mode & 0o777) !== 0o700) chmodSync(path, 0o700);
  } catch (error) {
    if (error instanceof ClewError) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    const isRefused = code === "EACCES" || code === "EPERM" || code === "EROFS";
    throw new ClewError(isRefused ? "permission" : "io", `make directory ${path}: ${message}`, { cause: error });
  }
}
