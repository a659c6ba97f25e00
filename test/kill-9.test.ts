import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { generate } from "../benchmarks/generate.mjs";
import { canonicalHashes } from "../packages/app/src/store/canonical-dump.ts";
import { openReader } from "../packages/app/src/store/db.ts";
import { repositoryRoot } from "./repository.ts";

const KILLS = 50;
const clew = join(repositoryRoot, "packages", "app", "bin", "clew.js");
const directory = mkdtempSync(join(tmpdir(), "clew-kill-"));
const archive = join(directory, "archive");

function environment(home: string) {
  return { ...process.env, HOME: directory, CLEW_HOME: join(directory, home), CLAUDE_CONFIG_DIR: archive };
}

/** Starts a backfill and kills it without warning after `ms`; true if it had not ended by itself. */
function killAfter(home: string, ms: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [clew, "index", "--json"], { env: environment(home), stdio: "ignore" });
    const timer = setTimeout(() => child.kill("SIGKILL"), ms);
    child.on("error", reject);
    child.on("exit", (_, signal) => {
      clearTimeout(timer);
      resolve(signal === "SIGKILL");
    });
  });
}

function finish(home: string): void {
  const run = spawnSync(process.execPath, [clew, "index", "--json"], { env: environment(home), encoding: "utf8" });
  expect(run.status, run.stderr).toBe(0);
}

function hashes(home: string): Record<string, string> {
  const db = openReader(join(directory, home, "clew.db"));
  try {
    expect(db.pragma("quick_check", { simple: true })).toBe("ok");
    expect(db.pragma("foreign_key_check")).toEqual([]);
    return canonicalHashes(db);
  } finally {
    db.close();
  }
}

beforeAll(() => {
  generate({ sessions: 40, events: 12_000, out: archive, seed: 7 });
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

it(`resumes after kill -9 at ${KILLS} points of a backfill, to the same archive as an undisturbed run`, {
  timeout: 300_000,
}, async () => {
  const started = performance.now();
  finish("undisturbed");
  const whole = performance.now() - started;
  // A steady walk over the whole run: the killed database starts anew whenever a run got to its end.
  let killed = 0;
  for (let round = 0; killed < KILLS && round < KILLS * 3; round++) {
    const at = ((round * 0.618_034) % 1) * whole * 0.9;
    if (await killAfter("killed", at)) killed++;
    else rmSync(join(directory, "killed"), { recursive: true, force: true });
  }
  expect(killed).toBe(KILLS);
  finish("killed");
  expect(hashes("killed")).toEqual(hashes("undisturbed"));
});
