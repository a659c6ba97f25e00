/** @module The script that keeps memory files: it starts Clew for a .md file only, never disturbs an agent, and outlives its client. */
import { chownSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { slugOfPath } from "../packages/app/src/authoring/memory-places.ts";
import { bareEnvironment, clew, clewBin } from "./command.ts";
import { installedShells, isRoot, runHook, silent } from "./hook-script-runner.ts";
import { repositoryRoot } from "./repository.ts";

const script = join(repositoryRoot, "plugin", "hooks", "memory.sh");
const body = (path: string, content = "x"): string =>
  JSON.stringify({ hook_event_name: "PostToolUse", tool_name: "Write", tool_input: { file_path: path, content } });

let root: string;
let heard: string;
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), "clew-memory-script-")));
  heard = join(root, "heard");
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

/** A PATH whose `clew` writes down its words and what it reads. */
function pathWith(more = ""): string {
  mkdirSync(join(root, "bin"), { recursive: true });
  const text = `#!/bin/sh\n{ printf '%s: ' "$*"; cat; } >'${heard}'\n${more}\n`;
  writeFileSync(join(root, "bin", "clew"), text, { mode: 0o755 });
  return `${join(root, "bin")}:${process.env.PATH}`;
}

/** A copy of the script, with the command that setup writes beside it. */
function installed(program: string, node = "/bin/sh"): string {
  const copy = join(root, "memory.sh");
  writeFileSync(copy, readFileSync(script));
  writeFileSync(join(root, "program"), program);
  writeFileSync(join(root, "memory.command"), `${node}\n${join(root, "program")}\n`);
  return copy;
}

const said = (): string | null => {
  try {
    return readFileSync(heard, "utf8");
  } catch {
    return null;
  }
};

describe.each(installedShells().map((shell) => [shell.join(" "), shell] as const))("%s", (_, shell) => {
  test("hands a body that names a .md file to clew, byte by byte", async () => {
    for (const path of ["/a/MEMORY.md", "/a/notes.MD"]) {
      const sent = body(path, 'a "quoted" \\ $(touch x) `y` ü %s\n');
      expect(await runHook({ body: sent, script, shell, env: { PATH: pathWith() } })).toEqual(silent);
      expect(said()).toBe(`memory hook: ${sent}`);
    }
  });

  test("hands over no other: a name inside of a text is no file's", async () => {
    for (const sent of [body("/a/b.ts"), body("/a/b.ts", 'see "notes.md" and x.md too'), body("/a/b.mdx"), "", "{"]) {
      expect(await runHook({ body: sent, script, shell, env: { PATH: pathWith() } })).toEqual(silent);
      expect(said()).toBe(null);
    }
  });
});

test("runs what setup names, with the data directory", async () => {
  const copy = installed(`{ printf '%s: ' "$*"; cat; } >'${heard}'; echo noise; echo noise >&2; exit 2`);
  expect(await runHook({ body: body("/a.md"), script: copy, args: ["/data of ada"] })).toEqual(silent);
  expect(said()).toBe(`memory hook /data of ada: ${body("/a.md")}`);
});

test("runs what the data directory names where PATH has no clew", async () => {
  const env = { PATH: "/usr/bin:/bin", CLEW_HOME: root };
  writeFileSync(join(root, "kept"), `{ printf '%s: ' "$*"; cat; } >'${heard}'; echo noise; echo noise >&2; exit 2`);
  writeFileSync(join(root, "program"), `/bin/sh\n${join(root, "kept")}\n`);
  expect(await runHook({ body: body("/a.md"), script, env })).toEqual(silent);
  expect(said()).toBe(`memory hook: ${body("/a.md")}`);
});

test("exits 0 and says nothing whatever becomes of that, and when there is none", async () => {
  const sent = body("/a.md");
  expect(await runHook({ body: sent, script, env: { PATH: pathWith("exit 1") } })).toEqual(silent);
  expect(await runHook({ body: sent, script, env: { PATH: pathWith("kill -9 $$") } })).toEqual(silent);
  expect(await runHook({ body: sent, script, env: { PATH: "/usr/bin:/bin" } })).toEqual(silent);
  expect(await runHook({ body: sent, script: installed("", "/nowhere/node") })).toEqual(silent);
  expect(await runHook({ body: sent, script: installed("exit 3") })).toEqual(silent);
  expect(
    await runHook({ body: body("/a.md", "x".repeat(20 * 1024 * 1024)), script, env: { PATH: pathWith() } }),
  ).toEqual(silent);
  const { stderr } = await runHook({ body: sent, script: installed("exit 3"), env: { CLEW_HOOK_DEBUG: "1" } });
  expect(stderr).toMatch(/^clew memory: .*memory hook ended with 3\n$/);
});

test("does nothing where nothing may be recorded", async () => {
  const env = { PATH: pathWith(), CLEW_HOOKS: "off" };
  expect(await runHook({ body: body("/a.md"), script, env })).toEqual(silent);
  for (const file of [".clew/off", ".claude/clew-off"]) {
    const project = join(root, file.slice(1, 4));
    mkdirSync(join(project, dirname(file)), { recursive: true });
    writeFileSync(join(project, file), "");
    expect(
      await runHook({ body: body("/a.md"), script, env: { PATH: pathWith(), CLAUDE_PROJECT_DIR: project } }),
    ).toEqual(silent);
  }
  expect(said()).toBe(null);
});

test("does not run what another user has named", async () => {
  if (!isRoot) return console.warn("not root: a command file of another user is not tried");
  const copy = installed(`touch '${heard}'`);
  chownSync(join(root, "memory.command"), 65534, 65534);
  expect(await runHook({ body: body("/a.md"), script: copy, env: { PATH: "/usr/bin:/bin" } })).toEqual(silent);
  expect(said()).toBe(null);
});

test("the client is let go before Clew has done its work", async () => {
  const gate = join(root, "gate");
  const PATH = pathWith(`while [ ! -e '${gate}' ]; do sleep 0.02; done`);
  const env = { PATH };
  // Ends only when everything that was started has: a shell of ours tells when the script itself did.
  const ended = join(root, "ended");
  const shell = [
    "sh",
    "-c",
    `sh "$1"; echo $? >'${ended}'; until [ -e '${heard}' ]; do sleep 0.02; done; touch '${gate}'`,
    "x",
  ];
  expect(await runHook({ body: body("/a.md"), script, shell, env })).toEqual(silent);
  expect(readFileSync(ended, "utf8")).toBe("0\n");
  expect(said()).toContain("memory hook");
});

describe("with Clew itself", () => {
  const data = () => join(root, "data");
  const environment = () =>
    bareEnvironment({
      HOME: root,
      CLEW_HOME: data(),
      CLEW_RUNTIME_DIR: join(root, "run"),
      CLAUDE_CONFIG_DIR: join(root, "claude"),
    }) as Record<string, string>;
  /** The script as setup leaves it on this machine. */
  function real(): string {
    const copy = installed("", process.execPath);
    writeFileSync(join(root, "memory.command"), `${process.execPath}\n${clewBin}\n`);
    return copy;
  }

  test("a memory file is kept; what is none is one line in the daemon's log at most", async () => {
    const memory = join(root, "claude", "projects", slugOfPath(join(root, "shop")), "memory");
    mkdirSync(memory, { recursive: true });
    const path = join(memory, "MEMORY.md");
    writeFileSync(path, "# Refunds\n");
    const large = join(memory, "large.md");
    writeFileSync(large, "x".repeat(2 * 1024 * 1024));
    const copy = real();
    const run = (sent: string) => runHook({ body: sent, script: copy, args: [data()], env: environment() });
    expect(await run(body(path))).toEqual(silent);
    expect(await run('{"file_path":"/a.md"')).toEqual(silent);
    expect(await run(body(large))).toEqual(silent);
    expect(await run(body("/a.md", "x".repeat(20 * 1024 * 1024)))).toEqual(silent);
    expect(await run(body(join(root, "readme.md")))).toEqual(silent);
    const log = readFileSync(join(data(), "daemon.log"), "utf8").trimEnd().split("\n");
    expect(log.map((line) => line.replace(/^\S+ /, ""))).toEqual([
      "memory hook: the hook's body is no JSON",
      `memory hook: ${large} is larger than 1 MB: it is left as it is`,
      "memory hook: the hook's body is larger than 16 MB",
    ]);
    const { stdout } = await clew(["memory", "list", "--all-projects", "--json"], environment());
    expect((JSON.parse(stdout) as { rows: { path: string }[] }).rows.map((row) => row.path)).toEqual([
      "memory/MEMORY.md",
    ]);
  });
});
