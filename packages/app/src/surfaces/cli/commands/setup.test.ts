import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ClewError } from "../../../base/error.ts";
import { RECORDED_HOOK_EVENTS } from "../../../setup/hook-events.ts";
import { type TestMachine, testMachine } from "../../../setup/testing.ts";
import { splitArguments } from "../arguments.ts";
import { type CliCommand, cittyCommand } from "../command.ts";
import { createOutput } from "../output.ts";
import { createSetupCommand, type SetupSeams } from "./setup.ts";
import { createUnsetupCommand } from "./unsetup.ts";

let machine: TestMachine;
beforeEach(() => {
  machine = testMachine();
  machine.write('{\n  "model": "opus"\n}\n');
});
afterEach(() => machine.remove());

interface Answer {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly questions: readonly string[];
}

/** Runs one of the two commands on the test's machine; `answer` is what the person at the terminal says, null: nobody is there. */
async function run(words: readonly string[], answer: boolean | null = null, color = false): Promise<Answer> {
  const text = { stdout: "", stderr: "" };
  const sink = (name: "stdout" | "stderr") => ({
    write: (part: string) => {
      text[name] += part;
    },
  });
  const questions: string[] = [];
  const seams: SetupSeams = {
    host: machine.host,
    canAsk: () => answer !== null,
    confirm: async (_, question) => {
      questions.push(question);
      return answer === true;
    },
  };
  const [name, ...rest] = words;
  const command: CliCommand = name === "setup" ? createSetupCommand(seams) : createUnsetupCommand(seams);
  const { flags, operands } = splitArguments(rest, command.flags, name!);
  const { runCommand } = await import("citty");
  const { result } = await runCommand(cittyCommand(command, operands), {
    rawArgs: [...flags],
    data: {
      env: machine.host.env,
      clock: machine.host.clock,
      timeZone: "UTC",
      out: createOutput(sink("stdout"), { color, width: 80 }),
      err: createOutput(sink("stderr"), { color, width: 80 }),
      stopped: new Promise(() => {}),
      isInteractive: answer !== null,
    },
  });
  return { code: result as number, ...text, questions };
}
const settings = (): string => readFileSync(machine.settings, "utf8");
const original = '{\n  "model": "opus"\n}\n';

describe("clew setup", () => {
  test("where nobody can be asked shows the change and makes none", async () => {
    for (const words of [["setup"], ["setup", "--dry-run", "--yes"], ["setup", "--dry-run"]]) {
      const { code, stdout, stderr } = await run(words);
      expect(code).toBe(0);
      expect(stdout).toContain(`--- ${machine.settings}\n+++ ${machine.settings}\n@@ -1,3 +1,`);
      expect(stdout).toContain('-  "model": "opus"\n+  "model": "opus",\n+  "hooks": {\n');
      expect(stdout).toContain("clew setup --yes");
      expect(stderr).toContain("cleanupPeriodDays is not set");
      expect(settings()).toBe(original);
      expect(existsSync(machine.host.env.CLEW_HOME!)).toBe(false);
    }
  });

  test("asks, and takes no for an answer", async () => {
    const { code, stdout, questions } = await run(["setup"], false);
    expect([code, questions]).toEqual([0, ["Apply this?"]]);
    expect(stdout).toMatch(/Nothing was changed\.\n$/u);
    expect(settings()).toBe(original);
  });

  test("asks, applies, and says what it did; then it has nothing to do", async () => {
    const { stdout } = await run(["setup"], true);
    expect(stdout).toContain(`${machine.settings} calls Clew on 32 events`);
    expect(stdout).toMatch(/Before: .*settings\.json\.clew-backup-/u);
    expect(settings()).toContain("observe.sh");
    const again = await run(["setup"], true);
    expect(again.stdout).toContain("Already set up");
    expect(again.questions).toEqual([]);
  });

  test("counts one event as one, and notes where the program is, but not when it only shows", async () => {
    const noted = join(machine.host.env.CLEW_HOME!, "program");
    await run(["setup", "--yes"]);
    expect(readFileSync(noted, "utf8")).toMatch(/^\/.+\n\/.+\/bin\/clew\.js\n$/u);
    rmSync(noted);
    const older = JSON.parse(settings()) as { hooks: Record<string, unknown[]> };
    older.hooks.PostToolUse!.pop();
    machine.write(JSON.stringify(older));
    await run(["setup", "--dry-run"]);
    expect(existsSync(noted)).toBe(false);
    expect((await run(["setup", "--yes"])).stdout).toContain(`${machine.settings} calls Clew on 1 event.\n`);
    expect(existsSync(noted)).toBe(true);
  });

  test("paints removed and added lines on a terminal", async () => {
    const { stdout } = await run(["setup", "--dry-run"], null, true);
    expect(stdout).toContain('\u001b[31m-  "model": "opus"\u001b[39m');
    expect(stdout).toContain('\u001b[32m+  "model": "opus",\u001b[39m');
  });

  test("shows the service before it writes it", async () => {
    const { stdout } = await run(["setup", "--service"]);
    expect(stdout).toContain("ExecStart=");
    expect(stdout).toContain("systemctl --user enable --now clew.service");
    expect(machine.calls).toEqual([]);
    const applied = await run(["setup", "--service", "--yes"]);
    expect(applied.stdout).toContain("The service runs");
    expect(machine.calls).toHaveLength(2);
  });

  test("answers in JSON, without asking", async () => {
    const { stdout, questions } = await run(["setup", "--json", "--service"], true);
    expect(questions).toEqual([]);
    expect(JSON.parse(stdout)).toEqual({
      changed: false,
      pending: true,
      path: machine.settings,
      backup: null,
      warnings: [expect.stringContaining("cleanupPeriodDays")],
      events: RECORDED_HOOK_EVENTS,
      scripts: ["observe.sh", "session-start.sh", "memory.sh", "session-start.command", "memory.command"],
      service: {
        kind: "systemd",
        path: join(machine.home, ".config/systemd/user/clew.service"),
        changed: false,
        started: false,
        message: null,
      },
      diff: expect.stringMatching(/^--- .*\n\+\+\+ .*\n@@ /u),
    });
    const applied = JSON.parse((await run(["setup", "--json", "--yes"])).stdout) as Record<string, unknown>;
    expect(applied).toMatchObject({ changed: true, pending: false, service: null });
    expect(readFileSync(applied.backup as string, "utf8")).toBe(original);
  });

  test("fails with one sentence on a file that it cannot read", async () => {
    machine.write("{ broken");
    const error = await run(["setup", "--yes"]).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ClewError);
    expect((error as ClewError).message).toMatch(/^\S.*settings\.json is not valid JSON at line 1, column 3/u);
    expect(settings()).toBe("{ broken");
  });
});

describe("clew unsetup", () => {
  test("has nothing to do where nothing is set up, which is no failure", async () => {
    const { code, stdout } = await run(["unsetup", "--yes"]);
    expect(code).toBe(0);
    expect(stdout).toContain("Nothing is set up");
    expect(settings()).toBe(original);
  });

  test("shows the change first, then makes it, and says where the data is", async () => {
    await run(["setup", "--yes"]);
    const set = settings();
    const { stdout } = await run(["unsetup"], false);
    expect(stdout).toContain('-  "hooks": {');
    expect(stdout).toContain("byte for byte as before");
    expect(settings()).toBe(set);
    const applied = await run(["unsetup"], true);
    expect(applied.stdout).toContain(`What was recorded stays in ${machine.host.env.CLEW_HOME}`);
    expect(settings()).toBe(original);
  });

  test("answers in JSON", async () => {
    await run(["setup", "--yes"]);
    expect(JSON.parse((await run(["unsetup", "--json", "--yes"])).stdout)).toEqual({
      changed: true,
      pending: false,
      path: machine.settings,
      backup: null,
      warnings: [],
      events: RECORDED_HOOK_EVENTS,
      scripts: ["observe.sh", "session-start.sh", "memory.sh", "session-start.command", "memory.command"],
      service: null,
      diff: expect.stringContaining('-  "hooks": {'),
      exact: true,
      others: [],
      home: machine.host.env.CLEW_HOME,
    });
  });
});
