/** @module The spool's cap: the marker that makes hooks drop what comes, the count of what they dropped, and when it ends. */
import {
  closeSync,
  constants,
  existsSync,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { fileProblem } from "./file-problem.ts";
import { capKilobytes, FULL, LOST, SPOOL_LIMITS, TAKEN_LOST } from "./spool-limits.ts";

/** A link in the place of one of the two files must not lead elsewhere, nor a FIFO hold anybody up. */
const CAREFUL = (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

/** Bytes that all files in the spool take on the disk, as the hook script's `du` sees them; the two markers apart. */
function spoolBytes(directory: string): number {
  let bytes = 0;
  for (const name of readdirSync(directory)) {
    if (name === FULL || name === LOST) continue;
    const stat = lstatSync(join(directory, name), { throwIfNoEntry: false });
    // Windows knows no blocks; some file systems keep a small file in none.
    if (stat) bytes += Math.max(stat.size, (stat.blocks ?? 0) * 512);
  }
  return bytes;
}

/** Whether hooks drop what comes now. */
export function isSpoolFull(directory: string): boolean {
  return existsSync(join(directory, FULL));
}

/** Marks the spool as full when its files take more than so many kilobytes. Throws the system's errors. */
export function checkCap(directory: string, kilobytes: number = SPOOL_LIMITS.totalKilobytes): void {
  if (spoolBytes(directory) <= kilobytes * 1024) return;
  let file: number;
  try {
    file = openSync(join(directory, FULL), constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | CAREFUL, 0o600);
  } catch (error) {
    // Another hook was faster, or something else stands there: it is not written to.
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return;
    throw error;
  }
  try {
    writeSync(file, String(kilobytes));
  } finally {
    closeSync(file);
  }
}

/**
 * Ends the full state once half of the room is free again, of the cap that whoever began it has left in the marker. Called
 * after every removal; never throws.
 */
export function liftCap(directory: string): void {
  const full = join(directory, FULL);
  try {
    if (!lstatSync(full, { throwIfNoEntry: false })) return;
    // A link or a FIFO is itself what goes.
    if (spoolBytes(directory) <= (capIn(full) * 1024) / 2) rmSync(full);
  } catch {
    // It stays full until the next time.
  }
}

/** Kilobytes that the marker names; the default when it names none. */
function capIn(full: string): number {
  let file: number;
  try {
    file = openSync(full, constants.O_RDONLY | CAREFUL);
  } catch {
    return SPOOL_LIMITS.totalKilobytes;
  }
  try {
    const bytes = Buffer.alloc(20);
    const length = fstatSync(file).isFile() ? readSync(file, bytes) : 0;
    return capKilobytes(bytes.toString("latin1", 0, length));
  } finally {
    closeSync(file);
  }
}

/** Counts a record that is dropped. Throws the system's errors, and counts nowhere else than in a file of the spool. */
export function countLost(directory: string): void {
  const flags = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | CAREFUL;
  const file = openSync(join(directory, LOST), flags, 0o600);
  try {
    if (fileProblem(fstatSync(file)) === null) writeSync(file, "x");
  } finally {
    closeSync(file);
  }
}

/** Counts that wait to be taken: what hooks dropped, and what a reader that died had begun to take. */
function lostFiles(directory: string): readonly { readonly name: string; readonly size: number }[] {
  const files = [];
  for (const name of readdirSync(directory)) {
    if (name !== LOST && !name.startsWith(TAKEN_LOST)) continue;
    const stat = lstatSync(join(directory, name), { throwIfNoEntry: false });
    if (stat && fileProblem(stat) === null) files.push({ name, size: stat.size });
  }
  return files;
}

/** How many dropped records nobody has taken note of yet. Changes nothing, never throws. */
export function waitingLostCount(directory: string): number {
  try {
    return lostFiles(directory).reduce((sum, { size }) => sum + size, 0);
  } catch {
    return 0;
  }
}

/**
 * How many records were dropped since the last call. The file is renamed before it is measured, so that what hooks count
 * meanwhile goes into the next one. Zero when there is none, or none of ours. Never throws.
 */
export function takeLostCount(directory: string): number {
  liftCap(directory);
  let count = 0;
  try {
    for (const { name } of lostFiles(directory)) count += takeLostFile(directory, name);
  } catch {
    // What could not be taken waits for the next call.
  }
  return count;
}

function takeLostFile(directory: string, name: string): number {
  try {
    let taken = join(directory, name);
    if (name === LOST) {
      // One that a process of the same number has left is not replaced.
      let free = 0;
      while (existsSync(join(directory, `${TAKEN_LOST}${process.pid}-${free}`))) free++;
      taken = join(directory, `${TAKEN_LOST}${process.pid}-${free}`);
      renameSync(join(directory, name), taken);
    }
    const { size } = lstatSync(taken);
    rmSync(taken);
    return size;
  } catch {
    return 0;
  }
}
