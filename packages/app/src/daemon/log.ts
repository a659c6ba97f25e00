/** @module The daemon's log: lines with times in a private file that is put aside at one megabyte. */
import { closeSync, constants, fstatSync, openSync, renameSync, statSync, writeSync } from "node:fs";
import type { Clock } from "../base/clock.ts";

/** At this size the file becomes `<path>.1`, over the one before. Bytes. */
export const LOG_LIMIT = 1024 * 1024;
const LONGEST_LINE = 2000;

export interface DaemonLog {
  /** One line; its control characters are shown as blanks. Never throws: a daemon outlives a full disk. */
  line(text: string): void;
}

/** Opens the file for appending, readable by its owner alone. Throws Node's own errors. */
export function openLogFile(path: string): number {
  const flags = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | (constants.O_NOFOLLOW ?? 0);
  const file = openSync(path, flags, 0o600);
  if (fstatSync(file).isFile()) return file;
  closeSync(file);
  throw new Error(`${path} is not a file`);
}

export function createDaemonLog(path: string, clock: Clock): DaemonLog {
  return {
    line(text) {
      try {
        if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) >= LOG_LIMIT) renameSync(path, `${path}.1`);
        const file = openLogFile(path);
        try {
          const clean = text.replace(/\p{Cc}+/gu, " ").slice(0, LONGEST_LINE);
          writeSync(file, `${new Date(clock()).toISOString()} ${clean}\n`);
        } finally {
          closeSync(file);
        }
      } catch {
        // There is nowhere left to say it.
      }
    },
  };
}
