import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { clew } from "./command.ts";
import {
  activity,
  directory,
  env,
  hook,
  ID,
  json,
  onUnix,
  SOON,
  started,
  useDaemonBed,
  writeTranscript,
} from "./daemon-bed.ts";

useDaemonBed();

describe("without a daemon", () => {
  test.runIf(onUnix)(
    "clew active says which sessions have lost their process since, and how old its news are",
    { timeout: 120_000 },
    async () => {
      const daemon = await json("daemon", "start", "--port", "0");
      const agent = spawn("sleep", ["600"], { stdio: "ignore" });
      started.push(agent);
      await once(agent, "spawn");
      hook("SessionStart", agent.pid!, { source: "startup" });
      hook("UserPromptSubmit", agent.pid!, { prompt: "go on", prompt_id: "one" });
      await expect.poll(activity, SOON).toEqual(["active", "working"]);
      expect((await clew(["active"], env)).stdout).not.toContain("No daemon");
      process.kill(daemon.pid as number, "SIGKILL");
      await expect.poll(async () => (await clew(["daemon", "status"], env)).code, SOON).toBe(1);

      const alive = await clew(["active"], env);
      expect([alive.code, alive.stderr]).toEqual([0, ""]);
      expect(alive.stdout).toMatch(/working[\s\S]*No daemon is running: this is as of \S.* ago\.\n$/);
      expect((await clew(["sessions"], env)).stdout).toMatch(/No daemon is running: .*`clew active`/);

      agent.kill("SIGKILL");
      await once(agent, "exit");
      expect(await json("active")).toMatchObject({
        total: 1,
        rows: [{ session_id: ID, status: "abandoned", activity: "lost", activity_reason: "process gone" }],
      });
      expect((await clew(["active"], env)).stdout).toMatch(/lost: process gone[\s\S]*No daemon/);
      // Shown, not written.
      expect(await activity()).toEqual(["active", "working"]);
    },
  );
});

describe("presence", () => {
  test.runIf(onUnix)(
    "an agent that is killed without a word has abandoned its session",
    { timeout: 120_000 },
    async () => {
      await json("daemon", "start", "--port", "0");
      const agent = spawn("sleep", ["600"], { stdio: "ignore" });
      started.push(agent);
      await once(agent, "spawn");
      hook("SessionStart", agent.pid!, { source: "startup" });
      hook("UserPromptSubmit", agent.pid!, { prompt: "go on", prompt_id: "one" });
      await expect.poll(activity, SOON).toEqual(["active", "working"]);
      agent.kill("SIGKILL");
      await expect.poll(activity, SOON).toEqual(["abandoned", "lost"]);
      expect((await json("active")).total).toBe(0);
    },
  );

  test.runIf(onUnix)("an agent that says good-bye has not", { timeout: 120_000 }, async () => {
    await json("daemon", "start", "--port", "0");
    const agent = spawn("sleep", ["600"], { stdio: "ignore" });
    started.push(agent);
    await once(agent, "spawn");
    hook("SessionStart", agent.pid!, { source: "startup" });
    await expect.poll(activity, SOON).toEqual(["active", "idle"]);
    hook("SessionEnd", agent.pid!, { reason: "prompt_input_exit" });
    agent.kill("SIGKILL");
    await expect.poll(activity, SOON).toEqual(["completed", "ended"]);
    await new Promise((resolve) => setTimeout(resolve, 2500));
    expect(await activity()).toEqual(["completed", "ended"]);
  });

  test.runIf(onUnix)(
    "a client without hooks is known from its own list of processes",
    { timeout: 120_000 },
    async () => {
      writeTranscript();
      await json("daemon", "start", "--port", "0");
      const agent = spawn("sleep", ["600"], { stdio: "ignore" });
      started.push(agent);
      await once(agent, "spawn");
      const list = join(directory, "claude", "sessions");
      mkdirSync(list, { mode: 0o700 });
      const say = (status: string, more = {}): void =>
        writeFileSync(
          join(list, `${agent.pid}.json`),
          JSON.stringify({
            pid: agent.pid,
            sessionId: ID,
            cwd: directory,
            status,
            statusUpdatedAt: Date.now(),
            ...more,
          }),
        );
      say("busy");
      await expect.poll(activity, SOON).toEqual(["active", "working"]);
      await new Promise((resolve) => setTimeout(resolve, 1600));
      say("waiting", { waitingFor: "permission prompt" });
      await expect.poll(activity, SOON).toEqual(["active", "waiting"]);
      expect((await json("active")).rows).toMatchObject([{ activity_reason: "permission prompt", session_id: ID }]);
      agent.kill("SIGKILL");
      await expect.poll(activity, SOON).toEqual(["abandoned", "lost"]);
    },
  );
});
