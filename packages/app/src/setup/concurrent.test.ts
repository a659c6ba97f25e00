import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, linkSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { replaceFile } from "./replace-file.ts";
import type { SetupStep } from "./setup.ts";
import { type TestMachine, testMachine } from "./testing.ts";

let machine: TestMachine;
beforeEach(() => {
  machine = testMachine();
});
afterEach(() => machine.remove());

const BEFORE = '{\n  "model": "opus"\n}\n';
const EDIT = '{\n  "model": "sonnet"\n}\n';
const leftovers = (): readonly string[] =>
  readdirSync(dirname(machine.settings)).filter((name) => name.startsWith("."));
const at = (wanted: SetupStep, act: () => void) => ({
  onStep: (step: SetupStep): void => {
    if (step === wanted) act();
  },
});

/** The ways in which other programs write a file. */
const WRITERS: Readonly<Record<string, (text: string) => void>> = {
  "in place": (text) => writeFileSync(machine.settings, text),
  "by rename": (text) => {
    writeFileSync(`${machine.settings}.new`, text);
    renameSync(`${machine.settings}.new`, machine.settings);
  },
};

describe.each(Object.keys(WRITERS))("an edit made meanwhile, %s,", (name) => {
  const write = (text: string): void => WRITERS[name]!(text);

  test.each<SetupStep>(["scripts", "backup", "receipt", "written", "compared"])(
    "after %s is seen and stays",
    (step) => {
      machine.write(BEFORE);
      expect(() =>
        machine.setup(
          {},
          at(step, () => write(EDIT)),
        ),
      ).toThrow(/was changed meanwhile: nothing was written/u);
      expect(machine.read()!.toString()).toBe(EDIT);
      expect(leftovers()).toEqual([]);
      expect(readdirSync(dirname(machine.settings))).toEqual(["settings.json"]);
      expect(existsSync(join(machine.host.env.CLEW_HOME!, "setup.json"))).toBe(false);
      machine.setup();
      machine.unsetup();
      expect(machine.read()!.toString()).toBe(EDIT);
    },
  );

  test.each<SetupStep>(["scripts", "receipt", "written", "compared"])(
    "after %s where no file was is seen too",
    (step) => {
      expect(() =>
        machine.setup(
          {},
          at(step, () => write(EDIT)),
        ),
      ).toThrow(/was changed meanwhile/u);
      expect(machine.read()!.toString()).toBe(EDIT);
    },
  );

  test("is seen by unsetup", () => {
    machine.write(BEFORE);
    machine.setup();
    for (const step of ["backup", "written", "compared"] as const) {
      const edit = `${machine.read()}\n`;
      expect(() => machine.unsetup(at(step, () => write(edit)))).toThrow(/was changed meanwhile/u);
      expect(machine.read()!.toString()).toBe(edit);
    }
    machine.unsetup();
    expect(machine.read()!.toString()).toBe(`${BEFORE}\n\n\n`);
  });

  test("is seen by the removal of a file that setup had made", () => {
    machine.setup();
    const edit = `${machine.read()}\n`;
    expect(() => machine.unsetup(at("compared", () => write(edit)))).toThrow(/was changed meanwhile/u);
    expect(machine.read()!.toString()).toBe(edit);
    expect(leftovers()).toEqual([]);
  });
});

test("an edit through a handle that was open before the rename is brought back", () => {
  machine.write(BEFORE);
  const handle = join(machine.root, "same file, other name");
  linkSync(machine.settings, handle);
  expect(() =>
    machine.setup(
      {},
      at("replaced", () => writeFileSync(handle, EDIT)),
    ),
  ).toThrow(/was changed meanwhile/u);
  expect(machine.read()!.toString()).toBe(EDIT);
  expect(leftovers()).toEqual([]);
});

test("a file that is deleted meanwhile is not made again", () => {
  machine.write(BEFORE);
  expect(() =>
    machine.setup(
      {},
      at("written", () => rmSync(machine.settings)),
    ),
  ).toThrow(/was changed meanwhile/u);
  expect(machine.read()).toBeNull();
});

describe("stopped", () => {
  const stop = (): never => {
    throw new Error("power cut");
  };

  test.each<SetupStep>(["scripts", "backup", "receipt", "written", "compared", "replaced", "checked"])(
    "after %s, settings.json is whole, and a later run goes on",
    (step) => {
      machine.write(BEFORE);
      expect(() => machine.setup({}, at(step, stop))).toThrow("power cut");
      const isNew = step === "replaced" || step === "checked";
      const stopped = machine.read()!.toString();
      expect(stopped === BEFORE).toBe(!isNew);
      expect(Object.keys((JSON.parse(stopped) as { hooks?: object }).hooks ?? {}).length > 0).toBe(isNew);
      machine.setup();
      machine.unsetup();
      expect(machine.read()!.toString()).toBe(BEFORE);
    },
  );

  test.each<SetupStep>(["backup", "written", "compared", "replaced", "checked"])(
    "in unsetup after %s as well",
    (step) => {
      machine.write(BEFORE);
      machine.setup();
      const set = machine.read()!.toString();
      expect(() => machine.unsetup(at(step, stop))).toThrow("power cut");
      expect([BEFORE, set]).toContain(machine.read()!.toString());
      machine.unsetup();
      expect(machine.read()!.toString()).toBe(BEFORE);
      expect(existsSync(join(machine.host.env.CLEW_HOME!, "hooks"))).toBe(false);
    },
  );

  test("by a full disk, nothing is changed", () => {
    machine.write(BEFORE);
    const full = Object.assign(new Error("write"), { code: "ENOSPC" });
    const onStep = (): never => {
      throw full;
    };
    const options = { expected: Buffer.from(BEFORE), mode: 0o600, unique: "x", onStep };
    expect(() => replaceFile(machine.settings, Buffer.from(EDIT), options)).toThrow(/the disk is full/u);
    expect(machine.read()!.toString()).toBe(BEFORE);
    expect(leftovers()).toEqual([]);
  });
});

/**
 * A rename by somebody else between our last look and our own rename cannot be seen (docs/setup.md): two system calls, but a
 * busy disk may hold ours up just there. Of 25 races that aim at the whole run some may hit it; without looking, most would.
 */
const MOST_UNSEEN_RENAMES = 12;

test("no edit of another process is lost in 50 races", async () => {
  // Waits for a file, then a moment of its own, and writes as an editor would: in place, or by rename.
  const program = `
    const fs = require("node:fs");
    const [settings, ready, delay, how] = process.argv.slice(1);
    const wait = new Int32Array(new SharedArrayBuffer(4));
    fs.writeFileSync(ready + ".up", "");
    while (!fs.existsSync(ready)) {}
    const until = process.hrtime.bigint() + BigInt(delay);
    while (process.hrtime.bigint() < until) {}
    const before = fs.readFileSync(settings, "utf8");
    let value; try { value = JSON.parse(before); } catch { process.exit(9); }
    value.edited = true;
    const text = JSON.stringify(value, null, 2);
    if (how === "rename") { fs.writeFileSync(settings + ".other", text); fs.renameSync(settings + ".other", settings); }
    else fs.writeFileSync(settings, text);
  `;
  let refused = 0;
  let applied = 0;
  let unseen = 0;
  mkdirSync(join(machine.root, "rounds"));
  for (let round = 0; round < 50; round++) {
    machine.write(BEFORE);
    rmSync(join(machine.host.env.CLEW_HOME!, "setup.json"), { force: true });
    const ready = join(machine.root, "rounds", String(round));
    const how = round % 2 === 0 ? "place" : "rename";
    const delay = String(((round * 7919) % 50) * 60_000);
    const writer = spawn(process.execPath, ["-e", program, machine.settings, ready, delay, how], { stdio: "inherit" });
    const ended = once(writer, "exit");
    while (!existsSync(`${ready}.up`)) await new Promise((resolve) => setTimeout(resolve, 2));
    writeFileSync(ready, "");
    try {
      machine.setup();
      applied++;
    } catch (error) {
      expect(String(error)).toMatch(/was changed meanwhile|not valid JSON/u);
      refused++;
    }
    const [code] = (await ended) as [number];
    expect(code).toBe(0);
    const left = JSON.parse(readFileSync(machine.settings, "utf8")) as { edited?: boolean; model?: string };
    expect(left.model, `round ${round}, ${how}, delay ${delay} ns`).toBe("opus");
    if (how === "rename" && !left.edited) unseen++;
    else expect(left.edited, `round ${round}, ${how}, delay ${delay} ns`).toBe(true);
    expect(leftovers()).toEqual([]);
  }
  expect(applied + refused).toBe(50);
  expect(unseen).toBeLessThanOrEqual(MOST_UNSEEN_RENAMES);
}, 240_000);
