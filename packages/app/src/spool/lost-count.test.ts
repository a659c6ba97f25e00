/** @module The cap: full above it, lifted when there is room again, and no dropped record uncounted. */
import { execFileSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { checkCap, countLost, isSpoolFull, liftCap, waitingLostCount } from "./lost-count.ts";
import { capKilobytes, listSpool, removeSpoolFiles, takeLostCount } from "./spool-directory.ts";
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

describe("what a reader that died had begun to take", () => {
  test("is counted with the rest, once, however old it is", () => {
    const spool = spoolOf();
    countLost(spool);
    writeFileSync(join(spool, ".tmp-lost-4711"), "xxx");
    writeFileSync(join(spool, `.tmp-lost-${process.pid}-0`), "xx");
    utimesSync(join(spool, ".tmp-lost-4711"), 1, 1);
    expect(listSpool(spool)).toEqual({ names: [], problems: [] });
    expect(waitingLostCount(spool)).toBe(6);
    expect(takeLostCount(spool)).toBe(6);
    expect(takeLostCount(spool)).toBe(0);
    expect(readdirSync(spool)).toEqual([]);
  });

  test("is left alone when it is no file of ours", () => {
    const spool = spoolOf();
    const elsewhere = join(mkdtempSync(join(tmpdir(), "clew-elsewhere-")), "mine");
    writeFileSync(elsewhere, "mine");
    symlinkSync(elsewhere, join(spool, ".tmp-lost-1"));
    mkdirSync(join(spool, ".tmp-lost-2"));
    expect(takeLostCount(spool)).toBe(0);
    expect(readdirSync(spool).sort()).toEqual([".tmp-lost-1", ".tmp-lost-2"]);
    expect(readFileSync(elsewhere, "utf8")).toBe("mine");
  });
});

describe("links in the place of the two files", () => {
  test.each(["mine", "new"])("are not written through: to %s", (target) => {
    const spool = spoolOf(9000);
    const elsewhere = mkdtempSync(join(tmpdir(), "clew-elsewhere-"));
    writeFileSync(join(elsewhere, "mine"), "mine");
    for (const name of ["lost", "full"]) symlinkSync(join(elsewhere, target), join(spool, name));
    expect(() => countLost(spool)).toThrow();
    checkCap(spool, 1);
    expect(takeLostCount(spool)).toBe(0);
    expect(readdirSync(elsewhere)).toEqual(["mine"]);
    expect(readFileSync(join(elsewhere, "mine"), "utf8")).toBe("mine");
    // There is room by the default's measure: the false marker goes, and what it led to stays.
    expect(readdirSync(spool).sort()).toEqual(["lost", "r0"]);
  });
});

describe("the cap", () => {
  test("is reached by all files together, and named in the marker", () => {
    const spool = spoolOf(60_000, 40_000);
    checkCap(spool, 110);
    expect(isSpoolFull(spool)).toBe(false);
    writeFileSync(join(spool, "more"), Buffer.alloc(20_000));
    checkCap(spool, 110);
    expect(isSpoolFull(spool)).toBe(true);
    expect(readFileSync(join(spool, "full"), "utf8")).toBe("110");
    checkCap(spool, 100);
    expect(readFileSync(join(spool, "full"), "utf8")).toBe("110");
  });

  test("is lifted once half of the room is free, of the cap that was set", () => {
    const spool = spoolOf(50_000, 50_000, 50_000);
    checkCap(spool, 130);
    liftCap(spool);
    expect(isSpoolFull(spool)).toBe(true);
    removeSpoolFiles(spool, ["r0"]);
    takeLostCount(spool);
    expect(isSpoolFull(spool)).toBe(true);
    removeSpoolFiles(spool, ["r1"]);
    expect(isSpoolFull(spool)).toBe(false);
  });

  test.each(["", "256MB", "0", "-5", "x".repeat(100)])("is the default's when the marker holds %j", (text) => {
    const spool = spoolOf(3000);
    writeFileSync(join(spool, "full"), text);
    takeLostCount(spool);
    expect(existsSync(join(spool, "full"))).toBe(false);
  });

  test.each([
    [undefined, 262_144],
    ["", 262_144],
    ["256MB", 262_144],
    ["0", 262_144],
    ["1e3", 262_144],
    ["9".repeat(10), 262_144],
    ["0100", 100],
    ["512", 512],
  ] as const)("of CLEW_SPOOL_MAX_KB=%s is %d KB", (text, kilobytes) => {
    expect(capKilobytes(text)).toBe(kilobytes);
  });
});
