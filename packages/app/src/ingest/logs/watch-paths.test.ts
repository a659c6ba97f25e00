import { appendFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { clewPaths } from "../../base/paths.ts";
import { acquireWriterLock } from "../../store/lock.ts";
import { drainIfFree } from "../drain-command.ts";
import { createTestMachine, type TestMachine } from "../testing.ts";
import { watchPaths } from "./watch-paths.ts";

let machine: TestMachine;
beforeEach(() => {
  machine = createTestMachine();
});
afterEach(() => machine.remove());

const lines = () =>
  machine
    .read((db) => db.prepare("SELECT message FROM log_lines ORDER BY id").all() as { readonly message: string }[])
    .map(({ message }) => message);

/** Follows a file until `until` many lines have been recorded. */
async function watch(path: string, until: number, onStart: (bySpool: boolean) => void): Promise<void> {
  let stop = (): void => {};
  let taken = 0;
  await watchPaths({
    env: machine.env,
    clock: Date.now,
    sources: [{ path, service: "shop" }],
    stopped: new Promise((resolve) => {
      stop = resolve;
    }),
    onStart,
    onTaken(step) {
      taken += step.lines;
      if (taken >= until) stop();
    },
  });
}

test("without another writer it is the writer itself", async () => {
  const path = join(machine.home, "app.log");
  writeFileSync(path, '{"msg":"before"}\n');
  await watch(path, 2, (bySpool) => {
    expect(bySpool).toBe(false);
    appendFileSync(path, '{"msg":"now"}\n');
  });
  expect(lines()).toEqual(["before", "now"]);
});

test("beside another writer what comes from now on goes by the spool", async () => {
  const path = join(machine.home, "app.log");
  writeFileSync(path, '{"msg":"before"}\n');
  await drainIfFree(machine.env, Date.now);
  const lock = acquireWriterLock(clewPaths(machine.env).lock, "up");
  try {
    await watch(path, 1, (bySpool) => {
      expect(bySpool).toBe(true);
      appendFileSync(path, '{"msg":"now"}\n');
    });
    expect(lines()).toEqual([]);
  } finally {
    lock.release();
  }
  await drainIfFree(machine.env, Date.now);
  expect(lines()).toEqual(["now"]);
});
