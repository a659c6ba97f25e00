/** @module For tests: a store of log lines in memory, and a directory with log files that an intake follows. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { decodeSpoolRecord } from "../../base/spool-record.ts";
import type { LiveEvent, WriteResult } from "../../store/batch.ts";
import type { LogFileProgress, LogFileRow } from "../../store/log-file-table.ts";
import { createLogIntake, type IntakeLimits, type LogIntake, type TakenIn } from "./follow-logs.ts";
import type { LogSource } from "./log-source.ts";

export interface MemoryStore {
  readonly events: Map<string, LiveEvent>;
  readonly rows: Map<string, LogFileProgress>;
  readonly logFiles: { list(): readonly LogFileRow[] };
  writeLog(events: readonly LiveEvent[], progress: readonly LogFileProgress[]): WriteResult;
  /** Transactions so far. */
  writes: number;
  /** Thrown by the next write, which then stores nothing. */
  failure: Error | null;
}

/** Keeps each event once, as the real one does. */
export function createMemoryStore(): MemoryStore {
  const events = new Map<string, LiveEvent>();
  const rows = new Map<string, LogFileProgress>();
  const store: MemoryStore = {
    events,
    rows,
    writes: 0,
    failure: null,
    logFiles: { list: () => [...rows.values()].map((row, fileId) => ({ ...row, fileId })) },
    writeLog(list, progress) {
      const { failure } = store;
      store.failure = null;
      if (failure) throw failure;
      store.writes++;
      const before = events.size;
      for (const event of list) if (!events.has(event.eventId)) events.set(event.eventId, event);
      for (const row of progress) rows.set(`${row.device}:${row.inode}:${row.generation}`, { ...row });
      return { lastSeq: 0, events: events.size - before, responses: 0, problems: 0, sessions: [] };
    },
  };
  return store;
}

/** The text of an event's record. */
export function textOf(event: Pick<LiveEvent, "body">): string {
  return decodeSpoolRecord(event.body)!.body.toString("utf8");
}

export interface LogBed {
  readonly directory: string;
  readonly store: MemoryStore;
  path(name: string): string;
  /** A new intake on the same store, as after a restart. */
  restart(): void;
  /** Moves the clock on. */
  pass(ms: number): void;
  take(options?: { readonly everything?: boolean }): Promise<TakenIn>;
  /** Takes until there is no more. */
  takeAll(): Promise<readonly string[]>;
  /** Texts of all records, sorted. */
  texts(): readonly string[];
  remove(): void;
}

export function createLogBed(
  sources: (path: (name: string) => string) => readonly LogSource[],
  limits: Partial<IntakeLimits> = {},
): LogBed {
  const directory = mkdtempSync(join(tmpdir(), "clew-logs-"));
  const path = (name: string): string => join(directory, name);
  const store = createMemoryStore();
  let passed = 0;
  let ticks = 0;
  let intake: LogIntake | null = null;
  const restart = (): void => {
    intake?.close();
    intake = createLogIntake({
      store,
      env: { HOME: directory, CLEW_HOME: path("clew-home") },
      clock: () => Date.now() + passed,
      sources: () => ({ sources: sources(path), problems: [] }),
      limits: { callMs: Number.POSITIVE_INFINITY, ...limits },
      zone: "UTC",
      // Every call is late enough for a look at everything.
      elapsed: () => (ticks += 100_000),
    });
  };
  restart();
  const bed: LogBed = {
    directory,
    store,
    path,
    restart,
    pass(ms) {
      passed += ms;
    },
    take: (options) => intake!.takeIn(options),
    async takeAll() {
      const problems: string[] = [];
      for (let taken = await intake!.takeIn(); ; taken = await intake!.takeIn()) {
        problems.push(...taken.problems);
        if (!taken.more && taken.lines === 0) return problems;
      }
    },
    texts: () => [...store.events.values()].map(textOf).sort(),
    remove() {
      intake?.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
  return bed;
}
