/** What a session saved after it had been shown words of others, and a person's word that it may be passed on; as built. */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { writeSpoolRecord } from "../../../../spool/spool-directory.ts";

const CLEW = fileURLToPath(new URL("../../../../../bin/clew.js", import.meta.url));
const SESSION = "3646aa6f-99b8-46bd-8636-2c7a4696884e";
const INSIDE = { CLAUDECODE: "1", CLAUDE_CODE_SESSION_ID: SESSION };

let home: string;
beforeAll(() => {
  home = realpathSync(mkdtempSync(join(tmpdir(), "clew-state-")));
  mkdirSync(join(home, "web", ".git"), { recursive: true });
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

function clew(args: readonly string[], extra: NodeJS.ProcessEnv = {}) {
  const env = {
    PATH: process.env.PATH,
    HOME: home,
    USER: "ada",
    CLEW_HOME: join(home, "data"),
    CLEW_RUNTIME_DIR: join(home, "run"),
    CLAUDE_CONFIG_DIR: join(home, "claude"),
    CLEW_NO_DAEMON: "1",
  };
  const { status, stdout, stderr } = spawnSync(process.execPath, [CLEW, ...args], {
    env: { ...env, ...extra },
    cwd: join(home, "web"),
    encoding: "utf8",
  });
  return { code: status, stdout, stderr };
}

function hook(event: string, body: Readonly<Record<string, unknown>> = {}): void {
  const common = { session_id: SESSION, cwd: join(home, "web"), hook_event_name: event };
  writeSpoolRecord(join(home, "data", "spool"), {
    kind: "hook",
    fields: { at: String(Date.now()), pid: "1" },
    body: Buffer.from(JSON.stringify({ ...common, ...body })),
  });
}

const preview = () => clew(["context", "--preview"]).stdout;

test("its own words are passed on; after it read a page they wait for a person", () => {
  hook("SessionStart", { source: "startup" });
  expect(JSON.parse(clew(["state", "save", "--next", "test it", "--json"], INSIDE).stdout).passed_on).toBe(true);
  expect(preview()).toContain("- test it");

  hook("PostToolUse", { tool_name: "WebFetch", tool_use_id: "t1", tool_input: {}, tool_response: {} });
  const saved = clew(["state", "save", "--focus", "the page says so"], INSIDE);
  expect(saved.stdout).toContain("It is not given to the next session by itself");
  expect(preview()).not.toContain("the page says so");
  expect(preview()).toContain("Not passed on: 1 focus, written after text from elsewhere was read (clew state show)");
  expect(clew(["state", "show"]).stdout).toContain("not passed on: written after text from elsewhere was read");

  for (const env of [INSIDE, { CLAUDECODE: "1" }, { CLAUDE_CODE_SESSION_ID: "../x" }])
    expect(clew(["state", "approve", "--yes"], env)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("only a person can approve"),
    });
  expect(clew(["state", "approve"])).toMatchObject({ code: 2, stderr: expect.stringContaining("add --yes") });
  expect(preview()).not.toContain("the page says so");

  expect(clew(["state", "approve", "--yes"])).toMatchObject({
    code: 0,
    stdout: expect.stringContaining("the page says so"),
  });
  expect(preview()).toContain("the page says so");
  expect(preview()).toContain("- test it");
  expect(clew(["state", "approve", "--yes"]).stdout).toContain("Nothing is kept back here");
});
