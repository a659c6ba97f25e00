import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { clewPaths } from "../base/paths.ts";
import { scriptOfHandler } from "./handlers.ts";
import { prepareSetup } from "./setup.ts";
import { setupHealth } from "./setup-health.ts";
import { type TestMachine, testMachine } from "./testing.ts";
import { diffText } from "./unified-diff.ts";

const OWN =
  '{\n  "hooks": {\n    "PostToolUse": [{ "matcher": "Write", "hooks": [{ "type": "command", "command": "say" }] }]\n  }\n}\n';
const REQUEST = { statusLine: false, service: false };

let machine: TestMachine;
let hooks: string;
beforeEach(() => {
  machine = testMachine();
  hooks = join(machine.host.env.CLEW_HOME!, "hooks");
});
afterEach(() => machine.remove());

interface Group {
  readonly matcher?: string;
  readonly hooks: readonly object[];
}
const settings = () => JSON.parse(String(machine.read())) as { hooks: { PostToolUse: readonly Group[] } };

/** What a Clew without the entry has left: its settings, its scripts and its receipt. */
function olderSetup(): void {
  machine.write(OWN);
  machine.setup();
  const now = settings();
  now.hooks.PostToolUse = now.hooks.PostToolUse.filter(
    (group) => !group.hooks.some((handler) => scriptOfHandler(handler, hooks) === "memory"),
  );
  const text = `${JSON.stringify(now, null, 2)}\n`;
  writeFileSync(machine.settings, text);
  for (const name of ["memory.sh", "memory.command"]) rmSync(join(hooks, name));
}

test("an older setup is told of, and brought up to date with one entry, which the diff shows", () => {
  olderSetup();
  const paths = clewPaths(machine.host.env);
  const told = setupHealth(paths, "linux").problems.map(({ detail }) => detail);
  expect(told).toContainEqual(expect.stringMatching(/memory\.sh is missing/u));
  expect(told).toContainEqual(expect.stringMatching(/memory\.command is missing/u));
  expect(told).toContainEqual(expect.stringMatching(/no longer holds Clew's hooks for PostToolUse$/u));

  const before = settings();
  const prepared = prepareSetup(machine.host, REQUEST);
  expect(prepared).toMatchObject({ events: ["PostToolUse"], scripts: ["memory.sh", "memory.command"] });
  const diff = diffText(prepared.diff);
  expect(diff).toMatch(/^\+.*"matcher": ?"Write\|Edit\|MultiEdit".*memory\.sh.*"async": ?true/mu);
  prepared.apply();
  const after = settings();
  expect(after.hooks.PostToolUse).toHaveLength(before.hooks.PostToolUse.length + 1);
  expect({ ...after, hooks: { ...after.hooks, PostToolUse: before.hooks.PostToolUse } }).toEqual(before);
  expect(prepareSetup(machine.host, REQUEST).isPending).toBe(false);
  const left = setupHealth(paths, "linux").problems.filter(({ detail }) => detail.includes("memory"));
  // The package of this machine is made up: its program is not there.
  expect(left.map(({ detail }) => detail)).toEqual([
    `${join(hooks, "memory.command")} names /opt/clew/dist/app/bin.js, which does not exist`,
  ]);
});

test("it goes with the others, and the user's own entry for the same tools stays", () => {
  machine.write(OWN);
  machine.setup();
  expect(settings().hooks.PostToolUse).toHaveLength(3);
  machine.unsetup();
  expect(String(machine.read())).toBe(OWN);
  machine.setup();
  machine.write(`${machine.read()}\n`);
  machine.unsetup();
  expect(settings().hooks.PostToolUse).toEqual([{ matcher: "Write", hooks: [{ type: "command", command: "say" }] }]);
  expect(existsSync(hooks)).toBe(false);
});

test("its program is named for the script, line by line", () => {
  machine.setup();
  expect(readFileSync(join(hooks, "memory.command"), "utf8")).toBe("/usr/bin/node\n/opt/clew/dist/app/bin.js\n");
});
