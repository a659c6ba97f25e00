import { mkdirSync, realpathSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";
import { workspaceIdOf } from "../base/ids.ts";
import { openRegistry, type Registry } from "./registry.ts";
import { fakeProcesses, REGISTRY_NOW, temporaryDirectory, testEntry } from "./testing.ts";
import { rootSessionOf, type WhichOptions, type WhichSession, whichSession } from "./which.ts";

type Table = Map<number, { readonly parent: number | null; readonly start: string | null }>;

let root: string;
let table: Table;
let registry: Registry;

/** A live process, started by another. */
function start(pid: number, parent: number | null = 1): void {
  table.set(pid, { parent, start: `boot:${pid}` });
}

function register(id: string, pid: number, path: string, more: Parameters<typeof testEntry>[1] = {}): void {
  if (!table.has(pid)) start(pid);
  registry.register(testEntry(id, { pid, process_started_at: `boot:${pid}`, workspace_path: path, ...more }));
}

function which(more: Partial<WhichOptions> = {}): WhichSession {
  return whichSession({
    env: {},
    cwd: root,
    pid: 999,
    registry,
    processes: fakeProcesses(table),
    clock: () => REGISTRY_NOW,
    ...more,
  });
}

const found = (answer: WhichSession): readonly [string, string] | string =>
  answer.kind === "found" ? [answer.entry.session_id, answer.by] : answer.kind;

beforeEach(() => {
  root = realpathSync(temporaryDirectory("which"));
  table = new Map();
  registry = openRegistry({ directory: join(root, "run"), clock: () => REGISTRY_NOW, processes: fakeProcesses(table) });
});

describe("by environment", () => {
  it("is answered by the variable alone, with what it tells", () => {
    const env = { CLEW_SESSION_ID: "child", CLEW_PARENT_SESSION_ID: "top", CLEW_WORKSPACE: "0123456789abcdef" };
    expect(which({ env })).toMatchObject({
      kind: "found",
      by: "environment",
      why: "CLEW_SESSION_ID names it",
      entry: {
        session_id: "child",
        parent_session_id: "top",
        workspace_id: "0123456789abcdef",
        agent: null,
        pid: null,
      },
    });
    expect(found(which({ env: { CLAUDE_CODE_SESSION_ID: "client" } }))).toEqual(["client", "environment"]);
  });

  it("is filled in from the registry, and goes before processes and directories", () => {
    register("env", 100, root);
    register("process", 200, root);
    start(999, 200);
    expect(which({ env: { CLEW_SESSION_ID: "env" } })).toMatchObject({ by: "environment", entry: { pid: 100 } });
  });

  it("gives way to a session that was started inside the one it names", () => {
    register("agent", 100, root);
    register("script", 200, root, { parent_session_id: "agent", agent: "script" });
    start(999, 200);
    expect(found(which({ env: { CLEW_SESSION_ID: "agent" } }))).toEqual(["script", "process"]);
    // An agent that runs inside a wrapped command: its own variable is the nearer one.
    register("inner", 300, root, { parent_session_id: "script" });
    start(999, 300);
    const env = { CLEW_SESSION_ID: "script", CLAUDE_CODE_SESSION_ID: "inner" };
    expect(found(which({ env }))).toEqual(["inner", "environment"]);
    // And a wrapped command that runs inside an agent keeps its own.
    register("wrapped", 400, root, { parent_session_id: "inner" });
    start(999, 400);
    expect(found(which({ env: { CLEW_SESSION_ID: "wrapped", CLAUDE_CODE_SESSION_ID: "inner" } }))[0]).toBe("wrapped");
  });

  it("is the client's own id, unless the other is known to have been given inside it", () => {
    const both = { CLEW_SESSION_ID: "ours", CLAUDE_CODE_SESSION_ID: "client" };
    const idOf = (env: Readonly<Record<string, string>>): string => found(which({ env }))[0]!;
    expect(idOf(both)).toBe("client");
    expect(idOf({ ...both, CLEW_PARENT_SESSION_ID: "somewhere" })).toBe("client");
    // `clew run` inside an agent: its children are told both, and what its parent is.
    expect(idOf({ ...both, CLEW_PARENT_SESSION_ID: "client" })).toBe("ours");
    // With another parent, its children are told what client is around them; a client inside is another one.
    expect(idOf({ ...both, CLEW_PARENT_SESSION_ID: "x", CLEW_CLIENT_SESSION_ID: "client" })).toBe("ours");
    expect(idOf({ ...both, CLEW_CLIENT_SESSION_ID: "outer-client" })).toBe("client");
    expect(idOf({ ...both, CLEW_CLIENT_SESSION_ID: "" })).toBe("client");
    // One `clew run` in another: the registry has what lies between.
    register("between", 100, root, { parent_session_id: "client", agent: "command" });
    expect(idOf({ ...both, CLEW_PARENT_SESSION_ID: "between" })).toBe("ours");
    register("ours", 200, root, { parent_session_id: "between", agent: "command" });
    expect(idOf(both)).toBe("ours");
  });

  it("is a nested client's own session, though only the outer one has hooks", () => {
    register("outer", 100, root);
    // Client, its shell, the command.
    start(200, 100);
    start(210, 200);
    start(999, 210);
    const env = { CLEW_SESSION_ID: "outer", CLAUDE_CODE_SESSION_ID: "nested" };
    expect(found(which({ env }))).toEqual(["nested", "environment"]);
    // What a script starts inside it is its child, and the nearer one again.
    register("script", 210, root, { parent_session_id: "nested", agent: "script" });
    expect(found(which({ env }))).toEqual(["script", "process"]);
    // In the outer one itself nothing has changed.
    start(300, 100);
    expect(found(which({ env: { ...env, CLAUDE_CODE_SESSION_ID: "outer" }, pid: 300 }))[0]).toBe("outer");
  });

  it("is the inner client's session in a hook of its own, registered or not", () => {
    register("wrapped", 100, root, { agent: "command" });
    start(200, 100);
    start(999, 200);
    // Hooks inherit the client's environment: the variable is still that of what the client runs in.
    const env = { CLEW_SESSION_ID: "wrapped", CLAUDE_CODE_SESSION_ID: "inner" };
    expect(found(which({ env }))).toEqual(["inner", "environment"]);
    register("inner", 200, root, { parent_session_id: "wrapped" });
    expect(found(which({ env }))).toEqual(["inner", "environment"]);
    expect(found(which({ env: { CLEW_SESSION_ID: "wrapped" } }))).toEqual(["inner", "process"]);
  });

  it("takes no id that is none", () => {
    for (const id of ["", " ", "a b", "x\n", "\u001b[2J", "x".repeat(129), "a/b", ".a"])
      expect(found(which({ env: { CLEW_SESSION_ID: id } }))).toBe("unknown");
  });

  it("ends with parents that go in a circle", () => {
    register("a", 100, root, { parent_session_id: "b" });
    register("b", 200, root, { parent_session_id: "a" });
    start(999, 200);
    expect(which({ env: { CLEW_SESSION_ID: "a" } }).kind).toBe("found");
    expect(["a", "b"]).toContain(rootSessionOf("a", null, registry));
  });
});

describe("by process", () => {
  it("is the nearest registered one above", () => {
    register("outer", 100, root);
    start(150, 100);
    register("inner", 200, root, {});
    start(200, 150);
    start(999, 200);
    expect(found(which())).toEqual(["inner", "process"]);
    expect(found(which({ pid: 150 }))).toEqual(["outer", "process"]);
    expect(found(which({ pid: 200 }))).toEqual(["inner", "process"]);
  });

  it("is the newest session of a process that went on under another id", () => {
    register("before", 100, root, { started_at: new Date(REGISTRY_NOW - 60_000).toISOString() });
    register("after", 100, root);
    start(999, 100);
    expect(found(which())).toEqual(["after", "process"]);
    expect(found(which({ pid: 5 }))).toEqual(["after", "directory"]);
    // Of the same millisecond the one that the other started.
    register("child", 100, root, { parent_session_id: "after" });
    expect(found(which())).toEqual(["child", "process"]);
  });

  it("is not a dead process, nor a later one with its number", () => {
    register("dead", 100, join(root, "elsewhere"));
    start(999, 100);
    table.set(100, { parent: 1, start: "boot:later" });
    const answer = which();
    expect(answer.kind).toBe("unknown");
    expect(answer.kind === "unknown" && answer.reasons.join("\n")).toContain("1 stale, 0 corrupt");
  });
});

describe("by directory", () => {
  it("is the only live session of the nearest directory above, through links too", () => {
    const [web, deep] = [join(root, "web"), join(root, "web", "src", "deep")];
    mkdirSync(deep, { recursive: true });
    symlinkSync(deep, join(root, "link"));
    register("root", 100, root);
    register("web", 200, web);
    expect(found(which({ cwd: deep }))).toEqual(["web", "directory"]);
    expect(found(which({ cwd: join(root, "link") }))).toEqual(["web", "directory"]);
    expect(found(which({ cwd: root }))).toEqual(["root", "directory"]);
    table.delete(200);
    expect(found(which({ cwd: deep }))).toEqual(["root", "directory"]);
  });

  it("is ambiguous between two, and names both", () => {
    register("one", 100, root);
    register("two", 200, root);
    const answer = which();
    expect(answer).toMatchObject({ kind: "ambiguous", by: "directory" });
    expect(answer.kind === "ambiguous" && answer.candidates.map((entry) => entry.session_id).sort()).toEqual([
      "one",
      "two",
    ]);
    table.delete(100);
    expect(found(which())).toEqual(["two", "directory"]);
  });

  it("is not a workspace whose id was only claimed", () => {
    register("liar", 100, join(root, "other"), { workspace_id: workspaceIdOf(root) });
    expect(found(which())).toBe("unknown");
  });
});

describe("unknown", () => {
  it("says what was looked at, and is never an error", () => {
    const answer = which({ cwd: join(root, "gone") });
    expect(answer).toMatchObject({ kind: "unknown" });
    expect(answer.kind === "unknown" && answer.reasons).toEqual([
      "CLEW_SESSION_ID is not set",
      "CLAUDE_CODE_SESSION_ID is not set",
      `no live session is registered in ${join(root, "run")}`,
      `the directory ${join(root, "gone")} is not there`,
    ]);
    const broken = {
      ...registry,
      list: () => {
        throw new Error("broken");
      },
    };
    expect(which({ registry: broken }).kind).toBe("unknown");
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.integer(), (id, cwd, pid) => {
        which({ env: { CLEW_SESSION_ID: id, CLAUDE_CODE_SESSION_ID: cwd }, cwd, pid });
      }),
    );
  });

  it("looks only in the ways that are asked for", () => {
    register("here", 100, root);
    expect(found(which({ ways: ["environment", "process"] }))).toBe("unknown");
    start(999, 100);
    expect(found(which({ ways: ["directory"] }))).toEqual(["here", "directory"]);
    expect(found(which({ env: { CLEW_SESSION_ID: "x" }, ways: ["process"] }))).toEqual(["here", "process"]);
  });
});

describe("the shared file of older set-ups", () => {
  const legacy = (more: Partial<WhichOptions> = {}): WhichSession =>
    which({
      cwd: join(root, "shop"),
      temporaryDirectory: root,
      env: { CLEW_LEGACY_SESSION_FILE: "1", HOME: root },
      ...more,
    });
  const write = (text: string, mode = 0o600): string => {
    const path = join(root, "claude_session_shop");
    writeFileSync(path, text, { mode });
    utimesSync(path, REGISTRY_NOW / 1000, REGISTRY_NOW / 1000);
    return path;
  };
  beforeEach(() => mkdirSync(join(root, "shop")));

  it("is read only for who asks for it", () => {
    write(`ses_1\n${new Date(REGISTRY_NOW - 1000).toISOString()}\n`);
    expect(found(legacy())).toEqual(["ses_1", "legacy-file"]);
    for (const value of [undefined, "", "0", "yes"])
      expect(legacy({ env: { HOME: root, CLEW_LEGACY_SESSION_FILE: value } }).kind).toBe("unknown");
    register("here", 100, join(root, "shop"));
    expect(found(legacy())).toEqual(["here", "directory"]);
  });

  it("is not believed when it is old, broken or a link", () => {
    const fresh = new Date(REGISTRY_NOW).toISOString();
    for (const text of ["", "ses_1", "ses_1\nnever", `\n${fresh}`, `a b\n${fresh}`, `ses_1\n2026-03-09T11:59:59Z`]) {
      write(text);
      expect([text, legacy().kind]).toEqual([text, "unknown"]);
    }
    const path = write(`ses_1\n${fresh}`);
    mkdirSync(join(root, "linked"));
    symlinkSync(path, join(root, "claude_session_linked"));
    expect(legacy({ cwd: join(root, "linked") }).kind).toBe("unknown");
  });
});

describe("attribution", () => {
  /** Two sessions, each in a terminal of its own, and everything below them. */
  it("is right for 200 of 200 look-ups of two sessions in one project and of two in worktrees", () => {
    const places = [
      join(root, "project"),
      join(root, "project", ".worktrees", "a"),
      join(root, "project", ".worktrees", "b"),
    ];
    for (const path of places) mkdirSync(path, { recursive: true });
    const sessions = [
      { id: "terminal-1", pid: 1000, path: places[0]! },
      { id: "terminal-2", pid: 2000, path: places[0]! },
      { id: "worktree-a", pid: 3000, path: places[1]! },
      { id: "worktree-b", pid: 4000, path: places[2]! },
    ];
    for (const [index, { id, pid, path }] of sessions.entries()) {
      start(pid, 10 + index);
      register(id, pid, path);
    }
    const wrong: unknown[] = [];
    let answered = 0;
    for (let index = 0; index < 200; index++) {
      const { id, pid, path } = sessions[index % sessions.length]!;
      // A chain of children: tool, shell, script.
      const depth = 1 + (index % 6);
      for (let level = 1; level <= depth; level++)
        start(pid + index + level, level === 1 ? pid : pid + index + level - 1);
      const isBare = index % 3 === 0;
      const answer = which({ pid: pid + index + depth, cwd: path, env: isBare ? {} : { CLEW_SESSION_ID: id } });
      answered++;
      if (answer.kind !== "found" || answer.entry.session_id !== id) wrong.push([index, id, answer]);
    }
    expect([answered, wrong]).toEqual([200, []]);
    // Whoever is neither below one nor told is not given one of two.
    expect(which({ cwd: places[0]! }).kind).toBe("ambiguous");
    expect(found(which({ cwd: places[1]! }))).toEqual(["worktree-a", "directory"]);
  });
});
