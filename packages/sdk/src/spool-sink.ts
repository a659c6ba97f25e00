/** @module Records on their way to Clew on this machine: encoded, queued, written to the spool. */
import { builtin } from "./builtin.ts";
import { encodeRecord } from "./encode.ts";
import { report } from "./problems.ts";
import { openSpoolDirectory, spoolPlace } from "./spool-directory.ts";
import { type RecordSink, state } from "./state.ts";
import { openTransport, type TransportOptions, type TransportStats } from "./transport.ts";

export interface SpoolSink extends RecordSink {
  readonly stats: () => TransportStats;
}

/** Without Clew on the machine, milliseconds until it is looked for again. */
const LOOK_AGAIN_MS = 60_000;
const DEFAULT_MAX_KILOBYTES = 262_144;

/**
 * Writes to the spool that the environment names. Where nobody has Clew (its directory is not there, and CLEW_HOME does
 * not ask for it) records are let go: nothing is created in somebody's home.
 */
export function openSpoolSink(options: Partial<TransportOptions> = {}): SpoolSink {
  const { env, clock, newId } = state().settings;
  const { home, spool, isGiven } = spoolPlace(env);
  const given = env.CLEW_SPOOL_MAX_KB ?? "";
  const maxKilobytes = (/^[0-9]{1,9}$/.test(given) && Number(given)) || DEFAULT_MAX_KILOBYTES;
  const directory = openSpoolDirectory({ path: spool, newId, maxKilobytes });
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

  const transport = openTransport(
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
    send(record) {
      if (absentUntil > 0 && clock() < absentUntil) return;
      try {
        transport.send(encodeRecord(record));
      } catch (error) {
        report("encode", `encode ${record.type}`, error);
      }
    },
    flush: transport.flush,
    close: transport.close,
    stats: transport.stats,
  };
}
