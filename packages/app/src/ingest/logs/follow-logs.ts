/**
 * @module Keeps up with log files: looks at those in use every second, at all of them now and then, and reads what has been
 * appended, a bounded piece at each call. No file watcher, for the reasons that ingest/follow.ts gives.
 */
import { readdirSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Clock } from "../../base/clock.ts";
import { claudeConfigDirs, clewPaths, type Environment } from "../../base/paths.ts";
import type { WriteResult } from "../../store/batch.ts";
import type { Store } from "../../store/store.ts";
import { type FoundFile, findLogFiles } from "./find-files.ts";
import { GZ_LIMITS, type GzLimits } from "./gz-reader.ts";
import { createKnownFiles, type KnownFiles } from "./known-files.ts";
import { createLogBatch, type LogBatch } from "./log-batch.ts";
import { type LogSources, readLogSources } from "./log-source.ts";
import { readStep, type Step } from "./read-step.ts";
import { type TrackedFile, trackFile } from "./tracked-file.ts";

export interface IntakeLimits {
  /** Of one call, milliseconds and bytes of text: then others have their turn. */
  readonly callMs: number;
  readonly callBytes: number;
  /** Of one transaction. */
  readonly batchBytes: number;
  readonly batchLines: number;
  /** A last line is taken for complete when nothing has come for so long. */
  readonly quietMs: number;
  /** How often files in use are looked at, and all of them. */
  readonly lookMs: number;
  readonly sweepMs: number;
  readonly gz: GzLimits;
}

export const INTAKE_LIMITS: IntakeLimits = {
  callMs: 50,
  callBytes: 8 * 1024 * 1024,
  batchBytes: 1024 * 1024,
  batchLines: 500,
  quietMs: 1500,
  lookMs: 900,
  sweepMs: 15_000,
  gz: GZ_LIMITS,
};

/** Looking for files may take a fiftieth of the time when directories change, a thousandth when they do not. */
const EAGER_SHARE = 50;
const SWEEP_SHARE = 1000;
const SWEEP_AT_LEAST_EVERY_MS = 60_000;
/** A file counts as in use this long after its last change. */
const HOT_FOR_MS = 30 * 60 * 1000;
/** The system may allow later what it does not allow now, without any change to the file. */
const REFUSED: ReadonlySet<string> = new Set(["EACCES", "EPERM", "EMFILE", "ENFILE", "EIO"]);
/** Names that are looked through for a file that has another one now. */
const MOST_NEIGHBOURS = 2000;

export interface LogIntakeOptions {
  readonly store: Pick<Store, "logFiles" | "writeLog">;
  readonly env: Environment;
  readonly clock: Clock;
  /** Directories of the workspaces that are known: their interaction logs are read. */
  readonly workspaces?: () => readonly string[];
  /** In place of those that config.yaml names. */
  readonly sources?: () => LogSources | Promise<LogSources>;
  readonly onCommit?: (result: WriteResult) => void;
  readonly limits?: Partial<IntakeLimits>;
  /** IANA name of the zone of times that name none; default: this machine's. */
  readonly zone?: string;
  /** Milliseconds of a clock that only goes forward. */
  readonly elapsed?: () => number;
}

export interface TakenIn {
  /** Records that were stored, and files that they are from. */
  readonly lines: number;
  readonly files: number;
  /** Sentences about what cannot be read, each once. */
  readonly problems: readonly string[];
  /** There is more to read at once: the call has used up its share. */
  readonly more: boolean;
}

export interface LogIntake {
  /** `everything`: looks at all files now, and takes last lines for complete, because nobody will look again soon. */
  takeIn(options?: { readonly everything?: boolean }): Promise<TakenIn>;
  close(): void;
}

export function createLogIntake(options: LogIntakeOptions): LogIntake {
  const { store, env, clock, workspaces = () => [], onCommit, elapsed = () => performance.now() } = options;
  const limits: IntakeLimits = { ...INTAKE_LIMITS, ...options.limits };
  const zone = options.zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
  const readSources = options.sources ?? (() => readLogSources(env, workspaces()));
  const skip = [clewPaths(env).home, ...claudeConfigDirs(env)];
  const files = new Map<string, TrackedFile>();
  const told = new Set<string>();
  const directories = new Map<string, number>();
  let known: KnownFiles | null = null;
  let batch: LogBatch | null = null;
  let problems: string[] = [];
  let lastLook = Number.NEGATIVE_INFINITY;
  let sweepEnd = Number.NEGATIVE_INFINITY;
  let sweepMs = 0;
  let wantsSweep = true;
  let hasMore = false;

  const isQuiet = (file: TrackedFile): boolean => Math.abs(clock() - file.seen.mtimeMs) >= limits.quietMs;

  function tell(sentence: string): void {
    if (told.has(sentence)) return;
    if (told.size > 10_000) told.clear();
    told.add(sentence);
    problems.push(sentence);
  }

  /** The same file at its path; null when it is gone or is another one. */
  function lookAt({ path, device, inode, source }: FoundFile): FoundFile | null {
    const stat = statSync(path, { bigint: true, throwIfNoEntry: false });
    if (!stat?.isFile() || String(stat.ino) !== inode || String(stat.dev) !== device) return null;
    return { path, device, inode, source, size: Number(stat.size), mtimeMs: Number(stat.mtimeNs / 1000n) / 1000 };
  }

  const peek = (seen: FoundFile): FoundFile | null => {
    try {
      return lookAt(seen);
    } catch {
      return null;
    }
  };

  async function sweep(): Promise<void> {
    const started = elapsed();
    const { sources, problems: wrong } = await readSources();
    const found = findLogFiles(sources, skip);
    for (const sentence of [...wrong, ...found.problems]) tell(sentence);
    const left = new Map(files);
    for (const seen of found.files) {
      const key = `${seen.device}:${seen.inode}`;
      const file = files.get(key);
      left.delete(key);
      if (!file) files.set(key, trackFile(seen, known!.of(seen.device, seen.inode)));
      else {
        // What has its name now may have its inode only: reading tells.
        if (file.seen.path !== seen.path) file.readSize = null;
        file.seen = seen;
        file.source = seen.source;
        file.isStray = false;
        if (file.wasRefused) file.readSize = null;
        file.wasRefused = false;
      }
    }
    for (const [key, file] of left) leave(key, file);
    directories.clear();
    for (const { seen } of files.values()) directories.set(dirname(seen.path), timeOf(dirname(seen.path)));
    sweepEnd = elapsed();
    sweepMs = sweepEnd - started;
    wantsSweep = false;
  }

  function keep({ state }: TrackedFile): void {
    if (!state || state.readOffset === 0) return;
    known!.put(state);
    batch!.add([], state);
  }

  /** A file that no source names any more: it has another name now, it is gone, or nobody wants it. */
  function leave(key: string, file: TrackedFile): void {
    const isThere = peek(file.seen) !== null;
    const path = isThere ? file.seen.path : neighbour(file.seen);
    const isUnread =
      file.readSize === null || file.waits || file.hasMore || (file.state?.readOffset ?? 0) < file.seen.size;
    if (path !== null && (file.isStray || !isThere) && (isUnread || !isQuiet(file))) {
      file.isStray = true;
      if (path !== file.seen.path) {
        file.seen = peek({ ...file.seen, path }) ?? file.seen;
        file.readSize = null;
      }
      return;
    }
    file.gz?.close();
    files.delete(key);
    if ((isThere && !file.isStray) || !file.state) return;
    file.state = { ...file.state, status: path === null ? "missing" : "rotated" };
    keep(file);
  }

  /** The name that a file has got in its directory; null: none. */
  function neighbour(seen: FoundFile): string | null {
    try {
      const names = readdirSync(dirname(seen.path)).slice(0, MOST_NEIGHBOURS);
      return names.map((name) => join(dirname(seen.path), name)).find((path) => peek({ ...seen, path })) ?? null;
    } catch {
      return null;
    }
  }

  function look(): void {
    const since = clock() - HOT_FOR_MS;
    for (const file of files.values()) {
      if (file.seen.mtimeMs < since && !file.waits) continue;
      const seen = peek(file.seen);
      if (seen) file.seen = seen;
      else wantsSweep = true;
    }
    for (const [path, time] of directories) if (timeOf(path) !== time) wantsSweep = true;
  }

  /** Looks for what has changed, as often as that is due. */
  async function lookAround(everything: boolean): Promise<void> {
    const now = elapsed();
    // The calls of one long reading look once.
    if (everything) return hasMore ? undefined : sweep();
    if (now - lastLook < limits.lookMs) return;
    lastLook = now;
    look();
    const pause = Math.min(SWEEP_AT_LEAST_EVERY_MS, Math.max(limits.sweepMs, sweepMs * SWEEP_SHARE));
    const isDue = now - sweepEnd >= pause || (wantsSweep && now - sweepEnd >= sweepMs * EAGER_SHARE);
    if (isDue) await sweep();
  }

  const isToRead = (file: TrackedFile, everything: boolean): boolean =>
    file.hasMore ||
    file.seen.size !== file.readSize ||
    file.seen.mtimeMs !== file.readMtimeMs ||
    (file.waits && (everything || isQuiet(file)));

  /** Bytes that were read. */
  async function step(file: TrackedFile, everything: boolean): Promise<number> {
    const { path, size, mtimeMs } = file.seen;
    const { batchBytes, batchLines, gz } = limits;
    let read: Step;
    try {
      read = await readStep(file, {
        known: known!,
        zone,
        now: clock(),
        isQuiet: everything || isQuiet(file),
        batchBytes,
        batchLines,
        gzLimits: gz,
      });
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? "";
      file.wasRefused = REFUSED.has(code);
      if (code === "ENOENT") wantsSweep = true;
      else tell(`${path} cannot be read: ${(error as Error).message}`);
      // Not again before it changes.
      file.readSize = size;
      file.readMtimeMs = mtimeMs;
      file.hasMore = file.waits = false;
      return 0;
    }
    // Outside: what fails here is the store.
    const last = read.progress.at(-1);
    for (const one of read.progress.slice(0, -1)) batch!.add([], one);
    if (last) batch!.add(read.events, last);
    return read.bytes;
  }

  async function takeIn({ everything = false } = {}): Promise<TakenIn> {
    const started = elapsed();
    batch = createLogBatch({ store, bytes: limits.batchBytes, lines: limits.batchLines, onCommit });
    problems = [];
    const touched = new Set<TrackedFile>();
    let bytes = 0;
    let more = false;
    try {
      if (!known) {
        known = createKnownFiles(store.logFiles.list());
        await sweep();
      } else await lookAround(everything);
      const queue = [...files.values()].filter((file) => isToRead(file, everything));
      while (queue.length > 0) {
        more = bytes >= limits.callBytes || elapsed() - started >= limits.callMs;
        if (more) break;
        const file = queue.shift()!;
        const read = await step(file, everything);
        bytes += read;
        if (read > 0) touched.add(file);
        if (file.hasMore) queue.push(file);
      }
      batch.flush();
      hasMore = more;
    } catch (error) {
      // What stands in memory may be ahead of the store.
      forget();
      throw error;
    }
    return { lines: batch.lines, files: touched.size, problems, more };
  }

  function forget(): void {
    for (const file of files.values()) file.gz?.close();
    files.clear();
    known = null;
    wantsSweep = true;
    hasMore = false;
  }

  return { takeIn, close: forget };
}

function timeOf(path: string): number {
  try {
    return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  } catch {
    return 0;
  }
}
