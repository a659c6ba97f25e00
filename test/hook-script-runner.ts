/** @module Runs the hook script as an agent does, in a data directory of its own, and reads what it has put into the spool. */
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { decodeSpoolRecord, type SpoolRecord } from "../packages/app/src/base/spool-record.ts";
import { listSpool, readSpoolFile } from "../packages/app/src/spool/spool-directory.ts";
import { repositoryRoot } from "./repository.ts";

export const observeScript: string = join(repositoryRoot, "plugin", "hooks", "observe.sh");
export const sessionStartScript: string = join(repositoryRoot, "plugin", "hooks", "session-start.sh");

/** Whether a program can be started here; what is missing is said by name, never passed over in silence. */
export function hasProgram(name: string, why: string): boolean {
  const found = spawnSync("sh", ["-c", `command -v ${name}`]).status === 0;
  if (!found) console.warn(`not on this machine: ${name}; ${why}`);
  return found;
}

/** The shells of this machine to run the script with; `sh` is what the client starts. */
export function installedShells(): readonly (readonly string[])[] {
  const shells = [["sh"], ["dash"], ["bash", "--posix"], ["bash"], ["busybox", "ash"], ["mksh"], ["zsh"]];
  return shells.filter(([program]) => hasProgram(program!, "the hook script is not tried with it"));
}

export interface HookCall {
  readonly body: Buffer | string;
  /** All of the environment besides PATH; nothing of this process gets in. */
  readonly env?: Readonly<Record<string, string>>;
  readonly args?: readonly string[];
  readonly shell?: readonly string[];
  readonly script?: string;
  readonly cwd?: string;
  /** What starts the shell: a program and its arguments. */
  readonly through?: readonly string[];
}

export interface HookResult {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Resolves when the script and whatever it started have ended. */
export function runHook(call: HookCall): Promise<HookResult> {
  const { body, env = {}, args = [], shell = ["sh"], script = observeScript, cwd, through = [] } = call;
  const [program, ...rest] = [...through, ...shell, script, ...args];
  // The fourth stream is open in every process below, so its end is the end of the last of them.
  const child = spawn(program!, rest, {
    env: { PATH: process.env.PATH ?? "", ...env },
    stdio: ["pipe", "pipe", "pipe", "pipe"],
    cwd: cwd ?? tmpdir(),
  });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  child.stdin.on("error", () => {}); // the script may end without reading
  child.stdin.end(body);
  child.stdio[3]?.on("error", () => {});
  (child.stdio[3] as NodeJS.ReadableStream).resume();
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
}

/** What an observer's run looks like from outside, always. */
export const silent: HookResult = { code: 0, signal: null, stdout: "", stderr: "" };

/** A data directory that does not exist yet; what becomes of it goes with the test. */
export function newHome(): string {
  const folder = mkdtempSync(join(tmpdir(), "clew-hook-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, "data");
}

/** A tool event as the client writes it: one line, no newline at its end. */
export function toolEvent(id: string, bytes = 2000): string {
  const event = { hook_event_name: "PreToolUse", session_id: "s", tool_name: "Bash", tool_use_id: id };
  const filled = { ...event, tool_input: { command: "" } };
  const fill = "x".repeat(Math.max(0, bytes - JSON.stringify(filled).length));
  return JSON.stringify({ ...event, tool_input: { command: fill } });
}

export interface Spooled {
  readonly name: string;
  /** Null: the file does not begin as a record. */
  readonly record: SpoolRecord | null;
}

/** Every record in the spool, in order. Fails when there is anything else. */
export function spooled(home: string): readonly Spooled[] {
  const { names, problems } = listSpool(join(home, "spool"));
  if (problems.length > 0) throw new Error(problems.join("; "));
  return names.map((name) => {
    const file = readSpoolFile(join(home, "spool"), name);
    if (!file) throw new Error(`${name} cannot be read`);
    return { name, record: decodeSpoolRecord(file.bytes) };
  });
}

/** Whether a body is one whole JSON value: what the reader takes for an event. */
export function isWhole(body: Buffer): boolean {
  try {
    JSON.parse(body.toString("utf8"));
    return true;
  } catch {
    return false;
  }
}

/** Every path below a directory, itself not included. */
export function filesBelow(directory: string): readonly string[] {
  return readdirSync(directory, { recursive: true, encoding: "utf8" }).sort();
}

export const isRoot: boolean = process.geteuid?.() === 0;
