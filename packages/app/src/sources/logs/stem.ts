/** @module What a log file is called before anything rotates it. */

/** `.1`, `.2.gz`, `-20261121`, `.2026-11-21`, `-2026-11-21_10-00-00`, `-1795254000`, at the end of a name. */
const ROTATED = /(?:\.gz|\.\d{1,4}|[.-]\d{4}-?\d\d-?\d\d(?:[-_T]\d\d(?:[-:.]?\d\d){0,2})?|[.-]\d{10}|\.old)$/;

/** Lines come file by file: the last answer is the next one's, mostly. */
let last: readonly [path: string, stem: string] = ["", ""];

/** The path without what rotation has appended; the same for the file, its older ones and their compressed copies. */
export function stemOf(path: string): string {
  if (last[0] !== path) last = [path, findStem(path)];
  return last[1];
}

function findStem(path: string): string {
  const slash = Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\")) + 1;
  let name = path.slice(slash);
  for (;;) {
    const shorter = name.replace(ROTATED, "");
    // A name that is nothing else is one of its own.
    if (shorter === name || shorter === "") return path.slice(0, slash) + name;
    name = shorter;
  }
}

export function isRotatedName(path: string): boolean {
  return stemOf(path) !== path;
}
