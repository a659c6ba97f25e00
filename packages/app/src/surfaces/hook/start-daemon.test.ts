import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { daemonEnvironment, isListening, startDaemon } from "./start-daemon.ts";

test("a daemon is there when somebody listens, not when its socket is left over", async () => {
  const directory = mkdtempSync(join(tmpdir(), "clew-daemon-"));
  const path = join(directory, "d.sock");
  expect(await isListening(path)).toBe(false);
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(path, resolve));
  expect(await isListening(path)).toBe(true);
  await new Promise((resolve) => server.close(resolve));
  expect(await isListening(path)).toBe(false);
  rmSync(directory, { recursive: true });
});

test("a daemon inherits neither tokens nor one session's name", () => {
  const kept = {
    PATH: "/bin",
    HOME: "/h",
    XDG_RUNTIME_DIR: "/run/u",
    CLEW_HOME: "/c",
    CLAUDE_CONFIG_DIR: "/cc",
    LC_ALL: "C",
  };
  const dropped = {
    ANTHROPIC_API_KEY: "secret",
    CLAUDE_CODE_MESSAGING_TOKEN: "secret",
    CLEW_SESSION_ID: "s",
    CLEW_IDENTITY: "i",
    TRACEPARENT: "t",
    NODE_OPTIONS: "--inspect",
    MY_PATH: "x",
  };
  expect(daemonEnvironment({ ...kept, ...dropped, EMPTY: undefined })).toEqual(kept);
});

test.runIf(process.platform !== "win32")(
  "none is started whose socket no system would open; what another says goes to the log",
  async () => {
    const directory = mkdtempSync(join(tmpdir(), "clew-daemon-"));
    const data = join(directory, "data");
    const program = join(directory, "daemon.mjs");
    mkdirSync(data, { mode: 0o700 });
    writeFileSync(
      program,
      `import { writeFileSync } from "node:fs";
      console.error("said " + process.argv.slice(2).join(" "));
      writeFileSync(process.env.HOME + "/started", "");`,
    );
    const env = { HOME: directory, CLEW_HOME: data, CLEW_RUNTIME_DIR: join(directory, "r".repeat(100)) };
    await expect(startDaemon(env, program)).rejects.toThrow("CLEW_RUNTIME_DIR");
    expect(existsSync(join(data, "daemon.log"))).toBe(false);
    await startDaemon({ ...env, CLEW_RUNTIME_DIR: join(directory, "r") }, program);
    const isStarted = (): boolean => existsSync(join(directory, "started"));
    await expect.poll(isStarted, { timeout: 20_000 }).toBe(true);
    expect(readFileSync(join(data, "daemon.log"), "utf8")).toBe("said daemon run\n");
    rmSync(directory, { recursive: true });
  },
);
