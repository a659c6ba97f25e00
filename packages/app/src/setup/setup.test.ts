import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { applyEdits, modify, parse, stripComments } from "jsonc-parser";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { clientVersion } from "./client-version.ts";
import { scriptOfHandler } from "./handlers.ts";
import { RECORDED_HOOK_EVENTS } from "./hook-events.ts";
import { prepareSetup } from "./setup.ts";
import { type TestMachine, testMachine, WRITTEN_SETTINGS } from "./testing.ts";
import { prepareUnsetup } from "./unsetup.ts";

let machine: TestMachine;
beforeEach(() => {
  machine = testMachine();
});
afterEach(() => machine.remove());

const written = Object.entries(WRITTEN_SETTINGS);
const bytesOf = (text: string | Buffer | null): Buffer | null => (text === null ? null : Buffer.from(text));
const data = (bytes: Buffer | string | null): Record<string, unknown> =>
  (parse(String(bytes ?? "").replace(/^\ufeff/u, ""), [], { allowTrailingComma: true }) ?? {}) as Record<
    string,
    unknown
  >;
const hooksDirectory = (): string => join(machine.host.env.CLEW_HOME!, "hooks");

interface Group {
  readonly matcher?: string;
  readonly hooks: readonly { readonly command: string; readonly args: readonly string[]; readonly timeout: number }[];
}
const groupsOf = (bytes: Buffer | null): Record<string, readonly Group[]> =>
  data(bytes).hooks as Record<string, readonly Group[]>;

/** Commands of ours in a settings file, by event. */
function ours(bytes: Buffer | null): Record<string, readonly string[]> {
  const found: Record<string, string[]> = {};
  for (const [event, groups] of Object.entries(groupsOf(bytes) ?? {}))
    for (const group of Array.isArray(groups) ? groups : [])
      for (const handler of group?.hooks ?? [])
        if (scriptOfHandler(handler, hooksDirectory())) found[event] = [...(found[event] ?? []), handler.command];
  return found;
}

/** A member put at the end of the object, as another program would. */
function edited(text: string): string {
  const mark = text.startsWith("\ufeff") ? "\ufeff" : "";
  const bare = text.slice(mark.length);
  if (stripComments(bare).trim() === "") return `${mark}${bare}\n{"edited":true}`;
  return mark + applyEdits(bare, modify(bare, ["edited"], true, {}));
}

test("there are more than 30 differently written files", () => {
  expect(written.length).toBeGreaterThan(30);
  expect(new Set(written.map(([, text]) => String(text))).size).toBe(written.length);
});

describe.each(written)("%s", (_, text) => {
  beforeEach(() => {
    if (text !== null) machine.write(text);
  });

  test("setup then unsetup leaves every byte", () => {
    machine.setup({ statusLine: true });
    expect(machine.read()?.equals(bytesOf(text) ?? Buffer.of())).toBe(false);
    machine.unsetup();
    expect(machine.read()?.toString("latin1")).toBe(bytesOf(text)?.toString("latin1"));
  });

  test("setup calls Clew on every event and deletes nothing", () => {
    machine.setup();
    const after = machine.read()!;
    expect(Object.keys(ours(after)).sort()).toEqual([...RECORDED_HOOK_EVENTS].sort());
    expect(ours(after).SessionStart).toHaveLength(2);
    const now = after.toString("utf8");
    let at = 0;
    for (const character of String(text ?? "")) at = now.indexOf(character, at) + 1 || Number.NaN;
    expect(at).not.toBeNaN();
    const { hooks: hooksNow, ...restNow } = data(after);
    const { hooks: hooksBefore, ...restBefore } = data(bytesOf(text));
    expect(restNow).toEqual(restBefore);
    for (const [event, groups] of Object.entries((hooksBefore ?? {}) as Record<string, readonly unknown[]>))
      expect((hooksNow as Record<string, readonly unknown[]>)[event]?.slice(0, groups.length)).toEqual(groups);
  });

  test("setup twice is setup once", () => {
    machine.setup();
    const once = machine.read()!;
    const receipt = readFileSync(join(machine.host.env.CLEW_HOME!, "setup.json"));
    const prepared = prepareSetup(machine.host, { statusLine: false, service: false });
    expect(prepared).toMatchObject({ isPending: false, events: [], diff: [], scripts: [] });
    expect(machine.setup()).toEqual({ backup: null, service: null });
    expect(machine.read()!.equals(once)).toBe(true);
    expect(readFileSync(join(machine.host.env.CLEW_HOME!, "setup.json")).equals(receipt)).toBe(true);
  });

  test("unsetup keeps what was edited meanwhile, and nothing of ours", () => {
    machine.setup({ statusLine: true });
    machine.write(edited(machine.read()!.toString("utf8")));
    machine.unsetup();
    const left = machine.read()!;
    expect(ours(left)).toEqual({});
    expect(data(left)).toEqual({ ...data(bytesOf(text)), edited: true });
    expect(left.toString("utf8")).not.toContain(machine.host.env.CLEW_HOME);
  });

  test("what was edited meanwhile leaves the other bytes alone", () => {
    machine.setup({ statusLine: true });
    machine.write(`${machine.read()}\n`);
    machine.unsetup();
    // Blanks between the brackets of something empty are not kept apart from those that came and went with its members.
    const bare = (bytes: Buffer | string): string =>
      String(bytes).replace(/(?<=[{[])\s+(?=[}\]])|(?<=\*\/)\s+(?=\})/gu, "");
    if (stripComments(String(text ?? "").trim()).includes("{")) expect(bare(machine.read()!)).toBe(bare(`${text}\n`));
    else expect(data(machine.read())).toEqual({});
  });

  test("unsetup without a receipt takes ours away alone", () => {
    machine.setup();
    const receipt = join(machine.host.env.CLEW_HOME!, "setup.json");
    writeFileSync(receipt, "{ broken");
    machine.unsetup();
    const { hooks, ...rest } = data(machine.read());
    const { hooks: before, ...restBefore } = data(bytesOf(text));
    expect(rest).toEqual(restBefore);
    expect(ours(machine.read())).toEqual({});
    // An empty list that was there before cannot be told from one that is empty now.
    const kept = Object.entries((before ?? {}) as Record<string, readonly unknown[]>);
    for (const [event, groups] of kept.filter(([, list]) => list.length > 0))
      expect((hooks as Record<string, unknown>)[event]).toEqual(groups);
    expect(existsSync(receipt)).toBe(false);
  });

  test("the diff leads from one to the other", () => {
    const { diff } = prepareSetup(machine.host, { statusLine: true, service: false });
    const before = String(text ?? "").split("\n");
    for (const { kind, text: line } of diff)
      if (kind === "removed") expect(before.map((one) => one.replace(/\r$/u, ""))).toContain(line.slice(1));
    expect(diff.filter(({ kind }) => kind === "added").length).toBeGreaterThan(0);
  });
});

describe("the entries", () => {
  test("have the form that the client runs without a shell", () => {
    machine.write('{"hooks":{}}');
    machine.setup();
    const groups = groupsOf(machine.read());
    const home = machine.host.env.CLEW_HOME!;
    const observe = { type: "command", command: join(home, "hooks", "observe.sh"), args: [home], timeout: 5 };
    for (const event of RECORDED_HOOK_EVENTS) {
      const wanted = {
        SessionStart: [observe, { ...observe, command: join(home, "hooks", "session-start.sh") }],
        SessionEnd: [{ ...observe, timeout: 2 }],
        MessageDisplay: [{ ...observe, async: true }],
      };
      const memory = { ...observe, command: join(home, "hooks", "memory.sh"), async: true };
      expect(groups[event]).toEqual([
        { hooks: wanted[event as keyof typeof wanted] ?? [observe] },
        ...(event === "PostToolUse" ? [{ matcher: "Write|Edit|MultiEdit", hooks: [memory] }] : []),
      ]);
    }
    expect(groups.WorktreeCreate).toBeUndefined();
    expect(() => JSON.parse(machine.read()!.toString())).not.toThrow();
  });

  test("call Node on Windows", () => {
    const windows = { ...machine.host, platform: "win32" as const, node: "C:\\Program Files\\node.exe" };
    prepareSetup(windows, { statusLine: false, service: false }).apply();
    const handler = groupsOf(machine.read()).Stop![0]!.hooks[0]!;
    expect(handler.command).toBe("C:\\Program Files\\node.exe");
    expect(handler.args[0]).toBe("/opt/clew/dist/app/observe.js");
    const memory = groupsOf(machine.read()).PostToolUse![1]!.hooks[0]!;
    expect(memory.args).toEqual(["/opt/clew/dist/app/bin.js", "memory", "hook", machine.host.env.CLEW_HOME]);
    expect(prepareSetup(windows, { statusLine: false, service: false }).isPending).toBe(false);
    prepareUnsetup(windows, {}).apply();
    expect(machine.read()).toBeNull();
  });

  test("of an older Clew are brought up to date in place, surplus ones go", () => {
    const old = (path: string): string => `{ "type": "command", "command": "${path}", "timeout": 60 }`;
    machine.write(`{
  "hooks": {
    "Stop": [
      // mine
      { "matcher": "x", "hooks": [{ "type": "command", "command": "say" }, ${old("/home/bob/.clew/hooks/observe.sh")}] },
      { "hooks": [${old("/home/bob/.local/share/clew/hooks/observe.sh")}] }
    ],
    "WorktreeCreate": [{ "hooks": [${old("/home/bob/.clew/hooks/observe.sh")}] }]
  }
}
`);
    machine.setup();
    const text = machine.read()!.toString();
    const { Stop, WorktreeCreate } = groupsOf(machine.read());
    expect(Stop).toHaveLength(1);
    expect(Stop![0]).toMatchObject({ matcher: "x", hooks: [{ command: "say" }, { timeout: 5 }] });
    expect(WorktreeCreate).toEqual([]);
    expect(text).toContain("// mine");
    expect(text).not.toContain("/home/bob");
    machine.unsetup();
    expect(ours(machine.read())).toEqual({});
    expect(groupsOf(machine.read()).Stop![0]!.hooks).toEqual([{ type: "command", command: "say" }]);
  });

  test("have a status line when one is asked for and none is set", () => {
    machine.write('{ "model": "opus" }');
    machine.setup({ statusLine: true });
    expect(data(machine.read()).statusLine).toEqual({
      type: "command",
      command: `/usr/bin/node /opt/clew/dist/app/statusline.cjs '${machine.host.env.CLEW_HOME}'`,
    });
    machine.setup({ statusLine: true }, { node: "/opt/new node/bin/node" });
    expect(data(machine.read()).statusLine).toMatchObject({
      command: `'/opt/new node/bin/node' /opt/clew/dist/app/statusline.cjs '${machine.host.env.CLEW_HOME}'`,
    });
    machine.unsetup();
    expect(machine.read()!.toString()).toBe('{ "model": "opus" }');
    machine.write('{ "statusLine": { "command": "mine" } }');
    const { warnings } = prepareSetup(machine.host, { statusLine: true, service: false });
    expect(warnings.join()).toContain("statusLine is set already");
  });
});

describe("a second setup", () => {
  test("after an update of Clew still leads back to the first bytes", () => {
    machine.write('{"model":"opus"}');
    machine.setup();
    const moved = { env: { ...machine.host.env, CLEW_HOME: machine.host.env.CLEW_HOME! } };
    machine.write(machine.read()!);
    machine.setup({ statusLine: true }, moved);
    machine.unsetup();
    expect(machine.read()!.toString()).toBe('{"model":"opus"}');
  });

  test("after an edit of the user keeps that edit when it is undone", () => {
    machine.write('{\n  "model": "opus"\n}\n');
    machine.setup();
    machine.write(edited(machine.read()!.toString()));
    machine.setup({ statusLine: true });
    machine.unsetup();
    expect(data(machine.read())).toEqual({ model: "opus", edited: true });
  });

  test("brings scripts up to date, and only those that differ", () => {
    machine.setup();
    writeFileSync(join(hooksDirectory(), "observe.sh"), "old");
    chmodSync(join(hooksDirectory(), "session-start.sh"), 0o644);
    const prepared = prepareSetup(machine.host, { statusLine: false, service: false });
    expect(prepared).toMatchObject({ isPending: true, diff: [], scripts: ["observe.sh", "session-start.sh"] });
    prepared.apply();
    expect(readFileSync(join(hooksDirectory(), "observe.sh"), "utf8")).toContain("# observe.sh");
    expect(statSync(join(hooksDirectory(), "session-start.sh")).mode & 0o777).toBe(0o755);
  });
});

describe("files", () => {
  test("are private: scripts, spool, backup, receipt", () => {
    machine.write("{}");
    chmodSync(machine.settings, 0o644);
    mkdirSync(join(machine.host.env.CLEW_HOME!, "spool"), { recursive: true, mode: 0o755 });
    const umask = process.umask(0);
    const { backup } = machine.setup();
    process.umask(umask);
    const mode = (path: string): string => (statSync(path).mode & 0o777).toString(8);
    const home = machine.host.env.CLEW_HOME!;
    expect(mode(backup!)).toBe("600");
    expect(readFileSync(backup!, "utf8")).toBe("{}");
    expect(backup).toMatch(/settings\.json\.clew-backup-20260310T12\d{4}\.000Z$/u);
    expect([join(home, "hooks"), join(home, "spool")].map(mode)).toEqual(["700", "700"]);
    expect([join(home, "hooks", "observe.sh"), join(home, "setup.json")].map(mode)).toEqual(["755", "600"]);
    expect(readFileSync(join(home, "hooks", "session-start.command"), "utf8")).toBe(
      "/usr/bin/node\n/opt/clew/dist/app/session-start.cjs\n",
    );
    expect(mode(machine.settings)).toBe("644");
    expect(readdirSync(dirname(machine.settings)).sort()).toEqual(["settings.json", backup!.split("/").at(-1)]);
    machine.unsetup();
    expect(readdirSync(home).sort()).toEqual(["spool"]);
    expect(existsSync(backup!)).toBe(true);
  });

  test("a new settings file is the owner's alone", () => {
    machine.setup();
    expect(statSync(machine.settings).mode & 0o777).toBe(0o600);
  });

  test("a symbolic link is written through and stays one", () => {
    const dotfiles = join(machine.root, "dotfiles");
    mkdirSync(dotfiles);
    writeFileSync(join(dotfiles, "claude.json"), '{"model":"opus"}');
    symlinkSync("../../dotfiles/claude.json", machine.settings);
    expect(prepareSetup(machine.host, { statusLine: false, service: false }).linkedTo).toBe(
      join(dotfiles, "claude.json"),
    );
    machine.setup();
    expect(lstatSync(machine.settings).isSymbolicLink()).toBe(true);
    expect(readdirSync(dotfiles)).toEqual(["claude.json"]);
    expect(Object.keys(ours(readFileSync(join(dotfiles, "claude.json"))))).toHaveLength(RECORDED_HOOK_EVENTS.length);
    machine.unsetup();
    expect(lstatSync(machine.settings).isSymbolicLink()).toBe(true);
    expect(readFileSync(join(dotfiles, "claude.json"), "utf8")).toBe('{"model":"opus"}');
  });

  test.each<[string, RegExp, () => void]>([
    ["read-only", /is read-only/u, () => writeFileSync(machine.settings, "{}", { mode: 0o444 })],
    ["a directory", /is a directory/u, () => mkdirSync(machine.settings)],
    ["a link to nowhere", /leads nowhere/u, () => symlinkSync("nowhere.json", machine.settings)],
    ["no JSON", /not valid JSON at line 2, column 8 \(value expected\)/u, () => machine.write('{\n  "a": ,\n}')],
    ["no text", /not UTF-8/u, () => machine.write(Buffer.from([0x7b, 0xff, 0x7d]))],
    ["a list", /holds a list and not an object/u, () => machine.write("[]")],
    ["a word", /holds null and not an object/u, () => machine.write("null")],
    ["hooks that are a list", /"hooks" in .* is a list/u, () => machine.write('{"hooks":[]}')],
    ["an event that is an object", /"hooks\.Stop" in .* is an object/u, () => machine.write('{"hooks":{"Stop":{}}}')],
    ["nested without end", /nested too deeply|not valid JSON/u, () => machine.write(`{"a":${"[".repeat(300_000)}`)],
  ])("a settings file that is %s is refused and nothing is written", (_, message, make) => {
    make();
    const before = existsSync(machine.settings) && statSync(machine.settings).isFile() ? machine.read() : null;
    expect(() => machine.setup()).toThrow(message);
    expect(existsSync(machine.host.env.CLEW_HOME!)).toBe(false);
    expect(readdirSync(dirname(machine.settings)).filter((name) => name !== "settings.json")).toEqual([]);
    if (before) expect(machine.read()!.equals(before)).toBe(true);
  });

  test("no Claude Code: nothing is made, unless its directory is named", () => {
    const env = { ...machine.host.env, HOME: join(machine.root, "nobody") };
    expect(() => machine.setup({}, { env })).toThrow(/Claude Code was not found: there is no .*\.claude/u);
    expect(existsSync(join(machine.root, "nobody"))).toBe(false);
    expect(prepareUnsetup({ ...machine.host, env }, {})).toMatchObject({ path: null, isPending: false });
    const named = join(machine.root, "elsewhere", "claude");
    machine.setup({ configDirectory: named }, { env });
    expect(existsSync(join(named, "settings.json"))).toBe(true);
  });

  test("a project's directory is refused, a home under version control is not", () => {
    mkdirSync(join(machine.root, "project", ".git"), { recursive: true });
    mkdirSync(join(machine.root, "project", ".claude"));
    expect(() => machine.setup({ configDirectory: join(machine.root, "project", ".claude") })).toThrow(/to a project/u);
    mkdirSync(join(machine.home, ".git"));
    machine.setup();
    expect(machine.read()).not.toBeNull();
  });

  test("two directories are undone one after the other; the scripts go with the last", () => {
    const other = join(machine.root, "other");
    machine.setup();
    machine.setup({ configDirectory: other });
    const first = prepareUnsetup(machine.host, {});
    expect(first).toMatchObject({ others: [join(other, "settings.json")], scripts: [] });
    first.apply();
    expect(existsSync(join(hooksDirectory(), "observe.sh"))).toBe(true);
    const second = prepareUnsetup(machine.host, {});
    expect(second.path).toBe(join(other, "settings.json"));
    second.apply();
    expect(existsSync(hooksDirectory())).toBe(false);
    expect(existsSync(join(other, "settings.json"))).toBe(false);
  });

  test("a user's file in the directory of the scripts stays", () => {
    machine.setup();
    writeFileSync(join(hooksDirectory(), "mine.sh"), "x");
    machine.unsetup();
    expect(readdirSync(hooksDirectory())).toEqual(["mine.sh"]);
  });
});

describe("warnings", () => {
  const warningsFor = (text: string, managed: readonly string[] = []): string => {
    machine.write(text);
    return prepareSetup(
      { ...machine.host, managedSettings: managed },
      { statusLine: false, service: false },
    ).warnings.join("\n");
  };

  test("speak of what keeps Clew from seeing", () => {
    expect(warningsFor("{}")).toMatch(/cleanupPeriodDays is not set.*30 days/u);
    expect(warningsFor('{"cleanupPeriodDays":3}')).toMatch(/cleanupPeriodDays is 3/u);
    expect(warningsFor('{"cleanupPeriodDays":7}')).toBe("");
    const quiet = '"cleanupPeriodDays":90';
    expect(warningsFor(`{${quiet},"disableAllHooks":true}`)).toMatch(/^disableAllHooks is true in this file/u);
    expect(warningsFor(`{${quiet},"disableAllHooks":false}`)).toBe("");
    expect(warningsFor(`{${quiet},"allowManagedHooksOnly":true}`)).toMatch(/allowManagedHooksOnly/u);
    expect(warningsFor(`{${quiet},"enabledPlugins":{"clew@clew":true}}`)).toMatch(/The plugin clew@clew is enabled/u);
    expect(warningsFor(`{${quiet},"enabledPlugins":{"clew@clew":false,"clewer@x":true}}`)).toBe("");
    expect(warningsFor(`{${quiet},}`)).toMatch(/ignores the whole file/u);
    expect(warningsFor(`{${quiet} /* ninety */}`)).toMatch(/ignores the whole file/u);
  });

  test.each([
    ["2.0.60", "refused"],
    ["2.1.125", "refused"],
    ["2.1.126", "warned of"],
    ["2.1.149", "warned of"],
    ["2.1.150", "fine"],
    ["2.1.329", "fine"],
    ["3.0.0", "fine"],
  ])("a client of version %s is %s", (version, verdict) => {
    machine.write('{"cleanupPeriodDays":90}');
    const host = { ...machine.host, clientVersion: () => version };
    const prepare = () => prepareSetup(host, { statusLine: false, service: false });
    if (verdict === "refused") expect(prepare).toThrow(/ignores all of its settings.*nothing was changed/u);
    else expect(prepare().warnings).toHaveLength(verdict === "fine" ? 0 : 1);
  });

  test("a client says its own version, or is not asked", () => {
    const saying = (code: number | null, output: string) => clientVersion(() => ({ code, output }));
    expect(saying(0, "2.1.329 (Claude Code)\n")).toBe("2.1.329");
    expect(saying(0, "hello")).toBeNull();
    expect(saying(null, "claude is not installed here")).toBeNull();
  });

  test("look at an administrator's settings", () => {
    const managed = join(machine.root, "managed-settings.json");
    const quiet = '{"cleanupPeriodDays":90}';
    expect(warningsFor(quiet, [managed])).toBe("");
    writeFileSync(managed, '{"allowManagedHooksOnly":true}');
    expect(warningsFor(quiet, [managed])).toMatch(/allowManagedHooksOnly is true in .*managed-settings\.json/u);
    writeFileSync(managed, "broken");
    expect(warningsFor(quiet, [managed])).toBe("");
  });
});
