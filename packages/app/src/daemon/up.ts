/** @module Everything that runs under `clew up` and `clew daemon`, put together: the writing thread, the dashboard's server, the control socket and the looks at live sessions. */
import { fileURLToPath } from "node:url";
import type { Clock } from "../base/clock.ts";
import { ClewError } from "../base/error.ts";
import { claudeConfigDirs, clewPaths, daemonSocket, type Environment } from "../base/paths.ts";
import { ensurePrivateDirectory } from "../base/private-directory.ts";
import { clewVersion } from "../base/version.ts";
import type { Progress } from "../ingest/progress.ts";
import { liveCounts } from "../query/active.ts";
import { latestSeq } from "../query/changes.ts";
import { LOCAL_TIME_ZONE } from "../query/filter/time-zone.ts";
import { openReader, type Reader } from "../query/reader.ts";
import { discoverAll } from "../sources/source.ts";
import { listSpool, writeSpoolRecord } from "../spool/spool-directory.ts";
import { createApp } from "../surfaces/http/app.ts";
import { loadAssets } from "../surfaces/http/assets.ts";
import { createAuth } from "../surfaces/http/auth.ts";
import { bindQuestions } from "../surfaces/http/bind-questions.ts";
import { createLiveHub, type IndexProgress } from "../surfaces/http/live.ts";
import { dashboardSecret, otlpToken } from "../surfaces/http/secret.ts";
import { serveDashboard } from "../surfaces/http/serve.ts";
import { createClientRegistry } from "./client-registry.ts";
import { openControl } from "./control.ts";
import { askDaemon } from "./control-client.ts";
import { demoEnvironment } from "./demo-environment.ts";
import { watchForFirstSession } from "./first-session.ts";
import { createMcpReceiver } from "./mcp-receiver.ts";
import { createOtlpReceiver } from "./otlp-receiver.ts";
import { createPresence, type Presence } from "./presence-watch.ts";
import { createProcessLook } from "./processes.ts";
import { createSharedWriter, personHere } from "./shared-writer.ts";
import { startIngestPatiently } from "./start-ingest.ts";
import type { DaemonStatus } from "./status.ts";
import { createStatuslineWriter, type StatuslineWriter } from "./statusline-writer.ts";
import { createTitleJudge } from "./title-judge.ts";

/** A command that indexes in the foreground gets this long to finish before a daemon gives up. Milliseconds. */
const LOCK_PATIENCE_MS = 5000;

export interface UpOptions {
  readonly env: Environment;
  readonly clock: Clock;
  /** `clew up` in a terminal, or a daemon: which shows no made-up workspace, and is not there without a control socket. */
  readonly mode?: DaemonStatus["mode"];
  readonly port?: number;
  /** The made-up workspace: true: even where there are transcripts; false: never; by default where there are none. */
  readonly demo?: boolean;
  /** Directories that hold `projects/`; from the environment by default. */
  readonly paths?: readonly string[];
  /** Ends the waiting for the writer's lock, with `locked`. */
  readonly stopped?: Promise<void>;
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
  | { readonly kind: "waiting"; readonly message: string }
  | { readonly kind: "warning"; readonly message: string }
  | { readonly kind: "failed"; readonly error: Error };

export interface RunningClew {
  readonly url: string;
  readonly port: number;
  /** A fresh one-time sign-in link. */
  signInUrl(): string;
  /** Resolves when somebody asks over the control socket that it ends. */
  readonly askedToStop: Promise<void>;
  /** Resolves when there is something of one's own to show instead of the made-up workspace; never, where that was asked for. */
  readonly ownSessions: Promise<void>;
  /** Finishes the running transaction and lets go of socket, lock and database. */
  stop(): Promise<void>;
}

const monotonic = (): number => performance.now();

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

/**
 * Starts everything. Throws `locked` when another process is writing to the same data directory and goes on doing so; a
 * daemon also throws what keeps its control socket from being opened.
 */
export async function startUp(options: UpOptions): Promise<RunningClew> {
  const { clock, onEvent, mode = "up" } = options;
  const startedAt = clock();
  const realDirs = options.paths ?? claudeConfigDirs(options.env);
  const isEmpty = mode === "up" && options.demo === undefined && discoverAll(realDirs).files.length === 0;
  const demo = options.demo ? "asked" : isEmpty ? "empty" : null;
  const { env, configDirs } = demo ? demoEnvironment(options.env, clock) : { env: options.env, configDirs: realDirs };
  const paths = clewPaths(env);
  const warn = (message: string): void => onEvent({ kind: "warning", message });

  let isStopped = false;
  options.stopped?.then(() => {
    isStopped = true;
  });

  const live = createLiveHub();
  // Beside a made-up workspace, too, what is sent is one's own: it waits for the store that is.
  const own = clewPaths(options.env);
  ensurePrivateDirectory(own.home);
  const otlp = createOtlpReceiver({
    spool: own.spool,
    token: otlpToken(own.home),
    maxKilobytes: options.env.CLEW_SPOOL_MAX_KB,
    onFailure: (message) => warn(`telemetry cannot be stored: ${message}`),
  });
  let readingSince: number | null = null;
  let drainedAt: number | null = null;
  let watchers: readonly (Presence | StatuslineWriter)[] = [];
  const ingest = await startIngestPatiently(
    { env: { ...env }, configDirs, purpose: mode === "daemon" ? "daemon run" : "up" },
    {
      onProgress(progress) {
        if (progress.phase === "read") readingSince ??= performance.now();
        else readingSince = null;
        const seconds = readingSince === null ? 0 : (performance.now() - readingSince) / 1000;
        live.progress(toIndexProgress(progress, seconds > 0 ? Math.round(progress.bytesDone / seconds) : 0));
        onEvent({ kind: "progress", progress });
      },
      onCommit(seq, sessionIds) {
        live.publish({ seq, sessionIds });
        for (const watcher of watchers) watcher.changed();
      },
      onDrained: ({ at }) => {
        drainedAt = at;
        otlp.drained();
      },
      onUnreadable: (path, message) => warn(`cannot read ${path}: ${message}`),
      onFailed: (error) => onEvent({ kind: "failed", error }),
    },
    {
      waitMs: LOCK_PATIENCE_MS,
      onWait: (message) => onEvent({ kind: "waiting", message }),
      isHopeless: async () =>
        isStopped || (await askDaemon(daemonSocket(env), "GET /status").catch(() => null)) !== null,
    },
  );

  const opened: (() => unknown)[] = [];
  const stop = async (): Promise<void> => {
    for (const close of opened.reverse()) await close();
  };
  try {
    const reader = openReader(paths.database);
    opened.push(() => reader.close(), ingest.stop);
    live.publish({ seq: latestSeq(reader), sessionIds: [] });
    const auth = createAuth({ clock, secret: dashboardSecret(paths.home) });
    const assets = loadAssets(fileURLToPath(new URL("../web/", import.meta.url)));
    const person = personHere(env);
    const questions = bindQuestions({ reader, clock, person, isTitleGiven: createTitleJudge(env) });
    // A made-up workspace is gone with the next one: what is written there would be, too.
    const writer = demo ? undefined : createSharedWriter({ env, clock, person });
    if (writer) opened.push(writer.close);
    const onError = (error: unknown) => warn(`a question failed: ${(error as Error).message}`);
    const mcp = createMcpReceiver({ env, home: own.home, reader, clock, onError });
    opened.push(mcp.close);
    const server = await serveDashboard({
      appFor: (port) =>
        createApp({ port, questions, auth, live, assets, otlp, mcp, writer, demo: demo !== null, onError }),
      ...(options.port === undefined ? {} : { port: options.port }),
    });
    opened.push(server.close);
    const signInUrl = () => `${server.url}/#c=${auth.issueCode()}`;

    if (!demo) {
      watchers = startWatchers({ reader, env, configDirs: realDirs, clock, warn });
      opened.push(() => {
        for (const watcher of watchers) watcher.stop();
      });
    }
    const firstSession = demo === "empty" ? watchForFirstSession(realDirs, options.env) : null;
    if (firstSession) opened.push(firstSession.stop);

    let askToStop = (): void => {};
    const askedToStop = new Promise<void>((resolve) => {
      askToStop = resolve;
    });
    const status = (): DaemonStatus => ({
      pid: process.pid,
      version: clewVersion(),
      mode,
      started_at: new Date(startedAt).toISOString(),
      url: server.url,
      home: paths.home,
      demo: demo !== null,
      spool: {
        files: listSpool(paths.spool).names.length,
        drained_at: drainedAt === null ? null : new Date(drainedAt).toISOString(),
      },
      sessions: liveCounts(reader),
      memory_bytes: process.memoryUsage.rss(),
      index: live.lastProgress,
    });
    const control = await openControl(daemonSocket(env), { status, signInUrl, stop: () => askToStop() }).catch(
      withoutControl(mode, warn),
    );
    if (control) opened.push(control.close);
    onEvent({ kind: "serving", url: server.url, signInUrl: signInUrl(), demo });
    return {
      url: server.url,
      port: server.port,
      signInUrl,
      askedToStop,
      ownSessions: firstSession?.arrived ?? new Promise(() => {}),
      stop,
    };
  } catch (error) {
    if (opened.length === 0) await ingest.stop();
    await stop();
    throw error;
  }
}

/** In a terminal everything but the control socket works without one. */
function withoutControl(mode: DaemonStatus["mode"], warn: (message: string) => void): (error: unknown) => null {
  return (error) => {
    if (mode === "daemon" || !(error instanceof ClewError) || error.code === "locked") throw error;
    warn(`other commands cannot reach this one: ${error.message}`);
    return null;
  };
}

interface WatcherOptions {
  readonly reader: Reader;
  readonly env: Environment;
  readonly configDirs: readonly string[];
  readonly clock: Clock;
  readonly warn: (message: string) => void;
}

/** Looks after live sessions and the status line, from the main thread: the writing thread may be in a long transaction. */
function startWatchers({
  reader,
  env,
  configDirs,
  clock,
  warn,
}: WatcherOptions): readonly (Presence | StatuslineWriter)[] {
  const paths = clewPaths(env);
  const processes = createProcessLook({ clock, monotonic });
  const presence = createPresence({
    reader,
    processes,
    clients: createClientRegistry(configDirs, clock, processes),
    clock,
    monotonic,
    send: (record) => writeSpoolRecord(paths.spool, record),
    onProblem: warn,
  });
  const statusline = createStatuslineWriter({
    reader,
    path: paths.statusline,
    clock,
    monotonic,
    timeZone: LOCAL_TIME_ZONE,
    onProblem: warn,
  });
  const watchers = [presence, statusline];
  for (const watcher of watchers) watcher.start();
  return watchers;
}
