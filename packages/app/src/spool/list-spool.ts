/** @module What waits in the spool, in the order in which it happened, and what is in it that does not belong there. */
import { type BigIntStats, chmodSync, lstatSync, readdirSync, unlinkSync } from "node:fs";
import { join } from "node:path";
import { type Clock, systemClock } from "../base/clock.ts";
import { directoryProblem } from "../base/private-directory.ts";
import { fileProblem } from "./file-problem.ts";
import { FULL, isSpoolName, LOST, SPOOL_LIMITS, TAKEN_LOST, TEMPORARY } from "./spool-limits.ts";

export interface SpoolListing {
  /** Records, oldest first: by the file's time in nanoseconds, then by name. */
  readonly names: readonly string[];
  /** Sentences about what stands there and is not touched. */
  readonly problems: readonly string[];
}

/**
 * A spool that does not exist is an empty one. Removes temporary files whose writer is long gone, and
 * closes a directory that is open to others. Never throws.
 */
export function listSpool(directory: string, clock: Clock = systemClock): SpoolListing {
  const wrong = directoryProblem(directory);
  if (wrong !== null) return { names: [], problems: wrong === "missing" ? [] : [wrong] };
  let entries: readonly string[];
  try {
    // Somebody may have made it with a mode of their own; then others could put names into it.
    if (process.platform !== "win32" && (lstatSync(directory).mode & 0o077) !== 0) chmodSync(directory, 0o700);
    entries = readdirSync(directory);
  } catch (error) {
    return { names: [], problems: [`${directory} cannot be read: ${(error as Error).message}`] };
  }
  const files: { readonly name: string; readonly time: bigint }[] = [];
  const problems: string[] = [];
  const oldest = clock() - SPOOL_LIMITS.leftoverMs;
  for (const name of entries) {
    const stat = statOf(join(directory, name));
    if (stat === null) continue; // taken away in between
    const problem = fileProblem(stat);
    if (problem !== null) problems.push(`${join(directory, printable(name))} is ${problem}`);
    else if (name.startsWith(TAKEN_LOST))
      continue; // counted first
    else if (name.startsWith(TEMPORARY)) removeLeftover(join(directory, name), Number(stat.mtimeMs) < oldest);
    else if (isSpoolName(name)) files.push({ name, time: stat.mtimeNs });
    else if (name !== FULL && name !== LOST)
      problems.push(`${join(directory, printable(name))} is no file of the spool`);
  }
  files.sort((a, b) => (a.time === b.time ? byName(a.name, b.name) : a.time < b.time ? -1 : 1));
  return { names: files.map(({ name }) => name), problems };
}

function statOf(path: string): BigIntStats | null {
  try {
    return lstatSync(path, { bigint: true });
  } catch {
    return null;
  }
}

function removeLeftover(path: string, isOld: boolean): void {
  if (!isOld) return;
  try {
    unlinkSync(path);
  } catch {
    // Somebody else was faster, or it stays and costs a few bytes.
  }
}

/** Numbers in names count as numbers: the hook script's begin with the machine's time since it was started. */
function byName(a: string, b: string): number {
  const [first, second] = [padded(a), padded(b)];
  return first === second ? (a < b ? -1 : 1) : first < second ? -1 : 1;
}

const padded = (name: string): string => name.replace(/[0-9]+/g, (digits) => digits.padStart(20, "0"));

/** A name from a directory can hold anything but a slash. */
function printable(name: string): string {
  return name.replace(/[^\x20-\x7e]/g, "?").slice(0, 100);
}
