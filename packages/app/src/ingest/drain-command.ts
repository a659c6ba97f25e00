/** @module Empties the spool when nobody else is writing, so that what a command has just recorded is there at once. */
import type { Clock } from "../base/clock.ts";
import { ClewError } from "../base/error.ts";
import { clewPaths, type Environment } from "../base/paths.ts";
import { acquireWriterLock } from "../store/lock.ts";
import { drainSpool } from "./drain.ts";
import { openLocalStore } from "./index-command.ts";

/** False: another process is writing, and will take what the spool holds. */
export async function drainIfFree(env: Environment, clock: Clock): Promise<boolean> {
  const paths = clewPaths(env);
  let lock: ReturnType<typeof acquireWriterLock>;
  try {
    lock = acquireWriterLock(paths.lock, "session");
  } catch (error) {
    if (error instanceof ClewError && error.code === "locked") return false;
    throw error;
  }
  try {
    const { store } = openLocalStore(env, clock);
    try {
      drainSpool({ directory: paths.spool, store, clock });
    } finally {
      store.close();
    }
  } finally {
    lock.release();
  }
  return true;
}
