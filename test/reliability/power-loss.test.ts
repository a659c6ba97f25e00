/** @module The power goes at any moment of a run: whatever was acknowledged before is in the database or in the spool. */
import { mkdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, expect, test } from "vitest";
import { clewPaths } from "../../packages/app/src/base/paths.ts";
import { createRandom, type Random } from "../../packages/app/src/demo/random.ts";
import { drainSpool } from "../../packages/app/src/ingest/drain.ts";
import { openLocalStore } from "../../packages/app/src/ingest/index-command.ts";
import { acquireWriterLock } from "../../packages/app/src/store/lock.ts";
import { type Change, readCallLog } from "./call-log.ts";
import { createDisk, type Disk, type DiskKind } from "./disk-model.ts";
import { buildShim, type Shim } from "./syscall-shim.ts";
import { createTestbed, damage, numberIn, startDrainer, startWriter, storedNumbers, type Testbed } from "./testbed.ts";

const CUTS = Number(process.env.CLEW_CUTS ?? 150);
const seed = process.env.CLEW_SEED ?? "power";
/** Later than anything that stands in a spool is still in writing. */
const MUCH_LATER_MS = 3_600_000;

const shim = buildShim("power cuts are not simulated: the calls of a run cannot be written down");
const beds: Testbed[] = [];
afterAll(() => {
  for (const bed of beds) bed.remove();
});

interface Recording {
  readonly root: string;
  readonly changes: readonly Change[];
}

interface RecordOptions {
  /** The first process that opens the store dies before this change to a file; the database is made by the next ones. */
  readonly firstKill: number;
  readonly env?: NodeJS.ProcessEnv;
}

/** Writers of all kinds, and a draining process that is stopped, killed and started again meanwhile. */
async function record({ environment }: Shim, { firstKill, env: extra = {} }: RecordOptions): Promise<Recording> {
  const bed = createTestbed();
  beds.push(bed);
  const log = join(dirname(bed.root), `${bed.root.split("/").at(-1)}.calls`);
  const traced = { ...bed, env: { ...bed.env, ...environment({ root: bed.root, log }), CLEW_TEST_CHECKPOINT: "60" } };
  const first = startDrainer(traced, environment({ root: bed.root, log, killAt: firstKill }));
  expect((await first.ended).signal, first.complaints()).toBe("SIGKILL");
  const strict = { CLEW_DURABILITY: "strict" };
  const writers = Promise.all([
    startWriter(traced, { kind: "hook", name: "ha", pauseMs: 20, env: { ...strict, CLEW_TEST_EVENTS: "40" } }),
    startWriter(traced, { kind: "hook", name: "hb", pauseMs: 30, env: { ...strict, CLEW_TEST_EVENTS: "30" } }),
    startWriter(traced, { kind: "node", name: "na", pauseMs: 10, env: { ...strict, CLEW_TEST_EVENTS: "60" } }),
    startWriter(traced, { kind: "hook", name: "plain", pauseMs: 20, env: { CLEW_TEST_EVENTS: "40" } }),
  ]);
  let isDone = false;
  const done = writers.then(() => {
    isDone = true;
  });
  for (let round = 0; !isDone; round++) {
    const drainer = startDrainer(traced, extra);
    await Promise.race([drainer.draining, drainer.ended]);
    await Promise.race([done, delay(250)]);
    drainer.child.kill(round % 2 === 0 ? "SIGKILL" : "SIGTERM");
    await drainer.ended;
  }
  await writers;
  const last = startDrainer(traced, extra);
  await last.draining;
  last.child.kill("SIGTERM");
  expect((await last.ended).code, last.complaints()).toBe(0);
  const changes = readCallLog(log);
  rmSync(log);
  return { root: bed.root, changes };
}

/** What has been promised up to some moment of a recording. */
interface Promises {
  /** Numbers that the spool acknowledged as durable, or that were taken out of it. */
  readonly kept: Set<string>;
  readonly sent: Set<string>;
  follow(change: Change, disk: Disk): void;
}

function createPromises(): Promises {
  const kept = new Set<string>();
  const sent = new Set<string>();
  return {
    kept,
    sent,
    follow({ call, path, data }, disk) {
      if (call === "write" && path.endsWith(".sent")) sent.add(data.toString().trim());
      else if (call === "write" && path.endsWith(".ok") && !path.endsWith("/plain.ok"))
        kept.add(data.toString().trim());
      else if (call === "unlink" && path.includes("/spool/")) {
        const n = numberIn(disk.content(path) ?? Buffer.alloc(0));
        if (n) kept.add(n);
      }
    },
  };
}

interface Cut {
  readonly kind: DiskKind;
  /** After so many changes. */
  readonly at: number;
  readonly lost: readonly string[];
  readonly wrong: readonly string[];
}

/** Starts the product on what is left, and compares. */
function afterwards(target: string, promises: Promises): Pick<Cut, "lost" | "wrong"> {
  const env = { HOME: target, CLEW_HOME: join(target, "data") };
  const paths = clewPaths(env);
  const clock = () => Date.now() + MUCH_LATER_MS;
  try {
    const lock = acquireWriterLock(paths.lock, "test");
    const { store } = openLocalStore(env, clock);
    drainSpool({ directory: paths.spool, store, clock });
    store.close();
    lock.release();
  } catch (error) {
    return { lost: [...promises.kept], wrong: [(error as Error).message] };
  }
  const stored = storedNumbers(paths.database);
  return {
    lost: [...promises.kept].filter((n) => !stored.has(n)),
    wrong: [
      ...[...stored].filter(([, count]) => count > 1).map(([n]) => `${n} is stored twice`),
      ...[...stored.keys()].filter((n) => !promises.sent.has(n)).map((n) => `${n} was never sent`),
      ...damage(paths.database),
    ],
  };
}

/** Follows the recording once, and cuts the power at so many places. */
function cutPower({ root, changes }: Recording, kind: DiskKind, count: number, random: Random): readonly Cut[] {
  const disk = createDisk(root, kind);
  const promises = createPromises();
  const places = new Set<number>();
  while (places.size < Math.min(count, changes.length)) places.add(random.between(0, changes.length - 1));
  const target = join(root, "cut");
  const cuts: Cut[] = [];
  for (const [at, change] of changes.entries()) {
    promises.follow(change, disk);
    // The writers' lists are this test's, not the product's.
    if (!change.path.startsWith(join(root, "lists"))) disk.apply(change);
    if (!places.has(at)) continue;
    mkdirSync(target);
    disk.powerLoss(target, random);
    cuts.push({ kind, at: at + 1, ...afterwards(target, promises) });
    rmSync(target, { recursive: true });
  }
  return cuts;
}

const isBad = ({ lost, wrong }: Cut): boolean => lost.length + wrong.length > 0;

function summary(what: string, { changes }: Recording, cuts: readonly Cut[]): string {
  const lost = cuts.filter((cut) => cut.lost.length > 0);
  const most = Math.max(0, ...lost.map((cut) => cut.lost.length));
  const wrong = cuts.filter((cut) => cut.wrong.length > 0).length;
  return `${what}: ${cuts.length} cuts in ${changes.length} changes, ${lost.length} of them lost events (at most ${most}), ${wrong} with other damage`;
}

test.runIf(shim)(
  `${CUTS} power cuts lose nothing that was acknowledged`,
  { timeout: 60_000 + CUTS * 2000 },
  async () => {
    const recording = await record(shim!, { firstKill: createRandom(seed).between(5, 60) });
    const cuts = (["posix", "journal"] as const).flatMap((kind) => {
      const some = cutPower(recording, kind, Math.ceil(CUTS / 2), createRandom(`${seed} ${kind}`));
      console.log(summary(kind, recording, some));
      return some;
    });
    const bad = cuts.filter(isBad).map((cut) => ({ ...cut, lost: cut.lost.slice(0, 5) }));
    expect(bad.slice(0, 5)).toEqual([]);
  },
);

test.runIf(shim)(
  "the same cuts find a store that acknowledges before it has synced",
  { timeout: 120_000 },
  async () => {
    const recording = await record(shim!, {
      firstKill: 20,
      env: { CLEW_TEST_SYNCHRONOUS: "NORMAL", CLEW_TEST_CHECKPOINT: "1000" },
    });
    for (const kind of ["posix", "journal"] as const) {
      const cuts = cutPower(recording, kind, 40, createRandom(`${seed} ${kind}`));
      console.log(summary(`${kind}, synchronous=NORMAL`, recording, cuts));
      expect(cuts.filter(({ lost }) => lost.length > 0).length).toBeGreaterThan(0);
    }
  },
);
