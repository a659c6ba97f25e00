import { spawnSync } from "node:child_process";
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Control, openControl } from "./control.ts";
import { askDaemon } from "./control-client.ts";
import type { DaemonStatus } from "./status.ts";

const onUnix = process.platform !== "win32";
const status = { pid: 1, version: "0" } as DaemonStatus;
let directory: string;
let path: string;
let asked: number;
let opened: Control[];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "clew-control-"));
  path = onUnix ? join(directory, "run", "daemon.sock") : `\\\\.\\pipe\\clew-test-${process.pid}-${Date.now()}`;
  asked = 0;
  opened = [];
});
afterEach(async () => {
  for (const control of opened) await control.close();
  rmSync(directory, { recursive: true, force: true });
});

async function open(at = path): Promise<Control> {
  const control = await openControl(at, {
    status: () => status,
    signInUrl: () => "http://x/#c=1",
    stop: () => asked++,
  });
  opened.push(control);
  return control;
}

describe("openControl()", () => {
  test("answers status, sign-in and stop, and nothing else", async () => {
    expect(await askDaemon(path, "GET /status")).toBeNull();
    await open();
    expect(await askDaemon(path, "GET /status")).toEqual(status);
    expect(await askDaemon(path, "POST /sign-in")).toEqual({ url: "http://x/#c=1" });
    await expect(askDaemon(path, "GET /sign-in" as never)).rejects.toMatchObject({ code: "io" });
    expect(await askDaemon(path, "POST /stop")).toEqual({ stopping: true });
    await expect.poll(() => asked).toBe(1);
    await opened.pop()!.close();
    expect(await askDaemon(path, "GET /status")).toBeNull();
  });

  test.runIf(onUnix)("is for its owner alone, whatever the umask", async () => {
    mkdirSync(join(directory, "run"));
    chmodSync(join(directory, "run"), 0o755);
    const before = process.umask(0);
    try {
      await open();
    } finally {
      process.umask(before);
    }
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(statSync(join(directory, "run")).mode & 0o777).toBe(0o700);
  });

  test("refuses the place of one that answers", async () => {
    await open();
    await expect(open()).rejects.toMatchObject({ code: onUnix ? "locked" : "io" });
    expect(await askDaemon(path, "GET /status")).toEqual(status);
  });

  test.runIf(onUnix)("takes the place of one that was killed", async () => {
    mkdirSync(join(directory, "run"), { mode: 0o700 });
    const script = `require("node:net").createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, "SIGKILL"))`;
    expect(spawnSync(process.execPath, ["-e", script]).signal).toBe("SIGKILL");
    expect(statSync(path).isSocket()).toBe(true);
    expect(await askDaemon(path, "GET /status")).toBeNull();
    await open();
    expect(await askDaemon(path, "GET /status")).toEqual(status);
  });

  test.runIf(onUnix).each(["file", "symlink", "FIFO", "directory"])("leaves a %s in its place alone", async (kind) => {
    mkdirSync(join(directory, "run"), { mode: 0o700 });
    writeFileSync(join(directory, "victim"), "kept");
    if (kind === "file") writeFileSync(path, "kept");
    else if (kind === "symlink") symlinkSync(join(directory, "victim"), path);
    else if (kind === "directory") mkdirSync(path);
    else expect(spawnSync("mkfifo", [path]).status).toBe(0);
    const before = statSync(path);
    await expect(open()).rejects.toMatchObject({ code: "io", message: expect.stringContaining("CLEW_RUNTIME_DIR") });
    expect(statSync(path).ino).toBe(before.ino);
    expect(await askDaemon(path, "GET /status")).toBeNull();
  });

  test.runIf(onUnix)("refuses a directory that is a link, a file, or too long a name for a socket", async () => {
    mkdirSync(join(directory, "elsewhere"));
    symlinkSync(join(directory, "elsewhere"), join(directory, "run"));
    await expect(open()).rejects.toMatchObject({ code: "io" });
    writeFileSync(join(directory, "file"), "");
    await expect(open(join(directory, "file", "daemon.sock"))).rejects.toMatchObject({ code: "io" });
    await expect(open(join(directory, "x".repeat(100), "d.sock"))).rejects.toMatchObject({
      code: "usage",
      message: expect.stringContaining("CLEW_RUNTIME_DIR"),
    });
  });

  test.runIf(process.getuid?.() === 0)("as root: refuses what belongs to somebody else", async () => {
    mkdirSync(join(directory, "run"), { mode: 0o700 });
    chownSync(join(directory, "run"), 65_534, 65_534);
    await expect(open()).rejects.toMatchObject({ code: "permission" });
    chownSync(join(directory, "run"), 0, 0);
    await open();
    chownSync(path, 65_534, 65_534);
    await expect(askDaemon(path, "GET /status")).rejects.toMatchObject({ code: "permission" });
    chownSync(path, 0, 0);
  });
});

describe("askDaemon()", () => {
  test("gives up on one that never answers, and on one that is no daemon", async () => {
    if (onUnix) mkdirSync(join(directory, "run"), { mode: 0o700 });
    const sockets: { destroy(): void }[] = [];
    const mute = createServer((socket) => {
      sockets.push(socket);
    });
    await new Promise<void>((resolve) => mute.listen(path, resolve));
    await expect(askDaemon(path, "GET /status", 100)).rejects.toMatchObject({
      code: "io",
      message: expect.stringContaining("does not answer"),
    });
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => mute.close(resolve));
    const other = createServer((socket) => socket.resume().end("HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello"));
    await new Promise<void>((resolve) => other.listen(path, resolve));
    await expect(askDaemon(path, "GET /status")).rejects.toMatchObject({ code: "io" });
    await new Promise((resolve) => other.close(resolve));
  });
});
