/** @module What waits is listed in order; what does not belong there is named, and not touched. */
import { execFileSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  linkSync,
  mkdirSync,
  readdirSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ClewError } from "../base/error.ts";
import { listSpool, readSpoolFile, removeSpoolFiles, SPOOL_LIMITS, writeSpoolRecord } from "./spool-directory.ts";
import { isSpoolName } from "./spool-limits.ts";
import { hookRecord, newSpool } from "./testing.ts";

function madeSpool(): string {
  const spool = newSpool();
  mkdirSync(spool, { recursive: true, mode: 0o700 });
  return spool;
}

describe("listSpool", () => {
  test("a spool that does not exist is empty", () => {
    expect(listSpool(newSpool())).toEqual({ names: [], problems: [] });
  });

  test("oldest first by time, then by name with its numbers as numbers", () => {
    const spool = madeSpool();
    const times: readonly (readonly [string, number])[] = [
      ["999.99-3", 20],
      ["1000.01-2", 20],
      ["1000.01-10", 20],
      ["a-later-name", 10],
      ["0-newest", 30],
    ];
    for (const [name, time] of times) {
      writeFileSync(join(spool, name), "");
      utimesSync(join(spool, name), time, time);
    }
    expect(listSpool(spool).names).toEqual(["a-later-name", "999.99-3", "1000.01-2", "1000.01-10", "0-newest"]);
  });

  test("a millionth of a second decides", () => {
    const spool = madeSpool();
    for (const [name, time] of [
      ["b", "2026-11-21T06:00:00.000001000Z"],
      ["a", "2026-11-21T06:00:00.000002000Z"],
    ])
      execFileSync("touch", ["-d", time!, join(spool, name!)]);
    expect(listSpool(spool).names).toEqual(["b", "a"]);
  });

  test("everything that is no record of ours is named and stays", () => {
    const spool = madeSpool();
    const at = (name: string): string => join(spool, name);
    writeFileSync(at("record"), "");
    for (const name of ["full", "lost", ".tmp-young"]) writeFileSync(at(name), "");
    symlinkSync("/etc/passwd", at("link"));
    execFileSync("mkfifo", [at("fifo")]);
    mkdirSync(at("folder"));
    writeFileSync(join(dirname(spool), "twice"), "");
    linkSync(join(dirname(spool), "twice"), at("hard-link"));
    writeFileSync(at("large"), "");
    truncateSync(at("large"), SPOOL_LIMITS.fileBytes + 1);
    for (const name of ["a b", ".hidden", "ünicode", "n".repeat(81), "\u001b[31m"]) writeFileSync(at(name), "");
    const before = readdirSync(spool);
    const { names, problems } = listSpool(spool);
    expect(names).toEqual(["record"]);
    expect([...problems].sort()).toEqual(
      [
        `${at("link")} is a symbolic link`,
        `${at("fifo")} is a FIFO`,
        `${at("folder")} is a directory`,
        `${at("hard-link")} is a file with 2 names`,
        `${at("large")} is larger than ${SPOOL_LIMITS.fileBytes} bytes`,
        ...["a b", ".hidden", "?nicode", "n".repeat(81), "?[31m"].map((name) => `${at(name)} is no file of the spool`),
      ].sort(),
    );
    for (const name of ["link", "fifo", "folder", "hard-link", "large", "..", ".", "../twice", "full", "a/b", ""])
      expect(readSpoolFile(spool, name), name).toBeNull();
    removeSpoolFiles(spool, ["..", "folder/x", "../twice", "full", ".tmp-young"]);
    // There is room, so the spool is not full any more.
    expect(readdirSync(spool)).toEqual(before.filter((name) => name !== "full"));
  });

  test("what belongs to another user is named, files and the spool itself", () => {
    if (process.geteuid?.() !== 0) return console.warn("not root: files of another user are not tried");
    const spool = madeSpool();
    writeFileSync(join(spool, "foreign"), "");
    chownSync(join(spool, "foreign"), 65534, 65534);
    expect(listSpool(spool)).toEqual({
      names: [],
      problems: [`${join(spool, "foreign")} is a file of another user (uid 65534)`],
    });
    expect(readSpoolFile(spool, "foreign")).toBeNull();
    chownSync(spool, 65534, 65534);
    expect(listSpool(spool).problems).toEqual([`${spool} belongs to another user (uid 65534)`]);
  });

  test("a spool that is something else is a problem, and never waited for", () => {
    for (const [make, said] of [
      [(path: string) => void execFileSync("mkfifo", [path]), "is a FIFO, not a directory"],
      [(path: string) => writeFileSync(path, ""), "is not a directory"],
      [(path: string) => symlinkSync(dirname(path), path), "is a symbolic link, not a directory"],
    ] as const) {
      const spool = newSpool();
      mkdirSync(dirname(spool));
      make(spool);
      expect(listSpool(spool)).toEqual({ names: [], problems: [`${spool} ${said}`] });
    }
  });

  test("a directory that is open to others is closed", () => {
    const spool = madeSpool();
    chmodSync(spool, 0o777);
    listSpool(spool);
    expect(statSync(spool).mode & 0o777).toBe(0o700);
  });

  test("temporary files go when they are an hour old", () => {
    const spool = madeSpool();
    const now = 1_000_000_000_000;
    for (const [name, age] of [
      [".tmp-old", SPOOL_LIMITS.leftoverMs + 1000],
      [".tmp-young", SPOOL_LIMITS.leftoverMs - 1000],
      [".tmp-from-the-future", -SPOOL_LIMITS.leftoverMs * 10],
    ] as const) {
      writeFileSync(join(spool, name), "");
      utimesSync(join(spool, name), (now - age) / 1000, (now - age) / 1000);
    }
    expect(listSpool(spool, () => now)).toEqual({ names: [], problems: [] });
    expect(readdirSync(spool).sort()).toEqual([".tmp-from-the-future", ".tmp-young"]);
  });

  test("a name of the spool is a file name, on every system", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 90 }), (name) => {
        const isPlain = /^[0-9A-Za-z_-][0-9A-Za-z._-]*$/.test(name) && name.length <= 80;
        expect(isSpoolName(name)).toBe(isPlain && name !== "full" && name !== "lost");
      }),
    );
  });
});

describe("readSpoolFile and removeSpoolFiles", () => {
  test("bytes and time of a file; null once it is gone", () => {
    const spool = newSpool();
    writeSpoolRecord(spool, hookRecord("{}"), { name: "one" });
    utimesSync(join(spool, "one"), 1000.25, 1000.25);
    const file = readSpoolFile(spool, "one");
    expect(file?.bytes.toString()).toBe("clew-spool 1 hook\n\n{}");
    expect(file?.mtimeMs).toBe(1_000_250);
    removeSpoolFiles(spool, ["one", "one", "never-was"]);
    expect(readSpoolFile(spool, "one")).toBeNull();
    expect(readdirSync(spool)).toEqual([]);
  });

  test("what cannot be removed is an error, after the others are gone", () => {
    const spool = madeSpool();
    mkdirSync(join(spool, "folder"));
    writeFileSync(join(spool, "record"), "");
    expect(() => removeSpoolFiles(spool, ["folder", "record"])).toThrow(ClewError);
    expect(readdirSync(spool)).toEqual(["folder"]);
  });
});
