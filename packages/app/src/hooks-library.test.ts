import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, realpathSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { currentSession } from "./hooks-library.ts";
import { processStart } from "./registry/process.ts";
import { openRegistry } from "./registry/registry.ts";
import { temporaryDirectory, testEntry } from "./registry/testing.ts";

/** The library as it is published: node runs no TypeScript. */
const library = fileURLToPath(new URL("../dist/hooks-library.js", import.meta.url));

/** A program that starts one of its own kind for each line it reads, as deep as the line says; the last one looks itself up. */
const PROGRAM = `
const { spawn } = await import("node:child_process");
const depth = Number(process.argv[1]);
if (process.argv[2] === "agent") {
  const { createInterface } = await import("node:readline");
  for await (const line of createInterface({ input: process.stdin })) await start(Number(line));
} else if (depth > 0) await start(depth - 1);
else {
  const { currentSession } = await import(${JSON.stringify(library)});
  const answer = currentSession();
  console.log(answer.kind === "found" ? answer.entry.session_id + " " + answer.by : answer.kind);
}
function start(depth) {
  const child = spawn(process.execPath, ["--input-type=module", "-e", process.env.PROGRAM, String(depth)], { stdio: ["ignore", "inherit", "inherit"] });
  return new Promise((resolve) => child.once("close", resolve));
}
`;

describe("currentSession", () => {
  let root: string;
  let env: NodeJS.ProcessEnv;
  const agents: { readonly id: string; readonly child: ChildProcess; readonly answers: string[] }[] = [];

  beforeAll(() => {
    root = realpathSync(temporaryDirectory("hooks"));
    const { CLEW_SESSION_ID, CLAUDE_CODE_SESSION_ID, CLEW_PARENT_SESSION_ID, ...rest } = process.env;
    env = { ...rest, HOME: root, CLEW_RUNTIME_DIR: join(root, "run"), PROGRAM };
  });
  afterAll(() => {
    for (const { child } of agents) child.kill("SIGKILL");
  });

  it("gives 40 of 40 real processes the right one of two sessions in one project and of two in worktrees", async () => {
    const registry = openRegistry({ directory: join(root, "run"), clock: Date.now });
    const project = join(root, "project");
    for (const [id, path] of [
      ["terminal-1", project],
      ["terminal-2", project],
      ["worktree-a", join(project, ".worktrees", "a")],
      ["worktree-b", join(project, ".worktrees", "b")],
    ] as const) {
      mkdirSync(path, { recursive: true });
      const child = spawn(process.execPath, ["--input-type=module", "-e", PROGRAM, "0", "agent"], {
        cwd: path,
        env,
        stdio: ["pipe", "pipe", "inherit"],
      });
      const answers: string[] = [];
      child.stdout.setEncoding("utf8").on("data", (text: string) => answers.push(...text.split("\n").filter(Boolean)));
      agents.push({ id, child, answers });
      const started_at = new Date().toISOString();
      const pid = child.pid!;
      registry.register(
        testEntry(id, { pid, process_started_at: processStart(pid), workspace_path: path, started_at }),
      );
    }
    for (let round = 0; round < 10; round++) for (const { child } of agents) child.stdin!.write(`${round % 3}\n`);
    for (const { child } of agents) child.stdin!.end();
    await Promise.all(agents.map(({ child }) => new Promise((resolve) => child.once("close", resolve))));
    expect(agents.map(({ answers }) => answers)).toEqual(agents.map(({ id }) => Array(10).fill(`${id} process`)));
  });

  it("is ambiguous or unknown for who is below none, and names what the environment names", () => {
    const live = openRegistry({ directory: join(root, "two"), clock: Date.now });
    for (const id of ["one", "two"])
      live.register(
        testEntry(id, {
          // Any two living processes above this one would be found by process.
          pid: id === "one" ? process.pid : process.ppid,
          process_started_at: processStart(id === "one" ? process.pid : process.ppid),
          workspace_path: root,
          started_at: new Date().toISOString(),
        }),
      );
    const here = { CLEW_RUNTIME_DIR: join(root, "two") };
    expect(currentSession({ env: here, cwd: root, pid: 1 }).kind).toBe("ambiguous");
    expect(currentSession({ env: here, cwd: root })).toMatchObject({
      kind: "found",
      by: "process",
      entry: { session_id: "one" },
    });
    expect(currentSession({ env: { ...here, CLEW_SESSION_ID: "told" }, cwd: root, pid: 1 })).toMatchObject({
      by: "environment",
    });
    expect(currentSession({ env: { CLEW_RUNTIME_DIR: join(root, "none") }, cwd: "/nowhere", pid: 1 }).kind).toBe(
      "unknown",
    );
    expect(currentSession({ env: { CLEW_RUNTIME_DIR: "\0" } }).kind).toBe("unknown");
  });
});
