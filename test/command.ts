/** @module Runs the built command in a HOME of its own, as a user would. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { repositoryRoot } from "./repository.ts";

/** The program that `clew` is. */
export const clewBin: string = join(repositoryRoot, "packages", "app", "bin", "clew.js");

/** An environment with an empty HOME, in which nothing of this machine's user is found. */
export function bareEnvironment(extra: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  const home = mkdtempSync(join(tmpdir(), "clew-home-"));
  const rest = Object.entries(process.env).filter(([name]) => !/^(CLEW_|CLAUDE|XDG_)/.test(name));
  return { ...Object.fromEntries(rest), HOME: home, USERPROFILE: home, NO_COLOR: "1", CLEW_NO_DAEMON: "1", ...extra };
}

export interface Finished {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly child: ChildProcess;
  /** Resolves with the whole standard output as soon as it matches; rejects when the command ends before. */
  readonly printed: (pattern: RegExp) => Promise<string>;
  readonly finished: Promise<Finished>;
}

/** Starts `node program ...args`; the caller ends it. */
export function startNode(program: string, args: readonly string[], env: NodeJS.ProcessEnv, cwd?: string): Running {
  const child = spawn(process.execPath, [program, ...args], {
    env,
    stdio: ["ignore", "pipe", "pipe"],
    ...(cwd ? { cwd } : {}),
  });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  const finished = new Promise<Finished>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
  const printed = (pattern: RegExp): Promise<string> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        if (pattern.test(stdout)) resolve(stdout);
      };
      look();
      child.stdout.on("data", look);
      child.once("close", () => reject(new Error(`ended before it printed ${pattern}:\n${stdout}\n${stderr}`)));
    });
  return { child, printed, finished };
}

/** Runs the command to its end. */
export function clew(args: readonly string[], env: NodeJS.ProcessEnv): Promise<Finished> {
  return startNode(clewBin, args, env).finished;
}
