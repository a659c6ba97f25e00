import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { daemonEnvironment, isListening } from "./start-daemon.ts";

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
