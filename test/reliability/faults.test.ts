/** @module Disks that are full, failing or read-only, and a second writer: nothing is lost, nobody hangs, and it goes on by itself. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { clewBin } from "../command.ts";
import { buildShim } from "./syscall-shim.ts";
import {
  createTestbed,
  damage,
  drainAll,
  type Ended,
  ended,
  judge,
  startDrainer,
  startWriter,
  stopWriters,
  storedNumbers,
  type Testbed,
} from "./testbed.ts";

const shim = buildShim("no call of the writing process is made to fail");

let bed: Testbed;
let running: ChildProcess[] = [];
beforeEach(() => {
  bed = createTestbed();
});
afterEach(async () => {
  stopWriters(bed);
  const alive = running.filter((child) => child.exitCode === null && child.signalCode === null);
  await Promise.all(
    alive.map((child) => {
      const end = ended(child);
      child.kill("SIGCONT");
      child.kill("SIGKILL");
      return end;
    }),
  );
  running = [];
  bed.remove();
});

/** Puts so many events into the spool: hooks' and a program's. */
async function send(name: string, count: number): Promise<void> {
  const env = { CLEW_TEST_EVENTS: String(count) };
  await Promise.all([
    startWriter(bed, { kind: "hook", name: `h${name}`, pauseMs: 0, env }),
    startWriter(bed, { kind: "node", name: `n${name}`, pauseMs: 0, env }),
  ]);
}

function expectNothingLost(): void {
  const { lost, twice, neverSent } = judge(bed);
  expect({ lost, twice, neverSent }).toEqual({ lost: [], twice: [], neverSent: [] });
  expect(damage(bed.database)).toEqual([]);
}

interface Daemon {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** Lines of its log. */
  log(): readonly string[];
}

async function startDaemon(extra: NodeJS.ProcessEnv = {}): Promise<Daemon> {
  const child = spawn(process.execPath, [clewBin, "daemon", "run", "--port", "0"], {
    env: { ...bed.env, ...extra, NO_COLOR: "1" },
    stdio: ["ignore", "ignore", "inherit"],
  });
  running.push(child);
  const end = ended(child);
  const path = join(bed.home, "daemon.log");
  const log = () => (existsSync(path) ? readFileSync(path, "utf8").split("\n").filter(Boolean) : []);
  await expect.poll(() => log().some((line) => line.includes("serving "))).toBe(true);
  return { child, ended: end, log };
}

/** Numbers that are stored and those that wait in the spool, together. */
const storedCount = (): number => storedNumbers(bed.database).size;

describe.runIf(shim)("a daemon whose database cannot be written", () => {
  test.each([
    ["the disk is full", "write ENOSPC clew.db", /disk is full/],
    ["syncs fail", "sync EIO clew.db", /disk I\/O error/],
    ["everything fails", "any EIO clew.db", /disk I\/O error|unable to open/],
    ["it has become read-only", "any EROFS clew.db", /readonly|read-only|disk I\/O error|unable to open/i],
  ])("goes on by itself when that is over: %s", { timeout: 120_000 }, async (_, fault, message) => {
    const faults = join(bed.root, "faults");
    const daemon = await startDaemon(shim!.environment({ root: bed.root, faults }));
    // A file that never goes: it is named once, through all of it.
    spawnSync("mkfifo", [join(bed.spool, "fifo")]);
    await send("before", 5);
    await expect.poll(storedCount).toBe(10);

    writeFileSync(faults, `${fault}\n`);
    await send("during", 15);
    await expect.poll(() => daemon.log().some((line) => message.test(line))).toBe(true);
    // Nothing was taken out of the spool that is not stored.
    expect(storedCount() + readdirSync(bed.spool).filter((name) => name !== "fifo").length).toBeGreaterThanOrEqual(40);
    await send("later", 5);
    rmSync(faults);
    await expect.poll(storedCount, { timeout: 60_000 }).toBe(50);

    expect(daemon.child.exitCode).toBeNull();
    await expect.poll(() => readdirSync(bed.spool)).toEqual(["fifo"]);
    expect(daemon.log().filter((line) => message.test(line))).toHaveLength(1);
    expect(daemon.log().filter((line) => line.includes("fifo"))).toHaveLength(1);
    daemon.child.kill("SIGTERM");
    expect(await daemon.ended).toEqual({ code: 0, signal: null });
    expectNothingLost();
  });
});

describe.runIf(shim)("a call that fails while the spool is emptied", () => {
  const SWEEP = Number(process.env.CLEW_FAULTS ?? 24);

  test(`at ${SWEEP} places: what was acknowledged is stored once the next process runs`, {
    timeout: 60_000 + SWEEP * 3000,
  }, async () => {
    const faults = join(bed.root, "faults");
    const kinds = ["sync EIO clew.db", "write ENOSPC clew.db", "write EIO clew.db-wal", "unlink EIO spool"];
    let failed = 0;
    for (let place = 0; place < SWEEP; place++) {
      await send(`s${place}`, 4);
      writeFileSync(faults, `${kinds[place % kinds.length]} ${1 + Math.floor(place / kinds.length) * 3}\n`);
      const drainer = startDrainer(bed, shim!.environment({ root: bed.root, faults }));
      running.push(drainer.child);
      await Promise.race([drainer.draining, drainer.ended]);
      drainer.child.kill("SIGTERM");
      // A file that cannot be removed keeps it going: it is stored, read again, and not stored again.
      const timer = setTimeout(() => drainer.child.kill("SIGKILL"), 1000);
      const { code } = await drainer.ended;
      clearTimeout(timer);
      if (code !== 0) failed++;
      rmSync(faults);
    }
    await drainAll(bed);
    expect(failed).toBeGreaterThan(SWEEP / 4);
    expectNothingLost();
    expect(readdirSync(bed.spool)).toEqual([]);
  });
});

describe("a disk that is really full", () => {
  const canMount = mountable();
  if (!canMount) console.warn("not allowed here: mount -t tmpfs; a disk that is really full is not tried");

  function mountable(): boolean {
    const probe = createTestbed();
    const target = join(probe.root, "data");
    mkdirSync(target);
    const isMounted = spawnSync("mount", ["-t", "tmpfs", "-o", "size=1m", "tmpfs", target]).status === 0;
    if (isMounted) spawnSync("umount", [target]);
    probe.remove();
    return isMounted;
  }

  test.runIf(canMount)(
    "keeps nobody from working, and is survived without a restart",
    { timeout: 120_000 },
    async () => {
      mkdirSync(bed.home, { mode: 0o700 });
      expect(spawnSync("mount", ["-t", "tmpfs", "-o", "size=24m,mode=0700", "tmpfs", bed.home]).status).toBe(0);
      try {
        const daemon = await startDaemon();
        await send("before", 5);
        await expect.poll(storedCount).toBe(10);
        // What waits comes from before, so that the disk is full for the database and not only for who writes to the spool.
        daemon.child.kill("SIGSTOP");
        await send("waiting", 60);
        const filler = join(bed.home, "filler");
        spawnSync("dd", ["if=/dev/zero", `of=${filler}`, "bs=4096"]);
        daemon.child.kill("SIGCONT");
        // Hooks exit 0 whatever happens; a program is told. What neither could keep was not acknowledged.
        await startWriter(bed, { kind: "hook", name: "full", pauseMs: 0, env: { CLEW_TEST_EVENTS: "5" } });
        await expect(
          startWriter(bed, { kind: "node", name: "told", pauseMs: 0, env: { CLEW_TEST_EVENTS: "5" } }),
        ).rejects.toThrow("ENOSPC");
        await delay(2000);
        expect(daemon.child.exitCode).toBeNull();
        expect(storedCount()).toBe(10);
        rmSync(filler);
        await send("after", 10);
        await expect
          .poll(() => ["hafter-10", "nafter-10"].every((n) => storedNumbers(bed.database).has(n)), {
            timeout: 60_000,
          })
          .toBe(true);
        expect(daemon.child.exitCode).toBeNull();
        daemon.child.kill("SIGTERM");
        expect(await daemon.ended).toEqual({ code: 0, signal: null });
        const { lost, twice, neverSent } = judge(bed);
        expect({ lost: lost.filter((n) => !n.startsWith("full")), twice, neverSent }).toEqual({
          lost: [],
          twice: [],
          neverSent: [],
        });
        expect(damage(bed.database)).toEqual([]);
      } finally {
        for (const child of running) child.kill("SIGKILL");
        await Promise.all(running.map((child) => child.exitCode ?? child.signalCode ?? ended(child)));
        expect(spawnSync("umount", [bed.home]).status).toBe(0);
      }
    },
  );
});

describe("two who would write", () => {
  test("one does, the others are told who; a frozen one still holds the lock, a dead one does not", async () => {
    const drainers = Array.from({ length: 4 }, () => startDrainer(bed));
    running.push(...drainers.map(({ child }) => child));
    const begun = drainers.map(({ draining }, at) => draining.then(() => at));
    const winner = await Promise.race(begun);
    const losers = drainers.filter((_, at) => at !== winner);
    for (const loser of losers) {
      expect((await loser.ended).code).toBe(1);
      expect(loser.complaints()).toMatch(/ClewError: .* is writing already/);
      expect(loser.complaints()).toMatch(/code: 'locked'/);
    }

    const first = drainers[winner]!;
    first.child.kill("SIGSTOP");
    await send("frozen", 5);
    const second = startDrainer(bed);
    running.push(second.child);
    expect((await second.ended).code).toBe(1);
    expect(second.complaints()).toContain("is writing already");
    expect(readdirSync(bed.spool).length).toBe(10);

    first.child.kill("SIGKILL");
    await first.ended;
    await drainAll(bed);
    expectNothingLost();
  });
});
