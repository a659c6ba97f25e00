import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { groupsFor, isClewStatusLine, scriptOfHandler, scriptsOf, statusLineCommand } from "./handlers.ts";
import { RECORDED_HOOK_EVENTS } from "./hook-events.ts";
import { packagePlaces } from "./package-places.ts";

const hooks = "/data/clew-of-ada/hooks";
const handler = (command: string, ...args: readonly string[]) => ({ type: "command", command, args });

describe("the list of events", () => {
  test("has every event of the client but the one that replaces the client's work", () => {
    expect(new Set(RECORDED_HOOK_EVENTS).size).toBe(32);
    expect(RECORDED_HOOK_EVENTS).not.toContain("WorktreeCreate");
  });

  test("is the plugin's too, and each entry calls the same scripts", () => {
    const path = join(packagePlaces().scripts, "hooks.json");
    const plugin = JSON.parse(readFileSync(path, "utf8")) as {
      hooks: Record<string, { matcher?: string; hooks: { command: string; args: string[]; async?: boolean }[] }[]>;
    };
    expect(Object.keys(plugin.hooks).sort()).toEqual([...RECORDED_HOOK_EVENTS].sort());
    const entries = { observeEntry: "/o", sessionStartEntry: "/s", bin: "/b" };
    const places = { platform: "linux" as const, home: "/h", hooks: "/h/hooks", node: "/n", ...entries };
    for (const event of RECORDED_HOOK_EVENTS) {
      const scriptIn = (words: readonly string[]): string | undefined => words.join(" ").match(/[\w-]+\.sh/u)?.[0];
      const theirs = plugin.hooks[event]!.map(({ matcher, hooks: list }) => ({
        matcher,
        hooks: list.map(({ command, args, async: isAsync }) => [scriptIn([command, ...args]), isAsync ?? false]),
      }));
      const wanted = groupsFor(event, scriptsOf(event), places).map(({ matcher, hooks: list }) => ({
        matcher,
        hooks: list.map(({ command, async: isAsync }) => [scriptIn([command]), isAsync ?? false]),
      }));
      expect(theirs, event).toEqual(wanted);
    }
  });

  test("names scripts that the package has", () => {
    const { scripts } = packagePlaces();
    for (const name of ["observe.sh", "session-start.sh", "memory.sh"])
      expect(existsSync(join(scripts, name)), name).toBe(true);
  });
});

describe("a handler is Clew's", () => {
  test.each<[string, object]>([
    ["this installation's", handler(`${hooks}/observe.sh`, "/data/clew-of-ada")],
    ["in the default directory", handler("/home/bob/.local/share/clew/hooks/observe.sh")],
    ["in a hidden directory", handler("/home/bob/.clew/hooks/session-start.sh")],
    ["given the directory that it lies in", handler("/srv/x/hooks/observe.sh", "/srv/x")],
    ["called by a shell", handler("/bin/sh", "/home/bob/.clew/hooks/observe.sh")],
    ["called by Node", handler("C:\\node.exe", "C:\\Users\\bob\\clew\\hooks\\observe.js", "C:\\Users\\bob\\clew")],
    ["that keeps memory files", handler(`${hooks}/memory.sh`, "/data/clew-of-ada")],
    ["the program that does so", handler("C:\\node.exe", "C:\\x\\dist\\app\\bin.js", "memory", "hook", "C:\\data")],
    ["the entry itself", handler("C:\\node.exe", "C:\\x\\dist\\app\\session-start.cjs", "C:\\Users\\bob\\clew")],
  ])("%s", (_, one) => {
    expect(scriptOfHandler(one, hooks)).not.toBeNull();
  });

  test.each<[string, unknown]>([
    ["a script of the same name elsewhere", handler("/home/ada/bin/hooks/observe.sh")],
    ["with another argument", handler("/home/ada/bin/hooks/observe.sh", "/home/ada")],
    ["a word that only contains it", handler("/home/ada/clewless/hooks/observe.sh")],
    ["another command of the program", handler("node", "/x/dist/app/bin.js", "memory", "push")],
    ["a longer name", handler("/home/ada/.clew/hooks/observe.sh.bak")],
    ["a shell command about it", handler("cat /home/ada/.clew/hooks/observe.sh | sh -x")],
    ["an HTTP hook", { type: "http", url: "http://127.0.0.1/clew/hooks/observe.sh" }],
    ["null", null],
    ["a number", 7],
    ["a command that is no text", { type: "command", command: 7 }],
  ])("but not %s", (_, one) => {
    expect(scriptOfHandler(one, hooks)).toBeNull();
  });
});

test("the status line's words are quoted for the shell that reads them", () => {
  const statusLineEntry = "/opt/clew/dist/app/statusline.cjs";
  const command = statusLineCommand({
    platform: "linux",
    node: "/opt/my node/n'ode",
    statusLineEntry,
    home: "/home/ada/$clew",
  });
  expect(command).toBe(`'/opt/my node/n'\\''ode' ${statusLineEntry} '/home/ada/$clew'`);
  expect(isClewStatusLine(command)).toBe(true);
  const windows = statusLineCommand({
    platform: "win32",
    node: "C:\\Program Files\\node.exe",
    statusLineEntry: "C:\\x\\dist\\app\\statusline.cjs",
    home: "C:\\data",
  });
  expect(windows).toBe('"C:/Program Files/node.exe" C:/x/dist/app/statusline.cjs C:/data');
  expect(
    [windows, "clew statusline", "npx ccusage statusline", "~/.claude/statusline.js", 7].map(isClewStatusLine),
  ).toEqual([true, true, false, false, false]);
});
