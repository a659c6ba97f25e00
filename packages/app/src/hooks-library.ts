/** @module `import { currentSession } from "clew/hooks"`: which session a hook script or any other program of a session runs in. */
import { systemClock } from "./base/clock.ts";
import { type Environment, runtimeDirectory } from "./base/paths.ts";
import { openRegistry, registryHours } from "./registry/registry.ts";
import { type WhichSession, whichSession } from "./registry/which.ts";

export { type ChildEnvironmentOptions, childEnvironment } from "./registry/child-environment.ts";
export type { RegistryEntry } from "./registry/entry.ts";
export type { KnownSession, WhichSession, WhichWay } from "./registry/which.ts";

export interface CurrentSessionOptions {
  /** Default: `process.env`. */
  readonly env?: Environment;
  /** Default: the working directory. */
  readonly cwd?: string;
  /** Process that asks; default: this one. */
  readonly pid?: number;
}

/**
 * The session that this process belongs to: by its environment, else by the processes above it, else by its directory.
 * Two that fit equally are "ambiguous", none is "unknown". Reads small files of the user's own; never throws, never writes.
 */
export function currentSession(options: CurrentSessionOptions = {}): WhichSession {
  try {
    const env = options.env ?? process.env;
    const expiryHours = registryHours(env);
    const registry = openRegistry({
      directory: runtimeDirectory(env),
      clock: systemClock,
      ...(expiryHours !== undefined && { expiryHours }),
    });
    return whichSession({ env, cwd: options.cwd ?? process.cwd(), pid: options.pid ?? process.pid, registry });
  } catch (error) {
    return { kind: "unknown", reasons: [error instanceof Error ? error.message : String(error)] };
  }
}
