import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createDaemonLog, LOG_LIMIT } from "./log.ts";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "clew-log-"));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const clock = () => Date.UTC(2026, 2, 10, 12);

test("writes lines with their time into a private file", () => {
  const path = join(directory, "daemon.log");
  const before = process.umask(0);
  try {
    const log = createDaemonLog(path, clock);
    log.line("one");
    log.line("two\nthree\u001b[31m");
  } finally {
    process.umask(before);
  }
  expect(readFileSync(path, "utf8")).toBe("2026-03-10T12:00:00.000Z one\n2026-03-10T12:00:00.000Z two three [31m\n");
  if (process.platform !== "win32") expect(statSync(path).mode & 0o777).toBe(0o600);
});

test("keeps one old file", () => {
  const path = join(directory, "daemon.log");
  writeFileSync(path, "x".repeat(LOG_LIMIT));
  createDaemonLog(path, clock).line("fresh");
  expect(readFileSync(path, "utf8")).toContain("fresh");
  expect(statSync(path).size).toBeLessThan(100);
  expect(statSync(`${path}.1`).size).toBe(LOG_LIMIT);
  writeFileSync(path, "y".repeat(LOG_LIMIT));
  createDaemonLog(path, clock).line("again");
  expect(readFileSync(`${path}.1`, "utf8")[0]).toBe("y");
  expect(existsSync(`${path}.2`)).toBe(false);
});

test.runIf(process.platform !== "win32")("follows no symlink and survives a place that cannot be written", () => {
  const victim = join(directory, "victim");
  writeFileSync(victim, "");
  symlinkSync(victim, join(directory, "daemon.log"));
  createDaemonLog(join(directory, "daemon.log"), clock).line("secret");
  createDaemonLog(join(directory, "none", "daemon.log"), clock).line("nowhere");
  expect(readFileSync(victim, "utf8")).toBe("");
});
