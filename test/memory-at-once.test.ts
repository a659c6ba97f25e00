/** @module Memory files where two commands run at once, and where one is killed: one writer on one disk makes no conflict with itself. */

import { mkdirSync, watch, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { expect, test } from "vitest";
import { bareEnvironment, clewBin, type Finished, type Running, startNode } from "./command.ts";

const KILLS = 30;

interface Bed {
  readonly spool: string;
  start(...args: readonly string[]): Running;
  write(name: string, text: string): void;
  conflicts(): Promise<number>;
  /** Texts, oldest first. */
  versions(name: string): Promise<number>;
}

function newBed(): Bed {
  const env = bareEnvironment({ CLEW_IDENTITY: "ana" });
  const home = env.HOME!;
  const [rules, workspace] = [join(home, "claude", "rules"), join(home, "shop")];
  for (const directory of [rules, workspace]) mkdirSync(directory, { recursive: true });
  const places = {
    CLEW_HOME: join(home, "data"),
    CLEW_RUNTIME_DIR: join(home, "run"),
    CLAUDE_CONFIG_DIR: join(home, "claude"),
  };
  const start = (...args: readonly string[]) => startNode(clewBin, args, { ...env, ...places }, workspace);
  const json = async (...args: readonly string[]): Promise<unknown> => {
    const { code, stdout, stderr } = await start(...args, "--json").finished;
    expect(code, stderr).toBe(0);
    return JSON.parse(stdout);
  };
  return {
    spool: join(home, "data", "spool"),
    start,
    write: (name, text) => writeFileSync(join(rules, name), text),
    async conflicts() {
      const { rows } = (await json("memory", "list")) as { rows: readonly { readonly conflicts: number }[] };
      return rows.reduce((sum, row) => sum + row.conflicts, 0);
    },
    async versions(name) {
      const sql = `SELECT c.change_id FROM changes c JOIN memory_files m ON m.file_id = c.subject WHERE m.path = 'rules/${name}'`;
      return ((await json("sql", sql)) as { rows: readonly unknown[] }).rows.length;
    },
  };
}

test("two syncs at once make one version of each text", { timeout: 60_000 }, async () => {
  const bed = newBed();
  const names = ["a.md", "b.md"];
  for (const name of names) bed.write(name, "# 0\n");
  await bed.start("memory", "push").finished;
  for (let round = 1; round <= 3; round++) {
    for (const name of names) bed.write(name, `# ${round}\n`);
    const both = ["sync", "push"].map((word) => bed.start("memory", word).finished);
    expect((await Promise.all(both)).map(({ code }) => code)).toEqual([0, 0]);
  }
  expect(await bed.conflicts()).toBe(0);
  for (const name of names) expect(await bed.versions(name)).toBe(4);
});

test(`${KILLS} kills of a push leave no version beside another`, { timeout: 120_000 }, async () => {
  const bed = newBed();
  bed.write("a.md", "# base\n");
  const started = performance.now();
  await bed.start("memory", "push").finished;
  const whole = performance.now() - started;
  let killed = 0;
  for (let round = 0; killed < KILLS && round < KILLS * 2; round++) {
    bed.write("a.md", `# ${round}\n`);
    const running = bed.start("memory", "push");
    // Half of them as soon as the version is in the spool, which is where it would be taken for another's.
    const isSeen = round % 2 === 0 ? spooled(bed.spool, running.finished) : delay(((round * 0.618_034) % 1) * whole);
    await isSeen;
    await delay(round % 2 === 0 ? (round % 5) * 6 : 0);
    running.child.kill("SIGKILL");
    if ((await running.finished).signal === "SIGKILL") killed++;
  }
  expect(killed).toBe(KILLS);
  bed.write("a.md", "# last\n");
  expect((await bed.start("memory", "push").finished).code).toBe(0);
  expect(await bed.conflicts()).toBe(0);
  expect(await bed.versions("a.md")).toBeGreaterThan(2);
});

/** Resolves when a record is in the spool, or the command has ended. */
function spooled(directory: string, finished: Promise<Finished>): Promise<unknown> {
  const watcher = watch(directory);
  const seen = new Promise<void>((resolve) => {
    watcher.on("change", (_, name) => {
      if (!String(name).startsWith(".tmp-")) resolve();
    });
  });
  return Promise.race([seen, finished]).finally(() => watcher.close());
}
