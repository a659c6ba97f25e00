/** @module Small files of this user's alone: written whole or not at all, read only when nobody else can have had a hand in them. */
import {
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  futimesSync,
  lstatSync,
  openSync,
  readSync,
  renameSync,
  type Stats,
  unlinkSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { ownUid } from "../base/private-directory.ts";

/** Opening a FIFO must not wait for its writer, and a symbolic link is never followed. Absent on Windows, where both are rare. */
const CAREFUL = (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

/** Name of a file that is being written: whose, so that what a dead process left behind can be told from work in progress. */
const TEMPORARY = /^\.tmp-(\d+)-[0-9a-f]+$/;

export interface WriteOptions {
  /** Milliseconds UTC; becomes the file's time. */
  readonly now: number;
  readonly pid: number;
  /** Hex digits that make the temporary name unique. */
  readonly nonce: string;
  /** False: a copy of what is on the disk already, which need not outlive a power cut. Default: true. */
  readonly durable?: boolean;
}

/** Temporary file, fsync, rename, fsync of the directory. Replaces whatever has the name, except a directory. Throws the system's errors. */
export function writePrivateFile(directory: string, name: string, bytes: Buffer, options: WriteOptions): void {
  const temporary = join(directory, `.tmp-${options.pid}-${options.nonce}`);
  const file = openSync(temporary, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | CAREFUL, 0o600);
  try {
    try {
      for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done);
      futimesSync(file, options.now / 1000, options.now / 1000);
      if (options.durable !== false) fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, join(directory, name));
  } catch (error) {
    removeOwnFile(temporary);
    throw error;
  }
  if (options.durable !== false) syncDirectory(directory);
}

function syncDirectory(directory: string): void {
  if (process.platform === "win32") return;
  const handle = openSync(directory, constants.O_RDONLY | (constants.O_DIRECTORY ?? 0) | CAREFUL);
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

export interface PrivateFile {
  readonly text: string;
  readonly mtimeMs: number;
}

/** A regular file of ours with one name that only we can write; null for everything else, "missing" when there is none. */
export function readPrivateFile(path: string, mostBytes: number): PrivateFile | "missing" | null {
  let file: number;
  try {
    file = openSync(path, constants.O_RDONLY | CAREFUL);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ENOENT" ? "missing" : null;
  }
  try {
    const found = fstatSync(file);
    if (!isOwnFile(found) || found.nlink !== 1 || found.size > mostBytes) return null;
    if (ownUid() !== undefined && (found.mode & 0o022) !== 0) return null;
    const bytes = Buffer.alloc(mostBytes + 1);
    let length = 0;
    for (let read = 1; read > 0 && length < bytes.length; length += read)
      read = readSync(file, bytes, length, bytes.length - length, length);
    if (length > mostBytes) return null;
    return { text: bytes.toString("utf8", 0, length), mtimeMs: found.mtimeMs };
  } catch {
    return null;
  } finally {
    closeSync(file);
  }
}

function isOwnFile(found: Stats): boolean {
  const uid = ownUid();
  return found.isFile() && (uid === undefined || found.uid === uid);
}

/** Removes a regular file of ours; true when one went. Links, directories and others' files stay. */
export function removeOwnFile(path: string): boolean {
  try {
    if (!isOwnFile(lstatSync(path))) return false;
    unlinkSync(path);
    return true;
  } catch {
    return false;
  }
}

/** The process that was writing a temporary file; null: the name is none of a temporary file. */
export function writerOf(name: string): number | null {
  const pid = TEMPORARY.exec(name)?.[1];
  return pid === undefined ? null : Number(pid);
}
