import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, test } from "vitest";
import { processStart } from "../registry/process.ts";
import { createProcessLook } from "./processes.ts";

const clock = () => Date.now();
const monotonic = () => performance.now();

test("this machine's processes: one that lives, one that ended, a later one with its number", async () => {
  const look = createProcessLook({ clock, monotonic });
  const child = spawn(process.execPath, ["-e", "setTimeout(() => {}, 60000)"], { stdio: "ignore" });
  await once(child, "spawn");
  const pid = child.pid!;
  const startedAt = processStart(pid);
  expect(look.state(pid, startedAt, Date.now())).toBe("alive");
  expect(look.state(pid, null, Date.now())).toBe("alive");
  child.kill("SIGKILL");
  await once(child, "exit");
  expect(look.state(pid, startedAt, Date.now())).toBe("gone");
  expect(look.state(pid, null, Date.now())).toBe("gone");
});

test("a process that began after the session was seen in it is another one", () => {
  const look = createProcessLook({
    platform: "linux",
    clock: () => 1_000_000,
    monotonic,
    isAlive: () => true,
    ageOf: () => 60_000,
  });
  expect(look.state(7, null, 1_000_000 - 75_000)).toBe("gone");
  expect(look.state(7, null, 1_000_000 - 65_000)).toBe("alive");
  expect(look.state(7, null, null)).toBe("alive");
});

test("where telling needs a program, it is run seldom, and a number that is gone needs none", () => {
  let now = 0;
  let runs = 0;
  let there = true;
  let same = true;
  const look = createProcessLook({
    platform: "darwin",
    clock,
    monotonic: () => now,
    exists: () => there,
    isAlive: () => {
      runs++;
      return same;
    },
  });
  for (let second = 0; second < 60; second++, now += 1000) expect(look.state(7, "then", 0)).toBe("alive");
  expect(runs).toBe(2);
  same = false;
  now += 30_000;
  expect(look.state(7, "then", 0)).toBe("gone");
  there = false;
  runs = 0;
  expect(look.state(7, "then", 0)).toBe("gone");
  expect(runs).toBe(0);
});
