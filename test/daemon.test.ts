import { spawnSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { clew, type Running, startNode } from "./command.ts";
import {
  directory,
  enter,
  env,
  json,
  onUnix,
  run,
  SOON,
  socket,
  started,
  useDaemonBed,
  writeTranscript,
} from "./daemon-bed.ts";

const asRoot = process.getuid?.() === 0;

useDaemonBed();

describe("clew daemon", () => {
  test("starts, says how it is, starts once, signs browsers in, and stops", { timeout: 120_000 }, async () => {
    const idle = await clew(["daemon", "status", "--json"], env);
    expect([idle.code, JSON.parse(idle.stdout).running]).toEqual([1, false]);
    const first = await json("daemon", "start", "--port", "0");
    expect(first).toMatchObject({ started: true, running: true, mode: "daemon", home: join(directory, "data") });
    const status = await json("daemon", "status");
    expect(status).toMatchObject({
      pid: first.pid,
      url: first.url,
      demo: false,
      spool: { files: 0 },
      sessions: { working: 0, waiting: 0, idle: 0, failed: 0 },
      index: { phase: "idle" },
    });
    expect(status.memory_bytes).toBeGreaterThan(1e6);
    const again = await clew(["daemon", "start"], env);
    expect([again.code, again.stderr]).toEqual([0, ""]);
    expect(again.stdout).toContain(`runs already (process ${first.pid})`);
    const refused = await clew(["daemon", "run"], env);
    expect(refused.code).toBe(3);
    expect(refused.stderr).toContain(`process ${first.pid}`);

    const up = await json("up", "--no-open");
    expect(up).toMatchObject({ url: first.url, demo: false, pid: first.pid });
    expect(await enter(up.sign_in_url as string)).toBe(200);
    expect(await enter(up.sign_in_url as string)).toBe(401);

    expect((await clew(["daemon", "stop"], env)).stdout).toContain(`process ${first.pid}`);
    expect(existsSync(socket())).toBe(false);
    const none = await clew(["daemon", "stop"], env);
    expect([none.code, none.stdout]).toEqual([0, "No daemon is running.\n"]);
    expect(readFileSync(join(directory, "data", "daemon.log"), "utf8")).toMatch(
      /Z serving http.*\n(?:.*\n)*.*Z stopped/,
    );
    if (onUnix) expect(statSync(join(directory, "data", "daemon.log")).mode & 0o777).toBe(0o600);
  });

  test.runIf(onUnix)("starts again after kill -9, over the socket that it left", { timeout: 120_000 }, async () => {
    const first = await json("daemon", "start", "--port", "0");
    expect(lstatSync(socket()).mode & 0o777).toBe(0o600);
    process.kill(first.pid as number, "SIGKILL");
    await expect.poll(async () => (await clew(["daemon", "status"], env)).code, SOON).toBe(1);
    expect(lstatSync(socket()).isSocket()).toBe(true);
    const second = await json("daemon", "start", "--port", "0");
    expect(second).toMatchObject({ started: true });
    expect(second.pid).not.toBe(first.pid);
  });

  test("of several that start at once one runs, and all say which", { timeout: 120_000 }, async () => {
    const answers = await Promise.all(Array.from({ length: 4 }, () => json("daemon", "start", "--port", "0")));
    expect(new Set(answers.map((answer) => answer.pid)).size).toBe(1);
    expect(answers.filter((answer) => answer.started)).toHaveLength(1);
  });

  test("waits for a command that is writing, and gives up on one that goes on", { timeout: 120_000 }, async () => {
    mkdirSync(join(directory, "data"), { mode: 0o700 });
    const hold = (ms: number): Running => {
      const script = `
        const db = new (require("better-sqlite3"))(${JSON.stringify(join(directory, "data", "writer.lock"))});
        db.exec("CREATE TABLE IF NOT EXISTS holder (id INTEGER PRIMARY KEY CHECK (id = 1), pid INTEGER NOT NULL, purpose TEXT NOT NULL) STRICT; REPLACE INTO holder VALUES (1, " + process.pid + ", 'index'); BEGIN IMMEDIATE");
        console.log("held");
        setTimeout(() => {}, ${ms});`;
      const running = startNode("-e", [script], env);
      started.push(running.child);
      return running;
    };
    await hold(1500).printed(/held/);
    expect(await json("daemon", "start", "--port", "0")).toMatchObject({ started: true });
    expect(readFileSync(join(directory, "data", "daemon.log"), "utf8")).toContain("waiting: `clew index`");
    await clew(["daemon", "stop"], env);
    await hold(60_000).printed(/held/);
    const { code, stderr } = await clew(["daemon", "start", "--port", "0"], env);
    expect(code).toBe(3);
    expect(stderr).toContain("`clew index`");
  });

  test.runIf(onUnix).each(["file", "symlink", "FIFO"])(
    "touches no %s in its socket's place",
    { timeout: 60_000 },
    async (kind) => {
      mkdirSync(join(directory, "run"), { mode: 0o700 });
      const victim = join(directory, "victim");
      writeFileSync(victim, "kept");
      if (kind === "file") writeFileSync(socket(), "kept");
      else if (kind === "symlink") symlinkSync(victim, socket());
      else expect(spawnSync("mkfifo", [socket()]).status).toBe(0);
      const { code, stderr } = await clew(["daemon", "start", "--port", "0"], env);
      expect(code).toBe(1);
      expect(stderr).toContain("CLEW_RUNTIME_DIR");
      expect(readFileSync(victim, "utf8")).toBe("kept");
      expect(lstatSync(socket()).isSocket()).toBe(false);
      rmSync(socket());
    },
  );

  test.runIf(asRoot)("as root: refuses a runtime directory of somebody else", { timeout: 60_000 }, async () => {
    mkdirSync(join(directory, "run"), { mode: 0o777 });
    chownSync(join(directory, "run"), 65_534, 65_534);
    const { code, stderr } = await clew(["daemon", "start", "--port", "0"], env);
    expect(code).toBe(1);
    expect(stderr).toContain("belongs to another user");
    expect(readdirSync(join(directory, "run"))).toEqual([]);
  });

  test.runIf(onUnix)("closes a runtime directory that others can enter", { timeout: 60_000 }, async () => {
    mkdirSync(join(directory, "run"));
    chmodSync(join(directory, "run"), 0o755);
    await json("daemon", "start", "--port", "0");
    expect(statSync(join(directory, "run")).mode & 0o777).toBe(0o700);
  });
});

describe("clew up", () => {
  test("leads into the daemon that runs; --detach starts one", { timeout: 120_000 }, async () => {
    const { code, stdout } = await clew(["up", "--detach", "--no-open", "--port", "0"], env);
    expect(code).toBe(0);
    const link = /http:\/\/\S+#c=\S+/.exec(stdout)?.[0] ?? "";
    expect(await enter(link)).toBe(200);
    expect((await clew(["up", "--detach", "--demo"], env)).code).toBe(2);
  });

  test("in a terminal is reached by the next one, and stops when asked", { timeout: 120_000 }, async () => {
    writeTranscript();
    const first = run("up", "--no-open", "--port", "0");
    await first.printed(/#c=/);
    const second = await clew(["up", "--no-open"], env);
    expect([second.code, second.stdout]).toEqual([0, expect.stringContaining("runs in another terminal")]);
    expect(await enter(/http:\/\/\S+#c=\S+/.exec(second.stdout)![0])).toBe(200);
    expect(await json("daemon", "status")).toMatchObject({ mode: "up" });
    await clew(["daemon", "stop"], env);
    expect(await first.finished).toMatchObject({ code: 0, stdout: expect.stringContaining("Stopped") });
  });

  test("works without a control socket, and says so", { timeout: 120_000 }, async () => {
    writeTranscript();
    writeFileSync(join(directory, "run"), "in the way");
    const up = run("up", "--no-open", "--port", "0");
    const stdout = await up.printed(/#c=/);
    expect(await enter(/http:\/\/\S+#c=\S+/.exec(stdout)![0])).toBe(200);
    up.child.kill("SIGTERM");
    const { code, stderr } = await up.finished;
    expect([code, stderr]).toEqual([0, expect.stringContaining("CLEW_RUNTIME_DIR")]);
  });

  test("leaves the made-up workspace for the first session of one's own", { timeout: 120_000 }, async () => {
    const up = run("up", "--no-open", "--port", "0");
    const made = await up.printed(/made-up workspace[\s\S]*#c=\S+/);
    writeTranscript();
    const own = await up.printed(/first session is here[\s\S]*#c=\S+/);
    const links = [...own.matchAll(/http:\/\/\S+#c=\S+/g)].map(([link]) => new URL(link));
    expect(links).toHaveLength(2);
    expect(links[1]!.origin).toBe(links[0]!.origin);
    expect(made).not.toContain("first session");
    expect(await enter(links[1]!.href)).toBe(200);
    await expect.poll(async () => (await json("sessions")).total, SOON).toBe(1);
  });
});

describe("clew setup --service", () => {
  /** Stands in for the system's manager, which says yes to everything. */
  function managed(): NodeJS.ProcessEnv {
    const programs = join(directory, "programs");
    mkdirSync(programs);
    for (const name of ["systemctl", "launchctl"])
      writeFileSync(join(programs, name), "#!/bin/sh\nexit 0\n", { mode: 0o755 });
    return { ...env, PATH: `${programs}:${env.PATH}` };
  }

  test.runIf(onUnix)("stops the daemon that would keep the service's from starting", { timeout: 120_000 }, async () => {
    await json("daemon", "start", "--port", "0");
    const { code, stderr } = await clew(["setup", "--service", "--yes"], managed());
    expect([code, stderr]).toEqual([0, expect.not.stringContaining("keeps the service")]);
    expect((await clew(["daemon", "status"], env)).code).toBe(1);
  });

  test.runIf(onUnix)("leaves a `clew up` in a terminal alone, and says what then", { timeout: 120_000 }, async () => {
    writeTranscript();
    await run("up", "--no-open", "--port", "0").printed(/#c=/);
    const { code, stderr } = await clew(["setup", "--service", "--yes"], managed());
    expect([code, stderr]).toEqual([0, expect.stringContaining("`clew up` runs in a terminal and keeps the service")]);
    expect(await json("daemon", "status")).toMatchObject({ mode: "up" });
  });
});
