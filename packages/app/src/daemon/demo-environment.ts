/** @module The made-up workspace: a data directory of its own, written anew at each start, so that it never mixes with real sessions. */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import type { Clock } from "../base/clock.ts";
import { clewPaths, type Environment } from "../base/paths.ts";
import { demoKnowledge } from "../demo/demo-knowledge.ts";
import { demoShared } from "../demo/demo-shared.ts";
import { DEMO_SESSION_TYPES } from "../demo/session-types.ts";
import { demoFiles, writeDemoTranscripts } from "../demo/write-demo.ts";
import type { Place } from "../model/place.ts";
import { createPlaceResolver } from "../place/place.ts";
import { memorySubject } from "../query/memory-key.ts";
import { writeSpoolRecord } from "../spool/spool-directory.ts";
import { acquireWriterLock } from "../store/lock.ts";
import { personHere } from "./shared-writer.ts";

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
  const told = { now: clock(), seed: "clew" };
  writeDemoTranscripts({ directory, ...told });
  const about = { ...told, files: demoFiles(told), person: personHere(env) };
  const shared = demoShared(about);
  const { spool, sessionTypes } = clewPaths({ ...env, CLEW_HOME: home });
  writeFileSync(sessionTypes, DEMO_SESSION_TYPES, { mode: 0o600 });
  const known = demoKnowledge({ ...about, placeOf: placesOf(env), keyOf: memorySubject });
  const body = Buffer.from(JSON.stringify([...shared, ...known]));
  writeSpoolRecord(spool, { kind: "event", fields: { at: String(told.now) }, body });
  return { env: { ...env, CLEW_HOME: home }, configDirs: [directory] };
}

function placesOf(env: Environment): (cwd: string) => Place {
  const placeAt = createPlaceResolver(env.HOME || homedir());
  return (cwd) => placeAt(cwd, "");
}

/** Data directory of the made-up workspace. */
export function demoHome(env: Environment): string {
  return join(clewPaths(env).home, "demo");
}
