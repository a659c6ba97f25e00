/** @module Follows log files in the foreground: as the one writer, or, while another process is that, by way of the spool. */
import { closeSync } from "node:fs";
import type { Clock } from "../../base/clock.ts";
import { ClewError } from "../../base/error.ts";
import { claudeConfigDirs, clewPaths, type Environment } from "../../base/paths.ts";
import { decodeSpoolRecord } from "../../base/spool-record.ts";
import { writeSpoolRecord } from "../../spool/spool-directory.ts";
import { openReader } from "../../store/db.ts";
import { acquireWriterLock } from "../../store/lock.ts";
import { type LogFileProgress, openLogFileTable } from "../../store/log-file-table.ts";
import { openLocalStore } from "../index-command.ts";
import { HEAD_BYTES, headOf, openLogFile, readBytes } from "./file-bytes.ts";
import { type FoundFile, findLogFiles } from "./find-files.ts";
import { createLogIntake, type LogIntakeOptions, type TakenIn } from "./follow-logs.ts";
import { createKnownFiles, type KnownFiles } from "./known-files.ts";
import type { LogSource } from "./log-source.ts";

const LOOK_MS = 500;
/** A line that is longer is read from its middle on. */
const LOOK_BACK = 64 * 1024;

export interface WatchOptions {
  readonly env: Environment;
  readonly clock: Clock;
  readonly sources: readonly LogSource[];
  readonly stopped: Promise<void>;
  /** Called once: whether another process writes the database. */
  readonly onStart: (bySpool: boolean) => void;
  readonly onTaken: (taken: TakenIn) => void;
}

/** Runs until `stopped`. */
export async function watchPaths(options: WatchOptions): Promise<void> {
  const { env, clock } = options;
  let lock: ReturnType<typeof acquireWriterLock> | null = null;
  try {
    lock = acquireWriterLock(clewPaths(env).lock, "logs watch");
  } catch (error) {
    if (!(error instanceof ClewError && error.code === "locked")) throw error;
  }
  if (lock === null) return run(spoolStore(options), true, options);
  try {
    const { store } = openLocalStore(env, clock);
    try {
      await run(store, false, options);
    } finally {
      store.close();
    }
  } finally {
    lock.release();
  }
}

async function run(store: LogIntakeOptions["store"], bySpool: boolean, options: WatchOptions): Promise<void> {
  const { env, clock, sources, stopped, onStart, onTaken } = options;
  let isStopped = false;
  void stopped.then(() => {
    isStopped = true;
  });
  const intake = createLogIntake({
    store,
    env,
    clock,
    sources: () => ({ sources, problems: [] }),
    limits: { lookMs: LOOK_MS - 100 },
  });
  onStart(bySpool);
  try {
    for (;;) {
      const isLast = isStopped;
      const taken = await intake.takeIn({ everything: isLast });
      onTaken(taken);
      if (isLast && !taken.more) break;
      if (!taken.more) await pause(LOOK_MS, stopped);
    }
  } finally {
    intake.close();
  }
}

function pause(ms: number, stopped: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout;
  const over = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  return Promise.race([over, stopped]).finally(() => clearTimeout(timer));
}

/**
 * In place of a store: every event goes into the spool as the record that it was read from. What the writer has not read
 * is followed from its end on, because the spool is no place for a whole log.
 */
function spoolStore({ env, sources }: WatchOptions): LogIntakeOptions["store"] {
  const { spool, database } = clewPaths(env);
  const rows = knownRows(database);
  const known = createKnownFiles(rows);
  for (const file of findLogFiles(sources, [clewPaths(env).home, ...claudeConfigDirs(env)]).files) {
    if (known.of(file.device, file.inode)) continue;
    const row = atEnd(file, known);
    if (row) rows.push(row);
  }
  return {
    logFiles: { list: () => rows.map((row, fileId) => ({ ...row, fileId })) },
    writeLog(events) {
      for (const { body } of events) writeSpoolRecord(spool, decodeSpoolRecord(body)!);
      return { lastSeq: 0, events: events.length, responses: 0, problems: 0, sessions: [] };
    },
  };
}

function knownRows(database: string): LogFileProgress[] {
  try {
    const db = openReader(database);
    try {
      return [...openLogFileTable(db).list()];
    } finally {
      db.close();
    }
  } catch {
    return []; // None yet, or of an older Clew.
  }
}

/** A file whose lines so far are not read; null: it cannot be. */
function atEnd(file: FoundFile, known: KnownFiles): LogFileProgress | null {
  try {
    const { descriptor, size, mtimeMs } = openLogFile(file.path);
    try {
      const from = Math.max(0, size - LOOK_BACK);
      const newline = readBytes(descriptor, from, size - from).lastIndexOf(10);
      const readOffset = newline < 0 ? (from === 0 ? 0 : size) : from + newline + 1;
      const start = readBytes(descriptor, 0, Math.min(HEAD_BYTES, readOffset));
      return { ...known.begin(file), ...headOf(start, readOffset), size, mtimeMs, readOffset };
    } finally {
      closeSync(descriptor);
    }
  } catch {
    return null;
  }
}
