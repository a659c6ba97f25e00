/** @module A machine of its own for the tests of the daemon: directories, processes that are ended, a session's transcript and hooks. */
import type { ChildProcess } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect } from "vitest";
import { daemonSocket } from "../packages/app/src/base/paths.ts";
import { writeSpoolRecord } from "../packages/app/src/spool/spool-directory.ts";
import { bareEnvironment, clew, clewBin, type Running, startNode } from "./command.ts";

export const onUnix = process.platform !== "win32";
/** The session's id. */
export const ID = "5d1f6c1e-90ab-4c3e-8f0e-3a6b7c8d9e0f";
/** For what a daemon does within two seconds on a machine that does nothing else. */
export const SOON = { timeout: 20_000, interval: 200 };

/** Of the test that runs. */
export let directory: string;
export let env: NodeJS.ProcessEnv;
/** Ended after the test. */
export let started: ChildProcess[];
let lastHookAt = 0;

/** Gives each test of a file a machine of its own; to be called once, at its top. */
export function useDaemonBed(): void {
  beforeEach(() => {
    // Short: a socket's path may have a hundred bytes.
    directory = mkdtempSync(join(tmpdir(), "clew-d-"));
    mkdirSync(join(directory, "claude", "projects"), { recursive: true });
    mkdirSync(join(directory, "web"));
    const { XDG_RUNTIME_DIR, ...bare } = bareEnvironment({
      HOME: directory,
      CLEW_HOME: join(directory, "data"),
      CLEW_RUNTIME_DIR: join(directory, "run"),
      CLAUDE_CONFIG_DIR: join(directory, "claude"),
    });
    env = bare;
    started = [];
  });
  afterEach(async () => {
    await clew(["daemon", "stop"], env);
    for (const child of started) child.kill("SIGKILL");
    rmSync(directory, { recursive: true, force: true });
  });
}

/** The daemon's control socket. */
export const socket = (): string => daemonSocket(env);
const spool = (): string => join(directory, "data", "spool");

/** Starts `clew` with these words. */
export function run(...words: readonly string[]): Running {
  const running = startNode(clewBin, words, env);
  started.push(running.child);
  return running;
}

/** What a command answers with --json; it has to succeed. */
export async function json(...words: readonly string[]): Promise<Record<string, unknown>> {
  const { code, stdout, stderr } = await clew([...words, "--json"], env);
  expect([code, stderr]).toEqual([0, ""]);
  return JSON.parse(stdout) as Record<string, unknown>;
}

/** Signs in with a link from the terminal, as the page does; the answer to a question that needs the cookie. */
export async function enter(link: string): Promise<number> {
  const { origin, hash } = new URL(link);
  const answer = await fetch(`${origin}/auth/exchange`, {
    method: "POST",
    headers: { "content-type": "application/json", origin },
    body: JSON.stringify({ code: hash.slice("#c=".length) }),
  });
  const cookie = answer.headers.get("set-cookie")?.split(";")[0] ?? "";
  return (await fetch(`${origin}/api/status`, { headers: { cookie } })).status;
}

/** One session's transcript of a prompt and an answer. */
export function writeTranscript(config = join(directory, "claude")): void {
  const project = join(config, "projects", "-web");
  mkdirSync(project, { recursive: true });
  const at = (seconds: number): string => new Date(Date.now() - 3_600_000 + seconds * 1000).toISOString();
  const common = { sessionId: ID, cwd: join(directory, "web"), version: "2.1.329", userType: "external" };
  const records = [
    {
      ...common,
      type: "user",
      uuid: "u1",
      parentUuid: null,
      timestamp: at(0),
      message: { role: "user", content: "hello" },
    },
    {
      ...common,
      type: "assistant",
      uuid: "a1",
      parentUuid: "u1",
      timestamp: at(5),
      requestId: "req_1",
      message: {
        id: "msg_1",
        type: "message",
        role: "assistant",
        model: "claude-haiku-4-5",
        content: [{ type: "text", text: "hello" }],
        usage: { input_tokens: 3, output_tokens: 4 },
      },
    },
  ];
  writeFileSync(join(project, `${ID}.jsonl`), records.map((record) => `${JSON.stringify(record)}\n`).join(""));
}

/** What a hook of an agent's process leaves in the spool. */
export function hook(event: string, pid: number, body: Readonly<Record<string, unknown>>): void {
  const common = {
    session_id: ID,
    transcript_path: join(directory, "claude", "projects", "-web", `${ID}.jsonl`),
    cwd: join(directory, "web"),
    hook_event_name: event,
  };
  // Two within a millisecond, which no agent manages, would have no order.
  lastHookAt = Math.max(Date.now(), lastHookAt + 1);
  writeSpoolRecord(spool(), {
    kind: "hook",
    fields: { at: String(lastHookAt), pid: String(pid) },
    body: Buffer.from(JSON.stringify({ ...common, ...body })),
  });
}

/** Status and activity of the session. */
export async function activity(): Promise<readonly unknown[]> {
  const { rows } = (await json("sessions")) as { rows: readonly Record<string, unknown>[] };
  const row = rows.find(({ session_id }) => session_id === ID);
  return [row?.status, row?.activity];
}
