/** @module Texts of one kind on their way to Clew on this machine: queued, then written to the spool as lists. */
import { builtin } from "./builtin.ts";
import { openSpoolDirectory, type SpoolKind, spoolPlace } from "./spool-directory.ts";
import { state } from "./state.ts";
import { openTransport, type Transport, type TransportOptions } from "./transport.ts";

/** Bounds of what may wait, as openTransport has them. */
export type QueueOptions = Partial<Omit<TransportOptions, "label">>;

export type SpoolQueue = Omit<Transport, "flushSync">;

/** Without Clew on the machine, milliseconds until it is looked for again. */
const LOOK_AGAIN_MS = 60_000;
const DEFAULT_MAX_KILOBYTES = 262_144;

/**
 * Takes JSON values as texts. Writes to the spool that the environment names. Where nobody has Clew (its directory is not
 * there, and CLEW_HOME does not ask for it) they are let go: nothing is created in somebody's home.
 */
export function openSpoolQueue(kind: SpoolKind, options: QueueOptions = {}): SpoolQueue {
  const { env, clock, newId } = state().settings;
  const { home, spool, isGiven } = spoolPlace(env);
  const given = env.CLEW_SPOOL_MAX_KB ?? "";
  const maxKilobytes = (/^[0-9]{1,9}$/.test(given) && Number(given)) || DEFAULT_MAX_KILOBYTES;
  const directory = openSpoolDirectory({ path: spool, newId, maxKilobytes, kind });
  /** Milliseconds UTC until which there is nobody to tell. */
  let absentUntil = 0;

  async function isThere(): Promise<boolean> {
    if (isGiven) return true;
    const found = await builtin("node:fs")
      .promises.lstat(home)
      .then(
        () => true,
        () => false,
      );
    if (!found) absentUntil = clock() + LOOK_AGAIN_MS;
    return found;
  }

  const { send, flush, close, stats } = openTransport(
    {
      async write(batch) {
        if (await isThere()) await directory.write(`[${batch.join(",\n")}]`, clock(), batch.length);
      },
      writeSync(batch) {
        if (!isGiven && builtin("node:fs").lstatSync(home, { throwIfNoEntry: false }) === undefined) return;
        directory.writeSync(`[${batch.join(",\n")}]`, clock());
      },
      onLost: (count) => directory.countLost(count),
    },
    { label: "spool", ...options },
  );
  return {
    send(text) {
      if (absentUntil === 0 || clock() >= absentUntil) send(text);
    },
    flush,
    close,
    stats,
  };
}
