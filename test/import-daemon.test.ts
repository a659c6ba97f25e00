/** @module An import while a daemon writes: its records take the spool, in portions, and are there when the command ends. */
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openReader } from "../packages/app/src/store/db.ts";
import { directory, env, json, SOON, useDaemonBed } from "./daemon-bed.ts";

useDaemonBed();
const SESSIONS = 400;
const EVENTS = 20;

function count(): number {
  const db = openReader(join(directory, "data", "clew.db"));
  try {
    return db.prepare<[], { n: number }>("SELECT count(*) AS n FROM events WHERE origin = 'import'").get()!.n;
  } finally {
    db.close();
  }
}

test("a daemon is given what comes in portions, and all of it once", { timeout: 120_000 }, async () => {
  // The smallest of spools: half a megabyte is the most that may wait.
  env.CLEW_SPOOL_MAX_KB = "1024";
  env.CLEW_NO_DAEMON = "";
  const sessions = join(directory, "sessions");
  mkdirSync(sessions);
  for (let index = 0; index < SESSIONS; index++) {
    const events = Array.from({ length: EVENTS }, (_, row) => ({
      type: "beat",
      ts: 1761386400 + row,
      message: `row ${row} ${"x".repeat(200)}`,
    }));
    writeFileSync(
      join(sessions, `s-${index}.json`),
      JSON.stringify({ id: `s-${index}`, start: 1761386400, end: 1761390000, events }),
    );
  }
  await json("daemon", "start");
  await expect.poll(async () => (await json("daemon", "status")).running, SOON).toBe(true);
  const first = await json("import", "json", sessions);
  expect(first).toMatchObject({ new_events: SESSIONS * (EVENTS + 3), problem_count: 0 });
  expect(count()).toBe(first.new_events);
  expect(readdirSync(join(directory, "data", "spool")).filter((name) => name.startsWith("import-"))).toEqual([]);
  expect(await json("import", "json", sessions)).toMatchObject({ new_events: 0 });
  expect(count()).toBe(first.new_events);
  // The same command that writes files beside the daemon.
  expect(await json("migrate", "start", sessions)).toMatchObject({ imported: SESSIONS, conflicts: [] });
  expect(await json("migrate", "check")).toMatchObject({ consistent: true });
});
