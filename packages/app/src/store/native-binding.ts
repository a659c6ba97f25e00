/** @module Where SQLite's native module lies, when it was compiled on this machine: looking in all the places that it could be takes longer than opening a database. */
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

let known: { readonly nativeBinding?: string } | null = null;

/** Option of better-sqlite3; empty where it came compiled or is not where a compiler puts it: then the library looks for itself. */
export function nativeBinding(): { readonly nativeBinding?: string } {
  if (known) return known;
  try {
    const library = dirname(createRequire(import.meta.url).resolve("better-sqlite3/package.json"));
    const path = join(library, "build", "Release", "better_sqlite3.node");
    known = existsSync(path) ? { nativeBinding: path } : {};
  } catch {
    known = {};
  }
  return known;
}
