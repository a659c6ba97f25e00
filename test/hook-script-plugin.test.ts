/** @module The plugin: it registers every event with the scripts that are there, and its session start never disturbs a session. */
import { accessSync, chownSync, constants, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { RECORDED_HOOK_EVENTS } from "../packages/app/src/setup/hook-events.ts";
import { isRoot, runHook, sessionStartScript, silent } from "./hook-script-runner.ts";
import { repositoryRoot } from "./repository.ts";

const plugin = join(repositoryRoot, "plugin");
const read = (...path: readonly string[]): string => readFileSync(join(...path), "utf8");

interface Handler {
  readonly type: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly timeout: number;
  readonly async?: boolean;
}

describe("hooks.json", () => {
  const { hooks } = JSON.parse(read(plugin, "hooks", "hooks.json")) as {
    readonly hooks: Readonly<
      Record<string, readonly { readonly matcher?: string; readonly hooks: readonly Handler[] }[]>
    >;
  };
  const handlersOf = (event: string): readonly Handler[] => hooks[event]!.flatMap((group) => group.hooks);

  test("registers the events that setup registers, and never the one that would replace git's worktrees", () => {
    expect(Object.keys(hooks).sort()).toEqual([...RECORDED_HOOK_EVENTS].sort());
    expect(Object.keys(hooks)).toHaveLength(32);
    expect(hooks).not.toHaveProperty("WorktreeCreate");
    const matched = Object.entries(hooks).filter(([, groups]) => groups.some(({ matcher }) => matcher !== undefined));
    expect(matched.map(([event]) => event)).toEqual(["PostToolUse"]);
  });

  test("every event is observed, without a shell in between, and not waited for longer than it may", () => {
    for (const event of Object.keys(hooks)) {
      expect(handlersOf(event)[0], event).toEqual({
        type: "command",
        command: "/bin/sh",
        args: ["$" + "{CLAUDE_PLUGIN_ROOT}/hooks/observe.sh"],
        timeout: event === "SessionEnd" ? 2 : 5,
        ...(event === "MessageDisplay" && { async: true }),
      });
    }
  });

  test("a start has its context beside, and waits for it", () => {
    const more = Object.keys(hooks).flatMap((event) =>
      handlersOf(event)
        .slice(1)
        .map((handler) => ({ event, handler })),
    );
    expect(more.map(({ event }) => event).sort()).toEqual(["PostToolUse", "SessionStart"]);
    const start = more.find(({ event }) => event === "SessionStart")!.handler;
    expect(start.args).toEqual(["$" + "{CLAUDE_PLUGIN_ROOT}/hooks/session-start.sh"]);
    expect(start.async).toBeUndefined();
  });

  test("what writes a file has its memory kept, and does not wait for it", () => {
    expect(hooks.PostToolUse!.slice(1)).toEqual([
      {
        matcher: "Write|Edit|MultiEdit",
        hooks: [
          {
            type: "command",
            command: "/bin/sh",
            args: ["$" + "{CLAUDE_PLUGIN_ROOT}/hooks/memory.sh"],
            async: true,
            timeout: 5,
          },
        ],
      },
    ]);
  });
});

describe("the plugin's files", () => {
  test("say the same name, version and licence as the package", () => {
    const manifest = JSON.parse(read(plugin, ".claude-plugin", "plugin.json")) as Record<string, string>;
    const packed = JSON.parse(read(repositoryRoot, "packages", "app", "package.json")) as Record<string, string>;
    for (const key of ["name", "version", "license"]) expect(manifest[key]).toBe(packed[key]);
    expect(read(plugin, "LICENSE")).toBe(read(repositoryRoot, "LICENSE"));
    expect(read(plugin, "README.md").split(/\s+/).length).toBeGreaterThan(40);
  });

  test("both marketplaces lead to the plugin", () => {
    for (const root of [repositoryRoot, plugin]) {
      const market = JSON.parse(read(root, ".claude-plugin", "marketplace.json")) as {
        readonly name: string;
        readonly plugins: readonly { readonly name: string; readonly source: string }[];
      };
      expect(market.name).toBe("clew");
      expect(market.plugins.map(({ name }) => name)).toEqual(["clew"]);
      expect(join(root, market.plugins[0]!.source, "/")).toBe(join(plugin, "/"));
    }
  });

  test("the scripts can be run", () => {
    for (const name of ["bin/clew", "hooks/observe.sh", "hooks/session-start.sh", "hooks/memory.sh"]) {
      expect(() => accessSync(join(plugin, name), constants.X_OK)).not.toThrow();
      expect(read(plugin, name)).toMatch(/^#!\/bin\/sh\n/);
    }
  });

  test("the MCP server is started through the plugin's own clew, and reads unless the user says more", () => {
    const command = "$" + "{CLAUDE_PLUGIN_ROOT}/bin/clew";
    const args = ["mcp", "--profile", "$" + "{user_config.mcp_profile}"];
    expect(JSON.parse(read(plugin, ".mcp.json"))).toEqual({ mcpServers: { clew: { command, args } } });
    const manifest = JSON.parse(read(plugin, ".claude-plugin", "plugin.json"));
    expect(manifest.userConfig.mcp_profile.default).toBe("read");
  });

  test("the command allows what it asks for, in a form that the client lets through unasked", () => {
    const command = read(plugin, "commands", "session-end.md");
    expect(command).toMatch(/^---\ndescription: .+\nallowed-tools: Bash\(clew session end:\*\)\n---\n/);
    const [, example = ""] = /```sh\n([\s\S]+?)\n```/.exec(command) ?? [];
    expect(example).toMatch(/^clew session end (\\\n {2}--[a-z]+ '[^'"\\{}]+' ?)+$/);
    const cli = read(repositoryRoot, "packages", "app", "src", "surfaces", "cli", "commands", "session.ts");
    const flags = [...example.matchAll(/--([a-z]+)/g)].map(([, flag]) => flag!);
    expect(flags).toHaveLength(6);
    expect(flags.filter((flag) => !cli.includes(`  ${flag}: { type: "string", description: "end: `))).toEqual([]);
  });
});

describe("session-start.sh", () => {
  const body = '{"hook_event_name":"SessionStart","source":"startup"}';

  /** A copy of the script with the command that setup writes beside it, for a program that does what the text says. */
  function installed(program: string | null, node = "/bin/sh"): string {
    const folder = mkdtempSync(join(tmpdir(), "clew-start-"));
    const script = join(folder, "session-start.sh");
    writeFileSync(script, read(sessionStartScript));
    if (program !== null) writeFileSync(join(folder, "program"), program);
    writeFileSync(join(folder, "session-start.command"), `${node}\n${join(folder, "program")}\n`);
    return script;
  }

  /** A PATH with a `clew` of our own in front. */
  function pathWith(clew: string): string {
    const folder = mkdtempSync(join(tmpdir(), "clew-bin-"));
    writeFileSync(join(folder, "clew"), `#!/bin/sh\n${clew}\n`, { mode: 0o755 });
    return `${folder}:${process.env.PATH}`;
  }

  test("runs what setup names: the body goes in, the context comes out", async () => {
    const script = installed('printf "context of %s: " "$1"; cat; echo noise >&2');
    const run = await runHook({ body, script, args: ["/data"] });
    expect(run).toEqual({ ...silent, stdout: `context of /data: ${body}` });
    const explained = await runHook({ body, script, args: ["/data"], env: { CLEW_HOOK_DEBUG: "1" } });
    expect(explained.stderr).toMatch(/^noise\nclew session start: .+program ended with 0\n$/);
  });

  test("runs clew where setup has named nothing", async () => {
    const PATH = pathWith('printf "%s: " "$*"; cat');
    const run = await runHook({ body, script: sessionStartScript, env: { PATH } });
    expect(run).toEqual({ ...silent, stdout: `hook session-start: ${body}` });
  });

  test("runs what the data directory names where PATH has none", async () => {
    const home = mkdtempSync(join(tmpdir(), "clew-home-"));
    writeFileSync(join(home, "program.sh"), 'printf "%s: " "$*"; cat; echo noise >&2; exit 3');
    writeFileSync(join(home, "program"), `/bin/sh\n${join(home, "program.sh")}\n`);
    const env = { PATH: "/usr/bin:/bin", CLEW_HOME: home };
    const expected = { ...silent, stdout: `hook session-start: ${body}` };
    expect(await runHook({ body, script: sessionStartScript, env })).toEqual(expected);
    const first = { ...env, PATH: pathWith("echo first") };
    expect(await runHook({ body, script: sessionStartScript, env: first })).toEqual({ ...silent, stdout: "first\n" });
    writeFileSync(join(home, "program"), "");
    expect(await runHook({ body, script: sessionStartScript, env })).toEqual(silent);
    const { stderr } = await runHook({ body, script: sessionStartScript, env: { ...env, CLEW_HOOK_DEBUG: "1" } });
    expect(stderr).toMatch(/^clew: .+\nclew session start: .+bin\/clew hook session-start ended with 127\n$/);
  });

  test("exits 0 and says nothing when that fails, and when there is none", async () => {
    expect(await runHook({ body, script: installed("echo why >&2; exit 2") })).toEqual(silent);
    expect(await runHook({ body, script: installed("kill -9 $$") })).toEqual(silent);
    expect(await runHook({ body, script: installed(null) })).toEqual(silent);
    expect(await runHook({ body, script: installed("echo no", "/nowhere/node") })).toEqual(silent);
    const env = { PATH: pathWith("exit 1") };
    expect(await runHook({ body, script: sessionStartScript, env })).toEqual(silent);
    expect(await runHook({ body, script: sessionStartScript, env: { PATH: "/usr/bin:/bin" } })).toEqual(silent);
  });

  test("does nothing where nothing may be recorded", async () => {
    const script = installed("echo context");
    expect(await runHook({ body, script, env: { CLEW_HOOKS: "off" } })).toEqual(silent);
    for (const file of [".clew/off", ".claude/clew-off"]) {
      const project = mkdtempSync(join(tmpdir(), "clew-project-"));
      mkdirSync(join(project, dirname(file)));
      const run = () => runHook({ body, script, env: { CLAUDE_PROJECT_DIR: project } });
      expect((await run()).stdout).toBe("context\n");
      writeFileSync(join(project, file), "");
      expect(await run()).toEqual(silent);
    }
  });

  test("does not run what another user has named", async () => {
    if (!isRoot) return console.warn("not root: a command file of another user is not tried");
    const script = installed("echo foreign");
    chownSync(join(dirname(script), "session-start.command"), 65534, 65534);
    expect(await runHook({ body, script, env: { PATH: "/usr/bin:/bin" } })).toEqual(silent);
  });
});
