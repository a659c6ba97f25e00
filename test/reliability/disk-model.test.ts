/** @module What the simulated disk keeps and what it may lose; the power-loss test is worth as much as this. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createRandom } from "../../packages/app/src/demo/random.ts";
import type { Change } from "./call-log.ts";
import { createDisk, type DiskKind } from "./disk-model.ts";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "clew-disk-"));
});
afterEach(() => rmSync(directory, { recursive: true }));

type Step = Pick<Change, "call" | "path"> & Partial<Change>;

const made: readonly Step[] = [
  { call: "mkdir", path: "/r/d", inode: 1 },
  { call: "sync", path: "/r" },
  { call: "open", path: "/r/d/f", inode: 2 },
  { call: "write", path: "/r/d/f", inode: 2, data: Buffer.from("abc") },
];
const fileSync: Step = { call: "sync", path: "/r/d/f", inode: 2 };
const directorySync: Step = { call: "sync", path: "/r/d", inode: 1 };

/** Contents of /r/d/f, "-" when it is not there, after many power cuts at the same place. */
function found(kind: DiskKind, steps: readonly Step[], file = "f"): readonly string[] {
  const disk = createDisk("/r", kind);
  for (const step of steps) disk.apply({ pid: 1, inode: 0, to: "", offset: 0, data: Buffer.alloc(0), ...step });
  const random = createRandom("disk");
  const outcomes = new Set<string>();
  for (let cut = 0; cut < 60; cut++) {
    const target = join(directory, `${cut}`);
    disk.powerLoss(target, random);
    const path = join(target, "d", file);
    outcomes.add(existsSync(path) ? readFileSync(path, "latin1") : "-");
    rmSync(target, { recursive: true });
  }
  return [...outcomes].toSorted();
}

test.each<[string, DiskKind, readonly Step[], readonly string[]]>([
  ["nothing synced", "posix", made, ["", "-", "abc"]],
  ["nothing synced", "journal", made, ["", "-", "abc"]],
  ["the file alone", "posix", [...made, fileSync], ["-", "abc"]],
  ["the file alone", "journal", [...made, fileSync], ["abc"]],
  ["the name alone", "posix", [...made, directorySync], ["", "abc"]],
  ["both", "posix", [...made, fileSync, directorySync], ["abc"]],
  ["removed", "posix", [...made, fileSync, directorySync, { call: "unlink", path: "/r/d/f" }], ["-", "abc"]],
  ["removed", "posix", [...made, fileSync, { call: "unlink", path: "/r/d/f" }, directorySync], ["-"]],
  ["everything", "posix", [...made, { call: "sync all", path: "/r" }], ["abc"]],
  ["cut", "posix", [...made, fileSync, directorySync, { call: "truncate", path: "/r/d/f", inode: 2 }], ["", "abc"]],
])("%s synced, %s", (_, kind, steps, outcomes) => {
  expect(found(kind, steps)).toEqual(outcomes);
});

test("a rename is made or not, never half", () => {
  const renamed: Step = { call: "rename", path: "/r/d/f", to: "/r/d/g", inode: 2 };
  for (const kind of ["posix", "journal"] as const) {
    expect(found(kind, [...made, fileSync, directorySync, renamed])).toEqual(["-", "abc"]);
    expect(found(kind, [...made, fileSync, directorySync, renamed], "g")).toEqual(["-", "abc"]);
  }
  expect(found("posix", [...made, fileSync, renamed, directorySync], "g")).toEqual(["abc"]);
});

test("a large write arrives torn at sectors, and a file whose number is used again is another one", () => {
  const data = Buffer.alloc(8192, "x");
  const sizes = found("posix", [...made, directorySync, { call: "write", path: "/r/d/f", inode: 2, data }]);
  expect(sizes.length).toBeGreaterThan(5);
  const again: readonly Step[] = [
    ...made,
    fileSync,
    { call: "unlink", path: "/r/d/f" },
    { call: "open", path: "/r/d/g", inode: 2 },
    directorySync,
  ];
  expect(found("posix", again, "g")).toEqual([""]);
});
