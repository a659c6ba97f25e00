/** @module What tells that a file has not changed without reading it. */
import { lstatSync } from "node:fs";
import { join } from "node:path";

/** Null: there is none. */
export function fileStamp(directory: string, name: string): string | null {
  const stat = lstatSync(join(directory, name), { throwIfNoEntry: false, bigint: true });
  return stat ? `${stat.size}:${stat.mtimeNs}:${stat.ctimeNs}:${stat.ino}` : null;
}
