/** `clew state` and `clew context` as built, in a workspace of their own; and that the hook gives what the preview shows. */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { writeSpoolRecord } from "../../../spool/spool-directory.ts";

const CLEW = fileURLToPath(new URL("../../../../bin/clew.js", import.meta.url));
const SESSION_START = fileURLToPath(new URL("../../../../dist/app/session-start.cjs", import.meta.url));
const SESSION = "3646aa6f-99b8-46bd-8636-2c7a4696884e";

let home: string;
let workspace: string;
let env: NodeJS.ProcessEnv;

beforeAll(() => {
  home = realpathSync(mkdtempSync(join(tmpdir(), "clew-context-")));
  workspace = join(home, "web");
  mkdirSync(join(workspace, ".git"), { recursive: true });
  env = {
    PATH: process.env.PATH,
    HOME: home,
    USER: "ada",
    CLEW_HOME: join(home, "data"),
    CLEW_RUNTIME_DIR: join(home, "run"),
    CLAUDE_CONFIG_DIR: join(home, "claude"),
    CLEW_NO_DAEMON: "1",
  };
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

function run(program: string, args: readonly string[], input = "", extra: NodeJS.ProcessEnv = {}) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], {
    env: { ...env, ...extra },
    cwd: workspace,
    input,
    encoding: "utf8",
  });
  return { code: status, stdout, stderr };
}
const clew = (...args: readonly string[]) => run(CLEW, args);

describe("clew state", () => {
  test("has nothing to show at first", () => {
    expect(clew("state", "show")).toMatchObject({ code: 0, stdout: expect.stringContaining("No sessions yet") });
    expect(JSON.parse(clew("state", "show", "--json").stdout)).toMatchObject({
      project: "web",
      focus: null,
      next_steps: null,
      todos: null,
    });
  });

  test("saves what the next session starts with, in a session of its own when there is none", () => {
    const saved = clew(
      "state",
      "save",
      "--focus",
      "the lock",
      "--next",
      "test it",
      "--next",
      "release it",
      "--todo",
      "cut",
      "--json",
    );
    expect(saved).toMatchObject({ code: 0, stderr: "" });
    expect(JSON.parse(saved.stdout)).toMatchObject({ project_id: "dir:web", saved: ["focus", "next_steps", "todos"] });
    const shown = clew("state", "show").stdout;
    for (const text of ["the lock", "  test it", "  release it", "  [ ] cut", "just now", workspace])
      expect(shown).toContain(text);
    const sql = clew("sql", "SELECT agent, status, person_id FROM sessions", "--json").stdout;
    expect(JSON.parse(sql).rows).toEqual([{ agent: "script", status: "completed", person_id: "person:ada" }]);
  });

  test("takes a report, and replaces only what is said", () => {
    const report = { next_steps: ["sleep"], todos: ["one", { text: "two", status: "completed" }] };
    expect(run(CLEW, ["state", "save", "--report", "-"], JSON.stringify(report))).toMatchObject({ code: 0 });
    const state = JSON.parse(clew("state", "show", "--json").stdout);
    expect(state.focus.text).toBe("the lock");
    expect(state.next_steps.items).toEqual(["sleep"]);
    expect(state.todos.items).toEqual([
      { text: "one", status: "pending" },
      { text: "two", status: "completed" },
    ]);
  });

  test.each([
    [["state", "bogus"], "clew state bogus is unknown"],
    [["state", "shwo"], "did you mean show?"],
    [["state", "save"], "nothing to save"],
    [["state", "show", "--focus", "x"], "--focus belongs to `clew state save`"],
    [["context", "7f3a"], "a session is named together with --last"],
    [["context", "--preview", "--last"], "either --preview or --last"],
    [["hook", "stop"], "clew hook stop is unknown"],
  ])("clew %j is wrong usage", (args, message) => {
    expect(clew(...args)).toMatchObject({ code: 2, stdout: "", stderr: expect.stringContaining(message) });
  });

  test("keeps outcomes out", () => {
    expect(run(CLEW, ["state", "save", "--report", "-"], '{"summary":"x"}')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("summary is no state"),
    });
  });
});

describe("clew context", () => {
  const body = () =>
    JSON.stringify({ session_id: SESSION, cwd: workspace, hook_event_name: "SessionStart", source: "startup" });

  test("previews to the byte what the hook gives, and says why", () => {
    const preview = clew("context", "--preview");
    expect(preview.stdout).toMatch(/^<clew-context [\s\S]*Focus \([^)]+\): the lock\n[\s\S]*<\/clew-context>\n$/u);
    expect(preview.stderr).toMatch(/^in {3}focus +your own words, /mu);
    // A minute may begin between the two.
    const ageless = (text: string) => text.replace(/\((?:just now|\d+ min ago)\)/gu, "()");
    const start = { CLAUDE_PROJECT_DIR: workspace };
    for (const given of [run(SESSION_START, [], body(), start), run(CLEW, ["hook", "session-start"], body(), start)]) {
      expect(given).toMatchObject({ code: 0, stderr: "" });
      expect(ageless(given.stdout)).toBe(ageless(preview.stdout));
    }
    const json = JSON.parse(clew("context", "--workspace", workspace, "--json").stdout);
    expect(json).toMatchObject({
      budget: 1000,
      off: null,
      problems: [],
      workspace,
      project_id: "dir:web",
      identity: "claude-code@web",
    });
    expect(ageless(json.text)).toBe(ageless(preview.stdout));
  });

  test("shows what a session was given", () => {
    const fields = { at: String(Date.now() - 60_000), project: workspace };
    writeSpoolRecord(join(home, "data", "spool"), { kind: "hook", fields, body: Buffer.from(body()) });
    expect(clew("index")).toMatchObject({ code: 0 });
    const last = clew("context", "--last", SESSION.slice(0, 8));
    expect(last.stdout).toContain("the lock");
    expect(last.stderr).toContain(`given to ${SESSION}`);
    expect(clew("context", "--last").stdout).toBe(last.stdout);
    expect(JSON.parse(clew("context", "--last", SESSION, "--json").stdout)).toMatchObject({
      session_id: SESSION,
      text: last.stdout,
    });
    expect(clew("context", "--last", "--workspace", home)).toMatchObject({
      code: 0,
      stdout: "",
      stderr: expect.stringContaining("was given anything"),
    });
  });

  test("says what switches it off, and what is wrong with the settings", () => {
    writeFileSync(join(home, "data", "config.yaml"), "context: {tokens: lots}");
    expect(clew("context").stderr).toContain("settings: context.tokens is a whole number");
    const off = run(CLEW, ["context"], "", { CLEW_CONTEXT: "off" });
    expect(off).toMatchObject({
      code: 0,
      stdout: "",
      stderr: expect.stringContaining("is given nothing: CLEW_CONTEXT is off"),
    });
  });
});

test("clew statusline prints one line, whatever it is given", () => {
  const input = JSON.stringify({ model: { display_name: "Opus" }, cost: { total_cost_usd: 1 }, cwd: workspace });
  expect(run(CLEW, ["statusline"], input)).toEqual({ code: 0, stdout: "Opus \u00b7 $1.00\n", stderr: "" });
  expect(run(CLEW, ["statusline"], "{garbage")).toEqual({ code: 0, stdout: "", stderr: "" });
});
