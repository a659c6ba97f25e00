/** @module `clew up`: the writing thread, the dashboard's server and what the terminal says, put together. */
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Clock } from "../base/clock.ts";
import { claudeConfigDirs, clewPaths, type Environment } from "../base/paths.ts";
import { writeDemoTranscripts } from "../demo/write-demo.ts";
import type { Progress } from "../ingest/progress.ts";
import { latestSeq } from "../query/changes.ts";
import { openReader } from "../query/reader.ts";
import { discoverAll } from "../sources/source.ts";
import { acquireWriterLock } from "../store/lock.ts";
import { createApp } from "../surfaces/http/app.ts";
import { loadAssets } from "../surfaces/http/assets.ts";
import { createAuth } from "../surfaces/http/auth.ts";
import { bindQuestions } from "../surfaces/http/bind-questions.ts";
import { createLiveHub, type IndexProgress } from "../surfaces/http/live.ts";
import { dashboardSecret } from "../surfaces/http/secret.ts";
import { serveDashboard } from "../surfaces/http/serve.ts";
import { startIngest } from "./ingest-worker.ts";

export interface UpOptions {
  readonly env: Environment;
  readonly clock: Clock;
  readonly port?: number;
  /** Show the made-up workspace even where there are transcripts. */
  readonly demo?: boolean;
  /** Directories that hold `projects/`; from the environment by default. */
  readonly paths?: readonly string[];
  readonly onEvent: (event: UpEvent) => void;
}

export type UpEvent =
  | {
      readonly kind: "serving";
      readonly url: string;
      readonly signInUrl: string;
      readonly demo: "asked" | "empty" | null;
    }
  | { readonly kind: "progress"; readonly progress: Progress }
  | { readonly kind: "warning"; readonly message: string }
  | { readonly kind: "failed"; readonly error: Error };

export interface RunningClew {
  readonly url: string;
  /** A fresh one-time sign-in link. */
  signInUrl(): string;
  /** Finishes the running transaction and lets go of socket, lock and database. */
  stop(): Promise<void>;
}

/** The made-up workspace lives in a data directory of its own: it never mixes with real sessions. */
function demoEnvironment(
  env: Environment,
  clock: Clock,
): { readonly env: Environment; readonly configDirs: readonly string[] } {
  const home = join(clewPaths(env).home, "demo");
  // Taken and let go: throws when another demo still runs on it.
  acquireWriterLock(join(home, "writer.lock"), "up --demo").release();
  rmSync(home, { recursive: true, force: true });
  const directory = join(home, "claude");
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  writeDemoTranscripts({ directory, now: clock(), seed: "clew" });
  return { env: { ...env, CLEW_HOME: home }, configDirs: [directory] };
}

function toIndexProgress(progress: Progress, bytesPerSecond: number): IndexProgress {
  const phases = { usage: "usage", read: "text", done: "idle" } as const;
  return {
    phase: phases[progress.phase],
    files_done: progress.filesDone,
    files: progress.filesTotal,
    bytes_done: progress.bytesDone,
    bytes: progress.bytesTotal,
    bytes_per_second: bytesPerSecond,
    seconds_left: progress.secondsLeft ?? null,
  };
}

/** Starts everything. Throws `locked` when another process is writing to the same data directory. */
export async function startUp(options: UpOptions): Promise<RunningClew> {
  const { clock, onEvent } = options;
  const realDirs = options.paths ?? claudeConfigDirs(options.env);
  const isEmpty = !options.demo && discoverAll(realDirs).files.length === 0;
  const demo = options.demo ? "asked" : isEmpty ? "empty" : null;
  const { env, configDirs } = demo ? demoEnvironment(options.env, clock) : { env: options.env, configDirs: realDirs };
  const paths = clewPaths(env);

  const live = createLiveHub();
  let readingSince: number | null = null;
  const ingest = await startIngest(
    { env: { ...env }, configDirs },
    {
      onProgress(progress) {
        if (progress.phase === "read") readingSince ??= performance.now();
        else readingSince = null;
        const seconds = readingSince === null ? 0 : (performance.now() - readingSince) / 1000;
        live.progress(toIndexProgress(progress, seconds > 0 ? Math.round(progress.bytesDone / seconds) : 0));
        onEvent({ kind: "progress", progress });
      },
      onCommit: (seq, sessionIds) => live.publish({ seq, sessionIds }),
      onUnreadable: (path, message) => onEvent({ kind: "warning", message: `cannot read ${path}: ${message}` }),
      onFailed: (error) => onEvent({ kind: "failed", error }),
    },
  );

  const reader = openReader(paths.database);
  live.publish({ seq: latestSeq(reader), sessionIds: [] });
  const auth = createAuth({ clock, secret: dashboardSecret(paths.home) });
  const assets = loadAssets(fileURLToPath(new URL("../web/", import.meta.url)));
  const questions = bindQuestions({ reader, clock });
  const onError = (error: unknown) =>
    onEvent({ kind: "warning", message: `a question failed: ${(error as Error).message}` });
  const server = await serveDashboard({
    appFor: (port) => createApp({ port, questions, auth, live, assets, demo: demo !== null, onError }),
    ...(options.port === undefined ? {} : { port: options.port }),
  }).catch(async (error: unknown) => {
    reader.close();
    await ingest.stop();
    throw error;
  });
  const signInUrl = () => `${server.url}/#c=${auth.issueCode()}`;
  onEvent({ kind: "serving", url: server.url, signInUrl: signInUrl(), demo });
  return {
    url: server.url,
    signInUrl,
    async stop() {
      await server.close();
      await ingest.stop();
      reader.close();
    },
  };
}
