/** @module The made-up workspace: a data directory of its own, written anew at each start, so that it never mixes with real sessions. */
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Clock } from "../base/clock.ts";
import { clewPaths, type Environment } from "../base/paths.ts";
import { writeDemoTranscripts } from "../demo/write-demo.ts";
import { acquireWriterLock } from "../store/lock.ts";

/** Throws `locked` when another demo still runs on it. */
export function demoEnvironment(
  env: Environment,
  clock: Clock,
): { readonly env: Environment; readonly configDirs: readonly string[] } {
  const home = demoHome(env);
  // Taken and let go: throws when another demo still runs on it.
  acquireWriterLock(join(home, "writer.lock"), "up --demo").release();
  rmSync(home, { recursive: true, force: true });
  const directory = join(home, "claude");
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  writeDemoTranscripts({ directory, now: clock(), seed: "clew" });
  return { env: { ...env, CLEW_HOME: home }, configDirs: [directory] };
}

/** Data directory of the made-up workspace. */
export function demoHome(env: Environment): string {
  return join(clewPaths(env).home, "demo");
}
