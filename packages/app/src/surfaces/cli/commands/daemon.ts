/** @module `clew daemon run|start|stop|status`: what records and serves in the background. */
import { ClewError } from "../../../base/error.ts";
import { daemonSocket } from "../../../base/paths.ts";
import { noteProgram } from "../../../base/program-file.ts";
import type { DaemonStatus } from "../../../daemon/status.ts";
import type { UpEvent } from "../../../daemon/up.ts";
import { oneOf } from "../arguments.ts";
import { type CliCommand, type Invocation, JSON_FLAG, textFlag } from "../command.ts";
import type { CliContext } from "../context.ts";
import { bytes, count, duration } from "../render/formats.ts";
import { bold, dim } from "../render/piece.ts";
import { portOf } from "./up.ts";

const ACTIONS = ["run", "start", "stop", "status"] as const;

export const daemonCommand: CliCommand = {
  summary: "keep recording and serving in the background: run, start, stop, status",
  operands: "run|start|stop|status",
  arity: [1, 1],
  flags: { port: { type: "string", description: "port on 127.0.0.1", valueHint: "N" }, ...JSON_FLAG },
  examples: ["clew daemon start", "clew daemon status --json", "clew daemon stop", "clew daemon run"],
  run(invocation) {
    const action = oneOf("daemon", invocation.operands[0], ACTIONS, "status");
    return { run, start, stop, status }[action](invocation);
  },
};

/** In the foreground: what service units and `start` execute. Says what it does in its log, or on the terminal. */
async function run({ context, flags }: Invocation): Promise<number> {
  const { env, clock, out } = context;
  const port = portOf(textFlag(flags, "port"));
  const [{ startUp }, { createDaemonLog }, { daemonLogPath }, { askDaemon }] = await Promise.all([
    import("../../../daemon/up.ts"),
    import("../../../daemon/log.ts"),
    import("../../../daemon/detached.ts"),
    import("../../../daemon/control-client.ts"),
  ]);
  const log = createDaemonLog(daemonLogPath(env), clock);
  const say = out.isTerminal ? (text: string) => out.line(text) : log.line;
  const refuseSecond = async (): Promise<void> => {
    const other = await askDaemon(daemonSocket(env), "GET /status").catch(() => null);
    if (!other) return;
    const what = other.mode === "daemon" ? "a daemon" : "`clew up`";
    throw new ClewError("locked", `${what} runs already (process ${other.pid}): \`clew daemon stop\` ends it`);
  };
  await refuseSecond();
  let failed: Error | null = null;
  let fail = (): void => {};
  const failure = new Promise<void>((resolve) => {
    fail = resolve;
  });
  const tellProgress = progressTeller(say);
  const clew = await startUp({
    env,
    clock,
    mode: "daemon",
    stopped: context.stopped,
    ...(port !== undefined && { port }),
    onEvent(event) {
      if (event.kind === "progress") tellProgress(event);
      else if (event.kind === "failed") {
        failed = event.error;
        fail();
      } else if (event.kind === "serving") say(`serving ${event.url} (process ${process.pid})`);
      else say(`${event.kind}: ${event.message}`);
    },
  }).catch(async (error: unknown) => {
    if (error instanceof ClewError && error.code === "locked") await refuseSecond();
    throw error;
  });
  await Promise.race([context.stopped, clew.askedToStop, failure]);
  await clew.stop();
  if (failed) throw failed;
  say("stopped");
  return 0;
}

/** The first reading of everything, begun and done; what comes later is no news. */
function progressTeller(say: (text: string) => void): (event: UpEvent & { readonly kind: "progress" }) => void {
  let stage = 0;
  return ({ progress }) => {
    if (stage === 0) say(`indexing ${count(progress.filesTotal)} files, ${bytes(progress.bytesTotal)}`);
    if (stage < 2 && progress.phase === "done") say("indexing done");
    stage = progress.phase === "done" ? 2 : Math.max(stage, 1);
  };
}

async function start({ context, flags }: Invocation): Promise<number> {
  const { env, out } = context;
  const port = portOf(textFlag(flags, "port"));
  noteProgram(env);
  const { startDetached } = await import("../../../daemon/detached.ts");
  const { status: found, already } = await startDetached(env, port === undefined ? {} : { port });
  if (flags.json) out.json({ started: !already, ...running(found) });
  else {
    const who = found.mode === "daemon" ? "The daemon" : "`clew up`";
    out.line(already ? `${who} runs already` : "The daemon is running", ` (process ${found.pid}): `, bold(found.url));
    out.line(dim("`clew up` signs a browser in; `clew daemon stop` ends it."));
  }
  return 0;
}

async function stop({ context, flags }: Invocation): Promise<number> {
  const { env, out } = context;
  const { stopDaemon } = await import("../../../daemon/detached.ts");
  const stopped = await stopDaemon(env);
  if (flags.json) out.json({ stopped: stopped !== null, pid: stopped?.pid ?? null });
  else out.line(stopped ? `Stopped (process ${stopped.pid}).` : "No daemon is running.");
  return 0;
}

async function status({ context, flags }: Invocation): Promise<number> {
  const { env, out } = context;
  const { askDaemon } = await import("../../../daemon/control-client.ts");
  const found = await askDaemon(daemonSocket(env), "GET /status");
  if (flags.json) out.json(found ? running(found) : { running: false, socket: daemonSocket(env) });
  else if (found) describe(context, found);
  else out.line("No daemon is running: `clew daemon start` starts one.");
  return found ? 0 : 1;
}

function running(found: DaemonStatus): Readonly<Record<string, unknown>> {
  return { running: true, ...found };
}

function describe({ out, clock }: CliContext, found: DaemonStatus): void {
  const { sessions, spool, index } = found;
  const ago = (time: string): string => `${duration(Math.max(0, clock() - Date.parse(time)))} ago`;
  const row = (name: string, value: string): void => out.line(dim(name.padEnd(10)), value);
  row("running", `process ${found.pid}, ${found.mode === "daemon" ? "clew daemon" : "clew up"} ${found.version}`);
  row("since", `${found.started_at} (${ago(found.started_at)})`);
  row("dashboard", found.url);
  row("data", found.home);
  row("sessions", `${sessions.waiting} waiting, ${sessions.working} working, ${sessions.idle + sessions.failed} idle`);
  row(
    "spool",
    `${count(spool.files)} waiting, ${spool.drained_at ? `last taken in ${ago(spool.drained_at)}` : "none taken in yet"}`,
  );
  row("memory", bytes(found.memory_bytes));
  if (index.phase === "idle") row("indexing", "up to date");
  else row("indexing", `${count(index.files_done)} of ${count(index.files)} files, ${bytes(index.bytes_done)}`);
}
