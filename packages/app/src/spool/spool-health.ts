/** @module What is wrong with the spool, if anything: for whoever wonders why nothing is recorded. Looks, and changes nothing. */
import { accessSync, constants, existsSync, lstatSync, readdirSync, statfsSync } from "node:fs";
import { dirname, join } from "node:path";
import { directoryProblem } from "../base/private-directory.ts";
import { isSpoolFull } from "./lost-count.ts";
import { isSpoolName } from "./spool-limits.ts";

export interface SpoolHealth {
  /** Sentences; empty when hooks can write and everything in the spool is the spool's. */
  readonly problems: readonly string[];
  /** Records that wait. */
  readonly waiting: number;
  /** Age of the oldest, milliseconds; null when none waits. */
  readonly oldestMs: number | null;
}

/** Less room than this is a full disk for a record of a usual size. */
const LEAST_FREE_BYTES = 1024 * 1024;
/** A file from further in the future than this tells of a clock that was set back. */
const CLOCK_SLACK_MS = 60_000;

export function spoolHealth(directory: string, now: number): SpoolHealth {
  const wrong = directoryProblem(directory);
  if (wrong === "missing") return { problems: homeProblems(dirname(directory)), waiting: 0, oldestMs: null };
  if (wrong !== null) return { problems: [wrong], waiting: 0, oldestMs: null };
  const problems = [...writeProblems(directory)];
  if (isSpoolFull(directory)) problems.push(`${directory} is over its cap: what hooks tell is dropped and counted`);
  let waiting = 0;
  let oldest = Number.POSITIVE_INFINITY;
  let strangers = 0;
  let future = 0;
  for (const name of names(directory)) {
    if (!isSpoolName(name)) continue;
    const stat = lstatSync(join(directory, name), { throwIfNoEntry: false });
    if (!stat) continue;
    if (!stat.isFile()) strangers++;
    else {
      waiting++;
      oldest = Math.min(oldest, stat.mtimeMs);
      if (stat.mtimeMs > now + CLOCK_SLACK_MS) future++;
    }
  }
  if (strangers > 0) problems.push(`${directory} holds ${strangers} entries that are no files: remove them`);
  if (future > 0) problems.push(`${future} records in ${directory} are of the future: the clock was set back`);
  return { problems, waiting, oldestMs: waiting > 0 ? Math.max(0, now - oldest) : null };
}

/** Hooks make the spool where there is none; what keeps them from it is wrong with the directory above. */
function homeProblems(home: string): readonly string[] {
  if (!existsSync(home)) return [];
  const wrong = directoryProblem(home);
  return wrong === null || wrong === "missing" ? writeProblems(home) : [wrong];
}

function writeProblems(directory: string): readonly string[] {
  const problems: string[] = [];
  try {
    accessSync(directory, constants.W_OK | constants.X_OK);
  } catch (error) {
    problems.push(`${directory} cannot be written: ${(error as Error).message}`);
  }
  try {
    const { bavail, bsize } = statfsSync(directory);
    if (bavail * bsize < LEAST_FREE_BYTES) problems.push(`the disk of ${directory} is full`);
  } catch {
    // Not every file system tells.
  }
  return problems;
}

function names(directory: string): readonly string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}
