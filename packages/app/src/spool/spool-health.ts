/** @module What is wrong with the spool, if anything: for whoever wonders why nothing is recorded. Looks, and changes nothing. */
import { accessSync, constants, lstatSync, readdirSync, statfsSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { directoryProblem, lookAt, ownUid } from "../base/private-directory.ts";
import { isSpoolFull, waitingLostCount } from "./lost-count.ts";
import { isSpoolName } from "./spool-limits.ts";

export interface SpoolProblem {
  readonly detail: string;
  /** What to do about it. */
  readonly fix: string;
}

export interface SpoolHealth {
  /** Empty when hooks can write and everything in the spool is the spool's. */
  readonly problems: readonly SpoolProblem[];
  /** Records that wait. */
  readonly waiting: number;
  /** Age of the oldest, milliseconds; null when none waits. */
  readonly oldestMs: number | null;
  /** Records that hooks dropped and that nobody has taken note of yet. */
  readonly dropped: number;
}

/** Less room than this is a full disk for a record of a usual size. */
const LEAST_FREE_BYTES = 1024 * 1024;
/** A file from further in the future than this tells of a clock that was set back. */
const CLOCK_SLACK_MS = 60_000;
const EMPTY_IT = "run `clew daemon start`, or `clew index`";

/** `now` in milliseconds UTC. Never throws. */
export function spoolHealth(directory: string, now: number): SpoolHealth {
  const nothing = { waiting: 0, oldestMs: null, dropped: 0 };
  const wrong = directoryProblem(directory);
  if (wrong === "missing") return { problems: homeProblems(dirname(directory)), ...nothing };
  if (wrong !== null) return { problems: [{ detail: wrong, fix: placeFix(directory) }], ...nothing };
  const problems = [...writeProblems(directory), ...openProblems(directory)];
  if (isSpoolFull(directory)) {
    const detail = `${directory} is over its cap: what hooks tell is dropped and counted`;
    problems.push({ detail, fix: `${EMPTY_IT}; CLEW_SPOOL_MAX_KB sets the cap` });
  }
  const { waiting, oldest, strangers, future } = contents(directory, now);
  if (strangers > 0) {
    const detail = `${directory} holds ${strangers === 1 ? "an entry that is" : `${strangers} entries that are`} no file`;
    problems.push({ detail, fix: `look with \`ls -l ${directory}\`, and move away what is no file` });
  }
  if (future > 0) {
    const detail = `${future} ${future === 1 ? "record" : "records"} in ${directory} came from the future: the clock was set back`;
    problems.push({ detail, fix: `set the clock right; then ${EMPTY_IT}` });
  }
  const oldestMs = waiting > 0 ? Math.max(0, now - oldest) : null;
  return { problems, waiting, oldestMs, dropped: waitingLostCount(directory) };
}

function contents(directory: string, now: number) {
  let [waiting, strangers, future] = [0, 0, 0];
  let oldest = Number.POSITIVE_INFINITY;
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
  return { waiting, oldest, strangers, future };
}

/** What to do about something that is no directory of ours. */
function placeFix(path: string): string {
  const found = lookAt(path);
  if (found === null || typeof found === "string") return `make the directories above ${path} yours`;
  if (found.isSymbolicLink()) return `remove the link ${path}, or set CLEW_HOME to the directory that it leads to`;
  if (found.isFIFO()) return `remove the FIFO ${path}`;
  if (!found.isDirectory()) return `move ${path} away: hooks make a directory there`;
  return `set CLEW_HOME to a directory of your own, or give ${path} to yourself with \`chown\``;
}

/** Hooks make the spool where there is none; what keeps them from it is wrong with the directory above. */
function homeProblems(home: string): readonly SpoolProblem[] {
  const wrong = directoryProblem(home);
  if (wrong === "missing") return [];
  // A link above the spool is followed, to a directory of ours.
  const target = statSync(home, { throwIfNoEntry: false });
  if (wrong === null || (target?.isDirectory() && target.uid === (ownUid() ?? target.uid))) return writeProblems(home);
  return [{ detail: wrong, fix: placeFix(home) }];
}

function writeProblems(directory: string): readonly SpoolProblem[] {
  try {
    accessSync(directory, constants.W_OK | constants.X_OK);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "EROFS") {
      const detail = `${directory} cannot be written: the file system is read-only`;
      return [{ detail, fix: "mount it writable, or set CLEW_HOME to a directory on another disk" }];
    }
    return [{ detail: `${directory} cannot be written: ${message}`, fix: `run \`chmod u+rwx ${directory}\`` }];
  }
  try {
    const { bavail, bsize } = statfsSync(directory);
    if (bavail * bsize < LEAST_FREE_BYTES) {
      const detail = `the disk of ${directory} is full`;
      return [{ detail, fix: "free some room, or set CLEW_HOME to a directory on another disk" }];
    }
  } catch {
    // Not every file system tells.
  }
  return [];
}

/** Records hold secrets, and whoever may write there could put false ones beside them. */
function openProblems(directory: string): readonly SpoolProblem[] {
  const found = ownUid() === undefined ? null : lookAt(directory);
  if (found === null || typeof found === "string" || (found.mode & 0o077) === 0) return [];
  const detail = `${directory} is open to others (mode ${(found.mode & 0o777).toString(8)})`;
  return [{ detail, fix: `run \`chmod 700 ${directory}\`; taking its records in does so too` }];
}

function names(directory: string): readonly string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}
