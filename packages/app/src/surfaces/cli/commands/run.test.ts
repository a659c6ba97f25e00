import { type ChildProcess, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { chmodSync, mkdirSync, readdirSync, readFileSync, realpathSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeEach, describe, expect, it } from "vitest";
import { decodeSpoolRecord } from "../../../base/spool-record.ts";
import { temporaryDirectory } from "../../../registry/testing.ts";
import { acquireWriterLock } from "../../../store/lock.ts";
import type { OwnRecord } from "./session/own-record.ts";

const clew = fileURLToPath(new URL("../../../../bin/clew.js", import.meta.url));

interface Ran {
  readonly code: number | null;
  readonly stdout: Buffer;
  readonly stderr: string;
}

let root: string;
let env: NodeJS.ProcessEnv;

beforeEach(() => {
  root = realpathSync(temporaryDirectory("run"));
  const { CLEW_SESSION_ID, CLAUDE_CODE_SESSION_ID, CLEW_PARENT_SESSION_ID, CLEW_IDENTITY, ...rest } = process.env;
  env = {
    ...rest,
    HOME: root,
    CLEW_HOME: join(root, "home"),
    CLEW_RUNTIME_DIR: join(root, "run"),
    CLEW: clew,
    NO_COLOR: "1",
  };
  mkdirSync(join(root, "home"), { mode: 0o700 });
  mkdirSync(join(root, "project"));
});

function start(words: readonly string[], stdin: "ignore" | "pipe" = "ignore", more: NodeJS.ProcessEnv = {}) {
  const child: ChildProcess = spawn(process.execPath, [clew, "run", ...words], {
    cwd: join(root, "project"),
    env: { ...env, ...more },
    stdio: [stdin, "pipe", "pipe"],
  });
  const chunks: Buffer[] = [];
  let stderr = "";
  child.stdout!.on("data", (chunk: Buffer) => chunks.push(chunk));
  child.stderr!.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  const ended = new Promise<Ran>((resolve) => {
    child.once("close", (code) => resolve({ code, stdout: Buffer.concat(chunks), stderr }));
  });
  return { child, ended, stdout: () => Buffer.concat(chunks).toString() };
}

/** Runs with the writer's lock held, so that the spool keeps what was recorded. */
async function recorded(run: () => Promise<unknown>): Promise<readonly OwnRecord[]> {
  const lock = acquireWriterLock(join(root, "home", "writer.lock"), "index");
  try {
    await run();
  } finally {
    lock.release();
  }
  const spool = join(root, "home", "spool");
  return readdirSync(spool)
    .flatMap((name) => {
      const record = decodeSpoolRecord(readFileSync(join(spool, name)));
      const body: unknown = record ? JSON.parse(record.body.toString()) : [];
      return (Array.isArray(body) ? body : [body]) as OwnRecord[];
    })
    .sort((a, b) => a.ts.localeCompare(b.ts));
}

const ofType = (records: readonly OwnRecord[], type: string): readonly OwnRecord[] =>
  records.filter((one) => one.type === type);

describe("clew run", () => {
  it("passes output and exit status through, and records both", async () => {
    let ran: Ran | undefined;
    const records = await recorded(async () => {
      ran = await start([
        "--name",
        "try",
        "--tag",
        "a",
        "--tag",
        "b",
        "--",
        "sh",
        "-c",
        "echo out; echo err >&2; exit 7",
      ]).ended;
    });
    expect([ran!.code, ran!.stdout.toString(), ran!.stderr]).toEqual([7, "out\n", "err\n"]);
    expect(ofType(records, "session.start")[0]!.data).toMatchObject({
      agent: "command",
      name: "try",
      tags: ["a", "b"],
      cwd: join(root, "project"),
      argv: ["sh", "-c", "echo out; echo err >&2; exit 7"],
    });
    expect(ofType(records, "session.end")[0]!.data).toMatchObject({
      status: "failed",
      exit_code: 7,
      lines: 2,
      omitted_lines: 0,
    });
    expect(ofType(records, "log").map(({ severity, message, data }) => [severity, message, data])).toEqual(
      expect.arrayContaining([
        ["info", "out", { stream: "stdout", line: 1 }],
        ["warn", "err", { stream: "stderr", line: 1 }],
      ]),
    );
    expect(new Set(records.map((one) => one.correlation_id)).size).toBe(1);
    expect(readdirSync(join(root, "run", "sessions"))).toEqual([]);
  });

  it("gives the command a session below the one around, in the same trace, and no environment to the record", async () => {
    const script = 'echo "$CLEW_SESSION_ID $CLEW_PARENT_SESSION_ID $CLEW_WORKSPACE $CLEW_CORRELATION_ID $TRACEPARENT"';
    const nested = `${script}; "${process.execPath}" "$CLEW" run -- sh -c '${script}'`;
    let ran: Ran | undefined;
    const records = await recorded(async () => {
      ran = await start(["--", "sh", "-c", nested], "ignore", { CLEW_SESSION_ID: "top", MY_SECRET: "hunter2-in-env" })
        .ended;
    });
    const [outer, inner] = ran!.stdout
      .toString()
      .trim()
      .split("\n")
      .map((line) => line.split(" "));
    expect([outer![1], inner![1]]).toEqual(["top", outer![0]]);
    expect([outer![3], inner![3]]).toEqual([`${outer![2]}:${outer![0]}`, `${inner![2]}:${inner![0]}`]);
    expect(outer![4]!.slice(0, 35)).toBe(inner![4]!.slice(0, 35));
    const parents = ofType(records, "session.start").map(({ correlation_id, data }) => [
      correlation_id.split(":")[1],
      data?.parent_session_id,
    ]);
    expect(parents).toEqual(
      expect.arrayContaining([
        [outer![0], "top"],
        [inner![0], outer![0]],
      ]),
    );
    expect(JSON.stringify(records)).not.toContain("hunter2-in-env");
  });

  it("masks secrets of the command line", async () => {
    const records = await recorded(() => start(["--", "echo", "--token", "s3cr3t-value", "x"]).ended);
    expect(JSON.stringify(ofType(records, "session.start"))).not.toContain("s3cr3t-value");
    expect(ofType(records, "session.start")[0]!.data?.argv).toEqual(["echo", "--token", "***", "x"]);
  });

  it("passes 50 MB through unchanged, in and out", async () => {
    const bytes = Buffer.alloc(50_000_000);
    for (let at = 0; at < bytes.length; at += 4) bytes.writeUInt32LE(Math.imul(at, 2_654_435_761) >>> 0, at);
    const hashOf = (content: Buffer): string => createHash("sha256").update(content).digest("hex");
    const { child, ended } = start(["--", "cat"], "pipe");
    child.stdin!.end(bytes);
    const { code, stdout } = await ended;
    expect([code, stdout.length, hashOf(stdout)]).toEqual([0, bytes.length, hashOf(bytes)]);
  });

  it("counts lines beyond the limit", async () => {
    const records = await recorded(() => start(["--", "sh", "-c", "seq 1 25000"]).ended);
    expect(ofType(records, "log")).toHaveLength(10_000);
    expect(ofType(records, "session.end")[0]!.data).toMatchObject({ lines: 10_000, omitted_lines: 15_000 });
    expect(readdirSync(join(root, "home", "spool")).length).toBeLessThan(60);
  });

  it.each([
    ["SIGINT", 5],
    ["SIGTERM", 5],
    ["SIGHUP", 5],
  ] as const)("passes %s on and ends as the command does", async (signal, code) => {
    const { child, ended, stdout } = start([
      "--",
      "sh",
      "-c",
      `trap 'echo got; exit 5' ${signal.slice(3)}; echo ready; while :; do sleep 0.05; done`,
    ]);
    await expect.poll(stdout).toContain("ready");
    // A group of its own would be needed for the foreground; the test's is none.
    child.kill(signal);
    expect(await ended).toMatchObject({ code });
    expect(stdout()).toContain("got");
  });

  it("says 128 and the signal's number for a command that a signal ended", async () => {
    const { code, stderr } = await start(["--json", "--", "sh", "-c", "kill -KILL $$"]).ended;
    expect(code).toBe(137);
    expect(JSON.parse(stderr)).toMatchObject({ exit_code: 137, signal: "SIGKILL", status: "failed", problem: null });
  });

  it("says in a sentence that a command is not there, or cannot be run", async () => {
    const file = join(root, "no-program");
    writeFileSync(file, "x");
    chmodSync(file, 0o600);
    expect(await start(["--", "no-such-command"]).ended).toMatchObject({
      code: 127,
      stderr: "clew: no-such-command: command not found\n",
    });
    expect(await start(["--", file]).ended).toMatchObject({ code: 126 });
    expect(await start([]).ended).toMatchObject({ code: 2 });
    expect(await start(["--tokn", "x", "--", "true"]).ended).toMatchObject({ code: 2 });
  });

  it("ends a command whose reader has gone, as a shell would, and records its end", async () => {
    const records = await recorded(async () => {
      const line = `"${process.execPath}" "${clew}" run -- yes | head -n 2`;
      const shell = spawn("sh", ["-c", line], { cwd: join(root, "project"), env, stdio: ["ignore", "pipe", "pipe"] });
      let text = "";
      for (const stream of [shell.stdout, shell.stderr])
        stream.on("data", (chunk: Buffer) => (text += chunk.toString()));
      await new Promise((resolve) => shell.once("close", resolve));
      expect(text).toBe("y\ny\n");
      // The pipe's last command has ended; ours may be a moment behind.
      const ends = (): number => readdirSync(join(root, "run", "sessions")).length;
      await expect.poll(ends).toBe(0);
    });
    expect(ofType(records, "session.end")[0]!.data).toMatchObject({ exit_code: 141, signal: "SIGPIPE" });
  });

  it("gives the command real pipes: its own /dev/stderr can be opened", async () => {
    const ran = await start(["--", "sh", "-c", "echo a > /dev/stdout; echo b > /dev/stderr"]).ended;
    expect([ran.code, ran.stdout.toString(), ran.stderr]).toEqual([0, "a\n", "b\n"]);
  });

  it("runs the command also when nothing can be recorded", async () => {
    writeFileSync(join(root, "file"), "in the way");
    const broken = { CLEW_HOME: join(root, "file", "home"), CLEW_RUNTIME_DIR: join(root, "file", "run") };
    const ran = await start(["--", "sh", "-c", "echo out; exit 4"], "ignore", broken).ended;
    expect([ran.code, ran.stdout.toString()]).toEqual([4, "out\n"]);
    expect(ran.stderr).toMatch(/^clew: not recorded as a whole: .+\n$/);
    const quiet = await start(["--quiet", "--", "true"], "ignore", broken).ended;
    expect([quiet.code, quiet.stderr]).toEqual([0, ""]);
  });
});
