/**
 * @module Hands an import's records over to the store. All of them take the way of every record, through the spool: where
 * nobody else writes, this process empties it at once; where a daemon does, it is given no more than it can swallow.
 */
import { randomBytes } from "node:crypto";
import { existsSync, lstatSync, readdirSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Clock } from "../../base/clock.ts";
import { ClewError } from "../../base/error.ts";
import { eventIdOf } from "../../base/ids.ts";
import { clewPaths, type Environment } from "../../base/paths.ts";
import { createPersonResolver } from "../../place/person.ts";
import { type ImportKind, type ImportRecord, plainIdentity } from "../../sources/imports/import-record.ts";
import { capKilobytes, writeSpoolRecord } from "../../spool/spool-directory.ts";
import type { WriteResult } from "../../store/batch.ts";
import { type Database, openReader } from "../../store/db.ts";
import { knownEvents, knownSessions } from "../../store/known.ts";
import { acquireWriterLock, type WriterLock } from "../../store/lock.ts";
import type { Store } from "../../store/store.ts";
import { drainSpool } from "../drain.ts";
import { drainIfFree } from "../drain-command.ts";
import { openLocalStore } from "../index-command.ts";

export interface ImportWriter {
  /** The database to ask; null: there is none yet. */
  readonly db: () => Database | null;
  /** Records that the store does not have, each once. */
  readonly unknown: (records: readonly ImportRecord[]) => readonly ImportRecord[];
  /** Durable when it returns: in the store, or on its way there. */
  readonly write: (records: readonly ImportRecord[], kind: ImportKind) => Promise<void>;
  /** Waits until everything is in the store. Throws `io` when whoever writes takes nothing any more. */
  readonly settle: () => Promise<void>;
  readonly close: () => void;
}

/** Of one record in the spool. */
const MOST_RECORDS = 500;
const MOST_BYTES = 8 * 1024 * 1024;
const LOOK_MS = 50;
/** Whoever held the lock may have ended. */
const TRY_MS = 1000;
/** A daemon that indexes gigabytes comes to its spool between two files. */
const PATIENCE_MS = 10 * 60 * 1000;

/** `purpose` names the command for whoever finds the lock taken. */
export function openImportWriter(env: Environment, clock: Clock, purpose: string): ImportWriter {
  const paths = clewPaths(env);
  const lock = lockIfFree(paths.lock, purpose);
  let store: Store | null = null;
  try {
    if (lock) store = openLocalStore(env, clock).store;
  } catch (error) {
    lock?.release();
    throw error;
  }
  return importWriter(env, clock, { store, lock });
}

/** For whoever has the store open already, the daemon's writing thread. */
export function writerOf(
  store: Store,
  env: Environment,
  clock: Clock,
  onCommit?: (result: WriteResult) => void,
): ImportWriter {
  return importWriter(env, clock, { store, lock: null, ...(onCommit && { onCommit }) });
}

/** Asks, and throws away what it is given. */
export function readOnlyWriter(env: Environment, clock: Clock): ImportWriter {
  return importWriter(env, clock, { store: null, lock: null, isDry: true });
}

interface Means {
  readonly store: Store | null;
  readonly lock: WriterLock | null;
  readonly onCommit?: (result: WriteResult) => void;
  readonly isDry?: boolean;
}

function lockIfFree(path: string, purpose: string): WriterLock | null {
  try {
    return acquireWriterLock(path, purpose);
  } catch (error) {
    if (error instanceof ClewError && error.code === "locked") return null;
    throw error;
  }
}

function importWriter(env: Environment, clock: Clock, { store, lock, onCommit, isDry = false }: Means): ImportWriter {
  const { spool, database } = clewPaths(env);
  const waiting = new Set<string>();
  const sent = new Set<string>();
  const nameOfPerson = createPersonResolver({ env, userHome: env.HOME ?? homedir() });
  const person = plainIdentity(nameOfPerson("").replace(/^person:/, "")) ?? "unknown";
  let reader: Database | null = null;
  const db = (): Database | null => {
    if (store) return store.db;
    if (!reader && existsSync(database)) reader = openReader(database);
    return reader;
  };

  /** A session that nobody names the actor of was brought in by whoever does that; one that the store has keeps its own. */
  function withIdentity(records: readonly ImportRecord[]): readonly ImportRecord[] {
    const anonymous = records.filter(({ type, data }) => type === "session.start" && data?.identity === undefined);
    if (anonymous.length === 0) return records;
    const asked = db();
    const known = asked ? knownSessions(asked, anonymous.map(sessionOf)) : new Set<string>();
    return records.map((record) =>
      anonymous.includes(record) && !known.has(sessionOf(record))
        ? { ...record, data: { ...record.data, identity: person } }
        : record,
    );
  }

  async function settle(): Promise<void> {
    let [triedAt, movedAt, before] = [clock(), clock(), waiting.size];
    while (waiting.size > 0) {
      for (const name of waiting) if (!existsSync(join(spool, name))) waiting.delete(name);
      if (waiting.size === 0) return;
      if (waiting.size < before) [movedAt, before] = [clock(), waiting.size];
      if (clock() - triedAt >= TRY_MS) {
        triedAt = clock();
        await drainIfFree(env, clock);
      }
      if (clock() - movedAt > PATIENCE_MS)
        throw new ClewError(
          "io",
          "the records wait in the spool, and whoever writes takes none: run `clew daemon status`",
        );
      await sleep(LOOK_MS);
    }
  }

  async function put(records: readonly ImportRecord[], kind: ImportKind): Promise<void> {
    const half = (capKilobytes(env.CLEW_SPOOL_MAX_KB) * 1024) / 2;
    if (!store && spoolBytes(spool) > half) await settle();
    const name = `import-${process.pid}-${randomBytes(8).toString("hex")}`;
    const body = Buffer.from(JSON.stringify(records));
    const fields = { at: String(Date.parse(records[0]!.ts)), import: kind };
    writeSpoolRecord(spool, { kind: "event", fields, body }, { durable: !store, name });
    if (store) drainSpool({ directory: spool, store, clock, ...(onCommit && { onCommit }) });
    else waiting.add(name);
  }

  return {
    db,
    unknown(records) {
      const ids = new Map(records.map((record) => [eventIdOf(`clew:${record.id}`), record]));
      const asked = db();
      const known = asked ? knownEvents(asked, [...ids.keys()]) : new Set<string>();
      return [...ids].filter(([id]) => !known.has(id) && !sent.has(id)).map(([, record]) => record);
    },
    async write(records, kind) {
      if (!isDry) for (const part of partsOf(withIdentity(records))) await put(part, kind);
      // What waits in the spool is not in the store yet, and is not new a second time.
      if (!store) for (const { id } of records) sent.add(eventIdOf(`clew:${id}`));
    },
    settle,
    close() {
      reader?.close();
      if (lock) store?.close();
      lock?.release();
    },
  };
}

const sessionOf = ({ correlation_id }: ImportRecord): string => correlation_id.slice(correlation_id.indexOf(":") + 1);

function* partsOf(records: readonly ImportRecord[]): Iterable<readonly ImportRecord[]> {
  let part: ImportRecord[] = [];
  let bytes = 0;
  for (const record of records) {
    const size = sizeOf(record);
    if (part.length > 0 && (part.length >= MOST_RECORDS || bytes + size > MOST_BYTES)) {
      yield part;
      [part, bytes] = [[], 0];
    }
    part.push(record);
    bytes += size;
  }
  if (part.length > 0) yield part;
}

/** About how many bytes a record takes; only the long texts count. */
export function sizeOf({ message, data }: ImportRecord): number {
  const content = data?.content;
  if (typeof content === "string") return content.length;
  return (message?.length ?? 0) + (data ? JSON.stringify(data).length : 0) + 300;
}

function spoolBytes(directory: string): number {
  if (!existsSync(directory)) return 0;
  return readdirSync(directory).reduce(
    (sum, name) => sum + (lstatSync(join(directory, name), { throwIfNoEntry: false })?.size ?? 0),
    0,
  );
}
