/** @module The hook script: what it records, and that it says nothing and exits 0 whatever it meets. */
import { execFileSync, spawnSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { listSpool, removeSpoolFiles, takeLostCount } from "../packages/app/src/spool/spool-directory.ts";
import {
  filesBelow,
  type HookCall,
  hasProgram,
  installedShells,
  isRoot,
  newHome,
  observeScript,
  runHook,
  silent,
  spooled,
  toolEvent,
} from "./hook-script-runner.ts";

const body = toolEvent("toolu_1");

/** One run in a new data directory, or the given one; the home and the records that are in it afterwards. */
async function record(call: Partial<HookCall> = {}, home = newHome()) {
  const run = await runHook({ body, ...call, env: { CLEW_HOME: home, ...call.env } });
  return { home, run, records: existsSync(join(home, "spool")) ? spooled(home) : [] };
}

/** Runs a hook that must not record, and be as silent about it. */
async function refused(call: Partial<HookCall>, home?: string) {
  const { run, records } = await record(call, home);
  expect(run).toEqual(silent);
  expect(records).toEqual([]);
}

describe.each(installedShells().map((shell) => [shell.join(" "), shell] as const))("under %s", (_, shell) => {
  test("a body becomes one whole record with what the client says of itself", async () => {
    const env = {
      CLAUDE_PID: "4711",
      CLAUDE_CODE_SESSION_ID: "6b950069-303b-4848-8599-6bd05d073f67",
      CLEW_SESSION_ID: "parent-1",
      CLAUDE_PROJECT_DIR: "/home/ana/a project/with ünicode and %s",
      CLEW_IDENTITY: "claude-code@lantern",
      CLAUDE_CODE_SESSION_ATTENDED: "0",
    };
    const { run, records } = await record({ env, shell });
    expect(run).toEqual(silent);
    expect(records).toHaveLength(1);
    expect(records[0]!.name).toMatch(/^[0-9A-Za-z._-]{1,80}$/);
    expect(records[0]!.record).toEqual({
      kind: "hook",
      fields: {
        pid: "4711",
        session: env.CLAUDE_CODE_SESSION_ID,
        parent: "parent-1",
        project: env.CLAUDE_PROJECT_DIR,
        identity: "claude-code@lantern",
        attended: "0",
      },
      body: Buffer.from(body),
    });
  });

  test("without them there is the parent process, and nothing else", async () => {
    const { run, records } = await record({ shell, env: { CLAUDE_PID: "12; rm", CLEW_IDENTITY: "" } });
    expect(run).toEqual(silent);
    expect(records[0]!.record?.fields).toEqual({ pid: String(process.pid) });
  });

  test("a value that would break the head is left out, the record is not", async () => {
    const env = {
      CLAUDE_PROJECT_DIR: "/tmp/a\n\npid 1",
      CLEW_IDENTITY: "i".repeat(5000),
      CLEW_SESSION_ID: "kept",
      CLAUDE_PID: "9".repeat(40),
    };
    const { run, records } = await record({ shell, env });
    expect(run).toEqual(silent);
    expect(records[0]!.record).toEqual({
      kind: "hook",
      fields: { pid: String(process.pid), parent: "kept" },
      body: Buffer.from(body),
    });
  });

  test("a body is kept byte by byte", async () => {
    const bodies = [
      Buffer.alloc(0),
      Buffer.from("\n\nno JSON\n\n"),
      Buffer.from([0, 255, 0, 10, 92, 37, 115, 0, 128]),
      Buffer.from(toolEvent("large", 300_000)),
      Buffer.alloc(17 * 1024 * 1024, "long "),
    ];
    for (const bytes of bodies) {
      const { run, records } = await record({ shell, body: bytes });
      expect(run).toEqual(silent);
      expect(records).toHaveLength(1);
      expect(records[0]!.record?.body.equals(bytes)).toBe(true);
    }
  });

  test("a full spool drops what comes and counts it", async () => {
    const { home } = await record({ shell });
    writeFileSync(join(home, "spool", "full"), "");
    for (let n = 1; n <= 3; n++) expect((await record({ shell }, home)).run).toEqual(silent);
    expect(spooled(home)).toHaveLength(1);
    expect(takeLostCount(join(home, "spool"))).toBe(3);
  });

  test("it explains itself on standard error when asked", async () => {
    const { run, home, records } = await record({ shell, env: { CLEW_HOOK_DEBUG: "1" } });
    expect(run).toMatchObject({ code: 0, stdout: "" });
    expect(run.stderr).toContain(`clew hook: kept in ${join(home, "spool", records[0]!.name)}\n`);
  });
});

describe("where it writes", () => {
  test("its argument goes before CLEW_HOME", async () => {
    const [named, home] = [newHome(), newHome()];
    expect((await record({ args: [named] }, home)).records).toEqual([]);
    expect(spooled(named)).toHaveLength(1);
  });

  test("else XDG_DATA_HOME, when it is absolute, else HOME", async () => {
    const user = mkdtempSync(join(tmpdir(), "clew-user-"));
    const data = join(user, "data");
    for (const XDG_DATA_HOME of [data, "data"]) {
      expect(await runHook({ body, env: { HOME: user, XDG_DATA_HOME }, cwd: user })).toEqual(silent);
    }
    expect(spooled(join(data, "clew"))).toHaveLength(1);
    expect(spooled(join(user, ".local", "share", "clew"))).toHaveLength(1);
    expect(readdirSync(user).sort()).toEqual([".local", "data"]);
  });

  test.each([
    ["no HOME", {}],
    ["a HOME that is no path", { HOME: "user" }],
    ["a relative CLEW_HOME", { CLEW_HOME: "data" }],
    ["an empty environment but XDG_DATA_HOME of nothing", { XDG_DATA_HOME: "" }],
  ])("with %s it writes nowhere", async (_, env) => {
    const cwd = mkdtempSync(join(tmpdir(), "clew-cwd-"));
    expect(await runHook({ body, env, cwd })).toEqual(silent);
    expect(filesBelow(cwd)).toEqual([]);
    const explained = await runHook({ body, env: { ...env, CLEW_HOOK_DEBUG: "1" }, cwd });
    expect(explained.stderr).toMatch(/neither CLEW_HOME nor HOME|not an absolute path/);
  });

  test("directories are 0700 and files 0600, whatever the umask", async () => {
    const home = newHome();
    for (const mask of ["000", "777"]) {
      const through = ["sh", "-c", `umask ${mask}; exec "$@"`, "sh"];
      expect((await record({ through }, home)).run).toEqual(silent);
    }
    const mode = (path: string): number => statSync(path).mode & 0o777;
    expect([home, join(home, "spool")].map(mode)).toEqual([0o700, 0o700]);
    const names = spooled(home).map(({ name }) => name);
    expect(names.map((name) => mode(join(home, "spool", name)))).toEqual([0o600, 0o600]);
  });

  test("the environment is not recorded", async () => {
    const env = { CLAUDE_CODE_MESSAGING_TOKEN: "sekrit-1", ANTHROPIC_API_KEY: "sekrit-2" };
    const { records } = await record({ env });
    expect(JSON.stringify(records[0]!.record)).not.toContain("sekrit");
    expect(records[0]!.record?.fields).toEqual({ pid: String(process.pid) });
  });
});

describe("what stands in the spool's place", () => {
  const cases: readonly (readonly [string, (spool: string, elsewhere: string) => void])[] = [
    ["a symbolic link to a directory of ours", (spool, elsewhere) => symlinkSync(elsewhere, spool)],
    ["a symbolic link to nothing", (spool, elsewhere) => symlinkSync(join(elsewhere, "gone"), spool)],
    ["a FIFO", (spool) => void execFileSync("mkfifo", [spool])],
    ["a plain file", (spool) => writeFileSync(spool, "mine")],
  ];
  test.each(cases)("%s: nothing is written there or elsewhere", async (_, make) => {
    const home = newHome();
    const elsewhere = mkdtempSync(join(tmpdir(), "clew-elsewhere-"));
    mkdirSync(home, { mode: 0o700 });
    make(join(home, "spool"), elsewhere);
    const before = filesBelow(dirname(home));
    expect((await runHook({ body, env: { CLEW_HOME: home } })).code).toBe(0);
    expect(await runHook({ body, env: { CLEW_HOME: home } })).toEqual(silent);
    expect(filesBelow(elsewhere)).toEqual([]);
    expect(filesBelow(dirname(home))).toEqual(before);
    const { stderr } = await runHook({ body, env: { CLEW_HOME: home, CLEW_HOOK_DEBUG: "1" } });
    expect(stderr).toMatch(/clew hook: not a directory/);
    expect(listSpool(join(home, "spool")).problems).toHaveLength(1);
  });

  test("a directory of another user, the spool's or its parent's", async () => {
    if (!isRoot) return console.warn("not root: directories of another user are not tried");
    for (const path of ["spool", "."]) {
      const { home } = await record();
      removeSpoolFiles(join(home, "spool"), listSpool(join(home, "spool")).names);
      chownSync(join(home, path), 65534, 65534);
      expect(await runHook({ body, env: { CLEW_HOME: home } })).toEqual(silent);
      expect(readdirSync(join(home, "spool"))).toEqual([]);
    }
    // A data directory of somebody else's does not even get a spool.
    const home = newHome();
    mkdirSync(home, { mode: 0o777 });
    chownSync(home, 65534, 65534);
    expect(await runHook({ body, env: { CLEW_HOME: home } })).toEqual(silent);
    expect(readdirSync(home)).toEqual([]);
  });
});

describe("a system that refuses", () => {
  test("a directory that cannot be written", async () => {
    const home = newHome();
    const spool = join(home, "spool");
    mkdirSync(spool, { recursive: true });
    let through: readonly string[] = [];
    let script = observeScript;
    if (isRoot) {
      if (!hasProgram("setpriv", "a read-only directory is not tried, since root writes anywhere")) return;
      // Where that user can read it: the repository may lie in a private directory.
      script = join(mkdtempSync(join(tmpdir(), "clew-script-")), "observe.sh");
      writeFileSync(script, readFileSync(observeScript), { mode: 0o755 });
      for (const path of [dirname(script), dirname(home)]) chmodSync(path, 0o755);
      for (const path of [home, spool]) chownSync(path, 65534, 65534);
      through = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"];
    }
    chmodSync(spool, 0o500);
    onTestFinished(() => chmodSync(spool, 0o700));
    expect(await runHook({ body, env: { CLEW_HOME: home }, through, script })).toEqual(silent);
    expect(readdirSync(spool)).toEqual([]);
    const { stderr } = await runHook({ body, env: { CLEW_HOME: home, CLEW_HOOK_DEBUG: "1" }, through, script });
    expect(stderr).toContain(`clew hook: no file can be made in ${spool}\n`);
    chmodSync(home, 0o500);
    chmodSync(spool, 0o700);
    expect(await runHook({ body, env: { CLEW_HOME: home }, through, script })).toEqual(silent);
    expect(readdirSync(spool)).toHaveLength(1);
    chmodSync(home, 0o700);
  });

  test("a disk that is full", async () => {
    const mount = mkdtempSync(join(tmpdir(), "clew-full-"));
    const mounted = spawnSync("mount", ["-t", "tmpfs", "-o", "size=64k,mode=0700", "tmpfs", mount]).status === 0;
    if (!mounted) return console.warn("mount is not permitted: a full disk is tried with a file size limit only");
    onTestFinished(() => void spawnSync("umount", [mount]));
    const results = [];
    for (let n = 0; n < 8; n++)
      results.push(await runHook({ body: toolEvent(`toolu_${n}`, 12_000), env: { CLEW_HOME: mount } }));
    expect(results).toEqual(Array.from({ length: 8 }, () => silent));
    expect(await runHook({ body: toolEvent("large", 300_000), env: { CLEW_HOME: mount } })).toEqual(silent);
    const bodies = spooled(mount).map((file) => file.record?.body.toString() ?? "");
    const whole = bodies.filter((text) => text.startsWith("{") && text.endsWith("}"));
    expect(whole.length).toBeGreaterThan(1);
    expect(whole.length).toBeLessThan(8);
    const { stderr } = await runHook({ body: toolEvent("x", 60_000), env: { CLEW_HOME: mount, CLEW_HOOK_DEBUG: "1" } });
    expect(stderr).toMatch(/clew hook: (the record is not whole|no file can be made)/);
  });

  test.each([0, 4])("a file size limit of %d blocks", async (blocks) => {
    const through = ["sh", "-c", `ulimit -f ${blocks}; exec "$@"`, "sh"];
    const { run, records } = await record({ through, body: toolEvent("large", 300_000) });
    expect(run).toEqual(silent);
    expect(records.filter(({ record: kept }) => kept?.body.toString().endsWith("}"))).toEqual([]);
  });

  test("a standard output that is closed, a standard input that is", async () => {
    for (const closed of [">&-", "<&-", "2>&-"]) {
      const { run } = await record({ through: ["sh", "-c", `exec "$@" ${closed}`, "sh"] });
      expect(run).toEqual(silent);
    }
  });

  test("a terminal in place of the body is not waited for", async () => {
    if (!hasProgram("script", "a terminal as standard input is not tried")) return;
    const home = newHome();
    const command = `CLEW_HOOK_DEBUG=1 CLEW_HOME='${home}' sh '${observeScript}'`;
    const { status, stdout } = spawnSync("script", ["-qec", command, "/dev/null"], { stdio: ["pipe", "pipe", "pipe"] });
    expect(status).toBe(0);
    expect(stdout.toString()).toContain("standard input is a terminal");
    expect(existsSync(home)).toBe(false);
  });

  test("a hang-up and a Ctrl-C while the body is still coming", async () => {
    const home = newHome();
    const half = Math.floor(body.length / 2);
    const feed = `{ printf %s '${body.slice(0, half)}'; sleep 0.3; printf %s '${body.slice(half)}'; }`;
    // A job in the background gets its standard input only by name.
    const inner = `sh '${observeScript}' <&3 & pid=$!; sleep 0.1; kill -HUP $pid; kill -INT $pid; wait $pid; echo $?`;
    const { stdout } = spawnSync("sh", ["-c", `${feed} | { exec 3<&0; ${inner}; }`], {
      env: { PATH: process.env.PATH, CLEW_HOME: home },
    });
    expect(stdout.toString()).toBe("0\n");
    expect(spooled(home).map((file) => file.record?.body.toString())).toEqual([body]);
  });
});

describe("what may be switched off", () => {
  test("everything, by CLEW_HOOKS=off", () => refused({ env: { CLEW_HOOKS: "off" } }));

  test.each([".clew/off", ".claude/clew-off"])("a project, by its file %s", async (file) => {
    const project = mkdtempSync(join(tmpdir(), "clew-project-"));
    mkdirSync(join(project, dirname(file)));
    const { records } = await record({ env: { CLAUDE_PROJECT_DIR: project } });
    expect(records).toHaveLength(1);
    writeFileSync(join(project, file), "");
    await refused({ env: { CLAUDE_PROJECT_DIR: project } });
  });

  test("a file in a project cannot ask for more", async () => {
    const project = mkdtempSync(join(tmpdir(), "clew-project-"));
    for (const folder of [".clew", ".claude"]) {
      mkdirSync(join(project, folder));
      for (const name of ["on", "config.yaml", "home", "env"])
        writeFileSync(join(project, folder, name), "CLEW_HOOKS=on");
    }
    await refused({ cwd: project, env: { CLEW_HOOKS: "off", CLAUDE_PROJECT_DIR: project } });
  });
});

describe("CLEW_DURABILITY=strict", () => {
  test("keeps the same record, synced", async () => {
    const { run, records, home } = await record({ env: { CLEW_DURABILITY: "strict" } });
    expect(run).toEqual(silent);
    expect(records[0]!.record?.body.toString()).toBe(body);
    if (!hasProgram("strace", "that strict syncs is not looked at")) return;
    const log = join(home, "trace");
    for (const [durability, synced] of [
      ["strict", 1],
      ["", 0],
    ] as const) {
      const through = ["strace", "-f", "-qq", "-e", "trace=fsync,fdatasync", "-o", log];
      const traced = await record({ env: { CLEW_DURABILITY: durability }, through });
      if (!existsSync(log)) return console.warn("strace cannot trace here: that strict syncs is not looked at");
      expect(traced.run.code).toBe(0);
      expect(readFileSync(log, "utf8").match(/\bf(data)?sync\(1\)/g)?.length ?? 0).toBe(synced);
    }
  });

  test("a dd that does not know conv=fsync still writes the record", async () => {
    if (!hasProgram("bash", "an older dd is not tried, for it is a function of bash")) return;
    const home = newHome();
    const older = `dd() { case "$*" in *conv=fsync*) return 1 ;; esac; command dd "$@"; }; export -f dd; exec "$@"`;
    const through = ["bash", "-c", older, "bash"];
    const { records } = await record({ shell: ["bash"], through, env: { CLEW_DURABILITY: "strict" } }, home);
    expect(records[0]!.record?.body.toString()).toBe(body);
  });
});
