/** The built program, run as an agent's hook runs it. */
import { spawn } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { workspaceIdOf } from "../../base/ids.ts";
import { decodeSpoolRecord } from "../../base/spool-record.ts";
import { processStart } from "../../registry/process.ts";
import { openRegistry } from "../../registry/registry.ts";
import { testEntry } from "../../registry/testing.ts";
import { openWriter } from "../../store/db.ts";

const PROGRAM = fileURLToPath(new URL("../../../dist/app/session-start.cjs", import.meta.url));
const SESSION = "3646aa6f-99b8-46bd-8636-2c7a4696884e";

let home: string;
let workspace: string;
let environment: Record<string, string>;
let body: Record<string, unknown>;

beforeEach(() => {
  home = realpathSync(mkdtempSync(join(tmpdir(), "clew-start-")));
  workspace = join(home, "web");
  mkdirSync(join(workspace, ".git"), { recursive: true });
  environment = {
    PATH: process.env.PATH ?? "",
    HOME: home,
    USER: "ada",
    CLEW_HOME: join(home, "data"),
    CLEW_RUNTIME_DIR: join(home, "run"),
    CLEW_NO_DAEMON: "1",
    CLAUDE_ENV_FILE: join(home, "env.sh"),
  };
  body = {
    session_id: SESSION,
    cwd: workspace,
    hook_event_name: "SessionStart",
    source: "startup",
    transcript_path: join(home, "t.jsonl"),
  };
});
afterEach(() => {
  chmodSync(home, 0o700);
  rmSync(home, { recursive: true, force: true });
});

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** `input` null: standard input stays open until the program has ended. */
function start(
  input: string | Buffer | null = JSON.stringify(body),
  env: NodeJS.ProcessEnv = environment,
  args: readonly string[] = [],
): Promise<Ended> {
  const child = spawn(process.execPath, [PROGRAM, ...args], { env, cwd: home });
  const output = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const)
    child[name].setEncoding("utf8").on("data", (text: string) => {
      output[name] += text;
    });
  // It may end before it has read everything.
  child.stdin.on("error", () => {});
  if (input !== null) child.stdin.end(input);
  return new Promise((resolve, reject) => {
    child.once("error", reject).once("close", (code) => resolve({ code, ...output }));
  });
}

/** A database in which an earlier session of the workspace has left a focus. */
function seed(): void {
  mkdirSync(join(home, "data"), { mode: 0o700 });
  const db = openWriter(join(home, "data", "clew.db"));
  const id = workspaceIdOf(workspace);
  const insert = (table: string, row: Readonly<Record<string, unknown>>): void => {
    const names = Object.keys(row);
    db.prepare(`INSERT INTO ${table} (${names.join(", ")}) VALUES (${names.map(() => "?").join(", ")})`).run(
      ...Object.values(row),
    );
  };
  insert("devices", { device_id: "d", name: "d", created_at: 0 });
  insert("projects", { project_id: "dir:web", name: "web" });
  insert("workspaces", { workspace_id: id, path: workspace, name: "web", project_id: "dir:web" });
  insert("identities", {
    identity_id: "claude-code@web",
    kind: "agent",
    platform: "claude-code",
    project_id: "dir:web",
  });
  insert("identities", { identity_id: "person:ada", kind: "person", platform: "local" });
  insert("sessions", {
    session_id: "earlier",
    root_session_id: "earlier",
    workspace_id: id,
    identity_id: "claude-code@web",
    person_id: "person:ada",
    agent: "claude-code",
    prompts: 1,
    activity: "ended",
    started_at: 0,
    ended_at: 60_000,
  });
  insert("events", {
    id: 1,
    event_id: "e",
    session_id: "earlier",
    workspace_id: id,
    device_id: "d",
    seq: 1,
    hlc: 1,
    type: "session.state",
    source: "clew",
    author: "claude-code@web",
    origin: "agent",
  });
  insert("project_state", {
    project_id: "dir:web",
    workspace_id: id,
    session_id: "earlier",
    focus: "the loom",
    focus_at: 60_000,
    focus_event: "e",
  });
  db.close();
}

const nothingSaid = { code: 0, stdout: "", stderr: "" };
const registered = (): readonly string[] => {
  const directory = join(home, "run", "sessions");
  return existsSync(directory) ? readdirSync(directory) : [];
};

describe("a session's start", () => {
  test("prints the context, registers, tells the children, and records what it printed", async () => {
    seed();
    const { code, stdout, stderr } = await start();
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(
      /^<clew-context version="1">\n[\s\S]*\nFocus \(\d+ days ago\): the loom\n<\/clew-context>\n$/u,
    );

    const entry = JSON.parse(readFileSync(join(home, "run", "sessions", `${SESSION}.json`), "utf8"));
    expect(entry).toMatchObject({
      session_id: SESSION,
      parent_session_id: null,
      workspace_path: workspace,
      identity: "claude-code@web",
      agent: "claude-code",
      pid: process.pid,
    });

    const lines = readFileSync(join(home, "env.sh"), "utf8");
    expect(lines).toContain(`export CLEW_SESSION_ID='${SESSION}'\n`);
    expect(lines).toContain(`export CLEW_CORRELATION_ID='${workspaceIdOf(workspace)}:${SESSION}'\n`);
    expect(lines).toMatch(
      /^\[ -n "\$\{TRACEPARENT:-\}" \] \|\| export TRACEPARENT='00-[0-9a-f]{32}-[0-9a-f]{16}-01'$/mu,
    );

    const spool = join(home, "data", "spool");
    const [name = ""] = readdirSync(spool);
    const record = decodeSpoolRecord(readFileSync(join(spool, name)))!;
    expect(record.kind).toBe("event");
    expect(JSON.parse(record.body.toString())).toMatchObject({
      v: 1,
      type: "context.injected",
      correlation_id: `${workspaceIdOf(workspace)}:${SESSION}`,
      data: {
        text: stdout,
        items: [
          { kind: "outcome", included: true },
          { kind: "focus", included: true, text: "the loom" },
        ],
      },
    });
  });

  test("takes the data directory as its argument, and a parent from the environment", async () => {
    seed();
    const { CLEW_HOME: data = "", ...rest } = environment;
    const { stdout } = await start(undefined, { ...rest, CLEW_SESSION_ID: "parent" }, [data]);
    expect(stdout).toContain("the loom");
    expect(JSON.parse(readFileSync(join(home, "run", "sessions", `${SESSION}.json`), "utf8")).parent_session_id).toBe(
      "parent",
    );
    expect(readFileSync(join(home, "env.sh"), "utf8")).toContain("export CLEW_PARENT_SESSION_ID='parent'\n");
  });

  test("says nothing and records nothing when there is nothing to say", async () => {
    expect(await start()).toEqual(nothingSaid);
    expect(registered()).toEqual([`${SESSION}.json`]);
    expect(existsSync(join(home, "data", "spool"))).toBe(false);
    expect(existsSync(join(home, "data", "clew.db"))).toBe(false);
  });

  test("explains itself when asked", async () => {
    const { code, stdout, stderr } = await start(undefined, { ...environment, CLEW_HOOK_DEBUG: "1" });
    expect({ code, stdout }).toEqual({ code: 0, stdout: "" });
    expect(stderr).toContain("no context: nothing has been indexed yet");
    expect(stderr).toContain("CLEW_NO_DAEMON is 1");
  });
});

describe("the registry after a start", () => {
  const idsIn = (): readonly string[] => registered().map((name) => name.replace(/\.json$/, ""));
  const begin = (id: string, more: Readonly<Record<string, unknown>> = {}): Promise<Ended> =>
    start(JSON.stringify({ ...body, session_id: id, ...more }), { ...environment, CLEW_HOOK_DEBUG: "1" });
  const registry = () => openRegistry({ directory: join(home, "run"), clock: Date.now });
  /** Of this test's process, which is the one that runs the hook, unless it says otherwise. */
  const put = (id: string, more: Parameters<typeof testEntry>[1] = {}): unknown =>
    registry().register(
      testEntry(id, {
        pid: process.pid,
        process_started_at: processStart(process.pid),
        workspace_path: workspace,
        started_at: new Date(Date.now() - 1000).toISOString(),
        ...more,
      }),
    );

  test("has one session of a client's process: that which came last", async () => {
    await begin("first");
    expect((await begin("second", { source: "clear" })).stderr).toContain("1 left behind");
    expect(idsIn()).toEqual(["second"]);
    await begin("third", { source: "resume" });
    expect(idsIn()).toEqual(["third"]);
    await begin("third", { source: "compact" });
    expect(idsIn()).toEqual(["third"]);
    expect(readdirSync(join(home, "run", "projects", workspaceIdOf(workspace)))).toEqual(["third.json"]);
  });

  test("keeps what has a process of its own, other programs' sessions, and all where nothing took over", async () => {
    const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { stdio: "ignore" });
    try {
      const own = { pid: child.pid!, process_started_at: processStart(child.pid!) };
      put("wrapped", { ...own, agent: "command", parent_session_id: "first" });
      put("other-client", own);
      put("around", { agent: "script" });
      await begin("first");
      const kept = ["around", "other-client", "wrapped"];
      expect([...idsIn()].sort()).toEqual([...kept, "first"].sort());
      for (const more of [{ source: "compact" }, { source: "unheard-of" }, { source: "startup", agent_id: "a1" }])
        await begin(`next-${more.source}`, more);
      expect(idsIn()).toEqual(expect.arrayContaining([...kept, "first"]));
      await begin("last", { source: "clear" });
      expect([...idsIn()].sort()).toEqual([...kept, "last"].sort());
    } finally {
      child.kill("SIGKILL");
    }
  });

  test("holds nothing stale or corrupt, and says how much was removed", async () => {
    put("dead", { pid: 2 ** 30 });
    put("expired", { expires_at: new Date(Date.now() - 1).toISOString() });
    writeFileSync(join(home, "run", "sessions", "broken.json"), "{", { mode: 0o600 });
    const { code, stdout, stderr } = await begin(SESSION);
    expect([code, stdout]).toEqual([0, ""]);
    expect(stderr).toContain("removed from the registry: 2 stale, 1 corrupt, 0 temporary, 0 left behind");
    expect(registered()).toEqual([`${SESSION}.json`]);
  });
});

describe("ends with 0 and prints nothing", () => {
  test("on a body that is no start of a session", async () => {
    seed();
    for (const input of [
      "",
      "{",
      "[]",
      "null",
      '"x"',
      JSON.stringify({ ...body, hook_event_name: "Stop" }),
      JSON.stringify({ ...body, session_id: "a b" }),
      JSON.stringify({ ...body, session_id: "a/b" }),
    ])
      expect(await start(input)).toEqual(nothingSaid);
    expect(registered()).toEqual([]);
  });

  test("on 5 MB, which register the session that the environment names", async () => {
    seed();
    const huge = JSON.stringify({ ...body, padding: "x".repeat(5_000_000) });
    expect(await start(huge)).toEqual(nothingSaid);
    expect(registered()).toEqual([]);
    expect(
      await start(huge, { ...environment, CLAUDE_CODE_SESSION_ID: SESSION, CLAUDE_PROJECT_DIR: workspace }),
    ).toEqual(nothingSaid);
    expect(registered()).toEqual([`${SESSION}.json`]);
  });

  test("on a standard input that never ends", async () => {
    expect(await start(null)).toEqual(nothingSaid);
  });

  test("without HOME", async () => {
    const { HOME: _, ...rest } = environment;
    expect(await start(undefined, rest)).toEqual(nothingSaid);
  });

  test("with a data directory that cannot be written", async () => {
    seed();
    // A file in its place refuses root as well.
    const data = join(home, "file");
    writeFileSync(data, "");
    expect(await start(undefined, { ...environment, CLEW_HOME: data })).toEqual(nothingSaid);
    chmodSync(join(home, "data"), 0o500);
    const { code, stderr } = await start();
    chmodSync(join(home, "data"), 0o700);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  });

  test("with a runtime directory that is not to be believed", async () => {
    writeFileSync(join(home, "run"), "");
    expect(await start()).toEqual(nothingSaid);
    expect(readFileSync(join(home, "run"), "utf8")).toBe("");
  });

  test("with a damaged database, and one of a newer Clew", async () => {
    seed();
    const database = join(home, "data", "clew.db");
    const db = openWriter(database);
    db.pragma("user_version = 4000");
    db.close();
    expect(await start()).toEqual(nothingSaid);
    for (const name of readdirSync(join(home, "data"))) rmSync(join(home, "data", name));
    writeFileSync(database, "not a database ".repeat(1000));
    expect(await start()).toEqual(nothingSaid);
    writeFileSync(database, "");
    expect(await start()).toEqual(nothingSaid);
  });

  test("in a workspace that switched it off", async () => {
    seed();
    mkdirSync(join(workspace, ".clew"));
    writeFileSync(join(workspace, ".clew", "no-context"), "");
    expect(await start()).toEqual(nothingSaid);
    expect(registered()).toEqual([`${SESSION}.json`]);
  });
});
