/** @module What a session's start clears away: entries that are stale or corrupt, and those that its process has left for the new session. */
import type { Registry, RegistryCleaned, RegistryEntry } from "./registry.ts";

export interface RegistryTidied extends RegistryCleaned {
  /** Earlier sessions of the same process. */
  readonly left: number;
}

/**
 * `goesOnUnder`: the entry of a session that took its process over, as after a `/clear`; null: nothing was taken over.
 * Entries of other agents stay: a script that became the client by `exec` has the same process, and its session is around it.
 */
export function tidyRegistry(registry: Registry, goesOnUnder: RegistryEntry | null): RegistryTidied {
  const cleaned = registry.clean();
  const left = goesOnUnder
    ? registry
        .list()
        .entries.filter((other) => isLeftFor(other, goesOnUnder))
        .filter(({ session_id }) => registry.remove(session_id))
    : [];
  return { ...cleaned, left: left.length };
}

function isLeftFor(other: RegistryEntry, entry: RegistryEntry): boolean {
  return (
    other.session_id !== entry.session_id &&
    other.agent === entry.agent &&
    other.pid === entry.pid &&
    other.process_started_at === entry.process_started_at &&
    Date.parse(other.started_at) <= Date.parse(entry.started_at)
  );
}
