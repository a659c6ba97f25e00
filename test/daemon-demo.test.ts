import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { clewBin, type Running, startNode } from "./command.ts";
import { directory, enter, env, hook, json, run, SOON, started, useDaemonBed, writeTranscript } from "./daemon-bed.ts";

useDaemonBed();

describe("clew up with the made-up workspace", () => {
  const links = (text: string): readonly URL[] =>
    [...text.matchAll(/http:\/\/\S+#c=\S+/g)].map(([link]) => new URL(link));

  /** What `clew up` on an empty config prints, and that it goes on with one's own sessions where it was. */
  async function expectOwn(up: Running, daemonPid: unknown): Promise<void> {
    const [made, own] = links(await up.printed(/first session is here[\s\S]*#c=\S+/));
    expect(own!.origin).toBe(made!.origin);
    expect(await enter(own!.href)).toBe(200);
    expect(await json("daemon", "status")).toMatchObject({
      mode: "up",
      demo: false,
      pid: up.child.pid,
      url: made!.origin,
    });
    expect(up.child.pid).not.toBe(daemonPid);
    await expect.poll(async () => (await json("sessions")).total, SOON).toBe(1);
    up.child.kill("SIGTERM");
    expect(await up.finished).toMatchObject({ code: 0, stderr: "" });
  }

  test("takes over from the daemon that the first session brought up", { timeout: 120_000 }, async () => {
    const up = run("up", "--no-open", "--port", "0");
    await up.printed(/made-up workspace[\s\S]*#c=\S+/);
    const daemon = await json("daemon", "start", "--port", "0");
    expect(daemon).toMatchObject({ started: true, mode: "daemon" });
    writeTranscript();
    await expectOwn(up, daemon.pid);
  });

  test("also where the daemon has already taken in all that hooks left", { timeout: 120_000 }, async () => {
    const up = run("up", "--no-open", "--port", "0");
    await up.printed(/made-up workspace[\s\S]*#c=\S+/);
    const daemon = await json("daemon", "start", "--port", "0");
    hook("SessionStart", process.pid, { source: "startup" });
    await expectOwn(up, daemon.pid);
  });

  test("is not shown again once hooks have left something", { timeout: 120_000 }, async () => {
    const up = run("up", "--no-open", "--port", "0");
    await up.printed(/made-up workspace[\s\S]*#c=\S+/);
    hook("SessionStart", process.pid, { source: "startup" });
    await expectOwn(up, null);
    expect((await up.finished).stdout.match(/made-up workspace/g)).toHaveLength(1);
  });

  test("is said to be another's when a second `clew up` leads into it", { timeout: 120_000 }, async () => {
    const up = run("up", "--demo", "--no-open", "--port", "0");
    const [theirs] = links(await up.printed(/made-up workspace[\s\S]*#c=\S+/));
    const { code, stdout } = await run("up", "--no-open", "--port", "0").finished;
    expect(code).toBe(0);
    expect(stdout).toContain(`made-up workspace of another \`clew up\` (process ${up.child.pid})`);
    expect(stdout).toContain("Ctrl-C in the other terminal ends it.");
    expect(links(stdout)[0]!.origin).toBe(theirs!.origin);
    up.child.kill("SIGTERM");
    await up.finished;
  });

  test("leads into a `clew up` in another terminal and ends", { timeout: 120_000 }, async () => {
    const up = run("up", "--no-open", "--port", "0");
    await up.printed(/made-up workspace[\s\S]*#c=\S+/);
    // Its transcripts are elsewhere, its data directory is the same.
    writeTranscript(join(directory, "elsewhere"));
    const other = startNode(clewBin, ["up", "--no-open", "--port", "0"], {
      ...env,
      CLAUDE_CONFIG_DIR: join(directory, "elsewhere"),
    });
    started.push(other.child);
    const [theirs] = links(await other.printed(/#c=\S+/));
    writeTranscript();
    const { code, stdout } = await up.finished;
    expect([code, stdout]).toEqual([0, expect.stringContaining("runs in another terminal")]);
    const link = links(stdout).at(-1)!;
    expect(link.origin).toBe(theirs!.origin);
    expect(await enter(link.href)).toBe(200);
  });
});
