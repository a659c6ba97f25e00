/** @module The hook is killed between any two of its system calls: the spool then holds its whole event, or none. */
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { expect, test } from "vitest";
import { hasProgram, isWhole, newHome, observeScript, runHook, spooled, toolEvent } from "./hook-script-runner.ts";

const body = toolEvent("toolu_kill", 100_000);

/** What the reader finds: "whole", "none" (no file, or one without a whole body), or a sentence about what is wrong. */
function verdict(home: string): "whole" | "none" | string {
  const found = spooled(home).filter(({ record }) => record !== null && isWhole(record.body));
  if (found.length === 0) return "none";
  if (found.length > 1) return `${found.length} events`;
  const { fields, body: bytes } = found[0]!.record!;
  return bytes.toString() === body && fields.session === "s-1" ? "whole" : "an event that nobody wrote";
}

/** A system call of a run: the how manieth of its name. strace counts them by name. */
interface Call {
  readonly name: string;
  readonly ordinal: number;
}

/** strace arguments that kill the program just before it makes a call. */
function killAt({ name, ordinal }: Call): readonly string[] {
  return ["-qq", "-o", "/dev/null", "-e", `inject=${name}:signal=SIGKILL:when=${ordinal}`];
}

/** The calls that a run made, from strace's own record of it. */
function callsIn(log: string): readonly Call[] {
  const counts = new Map<string, number>();
  return [...log.matchAll(/^(?:\d+ +)?([a-z_0-9]+)\(/gm)].map(([, name = ""]) => {
    const ordinal = (counts.get(name) ?? 0) + 1;
    counts.set(name, ordinal);
    return { name, ordinal };
  });
}

const straceHere = hasProgram("strace", "the hook is killed at random moments only");
const canTrace =
  straceHere && spawnSync("strace", [...killAt({ name: "execve", ordinal: 60_000 }), "true"]).status === 0;
if (straceHere && !canTrace) console.warn("strace cannot trace here: the hook is killed at random moments only");

interface Outcome {
  readonly call: Call;
  readonly verdict: string;
  /** The program said that all went well. */
  readonly acknowledged: boolean;
  readonly wasKilled: boolean;
}

/** Several at a time: most of a run is waiting for strace. */
async function eachCall(calls: readonly Call[], run: (call: Call) => Promise<Outcome>): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = [];
  for (let at = 0; at < calls.length; at += 4) outcomes.push(...(await Promise.all(calls.slice(at, at + 4).map(run))));
  return outcomes;
}

function expectWholeOrNone(calls: readonly Call[], outcomes: readonly Outcome[]): void {
  expect(outcomes.filter((outcome) => outcome.verdict !== "whole" && outcome.verdict !== "none")).toEqual([]);
  // What was acknowledged is there.
  expect(outcomes.filter(({ acknowledged, verdict: found }) => acknowledged && found !== "whole")).toEqual([]);
  const killed = outcomes.filter(({ wasKilled }) => wasKilled);
  // A run differs from the next by a call or two.
  expect(killed.length).toBeGreaterThan(calls.length * 0.9);
  expect(new Set(killed.map(({ verdict: found }) => found))).toEqual(new Set(["whole", "none"]));
}

test("strace works where the tests run unattended", () => {
  expect(process.env.CI === "true" && straceHere && !canTrace).toBe(false);
});

test("the shell, at every one of its system calls", async () => {
  if (!canTrace) return;
  const log = join(mkdtempSync(join(tmpdir(), "clew-trace-")), "log");
  const run = (home: string, strace: readonly string[]) =>
    runHook({ body, env: { CLEW_HOME: home, CLAUDE_CODE_SESSION_ID: "s-1" }, through: ["strace", ...strace] });
  await run(newHome(), ["-qq", "-o", log]);
  const calls = callsIn(readFileSync(log, "utf8"));
  expect(calls.length).toBeGreaterThan(60);
  const outcomes = await eachCall(calls, async (call) => {
    const home = newHome();
    const { code, signal } = await run(home, killAt(call));
    return { call, verdict: verdict(home), acknowledged: code === 0, wasKilled: signal === "SIGKILL" };
  });
  expectWholeOrNone(calls, outcomes);
});

test("dd, at every one of its system calls", async () => {
  if (!canTrace) return;
  const folder = mkdtempSync(join(tmpdir(), "clew-dd-"));
  const line = "PATH=/usr/bin:/bin:$PATH";
  const script = readFileSync(observeScript, "utf8");
  expect(script.split(line)).toHaveLength(2);
  /** Runs the script with a dd that is traced; returns dd's exit status as a shell tells it. */
  const run = async (home: string, strace: readonly string[]) => {
    const bin = mkdtempSync(join(folder, "bin-"));
    const [traced, note] = [join(bin, "observe.sh"), join(bin, "note")];
    writeFileSync(
      traced,
      script.replace(line, () => `PATH=${bin}:$PATH`),
    );
    const command = `strace ${strace.join(" ")} "$(command -v dd)" "$@"\nstatus=$?\necho $status >${note}\nexit $status`;
    writeFileSync(join(bin, "dd"), `#!/bin/sh\nPATH=/usr/bin:/bin\n${command}\n`, { mode: 0o755 });
    const { code } = await runHook({ body, env: { CLEW_HOME: home, CLAUDE_CODE_SESSION_ID: "s-1" }, script: traced });
    expect(code).toBe(0);
    return Number(readFileSync(note, "utf8"));
  };
  const log = join(folder, "log");
  expect(await run(newHome(), ["-qq", "-o", log])).toBe(0);
  const calls = callsIn(readFileSync(log, "utf8"));
  expect(calls.length).toBeGreaterThan(20);
  const outcomes = await eachCall(calls, async (call) => {
    const home = newHome();
    const status = await run(home, killAt(call));
    return { call, verdict: verdict(home), acknowledged: status === 0, wasKilled: status === 137 };
  });
  expectWholeOrNone(calls, outcomes);
});

test("all of its processes together, at random moments", async () => {
  const found: string[] = [];
  for (let round = 0; round < 60; round++) {
    const home = newHome();
    const env = { PATH: process.env.PATH, CLEW_HOME: home, CLAUDE_CODE_SESSION_ID: "s-1" };
    const child = spawn("sh", [observeScript], { env, detached: true, stdio: ["pipe", "ignore", "ignore"] });
    child.stdin.on("error", () => {}); // it may be dead by now
    const ended = new Promise((resolve) => child.once("close", resolve));
    child.stdin.write(body.slice(0, 70_000));
    setTimeout(() => child.stdin.end(body.slice(70_000)), round % 4);
    await delay(((round * 7) % 12) / 2);
    try {
      process.kill(-child.pid!, "SIGKILL");
    } catch {
      // It had ended already.
    }
    await ended;
    found.push(verdict(home));
  }
  expect(found.filter((one) => one !== "whole" && one !== "none")).toEqual([]);
});
