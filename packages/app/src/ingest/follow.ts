/**
 * @module Keeps a store up to date: looks at the files that changed lately every second, at all of them every few seconds.
 * No file watcher: appends through a descriptor held open raise no event on some systems, and watching thousands of
 * paths runs out of handles; looking costs 10 ms for 5,000 files.
 */
import { existsSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import type { SourceFile } from "../model/source-file.ts";
import type { RunOptions } from "./run.ts";
import { runOnce } from "./run.ts";

/** How often the files in use are looked at, and all of them. */
const HOT_EVERY_MS = 1000;
const SWEEP_EVERY_MS = 15_000;
/** Finding the files may take a thousandth of the time until the next look at everything, but that one comes within a minute. */
const SWEEP_SHARE = 1000;
const SWEEP_AT_LEAST_EVERY_MS = 60_000;
/** A file counts as in use this long after its last change. */
const HOT_FOR_MS = 30 * 60 * 1000;

export interface FollowOptions extends Omit<RunOptions, "files" | "complete" | "signal"> {
  /** All files, or those of the given transcripts alone. */
  readonly discover: (paths?: readonly string[]) => readonly SourceFile[];
  readonly signal: AbortSignal;
  /**
   * Takes in what has come from elsewhere in the meantime: at every look, and between the transactions of a long run.
   * Answers which transcripts it named: there something is being written.
   */
  readonly takeIn?: () => readonly string[];
  /**
   * Reads a bounded piece of what comes by other files, at every look and never inside a run. Answers whether there is more
   * to read at once.
   */
  readonly alongside?: () => Promise<boolean>;
  /** Calls back when something has come, so that it is taken in at once. */
  readonly onArrival?: (wake: () => void) => void;
  /** After the first complete run. */
  readonly onCaughtUp?: () => void;
}

/** A known file as it is now; null when it is gone. */
function lookAgain(file: SourceFile): SourceFile | null {
  try {
    const { size, mtimeMs } = statSync(file.path);
    return { ...file, size, mtimeMs };
  } catch {
    return null;
  }
}

/** A transcript and the directory beside it where its subagents write. */
function placesOf(transcripts: ReadonlySet<string>): string[] {
  return [...transcripts].flatMap((path) => [path, path.replace(/\.jsonl$/u, "")]).filter((path) => existsSync(path));
}

/**
 * Where new files appear: the directories of the transcripts and those above them, and for transcripts in use also those
 * that their subagents write to. Their times tell of a new entry without reading them.
 */
function createDirectoryLook() {
  let times = new Map<string, number>();
  const timeOf = (path: string): number => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  return {
    remember(files: readonly SourceFile[], now: number): void {
      const paths = new Set<string>();
      for (const { path, kind, mtimeMs } of files) {
        if (kind !== "transcript") continue;
        paths.add(dirname(path));
        paths.add(dirname(dirname(path)));
        if (now - mtimeMs > HOT_FOR_MS) continue;
        const beside = path.replace(/\.jsonl$/u, "");
        paths.add(beside);
        paths.add(join(beside, "subagents"));
      }
      times = new Map([...paths].map((path) => [path, times.get(path) ?? timeOf(path)]));
    },
    /** Those that have got or lost an entry since they were looked at. */
    changed(): string[] {
      const changed: string[] = [];
      for (const [path, time] of times) {
        const now = timeOf(path);
        if (now === time) continue;
        times.set(path, now);
        if (now > 0) changed.push(path);
      }
      return changed;
    },
  };
}

/** Runs until the signal aborts. */
export async function follow(options: FollowOptions): Promise<void> {
  const { discover, signal, clock, takeIn = () => [] } = options;
  const alarm = createAlarm(signal);
  options.onArrival?.(alarm.ring);
  let files: readonly SourceFile[] = [];
  let nextSweep = Number.NEGATIVE_INFINITY;
  let first = true;
  const directories = createDirectoryLook();
  const named = new Set<string>();
  const intake = () => {
    for (const path of takeIn()) named.add(path);
  };
  const run = (list: readonly SourceFile[], complete: boolean) =>
    runOnce({
      ...options,
      files: list,
      complete,
      onCommit(result) {
        options.onCommit?.(result);
        if (alarm.isRung()) intake();
      },
    });
  while (!signal.aborted) {
    alarm.reset();
    intake();
    if (performance.now() >= nextSweep) {
      const started = performance.now();
      files = discover();
      const pause = Math.min(
        SWEEP_AT_LEAST_EVERY_MS,
        Math.max(SWEEP_EVERY_MS, (performance.now() - started) * SWEEP_SHARE),
      );
      directories.remember(files, clock());
      await run(files, true);
      nextSweep = performance.now() + pause;
      if (first) options.onCaughtUp?.();
      first = false;
    } else {
      const places = [...placesOf(named), ...directories.changed()];
      const known = places.length === 0 ? null : new Set(files.map((file) => file.path));
      const added = known ? discover(places).filter((file) => !known.has(file.path)) : [];
      const hotSince = clock() - HOT_FOR_MS;
      const hot = files.filter((file) => file.mtimeMs > hotSince || (named.size > 0 && named.has(file.path)));
      const now = hot.map(lookAgain);
      const changed = now.filter(
        (file, i): file is SourceFile =>
          file !== null && (file.size !== hot[i]!.size || file.mtimeMs !== hot[i]!.mtimeMs),
      );
      named.clear();
      if (changed.length + added.length > 0) {
        await run([...changed, ...added], false);
        const byPath = new Map(changed.map((file) => [file.path, file]));
        files = [...files.map((file) => byPath.get(file.path) ?? file), ...added];
        if (added.length > 0) directories.remember(files, clock());
      }
    }
    const hasMore = (await options.alongside?.()) ?? false;
    if (!hasMore) await alarm.wait(HOT_EVERY_MS);
  }
}

/** A pause that ends early when somebody rings. */
function createAlarm(signal: AbortSignal) {
  let rung = false;
  let end = (): void => {};
  return {
    ring(): void {
      rung = true;
      end();
    },
    isRung: () => rung,
    reset(): void {
      rung = false;
    },
    wait: (ms: number): Promise<void> =>
      new Promise((resolve) => {
        if (rung || signal.aborted) return resolve();
        const timer = setTimeout(done, ms);
        signal.addEventListener("abort", done, { once: true });
        end = done;
        function done(): void {
          clearTimeout(timer);
          signal.removeEventListener("abort", done);
          end = () => {};
          resolve();
        }
      }),
  };
}
