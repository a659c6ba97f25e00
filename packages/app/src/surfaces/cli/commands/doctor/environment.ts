/** @module What `clew doctor` looks at outside the database: spool, runtime directory, hooks, daemon. */
import { lstatSync } from "node:fs";
import { isAbsolute } from "node:path";
import { clewPaths, daemonSocket, type Environment, runtimeDirectory } from "../../../../base/paths.ts";
import type { DoctorCheck } from "../../../../query/doctor.ts";
import { duration } from "../../render/formats.ts";

/** A record that waits longer has nobody who takes it. */
const LONG_WAIT_MS = 5 * 60_000;
/** A daemon that is asked on the way answers within this, milliseconds. */
const PATIENCE_MS = 1000;
/** Bytes of the longest path that a socket can have on every system; longer ones are cut off in silence. */
const LONGEST_SOCKET = 103;

interface Fault {
  readonly detail: string;
  readonly fix: string;
}

/** All checks, in the order in which an event travels. `now` in milliseconds UTC. */
export async function environmentChecks(env: Environment, now: number): Promise<DoctorCheck[]> {
  return [
    homeCheck(env),
    ...(await hookChecks(env)),
    ...(await rulesChecks(env)),
    ...(await spoolChecks(env, now)),
    await registryCheck(env, () => now),
    await daemonCheck(env),
  ];
}

function passed(name: string, detail: string): DoctorCheck {
  return { name, ok: true, detail, fix: null };
}

function failed(name: string, { detail, fix }: Fault): DoctorCheck {
  return { name, ok: false, detail, fix };
}

/** Why hooks find no data directory in this environment; null: they do. The rules are the hook script's. */
function homeFault(env: Environment): Fault | null {
  const named = env.CLEW_HOME;
  if (named) {
    if (isAbsolute(named)) return null;
    const detail = `CLEW_HOME is not an absolute path: ${named}`;
    return { detail, fix: "set CLEW_HOME to an absolute path: hooks refuse one that changes with the directory" };
  }
  if (isAbsolute(env.XDG_DATA_HOME ?? "")) return null;
  const home = env.HOME || (process.platform === "win32" ? env.USERPROFILE : undefined);
  if (!home) {
    const fix = "set HOME or CLEW_HOME: without one, hooks record nothing";
    return { detail: "neither CLEW_HOME nor HOME is set", fix };
  }
  if (isAbsolute(home)) return null;
  return { detail: `HOME is not an absolute path: ${home}`, fix: "set HOME or CLEW_HOME to an absolute path" };
}

function homeCheck(env: Environment): DoctorCheck {
  const name = "there is a home directory";
  const fault = homeFault(env);
  return fault ? failed(name, fault) : passed(name, clewPaths(env).home);
}

async function hookChecks(env: Environment): Promise<DoctorCheck[]> {
  const { setupHealth } = await import("../../../../setup/setup-health.ts");
  const name = "the agent's hooks are set up";
  const { settings, problems } = setupHealth(clewPaths(env));
  if (problems.length > 0) return problems.map((problem) => failed(name, problem));
  // The plugin brings its own: then there is no receipt, and none is missed.
  return [passed(name, settings.length === 0 ? "not by `clew setup`" : settings.join(", "))];
}

/** Files that the user writes: what is not understood in them has no effect, and nothing else says so. */
async function rulesChecks(env: Environment): Promise<DoctorCheck[]> {
  const { createSessionTyper } = await import("../../../../place/session-types.ts");
  const name = "the rules for types of sessions are understood";
  const rulesPath = clewPaths(env).sessionTypes;
  const problems: string[] = [];
  createSessionTyper({ rulesPath, onProblem: (message) => problems.push(message) });
  const fix = `put ${rulesPath} right; until then the other rules count`;
  return problems.length === 0 ? [passed(name, "yes")] : problems.map((detail) => failed(name, { detail, fix }));
}

async function spoolChecks(env: Environment, now: number): Promise<DoctorCheck[]> {
  const name = "hooks can record";
  const nowhere = homeFault(env);
  if (nowhere) return [failed(name, { detail: `nowhere: ${nowhere.detail}`, fix: nowhere.fix })];
  const { spoolHealth } = await import("../../../../spool/spool-health.ts");
  const { problems, waiting, oldestMs, dropped } = spoolHealth(clewPaths(env).spool, now);
  const records = `${waiting} ${waiting === 1 ? "record waits" : "records wait"}`;
  const checks: DoctorCheck[] =
    problems.length === 0
      ? [passed(name, waiting === 0 ? "yes" : records)]
      : problems.map((problem) => failed(name, problem));
  if (oldestMs !== null && oldestMs > LONG_WAIT_MS) {
    const detail = `${records}, the oldest for ${duration(oldestMs)}`;
    const fix = "run `clew daemon start`, or `clew index`";
    checks.push(failed("what hooks record is taken in", { detail, fix }));
  }
  if (dropped > 0) {
    const detail = `${dropped} ${dropped === 1 ? "record was" : "records were"} dropped, as the spool was over its cap`;
    const fix = "run `clew daemon start`, or `clew index`, so that it is emptied; CLEW_SPOOL_MAX_KB sets the cap";
    checks.push(failed("no record was dropped", { detail, fix }));
  }
  return checks;
}

async function registryCheck(env: Environment, clock: () => number): Promise<DoctorCheck> {
  const { openRegistry, registryHours } = await import("../../../../registry/registry.ts");
  const name = "live sessions can be told apart";
  const expiryHours = registryHours(env);
  const directory = runtimeDirectory(env);
  const list = openRegistry({ directory, clock, ...(expiryHours && { expiryHours }) }).list();
  const { entries, stale, corrupt, problem } = list;
  if (problem !== null) return { name, ok: false, detail: problem, fix: "set CLEW_RUNTIME_DIR, or make it yours" };
  const counts = [
    `${entries.length} live`,
    stale.length > 0 && `${stale.length} stale`,
    corrupt > 0 && `${corrupt} corrupt`,
  ];
  return passed(name, counts.filter(Boolean).join(", "));
}

async function daemonCheck(env: Environment): Promise<DoctorCheck> {
  const { askDaemon } = await import("../../../../daemon/control-client.ts");
  const name = "the daemon answers";
  const socket = daemonSocket(env);
  const length = process.platform === "win32" ? 0 : Buffer.byteLength(socket);
  if (length > LONGEST_SOCKET) {
    const detail = `${socket} is too long for a socket: ${length} bytes, of at most ${LONGEST_SOCKET}`;
    return failed(name, { detail, fix: "set CLEW_RUNTIME_DIR to a private directory with a shorter name" });
  }
  const there = process.platform === "win32" ? undefined : lstatSync(socket, { throwIfNoEntry: false });
  if (there && !there.isSocket()) {
    return { name, ok: false, detail: `${socket} is in the way and is no socket`, fix: `remove ${socket}` };
  }
  try {
    const status = await askDaemon(socket, "GET /status", PATIENCE_MS);
    if (status) return passed(name, `process ${status.pid}, ${status.url}`);
    return passed(name, there ? "none runs; a socket is left of one, the next replaces it" : "none runs");
  } catch (error) {
    return {
      name,
      ok: false,
      detail: (error as Error).message,
      fix: "run `clew daemon stop`, then `clew daemon start`",
    };
  }
}
