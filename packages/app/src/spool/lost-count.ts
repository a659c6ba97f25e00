/** @module The spool's cap: the marker that makes hooks drop what comes, the count of what they dropped, and when it ends. */
import { appendFileSync, existsSync, lstatSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileProblem } from "./file-problem.ts";
import { FULL, LOST, SPOOL_LIMITS, TEMPORARY } from "./spool-limits.ts";

/** Bytes of all files in the spool. */
function spoolBytes(directory: string): number {
  let bytes = 0;
  for (const name of readdirSync(directory))
    bytes += lstatSync(join(directory, name), { throwIfNoEntry: false })?.size ?? 0;
  return bytes;
}

/** Whether hooks drop what comes now. */
export function isSpoolFull(directory: string): boolean {
  return existsSync(join(directory, FULL));
}

/** Marks the spool as full when its files hold more than so many kilobytes. */
export function checkCap(directory: string, kilobytes: number = SPOOL_LIMITS.totalKilobytes): void {
  if (spoolBytes(directory) > kilobytes * 1024) writeFileSync(join(directory, FULL), "", { mode: 0o600 });
}

/** Ends the full state once half of the room is free again. Called after every removal; never throws. */
export function liftCap(directory: string, kilobytes: number = SPOOL_LIMITS.totalKilobytes): void {
  try {
    if (isSpoolFull(directory) && spoolBytes(directory) <= (kilobytes * 1024) / 2) rmSync(join(directory, FULL));
  } catch {
    // It stays full until the next time.
  }
}

/** Counts a record that is dropped. Throws the system's errors. */
export function countLost(directory: string): void {
  appendFileSync(join(directory, LOST), "x", { mode: 0o600 });
}

/**
 * How many records were dropped since the last call. The file is renamed before it is measured, so that what hooks count
 * meanwhile goes into the next one. Zero when there is none, or none of ours. Never throws.
 */
export function takeLostCount(directory: string): number {
  liftCap(directory);
  const lost = join(directory, LOST);
  const taken = join(directory, `${TEMPORARY}${LOST}-${process.pid}`);
  try {
    const stat = lstatSync(lost, { throwIfNoEntry: false });
    if (!stat || fileProblem(stat) !== null) return 0;
    renameSync(lost, taken);
    const { size } = lstatSync(taken);
    rmSync(taken);
    return size;
  } catch {
    return 0;
  }
}
