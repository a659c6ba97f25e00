/** @module Puts one record into the spool: under a temporary name, then renamed, so that no reader ever sees a part of it. */
import { randomBytes } from "node:crypto";
import { closeSync, constants, fchmodSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from "node:fs";
import { dirname, join } from "node:path";
import { ensurePrivateDirectory, syncDirectory } from "../base/private-directory.ts";
import { encodeSpoolRecord, type SpoolRecord } from "../base/spool-record.ts";
import { spoolError } from "./spool-error.ts";
import { TEMPORARY } from "./spool-limits.ts";

export interface WriteRecordOptions {
  /** Syncs the file and the directory before it returns: the record then survives a power cut, not only a crash. */
  readonly durable?: boolean;
  /** Name of the file; else one that is unique. */
  readonly name?: string;
}

/** Unique among processes and machines that share the directory. Its order says nothing: the file's time does. */
function newName(): string {
  return `${process.pid}-${randomBytes(10).toString("hex")}`;
}

/**
 * Writes a record; when it returns, the record is in the spool whole. The file has mode 0600, the directory, which is made
 * when there is none, 0700. Throws ClewError `permission` or `io`; then nothing has been left behind.
 */
export function writeSpoolRecord(directory: string, record: SpoolRecord, options: WriteRecordOptions = {}): void {
  const { durable = false, name = newName() } = options;
  ensurePrivateDirectory(directory);
  const temporary = join(directory, `${TEMPORARY}${name}`);
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | (constants.O_NOFOLLOW ?? 0);
  let file: number;
  try {
    file = openSync(temporary, flags, 0o600);
  } catch (error) {
    throw spoolError(`make ${temporary}`, error);
  }
  try {
    try {
      if (process.platform !== "win32") fchmodSync(file, 0o600);
      const bytes = encodeSpoolRecord(record);
      for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done);
      if (durable) fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, join(directory, name));
    if (durable) syncNames(directory);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw spoolError(`write ${temporary}`, error);
  }
}

/** Of the record, and of directories that may be as new: whoever made them may not have come to this yet. */
function syncNames(directory: string): void {
  if (process.platform === "win32") return; // where a directory cannot be opened
  const handle = openSync(directory, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  syncDirectory(dirname(directory));
  syncDirectory(dirname(dirname(directory)));
}
