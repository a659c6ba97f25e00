import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readStatuslineFile } from "../base/statusline-file.ts";
import { TEST_NOW, type TestDatabase, testDatabase } from "../query/testing.ts";
import { createStatuslineWriter, type StatuslineWriter } from "./statusline-writer.ts";

let base: TestDatabase;
let directory: string;
let path: string;
let passed: number;
let problems: string[];
let writer: StatuslineWriter;

beforeEach(() => {
  base = testDatabase();
  directory = mkdtempSync(join(tmpdir(), "clew-statusline-"));
  path = join(directory, "statusline.json");
  passed = 0;
  problems = [];
  writer = createStatuslineWriter({
    reader: base.db,
    path,
    clock: () => TEST_NOW + passed,
    monotonic: () => passed,
    timeZone: "UTC",
    onProblem: (message) => problems.push(message),
  });
});
afterEach(() => {
  base.close();
  rmSync(directory, { recursive: true, force: true });
});

test("writes when something has changed, and not more often than every ten seconds", () => {
  expect(writer.look()).toBe(true);
  expect(readStatuslineFile(path)).toEqual({
    version: 1,
    updated_at: new Date(TEST_NOW).toISOString(),
    today_cost_usd: 0,
    active: 0,
    waiting: 0,
    unread: 0,
    workspaces: {},
  });
  base.session("one", { activity: "waiting", activity_at: TEST_NOW, ended_at: TEST_NOW });
  writer.changed();
  passed = 9000;
  expect(writer.look()).toBe(false);
  passed = 10_000;
  expect(writer.look()).toBe(true);
  expect(readStatuslineFile(path)).toMatchObject({ waiting: 1, updated_at: new Date(TEST_NOW + 10_000).toISOString() });
  passed = 20_000;
  writer.changed();
  expect(writer.look()).toBe(false);
  expect(readdirSync(directory)).toEqual(["statusline.json"]);
});

test("looks once a minute without any change: the day may have ended", () => {
  base.session("one");
  base.response("one", { cost_micros: 5_000_000, ts: TEST_NOW - 1000 });
  writer.look();
  expect(readStatuslineFile(path)?.today_cost_usd).toBe(5);
  passed = 59_000;
  expect(writer.look()).toBe(false);
  passed = 12 * 3_600_000;
  expect(writer.look()).toBe(true);
  expect(readStatuslineFile(path)?.today_cost_usd).toBe(0);
});

test("says once that it cannot write", () => {
  mkdirSync(path);
  for (passed = 0; passed <= 30_000; passed += 10_000) {
    writer.changed();
    expect(writer.look()).toBe(false);
  }
  expect(problems).toHaveLength(1);
  expect(existsSync(`${path}.${process.pid}.tmp`)).toBe(false);
});
