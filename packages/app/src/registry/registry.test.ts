import { execFileSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";
import { ClewError } from "../base/error.ts";
import { decodeEntry, entryFileName } from "./entry.ts";
import { openRegistry, type Registry, registryHours } from "./registry.ts";
import { fakeProcesses, REGISTRY_NOW, temporaryDirectory, testEntry } from "./testing.ts";

const HOUR = 3_600_000;
const ID = "0b5f3c1e-1111-4222-8333-444455556666";
const table = new Map([[100, { parent: 1, start: "boot:1" }]]);
let root: string;
let directory: string;
let now: number;
let registry: Registry;

const open = (expiryHours?: number): Registry =>
  openRegistry({
    directory,
    clock: () => now,
    processes: fakeProcesses(table),
    ...(expiryHours !== undefined && { expiryHours }),
  });
const fileOf = (id: string): string => join(directory, "sessions", entryFileName(id));
const modeOf = (path: string): string => (statSync(path).mode & 0o777).toString(8);

beforeEach(() => {
  root = temporaryDirectory("registry");
  directory = join(root, "state", "run");
  now = REGISTRY_NOW;
  registry = open();
});

describe("register", () => {
  it("keeps a session in two private files of the same content, and nothing else", () => {
    const umask = process.umask(0);
    try {
      const entry = registry.register(testEntry(ID));
      expect(entry.expires_at).toBe(new Date(now + 24 * HOUR).toISOString());
      const project = join(directory, "projects", entry.workspace_id, `${ID}.json`);
      expect(JSON.parse(readFileSync(fileOf(ID), "utf8"))).toEqual(entry);
      expect(readFileSync(project, "utf8")).toBe(readFileSync(fileOf(ID), "utf8"));
      expect([modeOf(fileOf(ID)), modeOf(project)]).toEqual(["600", "600"]);
      for (const path of [directory, join(directory, "sessions"), join(directory, "projects"), join(project, "..")])
        expect(modeOf(path)).toBe("700");
      expect(
        readdirSync(directory, { recursive: true, withFileTypes: true }).filter((one) => one.isFile()),
      ).toHaveLength(2);
      expect(registry.list()).toEqual({ entries: [entry], stale: [], corrupt: 0, problem: null });
      expect(registry.inWorkspace(entry.workspace_id)).toEqual([entry]);
      expect(registry.find(ID)).toEqual({ entry, isLive: true });
    } finally {
      process.umask(umask);
    }
  });

  it("takes every session id, and nothing else for one, whoever it names as the parent", () => {
    for (const id of ["0", "a..b", "root.agent-1", "x".repeat(128)]) {
      const entry = registry.register(testEntry(id));
      expect(registry.find(id)?.entry).toEqual(entry);
    }
    for (const id of ["../../evil", "a/b", ".hidden", "..", ".", "é".repeat(40), "x".repeat(129), ".tmp-1-a"]) {
      expect(() => registry.register(testEntry(id))).toThrow(/not valid/);
      expect(() => registry.register(testEntry("fit", { parent_session_id: id }))).toThrow(/not valid/);
      expect([registry.find(id), registry.remove(id)]).toEqual([null, false]);
    }
    expect(readdirSync(root)).toEqual(["state"]);
    expect(readdirSync(directory).sort()).toEqual(["projects", "sessions"]);
    expect(registry.list().entries).toHaveLength(4);
    expect(registry.list().corrupt).toBe(0);
  });

  it("gives what it was given back, for any texts", () => {
    const text = fc.string({ unit: "grapheme", minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(text, text, text, (project, identity, cwd) => {
        const entry = registry.register(testEntry(ID, { project, identity, cwd }));
        expect(registry.find(ID)?.entry).toEqual(entry);
      }),
      { numRuns: 30 },
    );
  });

  it("leaves out a path that is too long, and refuses an entry that is", () => {
    expect(registry.register(testEntry(ID, { transcript_path: `/${"x".repeat(5000)}` })).transcript_path).toBeNull();
    expect(() => registry.register(testEntry("other", { cwd: `/${"x".repeat(5000)}` }))).toThrow(ClewError);
    expect(() => registry.register(testEntry("a\nb"))).toThrow(/not valid/);
    expect(registry.list()).toMatchObject({ corrupt: 0, entries: [{ session_id: ID }] });
  });

  it("forgets the old workspace of a session that comes back in another", () => {
    const before = registry.register(testEntry(ID));
    const after = registry.register(testEntry(ID, { workspace_path: "/home/ada/other" }));
    expect(registry.inWorkspace(before.workspace_id)).toEqual([]);
    expect(registry.inWorkspace(after.workspace_id)).toEqual([after]);
    expect(registry.remove(ID)).toBe(true);
    expect([registry.remove(ID), registry.find(ID)]).toEqual([false, null]);
    expect(registry.inWorkspace(after.workspace_id)).toEqual([]);
  });
});

describe("expiry", () => {
  it("ends an entry after 24 hours, or as long as is asked for", () => {
    registry.register(testEntry(ID));
    now += 24 * HOUR - 1;
    expect(registry.list().entries).toHaveLength(1);
    expect(open(1).list().stale).toHaveLength(1);
    now += 1;
    expect(registry.list()).toMatchObject({ entries: [], stale: [{ session_id: ID }] });
    expect(registry.find(ID)?.isLive).toBe(false);
    expect(registry.clean()).toEqual({ stale: 1, corrupt: 0, temporary: 0, problem: null });
    expect(existsSync(fileOf(ID))).toBe(false);
  });

  it("is not moved by a clock that is set back an hour, in either direction", () => {
    registry.register(testEntry(ID));
    now -= HOUR;
    expect([registry.list().entries.length, open(0.5).list().entries.length]).toEqual([1, 1]);
    expect(registry.clean().stale).toBe(0);
    now += HOUR;
    table.delete(100);
    try {
      expect(registry.list().stale).toHaveLength(1);
      now -= HOUR;
      expect(registry.list().stale).toHaveLength(1);
    } finally {
      table.set(100, { parent: 1, start: "boot:1" });
    }
  });

  it("believes no entry longer than its file's time allows, whatever it says of itself", () => {
    registry.register(testEntry(ID, { expires_at: "2999-01-01T00:00:00.000Z" }));
    now += 24 * HOUR;
    expect(registry.list().stale).toHaveLength(1);
    utimesSync(fileOf(ID), now / 1000 + 1e9, now / 1000 + 1e9);
    expect(registry.list().stale).toHaveLength(1);
  });

  it("calls an entry stale whose process is gone or has become another", () => {
    registry.register(testEntry(ID, { process_started_at: "boot:2" }));
    registry.register(testEntry("gone", { pid: 101 }));
    registry.register(testEntry("unknown-start", { process_started_at: null }));
    expect(registry.list().entries.map((entry) => entry.session_id)).toEqual(["unknown-start"]);
    expect(registry.clean().stale).toBe(2);
  });

  it("reads its length from the environment", () => {
    for (const [text, hours] of [
      ["12", 12],
      ["0.5", 0.5],
      ["", undefined],
      ["0", undefined],
      ["-1", undefined],
      ["x", undefined],
    ])
      expect(registryHours({ CLEW_REGISTRY_HOURS: text as string })).toBe(hours);
  });
});

describe("what is not the registry's own", () => {
  const prepared = (make: (path: string) => void): string => {
    registry.register(testEntry("other"));
    const path = fileOf(ID);
    make(path);
    return path;
  };
  const whole = (): string =>
    JSON.stringify({ ...testEntry(ID), version: 1, expires_at: new Date(now + HOUR).toISOString() });
  const target = (): string => join(root, "target");

  const cases: readonly (readonly [string, (path: string) => void, "removed" | "stays"])[] = [
    [
      "a symbolic link",
      (path) => {
        writeFileSync(target(), whole(), { mode: 0o600 });
        symlinkSync(target(), path);
      },
      "stays",
    ],
    ["a dangling link", (path) => symlinkSync(join(root, "nothing"), path), "stays"],
    ["a FIFO", (path) => execFileSync("mkfifo", ["-m", "600", path]), "stays"],
    ["a directory", (path) => mkdirSync(path), "stays"],
    [
      "a hard link",
      (path) => {
        writeFileSync(target(), whole(), { mode: 0o600 });
        linkSync(target(), path);
      },
      "removed",
    ],
    [
      "a file that others may write",
      (path) => {
        writeFileSync(path, whole());
        chmodSync(path, 0o666);
      },
      "removed",
    ],
    ["a file that is too large", (path) => writeFileSync(path, whole().padEnd(5000), { mode: 0o600 }), "removed"],
    ["a torn file", (path) => writeFileSync(path, whole().slice(0, 99), { mode: 0o600 }), "removed"],
    ["an empty file", (path) => writeFileSync(path, "", { mode: 0o600 }), "removed"],
    [
      "another session's entry",
      (path) => writeFileSync(path, whole().replace(ID, "elsewhere"), { mode: 0o600 }),
      "removed",
    ],
  ];

  it.each(cases)("is counted and not believed: %s", (_, make, fate) => {
    const path = prepared(make);
    const targetBefore = existsSync(target()) ? readFileSync(target(), "utf8") : null;
    expect(registry.find(ID)).toBeNull();
    expect(registry.list()).toMatchObject({ corrupt: 1, entries: [{ session_id: "other" }], problem: null });
    expect(registry.clean().corrupt).toBe(fate === "removed" ? 1 : 0);
    const isThere = readdirSync(join(directory, "sessions")).includes(entryFileName(ID));
    expect(isThere).toBe(fate === "stays");
    if (targetBefore !== null) expect(readFileSync(target(), "utf8")).toBe(targetBefore);
    if (existsSync(path) && statSync(path).isDirectory()) return;
    // Registering replaces the name and never writes through it.
    registry.register(testEntry(ID));
    expect(registry.find(ID)?.isLive).toBe(true);
    if (targetBefore !== null) expect(readFileSync(target(), "utf8")).toBe(targetBefore);
    expect(existsSync(join(root, "nothing"))).toBe(false);
  });

  it("is counted the same way in a project's directory, and leads nowhere", () => {
    const { workspace_id } = registry.register(testEntry("other"));
    const project = join(directory, "projects", workspace_id);
    writeFileSync(join(project, "forged.json"), whole().replace(ID, "forged"), { mode: 0o600 });
    execFileSync("mkfifo", ["-m", "600", join(project, "fifo.json")]);
    expect(registry.inWorkspace(workspace_id).map((entry) => entry.session_id)).toEqual(["other"]);
    registry.clean();
    expect(readdirSync(project).sort()).toEqual(["fifo.json", "other.json"]);
  });

  it("is refused from another user", () => {
    expect(process.getuid?.() === 0 || process.getuid).toBeTruthy();
    const path = prepared((one) => writeFileSync(one, whole(), { mode: 0o600 }));
    expect(registry.list().corrupt).toBe(0);
    if (process.getuid?.() === 0) {
      chownSync(path, 65_534, 65_534);
      expect([registry.find(ID), registry.list().corrupt, registry.clean().corrupt]).toEqual([null, 1, 0]);
    } else {
      // Without the right to give files away, the system's own file stands for another user's.
      rmSync(path);
      symlinkSync("/etc/passwd", path);
      expect([registry.find(ID), registry.list().corrupt]).toEqual([null, 1]);
    }
    expect(existsSync(path)).toBe(true);
  });

  it("decodes only what has every field", () => {
    const entry = JSON.parse(whole()) as Readonly<Record<string, unknown>>;
    expect(decodeEntry(whole())).toEqual(entry);
    for (const field of Object.keys(entry)) {
      const { [field]: _, ...rest } = entry;
      expect([field, decodeEntry(JSON.stringify(rest))]).toEqual([field, null]);
      expect([field, decodeEntry(JSON.stringify({ ...rest, [field]: { x: 1 } }))]).toEqual([field, null]);
    }
    fc.assert(fc.property(fc.string(), (text) => decodeEntry(text) === null));
    fc.assert(fc.property(fc.json(), (text) => decodeEntry(text) === null));
  });
});

describe("the directory", () => {
  const refuses = (pattern: RegExp): void => {
    expect(registry.list()).toMatchObject({ entries: [], stale: [] });
    expect(registry.list().problem).toMatch(pattern);
    expect(registry.find(ID)).toBeNull();
    expect(registry.clean()).toMatchObject({ stale: 0, corrupt: 0, temporary: 0 });
    expect(() => registry.register(testEntry("new"))).toThrow(pattern);
  };

  it("is refused when others may use it", () => {
    const { workspace_id } = registry.register(testEntry(ID));
    for (const path of [directory, join(directory, "sessions")]) {
      chmodSync(path, 0o755);
      refuses(/open to other users \(mode 755\)/);
      chmodSync(path, 0o700);
    }
    chmodSync(join(directory, "projects", workspace_id), 0o777);
    expect(registry.inWorkspace(workspace_id)).toEqual([]);
    expect(() => registry.register(testEntry("new"))).toThrow(/open to other users/);
  });

  it("is refused as a symbolic link, as a file, and below a directory of everybody's", () => {
    registry.register(testEntry(ID));
    renameSync(directory, join(root, "elsewhere"));
    symlinkSync(join(root, "elsewhere"), directory);
    refuses(/is a symbolic link/);
    rmSync(directory);
    writeFileSync(directory, "");
    refuses(/is not a directory/);
    rmSync(directory);
    renameSync(join(root, "elsewhere"), directory);
    chmodSync(join(root, "state"), 0o777);
    refuses(/could be exchanged/);
    chmodSync(join(root, "state"), 0o1777);
    expect(registry.list().entries).toHaveLength(1);
  });

  it("is refused when another user owns it", () => {
    registry.register(testEntry(ID));
    if (process.getuid?.() === 0) {
      chownSync(directory, 65_534, 65_534);
      refuses(/belongs to another user \(uid 65534\)/);
    } else {
      registry = openRegistry({ directory: "/etc", clock: () => now });
      refuses(/belongs to another user \(uid 0\)/);
    }
  });

  it("may be missing, or impossible to make", () => {
    expect(registry.list()).toEqual({ entries: [], stale: [], corrupt: 0, problem: null });
    expect(registry.clean()).toEqual({ stale: 0, corrupt: 0, temporary: 0, problem: null });
    expect(existsSync(directory)).toBe(false);
    writeFileSync(join(root, "state"), "a file in the way");
    expect(() => registry.register(testEntry(ID))).toThrow(ClewError);
    // The system calls a new directory there "not found": a mkdir that goes on until it is there would never end.
    const nowhere = openRegistry({ directory: "/proc/clew/run", clock: () => now });
    expect(() => nowhere.register(testEntry(ID))).toThrow(ClewError);
  });
});

describe("a writer that dies", () => {
  it("leaves a temporary file that clean removes, and another's work in progress that it does not", () => {
    const { workspace_id } = registry.register(testEntry(ID));
    const left = join(directory, "sessions", ".tmp-999-ab12");
    const leftInProject = join(directory, "projects", workspace_id, ".tmp-999-ab12");
    const working = join(directory, "sessions", ".tmp-100-cd34");
    for (const path of [left, leftInProject, working]) {
      writeFileSync(path, "{", { mode: 0o600 });
      utimesSync(path, now / 1000, now / 1000);
    }
    expect(registry.list()).toMatchObject({ corrupt: 0, entries: [{ session_id: ID }] });
    expect(registry.clean()).toEqual({ stale: 0, corrupt: 0, temporary: 2, problem: null });
    expect([existsSync(left), existsSync(leftInProject), existsSync(working)]).toEqual([false, false, true]);
    now += 2 * HOUR;
    expect(registry.clean().temporary).toBe(1);
  });

  it("between the two files leaves a session that is found by its id", () => {
    const { workspace_id } = registry.register(testEntry(ID));
    rmSync(join(directory, "projects", workspace_id, `${ID}.json`));
    expect([registry.find(ID)?.isLive, registry.inWorkspace(workspace_id)]).toEqual([true, []]);
    registry.register(testEntry(ID));
    rmSync(fileOf(ID));
    expect(registry.inWorkspace(workspace_id)).toEqual([]);
    registry.clean();
    expect(existsSync(join(directory, "projects", workspace_id))).toBe(false);
  });
});
