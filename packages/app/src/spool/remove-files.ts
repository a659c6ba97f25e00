/** @module Takes records out of the spool, once their events are committed. */
import { unlinkSync } from "node:fs";
import { join } from "node:path";
import { liftCap } from "./lost-count.ts";
import { spoolError } from "./spool-error.ts";
import { isSpoolName } from "./spool-limits.ts";

/** A file that is gone already is no error. Throws ClewError `permission` or `io` for one that stays, after trying the others. */
export function removeSpoolFiles(directory: string, names: readonly string[]): void {
  let failed: unknown = null;
  for (const name of names.filter(isSpoolName)) {
    try {
      unlinkSync(join(directory, name));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") failed ??= error;
    }
  }
  liftCap(directory);
  if (failed !== null) throw spoolError(`empty ${directory}`, failed);
}
