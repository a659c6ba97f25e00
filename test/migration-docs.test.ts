/** @module The example that docs/migration.md opens with does what the page says. */
import { execFile } from "node:child_process";
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { SPELLINGS } from "../packages/app/src/sources/imports/session-document.ts";
import { bareEnvironment, clewBin } from "./command.ts";
import { repositoryRoot } from "./repository.ts";

const run = promisify(execFile);
const page = readFileSync(join(repositoryRoot, "docs", "migration.md"), "utf8");

test("the opening example of docs/migration.md goes there and back", async () => {
  const script = /```sh\n([\s\S]*?)```/.exec(page)?.[1] ?? "";
  expect(script).toContain("clew migrate start");
  const env = bareEnvironment();
  const home = env.HOME!;
  const bin = join(home, "bin");
  mkdirSync(bin);
  writeFileSync(join(bin, "clew"), `#!/bin/sh\nexec '${process.execPath}' '${clewBin}' "$@"\n`);
  chmodSync(join(bin, "clew"), 0o755);
  const { stdout } = await run("sh", ["-e", "-c", script], {
    cwd: home,
    env: { ...env, CLEW_RUNTIME_DIR: join(home, "run"), PATH: `${bin}${delimiter}${env.PATH}` },
  });
  expect(stdout).toMatch(/^1 files are read/m);
  expect(stdout).toContain("1 hit");
  expect(stdout).toContain("0 files read, 1 made, 0 brought up to the store.");
  expect(stdout).toContain("2 files and 2 sessions: files and store say the same.");
  expect(stdout).toMatch(/sessions-again: 1 files as they were read, 1 written from the store\./);
  const made = readdirSync(join(home, "sessions")).find((name) => name !== "loom-1.json")!;
  const row = JSON.parse(readFileSync(join(home, "sessions", made), "utf8")) as Record<string, unknown>;
  expect(row).toMatchObject({ title: "Dye the wool", trigger_source: "cron", status: "active" });
});

test("the page names every spelling", () => {
  const names = Object.values(SPELLINGS).flat();
  expect(names.filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
});
