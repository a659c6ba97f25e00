/** @module A command that prints what stands in sessions' records was run inside a session: that is taken down for it. */
import { homedir } from "node:os";
import type { Clock } from "../base/clock.ts";
import { clewPaths, type Environment, runtimeDirectory } from "../base/paths.ts";
import { createPlaceResolver } from "../place/place.ts";
import { EXPIRY_HOURS, openRegistry, registryHours } from "../registry/registry.ts";
import { whichSession } from "../registry/which.ts";
import { noteForeignRead } from "./foreign-read.ts";

interface Shown {
  /** What showed them; default: the command line. */
  readonly by?: string;
  /** Default: the process's directory. */
  readonly cwd?: string;
}

/** Ways that have told it of a session already, in this process. */
const told = new Set<string>();

/** Does nothing at a person's terminal; never throws. */
export function noteRecordsShown(env: Environment, clock: Clock, { by = "command line", ...given }: Shown = {}): void {
  try {
    const cwd = given.cwd ?? process.cwd();
    const expiryHours = registryHours(env) ?? EXPIRY_HOURS;
    const registry = openRegistry({ directory: runtimeDirectory(env), clock, expiryHours });
    const which = whichSession({ env, cwd, pid: process.pid, registry, clock, ways: ["environment", "process"] });
    if (which.kind !== "found") return;
    const { session_id: sessionId, workspace_id } = which.entry;
    const workspaceId = workspace_id ?? createPlaceResolver(env.HOME ?? homedir())(cwd, "").workspaceId;
    const key = JSON.stringify([clewPaths(env).spool, sessionId, by]);
    if (!told.has(key) && noteForeignRead({ env, clock, sessionId, workspaceId, by })) told.add(key);
  } catch {
    // A directory that is gone, a place that cannot be read: the answer has been given, and was no failure.
  }
}
