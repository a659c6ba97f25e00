import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readStatuslineFile, type StatuslineFile, writeStatuslineFile } from "./statusline-file.ts";

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "clew-line-"));
});
afterAll(() => rmSync(directory, { recursive: true }));

const FILE: StatuslineFile = {
  version: 1,
  updated_at: "2026-03-10T12:00:00.000Z",
  today_cost_usd: 1.5,
  active: 2,
  waiting: 1,
  unread: 0,
  workspaces: { w: { open_todos: 3, focus: "the loom" } },
};

test("is read as it was written, by its owner alone, and leaves nothing beside it", () => {
  const path = join(directory, "statusline.json");
  writeStatuslineFile(path, FILE);
  writeStatuslineFile(path, { ...FILE, active: 3 });
  expect(readStatuslineFile(path)).toEqual({ ...FILE, active: 3 });
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(readdirSync(directory)).toEqual(["statusline.json"]);
});

test("is null when it is not ours, and its odd fields are nothing", () => {
  const path = join(directory, "odd.json");
  expect(readStatuslineFile(path)).toBeNull();
  for (const text of ["", "null", "[]", "{", '{"version":2,"updated_at":"x"}', '{"version":1}']) {
    writeFileSync(path, text);
    expect(readStatuslineFile(path)).toBeNull();
  }
  writeFileSync(path, JSON.stringify({ ...FILE, today_cost_usd: "x", active: -1, waiting: 1.5, workspaces: null }));
  expect(readStatuslineFile(path)).toEqual({ ...FILE, today_cost_usd: null, active: 0, waiting: 0, workspaces: {} });
  expect(() => writeStatuslineFile(join(directory, "none", "x.json"), FILE)).toThrow();
});
