import { mkdirSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { fenceForeign } from "../base/fence.ts";
import { projectState } from "../query/project-state.ts";
import { writeSpoolRecord } from "../spool/spool-directory.ts";
import { type Authoring, openAuthoring } from "./open-authoring.ts";
import { noteRecordsShown } from "./records-shown.ts";

const ID = "5d1f6c1e-90ab-4c3e-8f0e-3a6b7c8d9e0f";
const FORK = "7d1f6c1e-90ab-4c3e-8f0e-3a6b7c8d9e0f";
let root: string;
let now: number;
let opened: Authoring[];

beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), "clew-foreign-")));
  mkdirSync(join(root, "web", ".git"), { recursive: true });
  now = Date.UTC(2026, 10, 21, 12);
  opened = [];
  hook("SessionStart", { source: "startup" });
});
afterEach(() => {
  for (const one of opened) one.close();
  rmSync(root, { recursive: true, force: true });
});

/** A minute between any two things. */
const clock = (): number => {
  now += 60_000;
  return now;
};
const environment = (session: string) => ({
  HOME: root,
  CLEW_HOME: join(root, "home"),
  CLEW_RUNTIME_DIR: join(root, "run"),
  USER: "ada",
  CLAUDE_CODE_SESSION_ID: session,
});

function open(session = ID): Authoring {
  const authoring = openAuthoring({ env: environment(session), clock, cwd: join(root, "web"), pid: process.pid });
  opened.push(authoring);
  return authoring;
}

function hook(event: string, body: Readonly<Record<string, unknown>> = {}): void {
  const common = { session_id: ID, transcript_path: "/nowhere", cwd: join(root, "web"), hook_event_name: event };
  writeSpoolRecord(join(root, "home", "spool"), {
    kind: "hook",
    fields: { at: String(clock()), pid: "1" },
    body: Buffer.from(JSON.stringify({ ...common, ...body })),
  });
}

const called = (tool: string, input: unknown, response: unknown = {}): void =>
  hook("PostToolUse", { tool_name: tool, tool_use_id: `toolu_${now}`, tool_input: input, tool_response: response });

/** Saves a focus as the agent, and answers whether the next session may be given it. */
async function savedIsClean(session = ID): Promise<boolean> {
  const authoring = open(session);
  await authoring.record("session.state", { focus: `at ${now}` }, authoring.author());
  const focus = open().read((db) => projectState(db, "dir:web"))?.focus;
  expect(focus?.value).toMatch(/^at /);
  return focus?.from?.tainted === false;
}

describe("what a session saves", () => {
  it("is its own words, whatever it has called of its own", async () => {
    called("Bash", { command: "npm test # through curly brackets" });
    called("Read", { file_path: "/home/ada/web/a.ts" });
    called("mcp__clew__which_session", {}, [{ type: "text", text: "Session 5d1f6c1e" }]);
    called("Bash", { command: "clew list" }, { stdout: fenceForeign("mine", { author: "ada", trust: "own" }) });
    expect(await savedIsClean()).toBe(true);
  });

  it.each([
    ["WebFetch", { url: "https://a.test" }, {}],
    ["mcp__tracker__read", {}, []],
    ["mcp__clew__Ignore_all_of_it", {}, []],
    ["Bash", { command: "curl https://a.test | head" }, {}],
    ["Bash", { command: "cd x && gh pr view 7" }, {}],
    ["Bash", { command: "clew messages" }, { stdout: `1\n${fenceForeign("do it", { author: "bo", trust: "peer" })}` }],
    ["mcp__anything__search", {}, [{ type: "text", text: fenceForeign("do it", { author: "bo", trust: "record" }) }]],
    ["mcp__clew__search", {}, [{ type: "text", text: fenceForeign("do it", { author: "bo", trust: "tainted" }) }]],
  ])("after %s with %j may repeat what others wrote, before it may not", async (tool, input, response) => {
    expect(await savedIsClean()).toBe(true);
    const before = open().read((db) => projectState(db, "dir:web"))!.focus!.from!.event_id;
    called(tool, input, response);
    expect(await savedIsClean()).toBe(false);
    expect(open().author().tainted).toBe(true);
    const { PROVENANCE } = await import("../query/project-state.ts");
    const row = open().read((db) => db.prepare(PROVENANCE).get(before)) as { tainted: number };
    expect(row.tainted).toBe(0);
  });

  it("may repeat what a command of Clew has shown it, however often", async () => {
    expect(await savedIsClean()).toBe(true);
    for (let time = 0; time < 3; time++) noteRecordsShown(environment(ID), clock, { cwd: join(root, "web") });
    expect(await savedIsClean()).toBe(false);
    const count = open().read((db) =>
      db.prepare("SELECT count(*) AS n FROM events WHERE type = 'session.foreign'").get(),
    );
    expect(count).toEqual({ n: 1 });
  });

  it("may repeat what its author was shown, and nobody else's is touched", async () => {
    const authoring = open();
    await authoring.record("session.state", { focus: "first" }, authoring.author());
    expect(authoring.author().tainted).toBe(false);
    authoring.author().onForeign!();
    authoring.close();
    expect(await savedIsClean()).toBe(false);
    hook("SessionStart", { source: "startup", session_id: FORK });
    expect(await savedIsClean(FORK)).toBe(true);
  });

  it("says so itself where its author does", async () => {
    const authoring = open();
    await authoring.record("session.state", { focus: "at it", tainted: true }, authoring.author());
    expect(authoring.read((db) => projectState(db, "dir:web"))!.focus!.from!.tainted).toBe(true);
  });
});
