/** @module Each thing that can be wrong with the spool is named, with what to do about that one and nothing else. */
import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, chownSync, mkdirSync, mkdtempSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { spoolHealth } from "./spool-health.ts";
import { newSpool } from "./testing.ts";

const NOW = Date.UTC(2026, 2, 10, 12);

function madeSpool(): string {
  const spool = newSpool();
  mkdirSync(spool, { recursive: true, mode: 0o700 });
  return spool;
}

test("nothing is wrong with a spool that is there, is not there yet, or has no data directory yet", () => {
  const empty = { problems: [], waiting: 0, oldestMs: null, dropped: 0 };
  expect(spoolHealth(newSpool(), NOW)).toEqual(empty);
  const spool = madeSpool();
  expect(spoolHealth(spool, NOW)).toEqual(empty);
  writeFileSync(join(spool, "one"), "");
  utimesSync(join(spool, "one"), NOW / 1000 - 90, NOW / 1000 - 90);
  expect(spoolHealth(spool, NOW)).toEqual({ ...empty, waiting: 1, oldestMs: 90_000 });
  const home = newSpool();
  mkdirSync(home, { recursive: true });
  expect(spoolHealth(join(home, "spool"), NOW)).toEqual(empty);
});

const FAULTS: readonly (readonly [string, (spool: string) => void, detail: RegExp, fix: RegExp])[] = [
  ["a link", (spool) => symlinkSync(tmpdir(), spool), /is a symbolic link/, /^remove the link/],
  ["a FIFO", (spool) => void execFileSync("mkfifo", [spool]), /is a FIFO/, /^remove the FIFO/],
  ["a file", (spool) => writeFileSync(spool, ""), /is not a directory/, /away: hooks make a directory/],
  ["open to others", (spool) => mkdirAs(spool, 0o755), /open to others \(mode 755\)/, /^run `chmod 700/],
  ["over its cap", (spool) => put(spool, "full"), /over its cap/, /clew daemon start.*CLEW_SPOOL_MAX_KB/],
  ["a holder of strangers", (spool) => mkdirAs(join(made(spool), "a"), 0o700), /an entry that is no file/, /ls -l/],
  ["from the future", (spool) => put(spool, "a", NOW / 1000 + 999), /^1 record in .* from the future/, /clock right/],
];

function made(spool: string): string {
  return mkdirAs(spool, 0o700);
}

function mkdirAs(path: string, mode: number): string {
  mkdirSync(path);
  chmodSync(path, mode);
  return path;
}

function put(spool: string, name: string, seconds = NOW / 1000): void {
  const path = join(made(spool), name);
  writeFileSync(path, "");
  utimesSync(path, seconds, seconds);
}

test.each(FAULTS)("a spool that is %s is one fault, with its own fix", (_, make, detail, fix) => {
  const spool = newSpool();
  mkdirSync(dirname(spool));
  make(spool);
  const { problems } = spoolHealth(spool, NOW);
  expect(problems).toHaveLength(1);
  expect(problems[0]!.detail).toMatch(detail);
  expect(problems[0]!.detail).toContain(spool);
  expect(problems[0]!.fix).toMatch(fix);
});

test("no two faults have one fix", () => {
  const fixes = FAULTS.map(([, make]) => {
    const spool = newSpool();
    mkdirSync(dirname(spool));
    make(spool);
    return spoolHealth(spool, NOW).problems[0]!.fix.replace(spool, "");
  });
  expect(new Set(fixes).size).toBe(FAULTS.length);
});

test("a data directory that is a link to one of ours is none, a link to nothing or a file is", () => {
  const folder = mkdtempSync(join(tmpdir(), "clew-home-"));
  symlinkSync(mkdtempSync(join(tmpdir(), "clew-data-")), join(folder, "there"));
  symlinkSync(join(folder, "gone"), join(folder, "nothing"));
  writeFileSync(join(folder, "file"), "");
  expect(spoolHealth(join(folder, "there", "spool"), NOW).problems).toEqual([]);
  for (const name of ["nothing", "file"])
    expect(spoolHealth(join(folder, name, "spool"), NOW).problems, name).toHaveLength(1);
});

test("one of another user's, and one that cannot be written", () => {
  if (process.geteuid?.() === 0) {
    const spool = madeSpool();
    chownSync(spool, 65534, 65534);
    const [problem] = spoolHealth(spool, NOW).problems;
    expect(problem?.detail).toContain("belongs to another user (uid 65534)");
    expect(problem?.fix).toContain("chown");
    return console.warn("root: a directory that cannot be written is not tried, since root writes anywhere");
  }
  console.warn("not root: a directory of another user is not tried");
  const spool = madeSpool();
  chmodSync(spool, 0o500);
  const { problems } = spoolHealth(spool, NOW);
  expect(problems).toHaveLength(1);
  expect(problems[0]!.fix).toContain("chmod u+rwx");
});

test("a disk that is full, and one that is read-only and is not called full as well", () => {
  const mount = mkdtempSync(join(tmpdir(), "clew-disk-"));
  const mounted = spawnSync("mount", ["-t", "tmpfs", "-o", "size=64k,mode=0700", "tmpfs", mount]).status === 0;
  if (!mounted) return console.warn("mount is not permitted: a full and a read-only disk are not tried");
  onTestFinished(() => void spawnSync("umount", [mount]));
  const spool = join(mount, "spool");
  mkdirSync(spool, { mode: 0o700 });
  const full = spoolHealth(spool, NOW).problems;
  expect(full).toHaveLength(1);
  expect(full[0]).toMatchObject({ detail: `the disk of ${spool} is full` });
  expect(full[0]!.fix).toContain("free some room");
  if (spawnSync("mount", ["-o", "remount,ro", mount]).status !== 0)
    return console.warn("remount is not permitted: a read-only disk is not tried");
  const readOnly = spoolHealth(spool, NOW).problems;
  expect(readOnly).toHaveLength(1);
  expect(readOnly[0]!.detail).toContain("read-only");
  expect(readOnly[0]!.fix).toContain("mount it writable");
});

test("what was dropped and not noted yet is counted", () => {
  const spool = madeSpool();
  writeFileSync(join(spool, "lost"), "xxx");
  writeFileSync(join(spool, ".tmp-lost-1-0"), "x");
  expect(spoolHealth(spool, NOW)).toEqual({ problems: [], waiting: 0, oldestMs: null, dropped: 4 });
});
