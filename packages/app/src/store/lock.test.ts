import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ClewError } from "../base/error.ts";
import { acquireWriterLock, lockHolder } from "./lock.ts";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "clew-lock-"));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

describe("acquireWriterLock()", () => {
  it("lets one in, names it to the next, and lets go", () => {
    const path = join(directory, "data", "writer.lock");
    const lock = acquireWriterLock(path, "index");
    let refused: unknown;
    try {
      acquireWriterLock(path, "up");
    } catch (error) {
      refused = error;
    }
    expect(refused).toBeInstanceOf(ClewError);
    expect(refused).toMatchObject({ code: "locked" });
    expect((refused as Error).message).toContain(`\`clew index\` (process ${process.pid})`);
    lock.release();
    lock.release();
    acquireWriterLock(path, "up").release();
    expect(lockHolder(path)).toEqual({ pid: process.pid, purpose: "up" });
  });

  it("is private, whatever the umask", () => {
    const before = process.umask(0);
    try {
      const path = join(directory, "data", "writer.lock");
      acquireWriterLock(path, "index").release();
      expect(statSync(path).mode & 0o777).toBe(0o600);
      expect(statSync(join(directory, "data")).mode & 0o777).toBe(0o700);
    } finally {
      process.umask(before);
    }
  });

  it("is free again when its holder is killed", () => {
    const path = join(directory, "writer.lock");
    const script = `
      const Database = require("better-sqlite3");
      const db = new Database(${JSON.stringify(path)});
      db.exec("CREATE TABLE IF NOT EXISTS holder (id INTEGER PRIMARY KEY, pid INTEGER, purpose TEXT); BEGIN IMMEDIATE");
      process.kill(process.pid, "SIGKILL");`;
    expect(spawnSync(process.execPath, ["-e", script], { cwd: process.cwd() }).signal).toBe("SIGKILL");
    acquireWriterLock(path, "index").release();
  });
});
