/** @module The first hooks of a machine come together, and nobody has made the spool yet. */
import { spawn } from "node:child_process";
import { readdirSync, rmSync } from "node:fs";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createTestbed, ended, observeScript, type Testbed } from "./testbed.ts";

const ROUNDS = Number(process.env.CLEW_ROUNDS ?? 60);
const TOGETHER = 8;

let bed: Testbed;
beforeEach(() => {
  bed = createTestbed();
});
afterEach(() => bed.remove());

test(`${ROUNDS} times ${TOGETHER} hooks at once, in no directory at all, are all kept`, async () => {
  const missing: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const hooks = Array.from({ length: TOGETHER }, (_, at) => {
      const hook = spawn("sh", [observeScript, bed.home], { env: bed.env, stdio: ["pipe", "ignore", "ignore"] });
      hook.stdin.end(`{"n":"h-${at}"}`);
      return ended(hook);
    });
    expect((await Promise.all(hooks)).every(({ code }) => code === 0)).toBe(true);
    missing.push(TOGETHER - readdirSync(bed.spool).length);
    rmSync(bed.home, { recursive: true });
  }
  expect(missing.filter((count) => count > 0)).toEqual([]);
});
