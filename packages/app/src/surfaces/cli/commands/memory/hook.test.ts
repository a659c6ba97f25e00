import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { slugOfPath } from "../../../../authoring/memory-places.ts";
import { systemClock } from "../../../../base/clock.ts";
import { createOutput } from "../../output.ts";
import { run } from "../../testing.ts";
import { keepWritten } from "./hook.ts";

const SESSION = "11111111-aaaa-4aaa-8aaa-000000000001";

let home: string;
let workspace: string;
let memory: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "clew-memory-hook-"));
  workspace = join(home, "shop");
  mkdirSync(join(workspace, ".git"), { recursive: true });
  memory = join(home, "claude", "projects", slugOfPath(workspace), "memory");
  mkdirSync(memory, { recursive: true });
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const environment = () => ({
  HOME: home,
  CLEW_HOME: join(home, "data"),
  CLAUDE_CONFIG_DIR: join(home, "claude"),
  CLEW_RUNTIME_DIR: join(home, "run"),
});
const sink = { write: () => true };
const context = () => ({
  env: environment(),
  clock: systemClock,
  timeZone: "UTC",
  out: createOutput(sink, { color: false, width: 80 }),
  err: createOutput(sink, { color: false, width: 80 }),
  stopped: new Promise<void>(() => {}),
  isInteractive: false,
});

const body = (path: string, more: object = {}): string =>
  JSON.stringify({
    hook_event_name: "PostToolUse",
    tool_name: "Write",
    tool_input: { file_path: path, content: "x" },
    tool_use_id: "toolu_1",
    cwd: workspace,
    session_id: SESSION,
    ...more,
  });

const write = (name: string, text: string): string => {
  writeFileSync(join(memory, name), text);
  return join(memory, name);
};

async function versions(): Promise<readonly { path: string; session_id: string; author: string; origin: string }[]> {
  const sql = `SELECT m.path, c.session_id, c.author, c.origin FROM changes c JOIN memory_files m ON m.file_id = c.subject
    WHERE c.target = 'memory' ORDER BY c.seq, c.hlc`;
  const { stdout } = await run(["sql", sql, "--json"], { home, env: environment() });
  return stdout === "" ? [] : (JSON.parse(stdout) as { rows: [] }).rows;
}

describe("two hooks that are told of the same write", () => {
  it("make one version of it", async () => {
    const path = write("MEMORY.md", "# Refunds\n");
    const kept = await Promise.all([1, 2, 3].map(() => keepWritten(context(), body(path))));
    expect(kept).toEqual([null, null, null]);
    expect(await versions()).toHaveLength(1);
    write("MEMORY.md", "# Refunds, once\n");
    await Promise.all([1, 2].map(() => keepWritten(context(), body(path))));
    expect(await versions()).toHaveLength(2);
  });
});

describe("what it leaves as it is", () => {
  it("a file that is gone by now: its history stays, and it is not deleted", async () => {
    const path = write("MEMORY.md", "# Refunds\n");
    await keepWritten(context(), body(path));
    rmSync(path);
    expect(await keepWritten(context(), body(path))).toBe(null);
    expect(await versions()).toHaveLength(1);
    const { stdout } = await run(["memory", "list", "--all-projects", "--json"], { home, env: environment() });
    expect(JSON.parse(stdout)).toMatchObject({ total: 1, rows: [{ path: "memory/MEMORY.md" }] });
  });

  it("a link that leads out of the working tree, which it names", async () => {
    const secret = join(home, "secret.md");
    writeFileSync(secret, "not for the team\n");
    const rules = join(workspace, ".claude", "rules");
    mkdirSync(rules, { recursive: true });
    symlinkSync(secret, join(rules, "team.md"));
    mkdirSync(join(home, "elsewhere"));
    writeFileSync(join(home, "elsewhere", "secret.md"), "not for the team\n");
    symlinkSync(join(home, "elsewhere"), join(rules, "out"));
    expect(await keepWritten(context(), body(join(rules, "team.md")))).toMatch(/team\.md is a link that leads out of/u);
    // Seen from there it stands in no working tree at all.
    expect(await keepWritten(context(), body(join(rules, "out", "secret.md")))).toBe(null);
    expect(await versions()).toEqual([]);
  });

  it.each([
    ["a file of the project", "shop/docs/readme.md"],
    ["this machine's own instructions", "shop/CLAUDE.local.md"],
    ["a file beside the memory", "claude/projects/-shop/notes.md"],
    ["a way back out of it", "claude/projects/-shop/memory/../../plan.md"],
  ])("%s", async (_, name) => {
    const path = join(home, ...name.split("/").slice(0, -1));
    mkdirSync(path, { recursive: true });
    writeFileSync(join(home, name), "text\n");
    expect(await keepWritten(context(), body(`${home}/${name}`))).toBe(null);
    expect(readdirSync(home)).not.toContain("data");
  });

  it("a file that is too large or no text, in one sentence", async () => {
    const binary = join(memory, "binary.md");
    writeFileSync(binary, Buffer.from([0xff, 0x00]));
    expect(await keepWritten(context(), body(binary))).toBe(`${binary} is binary, no text: it is left as it is`);
    const large = write("large.md", "x".repeat(1024 * 1024 + 1));
    expect(await keepWritten(context(), body(large))).toBe(`${large} is larger than 1 MB: it is left as it is`);
  });

  it.each<[string, string, string | null]>([
    ["nothing", "", "the hook's body is no JSON"],
    ["half a body", body("/a.md").slice(0, -9), "the hook's body is no JSON"],
    ["20 MB", "x".repeat(20 * 1024 * 1024), "the hook's body is larger than 16 MB"],
    ["another value", "[null]", null],
    ["a call without input", '{"tool_name":"Edit"}', null],
    ["a path that is no text", '{"tool_name":"Edit","tool_input":{"file_path":7}}', null],
    ["a relative path without a directory", '{"tool_name":"Edit","tool_input":{"file_path":"a.md"}}', null],
    ["a path with a NUL", '{"tool_name":"Edit","tool_input":{"file_path":"/a\\u0000.md"}}', null],
    ["another tool", '{"tool_name":"Read","tool_input":{"file_path":"/a.md"}}', null],
  ])("%s", async (_, text, said) => {
    expect(await keepWritten(context(), text)).toBe(said);
    expect(readdirSync(home)).not.toContain("data");
  });
});

it("a relative path is read from the body's directory", async () => {
  write("MEMORY.md", "# Refunds\n");
  await keepWritten(context(), body("MEMORY.md", { cwd: memory, tool_name: "Edit" }));
  expect(await versions()).toEqual([
    { path: "memory/MEMORY.md", session_id: SESSION, author: expect.any(String), origin: "agent" },
  ]);
});

it.each<[string, object]>([
  ["no id", { session_id: "zz zz" }],
  ["no text", { session_id: 7 }],
  ["not said", { session_id: undefined }],
])("where its session is %s, it is still no person who wrote it", async (_, more) => {
  await keepWritten(context(), body(write("MEMORY.md", "# Refunds\n"), more));
  const sql = "SELECT origin, tainted, session_id FROM changes WHERE target = 'memory'";
  const { stdout } = await run(["sql", sql, "--json"], { home, env: environment() });
  expect(JSON.parse(stdout)).toMatchObject({ rows: [{ origin: "agent", tainted: 1, session_id: null }] });
});

it("a session that the store does not know as the subagent's stays the one around", async () => {
  const path = write("MEMORY.md", "# Refunds\n");
  await keepWritten(context(), body(path, { agent_id: "a1b2c3", agent_type: "Explore" }));
  expect((await versions()).map((one) => one.session_id)).toEqual([SESSION]);
});
