/** @module The plugin's own `clew`: becomes the one on PATH, else what the data directory names, never itself; else says how to get it. */
import { execFileSync } from "node:child_process";
import {
  chownSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { bareEnvironment, clew } from "./command.ts";
import { type HookResult, installedShells, isRoot, runHook } from "./hook-script-runner.ts";
import { repositoryRoot } from "./repository.ts";

const plugin = join(repositoryRoot, "plugin");
const words = ["log", "--title", "", 'it\'s "odd" $HOME `id` \\ *', " two\nlines ", "-n"];
const body = "\0 a body\\n\r\n%s ü\n\n";
/** Tells its name, the words, that nobody stands between it and who called, and what it reads. */
const script = (name: string): string =>
  `#!/bin/sh\nprintf '%s of %s:' ${name} "$PPID"; printf '<%s>' "$@"; cat; exit 7\n`;
const saysOf = (name: string): HookResult => {
  const stdout = `${name} of ${process.pid}:${words.map((word) => `<${word}>`).join("")}${body}`;
  return { code: 7, signal: null, stdout, stderr: "" };
};

let root: string;
let data: string;
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), "clew-plugin-bin-")));
  data = join(root, "data of ada");
  mkdirSync(data, { mode: 0o700 });
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

/** A directory with a `clew` that tells its name. */
function placeWith(name: string): string {
  const place = join(root, name);
  mkdirSync(place, { recursive: true });
  writeFileSync(join(place, "clew"), script(name), { mode: 0o755 });
  return place;
}

/** What Clew notes in the data directory; here the program is a script, and node a shell. */
function noted(node = "/bin/sh", program = join(root, " it's $(odd) ", "program")): void {
  mkdirSync(join(root, " it's $(odd) "), { recursive: true });
  writeFileSync(join(root, " it's $(odd) ", "program"), script("noted"));
  writeFileSync(join(data, "program"), `${node}\n${program}\n`, { mode: 0o600 });
}

interface Call {
  readonly path?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly shell?: readonly string[];
  readonly wrapper?: string;
  readonly cwd?: string;
}

/** A shell by its path: where PATH is another one it is found still. */
const absolute = ([name = "sh", ...rest]: readonly string[]): readonly string[] => [
  execFileSync("sh", ["-c", `command -v ${name}`], { encoding: "utf8" }).trim(),
  ...rest,
];

/** Runs the plugin's `clew`; besides `path` only the system's own directories are on PATH. */
function run({ path = [], env = { CLEW_HOME: data }, shell = [], wrapper, cwd }: Call = {}): Promise<HookResult> {
  const PATH = [...path, "/usr/bin", "/bin"].join(":");
  const called = { body, args: words, script: wrapper ?? join(plugin, "bin", "clew"), shell };
  return runHook({ ...called, env: { PATH, ...env }, ...(cwd !== undefined && { cwd }) });
}

/** Ends as a shell does that finds no such command, and says why in one line. */
async function refused(why: string, call: Call = {}): Promise<void> {
  const { code, stdout, stderr } = await run(call);
  const how = "run `npm start` once in a clone of Clew, or install it with npm so that it is on PATH";
  expect([code, stdout, stderr]).toEqual([127, "", `clew: ${why}: ${how}\n`]);
}

describe.each(installedShells().map((shell) => [shell.join(" "), absolute(shell)] as const))("%s", (_, shell) => {
  test("another on PATH goes first, and gets words and input as they are", async () => {
    noted();
    const path = [join(root, "nothing"), join(plugin, "bin"), placeWith("first"), placeWith("second")];
    expect(await run({ path, shell })).toEqual(saysOf("first"));
  });

  test("without one, it is the program that is noted", async () => {
    noted();
    expect(await run({ shell })).toEqual(saysOf("noted"));
  });

  test("it never takes itself for another, by whatever name it is there", async () => {
    symlinkSync(join(plugin, "bin"), join(root, "linked"));
    for (const name of ["link", "copy"]) mkdirSync(join(root, name));
    symlinkSync(join(plugin, "bin", "clew"), join(root, "link", "clew"));
    copyFileSync(join(plugin, "bin", "clew"), join(root, "copy", "clew"));
    const copies = ["linked", "link", "copy"].map((name) => join(root, name));
    const path = [join(plugin, "bin"), ...copies, join(plugin, "hooks", "..", "bin"), join(plugin, "bin"), ...copies];
    await refused(`it is not on PATH, and there is no ${join(data, "program")}`, { path, shell });
    noted();
    for (const place of [join(plugin, "bin"), ...copies])
      expect(await run({ path, shell, wrapper: join(place, "clew") })).toEqual(saysOf("noted"));
    expect(await run({ path: [...path, placeWith("last")], shell })).toEqual(saysOf("last"));
  });

  test("nothing of the directory that the agent works in is run", async () => {
    const cwd = placeWith("here");
    mkdirSync(join(cwd, ".clew"));
    for (const place of [cwd, join(cwd, ".clew")]) writeFileSync(join(place, "program"), `/bin/sh\n${cwd}/clew\n`);
    const why = `it is not on PATH, and there is no ${join(data, "program")}`;
    await refused(why, { path: ["", ".", "../here", ""], cwd, shell });
    await refused("it is not on PATH, and CLEW_HOME is not an absolute path", { cwd, shell, env: { CLEW_HOME: "." } });
  });

  test("what is noted has to be there, by an absolute path", async () => {
    const file = join(data, "program");
    const program = join(root, " it's $(odd) ", "program");
    const two = `${file} does not name two absolute paths`;
    const cases = [
      [two, "sh", program],
      [two, "/bin/sh", "./program"],
      [two, "/bin/sh", ""],
      [`${file} names /nowhere/node, which cannot be run`, "/nowhere/node", program],
      [`${file} names /bin, which cannot be run`, "/bin", program],
      [`${file} names /nowhere/clew.js, which is not there`, "/bin/sh", "/nowhere/clew.js"],
    ] as const;
    for (const [why, node, named] of cases) {
      noted(node, named);
      await refused(why, { shell, cwd: join(root, " it's $(odd) ") });
    }
  });
});

test("the data directory is where Clew itself has it", async () => {
  const homes = { XDG_DATA_HOME: join(root, "xdg", "clew"), HOME: join(root, ".local", "share", "clew") };
  noted();
  for (const [name, home] of Object.entries(homes)) {
    mkdirSync(home, { recursive: true });
    copyFileSync(join(data, "program"), join(home, "program"));
    const value = name === "HOME" ? root : join(root, "xdg");
    expect(await run({ env: { [name]: value, ...(name === "HOME" && { XDG_DATA_HOME: "xdg" }) } })).toEqual(
      saysOf("noted"),
    );
  }
});

test("a link, and what is another user's, is not read", async () => {
  const why = `${join(data, "program")} is not a file of your own`;
  writeFileSync(join(root, "theirs"), `/bin/sh\n${placeWith("theirs-too")}/clew\n`);
  symlinkSync(join(root, "theirs"), join(data, "program"));
  await refused(why);
  if (!isRoot) return console.warn("not root: files of another user are not tried");
  rmSync(join(data, "program"));
  noted();
  expect(await run()).toEqual(saysOf("noted"));
  chownSync(join(data, "program"), 65534, 65534);
  await refused(why);
  chownSync(join(data, "program"), 0, 0);
  chownSync(data, 65534, 65534);
  await refused(why);
});

test("with Clew itself: every command that a person starts with notes where it is", { timeout: 60_000 }, async () => {
  const env = bareEnvironment({
    HOME: root,
    CLEW_HOME: data,
    CLEW_RUNTIME_DIR: join(root, "run"),
    CLAUDE_CONFIG_DIR: join(root, "claude"),
  }) as Record<string, string>;
  mkdirSync(join(root, "claude"));
  const background = [
    ["up", "--detach", "--no-open"],
    ["daemon", "start"],
  ];
  onTestFinished(async () => void (await clew(["daemon", "stop"], env)));
  for (const line of [["index"], ["setup", "--yes"], ["setup", "--yes"], ...background]) {
    rmSync(join(data, "program"), { force: true });
    expect((await clew(line, env)).code, line.join(" ")).toBe(0);
    if (background.includes(line)) expect((await clew(["daemon", "stop"], env)).code).toBe(0);
    const PATH = `${join(plugin, "bin")}:/usr/bin:/bin`;
    const inShell = 'command -v clew; clew log --category note --title "$(cat)"';
    const { code, stdout } = await runHook({
      body: "From the shell of an agent",
      script: "-c",
      args: [inShell],
      env: { ...env, PATH },
    });
    expect([code, stdout]).toEqual([0, expect.stringMatching(/plugin\/bin\/clew\ne-[0-9a-f]{12}\n$/)]);
  }
  rmSync(join(data, "program"));
  await clew(["setup", "--dry-run"], env);
  await refused(`it is not on PATH, and there is no ${join(data, "program")}`);
});
