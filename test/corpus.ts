/** @module Where a folder of public transcripts lies that some tests also run over, if this machine has one. */
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { repositoryRoot } from "./repository.ts";

let told = false;

/**
 * CLEW_CORPUS, else `shared/corpus` beside the repository: a folder with `claude/projects/` and `truth.json`. Null when
 * there is none; then the output says once per test file that the tests over it did not run.
 */
export function corpusDir(): string | null {
  const directory = resolve(process.env.CLEW_CORPUS ?? join(repositoryRoot, "..", "shared", "corpus"));
  if (existsSync(join(directory, "truth.json"))) return directory;
  if (!told) console.warn(`no corpus at ${directory} (set CLEW_CORPUS): its tests are skipped`);
  told = true;
  return null;
}
