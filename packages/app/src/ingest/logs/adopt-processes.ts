/**
 * @module Finds the session of a process that writes log lines and names none: it was started, over however many steps, by
 * a process that runs one. Only a process that lives can be asked; what is found out becomes an event of the session, from
 * which its lines are joined, also when the store is rebuilt.
 */
import type { Clock } from "../../base/clock.ts";
import { correlationId } from "../../base/ids.ts";
import { encodeSpoolRecord } from "../../base/spool-record.ts";
import { parseSpooled } from "../../sources/spooled.ts";
import type { Store } from "../../store/store.ts";

/** Lines older than this are of a process that may have ended, and its number gone to another. Milliseconds. */
const FRESH_MS = 60_000;
const MOST_ANCESTORS = 32;

export interface AdoptOptions {
  readonly store: Pick<Store, "strayProcesses" | "writeLive">;
  readonly clock: Clock;
  /** Null: not known, or none (registry/process.ts). */
  readonly parentOf: (pid: number) => number | null;
}

/** Looks once; answers how many processes have found their session. */
export type AdoptProcesses = () => number;

export function createProcessAdoption({ store, clock, parentOf }: AdoptOptions): AdoptProcesses {
  /** Processes that were asked in vain, with the time of the asking: asked once a minute. */
  const asked = new Map<number, number>();

  function sessionAbove(pid: number) {
    let at = parentOf(pid);
    for (let steps = 0; at !== null && at > 1 && steps < MOST_ANCESTORS; steps++) {
      const session = store.strayProcesses.sessionOf(at);
      if (session) return session;
      at = parentOf(at);
    }
    return null;
  }

  return () => {
    const now = clock();
    for (const [pid, at] of asked) if (now - at > FRESH_MS) asked.delete(pid);
    let found = 0;
    for (const { pid, ts } of store.strayProcesses.list(now - FRESH_MS)) {
      if (asked.has(pid)) continue;
      asked.set(pid, now);
      const session = sessionAbove(pid);
      if (!session) continue;
      found++;
      const { workspaceId, sessionId } = session;
      const record = {
        v: 1,
        ts: new Date(ts).toISOString(),
        id: `process:${sessionId}:${pid}:${ts}`,
        correlation_id: correlationId(workspaceId, sessionId),
        type: "session.process",
        data: { pid },
      };
      const body = Buffer.from(JSON.stringify(record));
      store.writeLive(parseSpooled(encodeSpoolRecord({ kind: "event", fields: { at: String(ts) }, body }), now));
    }
    return found;
  };
}
