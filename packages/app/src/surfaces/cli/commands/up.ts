/** @module `clew up`: the dashboard, kept current until Ctrl-C; or the way into the one that a daemon keeps. */
import { ClewError } from "../../../base/error.ts";
import { daemonSocket, type Environment } from "../../../base/paths.ts";
import { noteProgram } from "../../../base/program-file.ts";
import type { UpEvent, UpOptions } from "../../../daemon/up.ts";
import { wholeNumber } from "../arguments.ts";
import { type CliCommand, type Invocation, textFlag } from "../command.ts";
import type { CliContext } from "../context.ts";
import { onEnter } from "../enter-key.ts";
import { openBrowser } from "../open-browser.ts";
import { progressPrinter } from "../progress.ts";
import { bold, dim, styled } from "../render/piece.ts";

export const upCommand: CliCommand = {
  summary: "index what this machine has, keep it current, and open the dashboard",
  operands: "",
  arity: [0, 0],
  flags: {
    demo: { type: "boolean", description: "show a made-up workspace instead of your own sessions" },
    detach: { type: "boolean", description: "leave it running in the background (clew daemon start)" },
    port: { type: "string", description: "port on 127.0.0.1", valueHint: "N" },
    open: { type: "boolean", description: "do not open a browser", default: true },
    json: { type: "boolean", description: "print the address as JSON" },
  },
  examples: ["clew up", "clew up --demo", "clew up --detach", "clew up --port 4000 --no-open"],
  async run(invocation) {
    const { context, flags } = invocation;
    const port = portOf(textFlag(flags, "port"));
    noteProgram(context.env);
    if (flags.detach) {
      if (flags.demo) throw new ClewError("usage", "--detach keeps your own sessions current: it takes no --demo");
      const { startDetached } = await import("../../../daemon/detached.ts");
      await startDetached(context.env, port === undefined ? {} : { port });
    }
    if (await enter(invocation, await socketsFor(context.env, flags.demo === true))) return 0;
    try {
      return await serve(invocation, port);
    } catch (error) {
      // Another one was quicker, or shows the made-up workspace.
      const own = flags.demo ? [] : await socketsFor(context.env, false);
      const sockets = [...own, ...(await socketsFor(context.env, true))];
      if (isLocked(error) && (await enter(invocation, sockets))) return 0;
      throw error;
    }
  },
};

/** A port from a flag; throws `usage`. */
export function portOf(text: string | undefined): number | undefined {
  const port = text === undefined ? undefined : wholeNumber("port", text, 0);
  if (port !== undefined && port > 65_535)
    throw new ClewError("usage", `--port ${port} is too high: ports end at 65535`);
  return port;
}

const isLocked = (error: unknown): boolean => error instanceof ClewError && error.code === "locked";

/** Where a running one may be reached: of one's own sessions, of the made-up workspace. */
async function socketsFor(env: Environment, demo: boolean): Promise<readonly string[]> {
  if (!demo) return [daemonSocket(env)];
  const { demoHome } = await import("../../../daemon/demo-environment.ts");
  return [daemonSocket({ ...env, CLEW_HOME: demoHome(env) })];
}

/** Shows a fresh link of the one that runs already; false when none does. */
async function enter({ context, flags }: Invocation, sockets: readonly string[]): Promise<boolean> {
  const { askDaemon } = await import("../../../daemon/control-client.ts");
  for (const socket of sockets) {
    const status = await askDaemon(socket, "GET /status").catch(() => null);
    const link = status && (await askDaemon(socket, "POST /sign-in").catch(() => null));
    if (!status || !link) continue;
    const { out, isInteractive } = context;
    if (flags.json) out.json({ url: status.url, sign_in_url: link.url, demo: status.demo, pid: status.pid });
    else {
      if (status.demo)
        out.line(
          `This is the made-up workspace of another \`clew up\` (process ${status.pid}), not your own sessions.`,
        );
      out.line("Dashboard: ", bold(link.url));
      out.line(
        dim(
          status.demo
            ? "The link works once, for 30 seconds. Ctrl-C in the other terminal ends it."
            : status.mode === "daemon"
              ? "A daemon keeps it current. The link works once, for 30 seconds; `clew daemon stop` ends the daemon."
              : `\`clew up\` runs in another terminal (process ${status.pid}). The link works once, for 30 seconds.`,
        ),
      );
      browse(context, flags.open !== false && isInteractive, link.url);
    }
    return true;
  }
  return false;
}

function browse({ err }: CliContext, wanted: boolean, url: string): void {
  if (wanted) openBrowser(url, () => err.line("No browser could be opened: use the link above."));
}

/**
 * Runs until Ctrl-C; starts anew, at the same address, when the first session of one's own takes the made-up workspace's
 * place: a daemon that this session's start has brought up makes way, a `clew up` in another terminal is led into.
 */
async function serve(invocation: Invocation, port: number | undefined): Promise<number> {
  const { context, flags } = invocation;
  const { env, clock, out, err, isInteractive } = context;
  const [{ startUp }, { takeOver }] = await Promise.all([
    import("../../../daemon/up.ts"),
    import("../../../daemon/detached.ts"),
  ]);
  const makesWay = (): Promise<boolean> => takeOver(env).catch(() => false);
  for (let again = false, used = port; ; again = true) {
    const progress = progressPrinter(err, clock);
    let failed: Error | null = null;
    let fail = (): void => {};
    const failure = new Promise<"failed">((resolve) => {
      fail = () => resolve("failed");
    });
    const options: UpOptions = {
      env,
      clock,
      stopped: context.stopped,
      ...(flags.demo ? { demo: true } : again && { demo: false }),
      ...(used !== undefined && { port: used }),
      onEvent(event) {
        if (event.kind === "progress") {
          if (event.progress.phase === "done") progress.end();
          else progress.show(event.progress);
        } else if (event.kind === "warning") err.line(styled("yellow", "clew: "), event.message);
        else if (event.kind === "waiting") err.line(dim(`Waiting: ${event.message}`));
        else if (event.kind === "failed") {
          failed = event.error;
          fail();
        } else if (flags.json) {
          out.record({ url: event.url, sign_in_url: event.signInUrl, demo: event.demo !== null, pid: process.pid });
        } else show(context, event, again, flags.open !== false);
      },
    };
    const clew = await startUp(options).catch(async (error: unknown) => {
      // The session's start was still bringing its daemon up when nobody answered yet.
      if (!again || !isLocked(error) || !(await makesWay())) throw error;
      return startUp(options);
    });
    const ignoreEnter = isInteractive ? onEnter(() => out.line("Dashboard: ", bold(clew.signInUrl()))) : () => {};
    const why = await Promise.race([
      context.stopped.then(() => "stopped" as const),
      clew.askedToStop.then(() => "asked" as const),
      clew.ownSessions.then(() => "own" as const),
      failure,
    ]);
    ignoreEnter();
    progress.end();
    // The made-up workspace is there to be looked at meanwhile.
    const isOurs = why === "own" && (await Promise.race([makesWay(), context.stopped.then(() => null)]));
    await clew.stop();
    if (failed) throw failed;
    if (why === "asked" && !flags.json) out.line("Stopped, as `clew daemon stop` asked.");
    if (why !== "own" || isOurs === null) return 0;
    if (!isOurs && (await enter(invocation, await socketsFor(env, false)))) return 0;
    used = clew.port;
  }
}

function show(
  context: CliContext,
  event: UpEvent & { readonly kind: "serving" },
  again: boolean,
  mayOpen: boolean,
): void {
  const { out, isInteractive } = context;
  if (again) out.line("Your first session is here: this is your own workspace from now on.");
  if (event.demo === "empty") out.line("There are no transcripts on this machine yet, so this is a made-up workspace.");
  else if (event.demo === "asked") out.line("This is a made-up workspace.");
  out.line("Dashboard: ", bold(event.signInUrl));
  out.line(
    dim(
      isInteractive
        ? "The link works once, for 30 seconds: Enter makes a new one. Ctrl-C stops."
        : "The link works once, for 30 seconds. Ctrl-C stops.",
    ),
  );
  browse(context, mayOpen && isInteractive && !again, event.signInUrl);
}
