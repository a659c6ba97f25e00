/** @module The writing thread of `clew up`: holds the writer lock, indexes, then follows the transcripts until told to stop. */
import { parentPort, workerData } from "node:worker_threads";
import { systemClock } from "../base/clock.ts";
import { ClewError, type ErrorCode } from "../base/error.ts";
import { clewPaths, type Environment } from "../base/paths.ts";
import { ensurePrivateDirectory } from "../base/private-directory.ts";
import { drainSpool } from "../ingest/drain.ts";
import { follow } from "../ingest/follow.ts";
import { writerOf } from "../ingest/imports/import-writer.ts";
import { type SyncMemory, syncMigration } from "../ingest/imports/migration/sync.ts";
import { type LocalStore, openLocalStore, WORKSPACES_SINCE_MS } from "../ingest/index-command.ts";
import { createProcessAdoption } from "../ingest/logs/adopt-processes.ts";
import { createLogIntake } from "../ingest/logs/follow-logs.ts";
import { outlast } from "../ingest/outlast.ts";
import type { Progress } from "../ingest/progress.ts";
import { watchSpool } from "../ingest/spool-watch.ts";
import { systemProcesses } from "../registry/process.ts";
import { discoverAll } from "../sources/source.ts";
import type { WriteResult } from "../store/batch.ts";
import { acquireWriterLock } from "../store/lock.ts";

export interface IngestInput {
  readonly env: Environment;
  readonly configDirs: readonly string[];
  /** Command that this is part of, for whoever finds the writer's lock taken. */
  readonly purpose: string;
}

export type IngestMessage =
  | { readonly kind: "ready" }
  | { readonly kind: "progress"; readonly progress: Progress }
  | { readonly kind: "commit"; readonly seq: number; readonly sessionIds: readonly string[] }
  /** Records of the spool have been committed; `left` could not be read yet. */
  | { readonly kind: "drained"; readonly at: number; readonly files: number; readonly left: number }
  | { readonly kind: "unreadable"; readonly path: string; readonly message: string }
  | { readonly kind: "failed"; readonly code: ErrorCode; readonly message: string }
  | { readonly kind: "stopped" };

const port = parentPort!;
/** Problems of the spool that have been posted. */
const told = new Set<string>();
const post = (message: IngestMessage): void => port.postMessage(message);

async function run(input: IngestInput): Promise<void> {
  const { env } = input;
  const { home, lock: lockPath } = clewPaths(env);
  const lock = acquireWriterLock(lockPath, input.purpose);
  const stop = new AbortController();
  port.on("message", () => stop.abort());
  let isReady = false;
  try {
    await outlast(
      async (works) => {
        const { store, price } = openLocalStore(env, systemClock);
        try {
          if (!isReady) {
            post({ kind: "ready" });
            works();
          }
          isReady = true;
          await keepUp(input, { store, price }, stop.signal, works);
        } finally {
          store.close();
        }
      },
      {
        signal: stop.signal,
        onFailure: (reason) =>
          post({ kind: "unreadable", path: home, message: `${reason}; what comes waits until that is over` }),
      },
    );
  } finally {
    lock.release();
    port.unref(); // removing its listeners would not let the thread end
  }
}

/** Indexes, then takes in what comes, until the signal. */
async function keepUp(
  { env, configDirs }: IngestInput,
  { store, price }: LocalStore,
  signal: AbortSignal,
  works: () => void,
): Promise<void> {
  const { spool } = clewPaths(env);
  ensurePrivateDirectory(spool);
  const onCommit = ({ lastSeq, sessions }: WriteResult) => {
    works();
    post({ kind: "commit", seq: lastSeq, sessionIds: sessions });
  };
  let watcher: ReturnType<typeof watchSpool> | null = null;
  const workspaces = () => store.recentWorkspaces(systemClock() - WORKSPACES_SINCE_MS);
  const logs = createLogIntake({ store, env, clock: systemClock, workspaces, onCommit });
  const writer = writerOf(store, env, systemClock, onCommit);
  const memory: SyncMemory = {};
  const adopt = createProcessAdoption({ store, clock: systemClock, parentOf: systemProcesses.parentOf });
  try {
    await follow({
      store,
      price,
      clock: systemClock,
      signal,
      discover: (paths = configDirs) => discoverAll(paths).files,
      takeIn() {
        const drained = drainSpool({ directory: spool, store, clock: systemClock, onCommit });
        for (const message of drained.problems.filter((problem) => !told.has(problem))) {
          told.add(message);
          post({ kind: "unreadable", path: spool, message });
        }
        if (drained.files > 0) post({ kind: "drained", at: systemClock(), files: drained.files, left: drained.left });
        return drained.transcripts;
      },
      async alongside() {
        const { lines, problems, more } = await logs.takeIn();
        for (const message of problems) post({ kind: "unreadable", path: "a log", message });
        if (lines > 0) adopt();
        await syncMigration({ env, clock: systemClock, writer, memory }).catch((error: Error) => {
          if (told.has(error.message)) return;
          told.add(error.message);
          post({ kind: "unreadable", path: "a directory that is being migrated", message: error.message });
        });
        return more;
      },
      onArrival(wake) {
        watcher = watchSpool(spool, wake);
      },
      onProgress: (progress) => post({ kind: "progress", progress }),
      onCommit,
      onFailure: ({ path, message }) => post({ kind: "unreadable", path, message }),
    });
  } finally {
    (watcher as ReturnType<typeof watchSpool> | null)?.close();
    logs.close();
  }
}

run(workerData as IngestInput).then(
  () => post({ kind: "stopped" }),
  (error: unknown) => {
    post({
      kind: "failed",
      code: error instanceof ClewError ? error.code : "internal",
      message: (error as Error).message,
    });
    port.unref(); // removing its listeners would not let the thread end
  },
);
