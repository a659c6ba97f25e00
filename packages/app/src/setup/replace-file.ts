/** @module Puts new bytes in a file's place, whole or not at all, and never over an edit that was made meanwhile. */
import {
  chmodSync,
  closeSync,
  fchmodSync,
  fchownSync,
  fsyncSync,
  linkSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { ClewError } from "../base/error.ts";
import { syncDirectory } from "../base/private-directory.ts";
import { bytesOf, codeOf, fileError } from "./file-error.ts";

/** Named points between two calls of the file system; tests stop or interfere there. */
export type ReplaceStep = "written" | "compared" | "replaced" | "checked";

export interface ReplaceOptions {
  /** The bytes that the change was made for; null: there was no file. */
  readonly expected: Buffer | null;
  /** Of a new file; an existing one keeps its own. */
  readonly mode: number;
  /** Unique among processes: part of the temporary names. */
  readonly unique: string;
  readonly onStep?: (step: ReplaceStep) => void;
}

/**
 * Replaces a file, or makes or removes it (`bytes` null). `path` is no symbolic link. Throws `io` when the file is not as
 * expected any more: then it is left as it is found.
 */
export function replaceFile(path: string, bytes: Buffer | null, options: ReplaceOptions): void {
  const directory = dirname(path);
  const temporary = join(directory, `.${basename(path)}.clew-${options.unique}.tmp`);
  const aside = join(directory, `.${basename(path)}.clew-${options.unique}.old`);
  const step = options.onStep ?? (() => {});
  try {
    if (bytes === null) remove(path, aside, options.expected, step);
    else {
      writeTemporary(temporary, bytes, path, options);
      step("written");
      if (options.expected === null) create(path, temporary, step);
      else exchange(path, temporary, aside, bytes, options.expected, step);
    }
    syncDirectory(directory);
  } catch (error) {
    throw fileError(`write ${path}`, error);
  } finally {
    for (const leftover of [temporary, aside]) rmSync(leftover, { force: true });
  }
}

/** Writes a file that only Clew knows, in one rename. */
export function writeOwnFile(path: string, bytes: Buffer, mode: number, unique: string): void {
  const temporary = join(dirname(path), `.${basename(path)}.clew-${unique}.tmp`);
  try {
    writeNew(temporary, bytes, mode);
    renameSync(temporary, path);
    syncDirectory(dirname(path));
  } catch (error) {
    rmSync(temporary, { force: true });
    throw fileError(`write ${path}`, error);
  }
}

/** Writes a file that must not be there yet, and waits for the disk. */
export function writeNew(path: string, bytes: Buffer, mode: number): void {
  const descriptor = openSync(path, "wx", mode);
  try {
    let at = 0;
    while (at < bytes.length) at += writeSync(descriptor, bytes, at);
    // The umask has taken bits away, or not enough.
    if (process.platform !== "win32") fchmodSync(descriptor, mode);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function writeTemporary(temporary: string, bytes: Buffer, path: string, options: ReplaceOptions): void {
  const old = options.expected === null ? null : statSync(path);
  writeNew(temporary, bytes, 0o600);
  if (process.platform === "win32") return;
  if (old) giveOwner(temporary, old.uid, old.gid);
  chmodSync(temporary, old ? old.mode & 0o7777 : options.mode);
}

/** The superuser may write somebody else's settings: they stay theirs. */
function giveOwner(path: string, uid: number, gid: number): void {
  const descriptor = openSync(path, "r");
  try {
    fchownSync(descriptor, uid, gid);
  } catch (error) {
    if (uid !== process.getuid?.()) throw error;
  } finally {
    closeSync(descriptor);
  }
}

/** A link fails when somebody made the file meanwhile. */
function create(path: string, temporary: string, step: (step: ReplaceStep) => void): void {
  step("compared");
  try {
    linkSync(temporary, path);
  } catch (error) {
    if (codeOf(error) === "EEXIST") throw changedMeanwhile(path);
    if (!isUnsupported(error)) throw error;
    if (bytesOf(path) !== null) throw changedMeanwhile(path);
    renameSync(temporary, path);
  }
  step("replaced");
}

/**
 * The old file gets a second name before the rename. A writer that had it open writes into that one, which is seen
 * afterwards and undone. What remains is the moment between the last look and the rename, in which another program's own
 * rename goes unseen: two calls, and no portable system call closes it.
 */
function exchange(
  path: string,
  temporary: string,
  aside: string,
  bytes: Buffer,
  expected: Buffer,
  step: (step: ReplaceStep) => void,
): void {
  let hasAside = true;
  try {
    linkSync(path, aside);
  } catch (error) {
    if (codeOf(error) === "ENOENT") throw changedMeanwhile(path);
    if (!isUnsupported(error)) throw error;
    hasAside = false;
  }
  const linked = hasAside ? statSync(aside).ino : null;
  const isSame = (): boolean =>
    bytesOf(path)?.equals(expected) === true && (linked === null || inodeOf(path) === linked);
  if (!isSame()) throw changedMeanwhile(path);
  step("compared");
  if (!isSame()) throw changedMeanwhile(path);
  renameSync(temporary, path);
  step("replaced");
  if (hasAside && !bytesOf(aside)?.equals(expected)) {
    if (bytesOf(path)?.equals(bytes)) renameSync(aside, path);
    throw changedMeanwhile(path);
  }
  step("checked");
}

/** Takes the file away first and looks at it then: nobody can write it in between. */
function remove(path: string, aside: string, expected: Buffer | null, step: (step: ReplaceStep) => void): void {
  if (expected === null) return;
  step("compared");
  try {
    renameSync(path, aside);
  } catch (error) {
    if (codeOf(error) === "ENOENT") return;
    throw error;
  }
  step("replaced");
  if (bytesOf(aside)?.equals(expected)) return;
  try {
    linkSync(aside, path);
  } catch (error) {
    if (codeOf(error) !== "EEXIST") renameSync(aside, path);
  }
  throw changedMeanwhile(path);
}

function inodeOf(path: string): number | null {
  try {
    return statSync(path).ino;
  } catch {
    return null;
  }
}

/** Network and FAT file systems have no hard links. */
function isUnsupported(error: unknown): boolean {
  return ["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EMLINK", "EINVAL"].includes(codeOf(error) ?? "");
}

function changedMeanwhile(path: string): ClewError {
  return new ClewError("io", `${path} was changed meanwhile: nothing was written, run the command again`);
}
