/** @module The cap: full above it, lifted when there is room again, and no dropped record uncounted. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { checkCap, countLost, isSpoolFull, liftCap } from "./lost-count.ts";
import { removeSpoolFiles, takeLostCount } from "./spool-directory.ts";
import { newSpool } from "./testing.ts";

function spoolOf(...sizes: readonly number[]): string {
  const spool = newSpool();
  mkdirSync(spool, { recursive: true, mode: 0o700 });
  for (const [index, size] of sizes.entries()) writeFileSync(join(spool, `r${index}`), Buffer.alloc(size));
  return spool;
}

describe("takeLostCount", () => {
  test("counts what was dropped, once", () => {
    const spool = spoolOf();
    expect(takeLostCount(spool)).toBe(0);
    for (let n = 0; n < 5; n++) countLost(spool);
    expect(takeLostCount(spool)).toBe(5);
    expect(takeLostCount(spool)).toBe(0);
    countLost(spool);
    expect(takeLostCount(spool)).toBe(1);
    expect(readdirSync(spool)).toEqual([]);
  });

  test("is zero for what is no count of ours, and leaves it", () => {
    expect(takeLostCount(newSpool())).toBe(0);
    for (const make of [(path: string) => mkdirSync(path), (path: string) => void execFileSync("mkfifo", [path])]) {
      const spool = spoolOf();
      make(join(spool, "lost"));
      expect(takeLostCount(spool)).toBe(0);
      expect(readdirSync(spool)).toEqual(["lost"]);
    }
  });
});

describe("the cap", () => {
  test("is reached by all files together", () => {
    const spool = spoolOf(600, 400);
    checkCap(spool, 1);
    expect(isSpoolFull(spool)).toBe(false);
    writeFileSync(join(spool, "more"), Buffer.alloc(30));
    checkCap(spool, 1);
    expect(isSpoolFull(spool)).toBe(true);
  });

  test("is lifted when half of the room is free", () => {
    const spool = spoolOf(500, 500, 500);
    checkCap(spool, 1);
    liftCap(spool, 1);
    expect(isSpoolFull(spool)).toBe(true);
    removeSpoolFiles(spool, []);
    expect(isSpoolFull(spool)).toBe(false);
  });

  test("is lifted by emptying the spool, and by the next look at an empty one", () => {
    const spool = spoolOf(3000);
    checkCap(spool, 1);
    removeSpoolFiles(spool, ["r0"]);
    expect(isSpoolFull(spool)).toBe(false);
    writeFileSync(join(spool, "full"), "");
    takeLostCount(spool);
    expect(existsSync(join(spool, "full"))).toBe(false);
  });
});
