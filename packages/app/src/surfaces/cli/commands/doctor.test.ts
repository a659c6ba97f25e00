/** @module `clew doctor` on a machine that was set up: well when it is, and every planted fault is named with its own fix. */
import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { applyEdits, modify } from "jsonc-parser";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Environment } from "../../../base/paths.ts";
import type { DoctorCheck } from "../../../query/doctor.ts";
import { type TestMachine, testMachine } from "../../../setup/testing.ts";
import { main } from "../main.ts";

let machine: TestMachine;
let env: Environment;
let program: string;
const before = process.cwd();

beforeEach(() => {
  machine = testMachine();
  env = { ...machine.host.env, CLEW_RUNTIME_DIR: realpathSync(mkdtempSync(join(tmpdir(), "clew-run-"))) };
  program = join(machine.root, "package", "session-start.cjs");
  writeFileSync(program, "");
  machine.write('{\n  "model": "opus"\n}\n');
  const entries = { sessionStartEntry: program, bin: program };
  machine.setup({}, { node: process.execPath, package: { ...machine.host.package!, ...entries } });
});
afterEach(() => {
  process.chdir(before);
  machine.remove();
});

const at = (...names: string[]): string => join(env.CLEW_HOME!, ...names);

async function doctor(environment: Environment = env, words: readonly string[] = ["--json"]) {
  const stdout: string[] = [];
  const stderr: string[] = [];
  const code = await main({
    words: ["doctor", ...words],
    env: environment,
    clock: Date.now,
    stdout: { write: (text: string) => void stdout.push(text) },
    stderr: { write: (text: string) => void stderr.push(text) },
    version: "0",
    stopped: new Promise(() => {}),
    isInteractive: false,
    timeZone: "UTC",
  });
  expect(stderr).toEqual([]);
  return { code, stdout: stdout.join("") };
}

/** Checks that do not hold; the exit code says the same. */
async function faults(environment: Environment = env): Promise<readonly DoctorCheck[]> {
  const { code, stdout } = await doctor(environment);
  const { checks, ok } = JSON.parse(stdout) as { checks: readonly DoctorCheck[]; ok: boolean };
  const failed = checks.filter((check) => !check.ok);
  expect([code, ok]).toEqual(failed.length === 0 ? [0, true] : [1, false]);
  for (const check of failed) expect(check.fix, check.name).toBeTruthy();
  return failed;
}

describe("a machine that was set up", () => {
  test("is well, from whatever working directory it is asked", async () => {
    for (const directory of [machine.root, at("hooks"), "/"]) {
      process.chdir(directory);
      expect(await faults()).toEqual([]);
    }
    const { code, stdout } = await doctor(env, []);
    expect(code).toBe(0);
    expect(stdout).toContain(`✓ the agent's hooks are set up  ${machine.settings}\n`);
    expect(stdout).toContain("✓ hooks can record  yes\n");
  });

  test("is well after it was undone", async () => {
    machine.unsetup();
    expect(await faults()).toEqual([]);
  });

  const withEntries = (change: (text: string) => string) => () => machine.write(change(String(machine.read())));
  const without = (...path: string[]) => withEntries((text) => applyEdits(text, modify(text, path, undefined, {})));
  test.each<readonly [string, () => void, () => string]>([
    [
      "a script that is no program",
      () => chmodSync(at("hooks", "observe.sh"), 0o644),
      () => `${at("hooks", "observe.sh")} cannot be run`,
    ],
    [
      "a script that is gone",
      () => rmSync(at("hooks", "session-start.sh")),
      () => `${at("hooks", "session-start.sh")} is missing`,
    ],
    [
      "a program that is gone",
      () => rmSync(program),
      () => `${at("hooks", "session-start.command")} names ${program}, which does not exist`,
    ],
    [
      "a node that is gone",
      () => writeFileSync(at("hooks", "session-start.command"), `/gone/node\n${program}\n`),
      () => `${at("hooks", "session-start.command")} names /gone/node, which does not exist`,
    ],
    [
      "a command of one line",
      () => writeFileSync(at("hooks", "session-start.command"), `${process.execPath}\n`),
      () => `${at("hooks", "session-start.command")} does not hold two lines, node and the program`,
    ],
    ["settings without hooks", without("hooks"), () => `${machine.settings} no longer holds Clew's hooks`],
    [
      "settings without one event",
      without("hooks", "Stop"),
      () => `${machine.settings} no longer holds Clew's hooks for Stop`,
    ],
    [
      "a session start with one of its two entries",
      withEntries((text) => text.replaceAll("/session-start.sh", "/other.sh")),
      () => `${machine.settings} no longer holds Clew's hooks for SessionStart`,
    ],
    ["settings that are gone", () => rmSync(machine.settings), () => `${machine.settings} does not exist any more`],
    [
      "settings with a comment",
      withEntries((text) => `// mine\n${text}`),
      () => `${machine.settings} has comments or trailing commas: Claude Code ignores the whole file`,
    ],
    [
      "settings that are no JSON",
      () => machine.write("{"),
      () => `${machine.settings} is not valid JSON at line 1, column 2 (close brace expected)`,
    ],
  ])("and then has %s", async (_, plant, detail) => {
    plant();
    const found = await faults();
    expect(found.map((check) => check.detail)).toContain(detail());
    expect(new Set(found.map((check) => check.name))).toEqual(new Set(["the agent's hooks are set up"]));
  });
});

describe("the environment", () => {
  test("with a relative CLEW_HOME has no home directory, and hooks record nowhere", async () => {
    process.chdir(machine.root);
    const found = await faults({ ...env, CLEW_HOME: "data" });
    expect(found.map(({ name }) => name)).toEqual(["there is a home directory", "hooks can record"]);
    expect(found[0]).toMatchObject({ detail: "CLEW_HOME is not an absolute path: data" });
    expect(found[0]!.fix).toContain("set CLEW_HOME to an absolute path");
  });

  test("without HOME and CLEW_HOME cannot record", async () => {
    const found = await faults({
      CLEW_RUNTIME_DIR: env.CLEW_RUNTIME_DIR,
      CLAUDE_CONFIG_DIR: machine.home,
      CLEW_HOME: "",
    });
    const names = found.map(({ name }) => name);
    expect(names).toContain("there is a home directory");
    expect(names).toContain("hooks can record");
    expect(found.find(({ name }) => name === "hooks can record")!.detail).toContain("neither CLEW_HOME nor HOME");
  });

  test("with a runtime directory too long for a socket is told so by the daemon's check", async () => {
    const long = join(machine.root, "r".repeat(100));
    mkdirSync(long, { mode: 0o700 });
    const found = await faults({ ...env, CLEW_RUNTIME_DIR: long });
    expect(found.map(({ name }) => name)).toEqual(["the daemon answers"]);
    expect(found[0]!.detail).toContain("too long for a socket");
    expect(found[0]!.fix).toContain("CLEW_RUNTIME_DIR");
  });
});

describe("the spool", () => {
  test("that dropped records is a fault until the count is taken", async () => {
    writeFileSync(at("spool", "lost"), "xxx");
    const found = await faults();
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({ name: "no record was dropped" });
    expect(found[0]!.detail).toContain("3 records were dropped");
    rmSync(at("spool", "lost"));
    expect(await faults()).toEqual([]);
  });

  test("that is open to others is a fault, with the command that closes it", async () => {
    chmodSync(at("spool"), 0o750);
    const found = await faults();
    expect(found.map(({ fix }) => fix)).toEqual([expect.stringContaining(`chmod 700 ${at("spool")}`)]);
  });
});
