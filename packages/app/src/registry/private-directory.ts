/** @module A directory that is this user's alone: made so, and looked at again before every use. */
import type { Stats } from "node:fs";
import { dirname } from "node:path";
import { directoryProblem, lookAt, makeDirectories, ownUid } from "../base/private-directory.ts";

/** What another user may do through a mode. */
const OTHERS = 0o077;
const STICKY = 0o1000;
const WORLD_WRITABLE = 0o002;

/**
 * Null: it is private. "missing": there is none. Otherwise the sentence that says what is wrong with it; then nothing in it
 * is to be believed and nothing to be written there.
 */
export function privacyProblem(path: string): "missing" | string | null {
  const problem = directoryProblem(path);
  if (problem !== null) return problem;
  if (ownUid() === undefined) return null;
  const found = lookAt(path) as Stats;
  if ((found.mode & OTHERS) !== 0)
    return `${path} is open to other users (mode ${(found.mode & 0o777).toString(8)}): make it 700`;
  // Whoever may rename the directory may put another in its place between this look and the use.
  const parent = lookAt(dirname(path));
  if (
    parent !== null &&
    typeof parent !== "string" &&
    (parent.mode & WORLD_WRITABLE) !== 0 &&
    (parent.mode & STICKY) === 0
  )
    return `${dirname(path)} can be written by everybody, so ${path} could be exchanged`;
  return null;
}

/** Makes the directory where there is none; null when it is private now, else what is wrong. */
export function makePrivate(path: string): string | null {
  const problem = privacyProblem(path);
  if (problem !== "missing") return problem;
  try {
    makeDirectories(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST")
      return `${path} cannot be made: ${(error as NodeJS.ErrnoException).message}`;
  }
  const after = privacyProblem(path);
  return after === "missing" ? `${path} does not stay` : after;
}
