/** @module On a machine that has no transcript at all, the command explains itself. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { bareEnvironment, clew, clewBin, type Running, startNode } from "./command.ts";

let running: Running | null = null;

afterEach(async () => {
  running?.child.kill("SIGKILL");
  await running?.finished;
  running = null;
});

test("`clew up` shows the made-up workspace and says that it is one", async () => {
  const env = bareEnvironment();
  running = startNode(clewBin, ["up", "--no-open", "--port", "0"], env);
  const output = await running.printed(/http:\/\/127\.0\.0\.1:\d+/);
  expect(output).toMatch(/made[- ]up/i);
  running.child.kill("SIGINT");
  const { code, stderr } = await running.finished;
  expect(stderr).toBe("");
  expect(code).toBe(0);
  expect(existsSync(join(env.HOME ?? "", ".claude"))).toBe(false);
});

test.each(["sessions", "cost", "active", "tools", "stats"])(
  "`clew %s` answers with nothing, kindly",
  async (command) => {
    const { code, stdout, stderr } = await clew([command], bareEnvironment());
    expect(stderr).toBe("");
    expect(code).toBe(0);
    expect(stdout).toMatch(/clew (index|up)/);
  },
);
