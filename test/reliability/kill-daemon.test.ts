/** @module The process that empties the spool is killed again and again while hooks and programs go on writing to it. */
import { spawn } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createRandom } from "../../packages/app/src/demo/random.ts";
import { clewBin } from "../command.ts";
import { buildShim } from "./syscall-shim.ts";
import {
  createTestbed,
  damage,
  drainAll,
  ended,
  judge,
  startDrainer,
  startWriter,
  stopWriters,
  type Testbed,
} from "./testbed.ts";

const KILLS = Number(process.env.CLEW_KILLS ?? 60);
/** Each kill falls somewhere in so many milliseconds after the start, or after the store was opened. */
const WITHIN_MS = 300;
/** A store that is opened and a few events make this many changes to files. */
const CHANGES = 400;
/** The whole daemon takes longer to start: every so-manieth kill is for it. */
const DAEMON_EVERY = 10;
const DAEMON_WITHIN_MS = 1500;

const shim = buildShim("the draining process is killed at random moments only, not at chosen system calls");
const random = createRandom(process.env.CLEW_SEED ?? "kill the daemon");
let bed: Testbed;
beforeEach(() => {
  bed = createTestbed();
});
let writers: readonly Promise<void>[] = [];
afterEach(async () => {
  stopWriters(bed);
  await Promise.allSettled(writers);
  bed.remove();
});

type Point = "start" | "draining" | "call" | "daemon";

async function killOnce(point: Point): Promise<boolean> {
  const within = Math.floor(random.next() * (point === "daemon" ? DAEMON_WITHIN_MS : WITHIN_MS));
  if (point === "daemon") {
    const words = [clewBin, "daemon", "run", "--port", "0"];
    const daemon = spawn(process.execPath, words, { env: { ...bed.env, NO_COLOR: "1" }, stdio: "ignore" });
    const end = ended(daemon);
    await delay(within);
    daemon.kill("SIGKILL");
    return (await end).signal === "SIGKILL";
  }
  const killAt = point === "call" ? random.between(1, CHANGES) : 0;
  const drainer = startDrainer(bed, killAt > 0 && shim ? shim.environment({ root: bed.root, killAt }) : {});
  if (point === "draining") await Promise.race([drainer.draining, drainer.ended]);
  // A call that never comes: the writers had nothing to say.
  await Promise.race([delay(killAt > 0 ? 2000 : within), drainer.ended]);
  drainer.child.kill("SIGKILL");
  const { code, signal } = await drainer.ended;
  expect(code, drainer.complaints()).toBeNull();
  return signal === "SIGKILL";
}

test(`${KILLS} kills of the draining process lose no acknowledged event and store none twice`, {
  timeout: 60_000 + KILLS * 3000,
}, async () => {
  const startedAt = performance.now();
  // A spool over its cap would drop what hooks bring; that is another promise.
  const env = { CLEW_SPOOL_MAX_KB: "100000000" };
  const hooks = ["ha", "hb", "hc", "hd", "he"].map((name) =>
    startWriter(bed, { kind: "hook", name, pauseMs: 60, env }),
  );
  const programs = ["na", "nb", "nc"].map((name) => startWriter(bed, { kind: "node", name, pauseMs: 30 }));
  writers = [...hooks, ...programs];
  const killed: Record<Point, number> = { start: 0, draining: 0, call: 0, daemon: 0 };
  const points: readonly Point[] = shim ? ["start", "draining", "call"] : ["start", "draining"];
  for (let count = 0; count < KILLS; ) {
    const point = count % DAEMON_EVERY === DAEMON_EVERY - 1 ? "daemon" : points[count % points.length]!;
    if (!(await killOnce(point))) continue;
    killed[point]++;
    count++;
  }
  stopWriters(bed);
  await Promise.all(writers);
  const waiting = existsSync(bed.spool) ? readdirSync(bed.spool).length : 0;
  await drainAll(bed);

  const { lost, twice, neverSent, sent, acknowledged } = judge(bed);
  const kills = Object.entries(killed).map(([point, count]) => `${count} ${point}`);
  console.log(
    `${KILLS} kills (${kills.join(", ")}) in ${Math.round((performance.now() - startedAt) / 1000)} s: ` +
      `${sent} events sent, ${acknowledged} acknowledged, ${waiting} files waiting at the end, ${lost.length} lost, ${twice.length} twice`,
  );
  expect({ lost: lost.slice(0, 10), twice: twice.slice(0, 10), neverSent }).toEqual({
    lost: [],
    twice: [],
    neverSent: [],
  });
  expect(acknowledged).toBeGreaterThan(KILLS);
  expect(damage(bed.database)).toEqual([]);
  expect(readdirSync(bed.spool)).toEqual([]);
});
