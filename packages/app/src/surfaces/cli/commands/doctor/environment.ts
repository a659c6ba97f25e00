/** @module What `clew doctor` looks at outside the database: spool, runtime directory, hooks, daemon. */
import { accessSync, constants, lstatSync } from "node:fs";
import { clewPaths, daemonSocket, type Environment, runtimeDirectory } from "../../../../base/paths.ts";
import type { DoctorCheck } from "../../../../query/doctor.ts";
import { duration } from "../../render/formats.ts";

/** A record that waits longer has nobody who takes it. */
const LONG_WAIT_MS = 5 * 60_000;
/** A daemon that is asked on the way answers within this, milliseconds. */
const PATIENCE_MS = 1000;

/** All checks, in the order in which an event travels. `now` in milliseconds UTC. */
export async function environmentChecks(env: Environment, now: number): Promise<DoctorCheck[]> {
  return [
    homeCheck(env),
    ...(await hookChecks(env)),
    ...(await spoolChecks(env, now)),
    await registryCheck(env, () => now),
    await daemonCheck(env),
  ];
}

function passed(name: string, detail: string): DoctorCheck {
  return { name, ok: true, detail, fix: null };
}

function homeCheck(env: Environment): DoctorCheck {
  const name = "there is a home directory";
  if (env.CLEW_HOME || env.HOME || env.USERPROFILE) return passed(name, clewPaths(env).home);
  const fix = "set HOME or CLEW_HOME: without one, hooks record nothing";
  return { name, ok: false, detail: "neither CLEW_HOME nor HOME is set", fix };
}

async function hookChecks(env: Environment): Promise<DoctorCheck[]> {
  const { readReceipt } = await import("../../../../setup/receipt.ts");
  const { installedScripts } = await import("../../../../setup/scripts.ts");
  const paths = clewPaths(env);
  const name = "the agent's hooks are set up";
  const { settings } = readReceipt(paths);
  // The plugin brings its own: then there is no receipt, and none is missed.
  if (settings.length === 0) return [passed(name, "not by `clew setup`")];
  const broken = installedScripts(paths).filter((path) => !isExecutable(path));
  const where = settings.map(({ path }) => path).join(", ");
  return broken.length === 0
    ? [passed(name, where)]
    : [{ name, ok: false, detail: `${broken.join(", ")} cannot be run`, fix: "run `clew setup` again" }];
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

async function spoolChecks(env: Environment, now: number): Promise<DoctorCheck[]> {
  const { spoolHealth } = await import("../../../../spool/spool-health.ts");
  const { problems, waiting, oldestMs } = spoolHealth(clewPaths(env).spool, now);
  const name = "hooks can record";
  const records = `${waiting} ${waiting === 1 ? "record waits" : "records wait"}`;
  const checks: DoctorCheck[] =
    problems.length === 0
      ? [passed(name, waiting === 0 ? "yes" : records)]
      : problems.map((detail) => ({ name, ok: false, detail, fix: "make it a directory of your own, with room" }));
  if (oldestMs !== null && oldestMs > LONG_WAIT_MS) {
    const detail = `${records}, the oldest for ${duration(oldestMs)}`;
    const fix = "run `clew daemon start`, or `clew index`";
    checks.push({ name: "what hooks record is taken in", ok: false, detail, fix });
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
