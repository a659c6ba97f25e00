/**
 * @module Brings a directory of session files and the store together: what is new in the files is read into the store, what is
 * new in the store is written into the files, and what went on in both is said and left alone.
 */
import { statSync } from "node:fs";
import { basename, dirname } from "node:path";
import type { Clock } from "../../../base/clock.ts";
import { ClewError } from "../../../base/error.ts";
import type { Environment } from "../../../base/paths.ts";
import type { MigrationSync } from "../../../model/import-answers.ts";
import { changedSessions, lastSeq } from "../../../store/session-documents.ts";
import { jsonNames } from "../directory-files.ts";
import type { ImportWriter } from "../import-writer.ts";
import { fileStamp } from "./file-stamp.ts";
import { type Manifest, openManifest } from "./manifest.ts";
import { lockMigrations, type Migration, manifestPath, migrationsStamp, readMigrations } from "./migrations.ts";
import { takeInFiles } from "./take-in.ts";
import { sessionsInScope, tellFiles } from "./tell-files.ts";
import { removeLeftovers } from "./write-file.ts";

/** What a process that calls again and again remembers: an empty object at first. */
export interface SyncMemory {
  migrations?: { readonly stamp: string; readonly list: readonly Migration[] };
  readonly seen?: Map<string, Seen>;
}

interface Seen {
  readonly seq: number;
  readonly directoryStamp: string;
  readonly lookedAt: number;
  readonly manifest: Manifest;
  readonly manifestStamp: string | null;
}

export interface SyncOptions {
  readonly env: Environment;
  readonly clock: Clock;
  readonly writer: ImportWriter;
  /** With it, what has not changed since the last call is not looked at: some stats and one look into the database. */
  readonly memory?: SyncMemory;
  /** Where file and store differ the store's word is written, also over what the file says otherwise. */
  readonly isStorePreferred?: boolean;
  /** Only this one. */
  readonly directory?: string;
}

/** Files that were changed in place leave no trace in their directory: they are looked at so often. Milliseconds. */
const LOOK_EACH_MS = 5000;

/**
 * Syncs every migration that is going on; an answer for each that was looked at. Somebody else who does the same right now does
 * it for us: then there is none. Throws what the file system says of a directory that is gone.
 */
export async function syncMigration(options: SyncOptions): Promise<readonly MigrationSync[]> {
  const going = currentMigrations(options).filter(
    ({ phase, directory }) => phase === "dual-write" && (options.directory ?? directory) === directory,
  );
  const due = going.filter((migration) => isDue(migration, options));
  if (due.length === 0) return [];
  let lock: ReturnType<typeof lockMigrations>;
  try {
    lock = lockMigrations(options.env);
  } catch (error) {
    if (options.memory && error instanceof ClewError && error.code === "locked") return [];
    throw error;
  }
  try {
    const answers: MigrationSync[] = [];
    for (const migration of due) answers.push(await syncOne(migration, options));
    return answers;
  } finally {
    lock.release();
  }
}

function currentMigrations({ env, memory }: SyncOptions): readonly Migration[] {
  const stamp = migrationsStamp(env);
  if (stamp === null) return [];
  if (!memory) return readMigrations(env);
  if (memory.migrations?.stamp !== stamp) memory.migrations = { stamp, list: readMigrations(env) };
  return memory.migrations.list;
}

/** By the directory's own time a file that was made, removed or replaced is seen at once. */
function directoryStamp(directory: string): string {
  const stat = statSync(directory, { throwIfNoEntry: false, bigint: true });
  return stat ? `${stat.mtimeNs}:${stat.ino}` : "";
}

const stampOf = (path: string): string | null => fileStamp(dirname(path), basename(path));

function hasNewFiles({ directory }: Migration, seen: Seen, clock: Clock): boolean {
  return seen.directoryStamp !== directoryStamp(directory) || clock() - seen.lookedAt >= LOOK_EACH_MS;
}

function isDue(migration: Migration, { memory, writer, clock }: SyncOptions): boolean {
  const seen = memory?.seen?.get(migration.id);
  const db = writer.db();
  return !seen || !db || seen.seq !== lastSeq(db) || hasNewFiles(migration, seen, clock);
}

/** The manifest as this process left it, unless another one has written since. */
function manifestFor(path: string, seen: Seen | undefined): Manifest {
  return seen && seen.manifestStamp === stampOf(path) ? seen.manifest : openManifest(path);
}

async function syncOne(migration: Migration, options: SyncOptions): Promise<MigrationSync> {
  const { env, clock, writer, memory, isStorePreferred = false } = options;
  const { directory } = migration;
  const path = manifestPath(env, migration);
  const seen = memory?.seen?.get(migration.id);
  const manifest = manifestFor(path, seen);
  try {
    const now = clock();
    const isLooking = !seen || hasNewFiles(migration, seen, clock);
    if (isLooking) removeLeftovers(directory);
    const names = isLooking ? jsonNames(directory) : [];
    const taken = await takeInFiles(directory, names, manifest, writer, { isLooking: memory !== undefined, now });
    await writer.settle();
    const { imported, new_events } = taken;
    const db = writer.db();
    if (!db)
      return { directory, imported, new_events, created: 0, updated: 0, conflicts: [], problems: taken.problems };
    const seq = lastSeq(db);
    const since = manifest.seq();
    const sessions =
      memory && since !== null
        ? new Set([...changedSessions(db, since), ...taken.sessions])
        : sessionsInScope(db, migration, manifest);
    const told = tellFiles({ db, migration, manifest, sessions, isStorePreferred });
    manifest.reached(seq);
    manifest.save();
    manifest.close();
    if (memory) {
      const lookedAt = isLooking ? now : (seen?.lookedAt ?? now);
      const all = memory.seen ?? new Map<string, Seen>();
      Object.assign(memory, { seen: all });
      all.set(migration.id, {
        seq,
        directoryStamp: directoryStamp(directory),
        lookedAt,
        manifest,
        manifestStamp: stampOf(path),
      });
    }
    return { directory, imported, new_events, ...told.counts, problems: [...taken.problems, ...told.problems] };
  } catch (error) {
    // What this process knows of the manifest may be more than stands in it.
    memory?.seen?.delete(migration.id);
    throw error;
  } finally {
    manifest.close();
  }
}
