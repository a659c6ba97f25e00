/** @module The file of one run's model calls: `session_<YYYYMMDD_HHMMSS>.jsonl`, whose time is the session's id. */
import { closeSync, constants, openSync } from "node:fs";
import { join } from "node:path";
import { makeDirectorySync } from "./make-directory.ts";

export interface InteractionFile {
  readonly sessionId: string;
  readonly path: string;
}

/** Sessions that begin in one second in one directory. */
const MOST_IN_ONE_SECOND = 1000;
const NEW_FILE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | (constants.O_NOFOLLOW ?? 0);

/** Local time as `20251105_143052`. */
export function sessionStamp(time: number): string {
  const at = new Date(time);
  const two = (value: number): string => String(value).padStart(2, "0");
  const day = `${at.getFullYear()}${two(at.getMonth() + 1)}${two(at.getDate())}`;
  return `${day}_${two(at.getHours())}${two(at.getMinutes())}${two(at.getSeconds())}`;
}

/**
 * Makes the file, empty, 0600. Whoever comes second in the same second gets `-2`, then `-3`: making the file is what
 * decides, so two processes never share one. Throws the system's errors.
 */
export function createInteractionFile(directory: string, time: number): InteractionFile {
  makeDirectorySync(directory, 0o700);
  const stamp = sessionStamp(time);
  for (let number = 1; ; number++) {
    const sessionId = number === 1 ? stamp : `${stamp}-${number}`;
    const path = join(directory, `session_${sessionId}.jsonl`);
    try {
      closeSync(openSync(path, NEW_FILE, 0o600));
      return { sessionId, path };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST" || number >= MOST_IN_ONE_SECOND) throw error;
    }
  }
}
