import { spawn } from "node:child_process";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type TestDatabase, testDatabase } from "./query/testing.ts";

const CLEW = fileURLToPath(new URL("../bin/clew.js", import.meta.url));
let base: TestDatabase;
beforeAll(() => {
  base = testDatabase();
  base.db.transaction(() => {
    for (let i = 0; i < 2000; i++) base.session(`session-${i}`, { title: "A title that fills the pipe ".repeat(5) });
  })();
});
afterAll(() => base.close());

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the built command; with `takes`, stops reading after so many bytes, as `head` does. */
function clew(words: readonly string[], takes = Number.POSITIVE_INFINITY): Promise<Ended> {
  const home = dirname(base.path);
  const child = spawn(process.execPath, [CLEW, ...words], {
    env: { PATH: process.env.PATH, HOME: home, CLEW_HOME: home },
  });
  let [stdout, stderr] = ["", ""];
  child.stdout.on("data", (bytes: Buffer) => {
    stdout += bytes.toString("utf8");
    if (stdout.length >= takes) child.stdout.destroy();
  });
  child.stderr.on("data", (bytes: Buffer) => {
    stderr += bytes.toString("utf8");
  });
  return new Promise((resolve) => child.on("close", (code) => resolve({ code, stdout, stderr })));
}

describe("the built command", () => {
  test("says its version", async () => {
    const { code, stdout } = await clew(["--version"]);
    expect([code, /^\d+\.\d+\.\d+\n$/u.test(stdout)]).toEqual([0, true]);
  });

  test.each([
    ["sessions", "--limit", "all"],
    ["sessions", "--limit", "all", "--json"],
  ])("ends without a word when its reader has enough: %s %s %s", async (...words) => {
    const { code, stderr } = await clew(words, 10);
    expect([code, stderr]).toEqual([0, ""]);
  });

  test("writes all of a long answer to a pipe", async () => {
    const { stdout } = await clew(["sessions", "--limit", "all", "--json"]);
    expect((JSON.parse(stdout) as { rows: unknown[] }).rows).toHaveLength(2000);
  });

  test("exits 2 for what it does not know", async () => {
    const { code, stdout, stderr } = await clew(["nothing"]);
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toContain("unknown command nothing");
  });
});
