import { mkdirSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { subjectHistory, subjectState } from "../query/shared-subject.ts";
import { processStart } from "../registry/process.ts";
import { openRegistry } from "../registry/registry.ts";
import { testEntry } from "../registry/testing.ts";
import { writeSpoolRecord } from "../spool/spool-directory.ts";
import { openWriter } from "../store/db.ts";
import { acquireWriterLock } from "../store/lock.ts";
import type { Author } from "./author.ts";
import { addEntry, resolveEntry } from "./entries.ts";
import { type Authoring, openAuthoring } from "./open-authoring.ts";

const ID = "5d1f6c1e-90ab-4c3e-8f0e-3a6b7c8d9e0f";
let root: string;
let now: number;
let opened: Authoring[];

beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), "clew-authoring-")));
  mkdirSync(join(root, "web", ".git"), { recursive: true });
  now = Date.UTC(2026, 10, 21, 12);
  opened = [];
});
afterEach(() => {
  for (const one of opened) one.close();
  rmSync(root, { recursive: true, force: true });
});

function open(env: Readonly<Record<string, string>> = {}): Authoring {
  const all = { HOME: root, CLEW_HOME: join(root, "home"), CLEW_RUNTIME_DIR: join(root, "run"), USER: "ada", ...env };
  // A minute between any two things that are written.
  const clock = (): number => {
    now += 60_000;
    return now;
  };
  const authoring = openAuthoring({ env: all, clock, cwd: join(root, "web"), pid: process.pid });
  opened.push(authoring);
  return authoring;
}

/** What a hook of the agent's session leaves in the spool. */
function hook(event: string, body: Readonly<Record<string, unknown>> = {}): void {
  now += 1000;
  const common = { session_id: ID, transcript_path: "/nowhere", cwd: join(root, "web"), hook_event_name: event };
  writeSpoolRecord(join(root, "home", "spool"), {
    kind: "hook",
    fields: { at: String(now), pid: "1" },
    body: Buffer.from(JSON.stringify({ ...common, ...body })),
  });
}

const changeOf = (authoring: Authoring, entryId: string) =>
  authoring.read((db) => subjectHistory(db, "entry", entryId))!.at(-1)!;
const log = (authoring: Authoring, author: Author) => addEntry(authoring, { category: "issue", title: "t" }, author);

describe("who writes", () => {
  it("in a terminal is the person, or whom the environment names", () => {
    const person = { identity: "person:ada", origin: "human", tainted: false, sessionId: null };
    expect(open().author()).toMatchObject({ ...person, projectId: "dir:web" });
    expect(open({ CLEW_IDENTITY: "bo" }).author()).toMatchObject({
      identity: "bo",
      origin: "human",
      person: "person:ada",
    });
  });

  it("in an agent's process is the agent, whichever session is named", async () => {
    hook("SessionStart", { source: "startup" });
    const other = "11111111-90ab-4c3e-8f0e-3a6b7c8d9e0f";
    const env = { CLAUDE_CODE_SESSION_ID: ID };
    const first = open(env);
    await log(first, first.author());
    openRegistry({ directory: join(root, "run"), clock: () => now });
    writeSpoolRecord(join(root, "home", "spool"), {
      kind: "hook",
      fields: { at: String(now), pid: "2", identity: "somebody-else" },
      body: Buffer.from(
        JSON.stringify({
          session_id: other,
          cwd: join(root, "web"),
          hook_event_name: "SessionStart",
          source: "startup",
        }),
      ),
    });
    await log(first, first.author());
    const author = open(env).author(other.slice(0, 8));
    expect(author).toMatchObject({
      identity: "claude-code@web",
      origin: "agent",
      sessionId: other,
      agentSession: ID,
      why: "it was named",
    });
    // Nor does a person become whose session they name.
    expect(open().author(other)).toMatchObject({ identity: "person:ada", origin: "human", sessionId: other });
  });

  it("in an agent's process of which nothing else is known is the same each time, and never clean", async () => {
    const authoring = open({ CLAUDE_CODE_SESSION_ID: ID });
    for (let time = 0; time < 2; time++) {
      const { entryId } = await log(authoring, authoring.author());
      expect(changeOf(authoring, entryId)).toMatchObject({ author: "claude-code@web", tainted: true });
    }
  });

  it("beside an agent's session is the person, in that session", () => {
    openRegistry({ directory: join(root, "run"), clock: () => now }).register(
      testEntry(ID, {
        pid: process.ppid,
        process_started_at: processStart(process.ppid),
        workspace_path: join(root, "web"),
        started_at: new Date(now).toISOString(),
      }),
    );
    const inside = open().author();
    expect(inside).toMatchObject({ origin: "agent", agentSession: ID });
    const authoring = openAuthoring({
      env: { HOME: root, CLEW_HOME: join(root, "home"), CLEW_RUNTIME_DIR: join(root, "run"), USER: "ada" },
      clock: () => now,
      cwd: join(root, "web"),
      pid: 1,
    });
    opened.push(authoring);
    expect(authoring.author()).toMatchObject({ identity: "person:ada", origin: "human", sessionId: ID });
  });
});

describe("what an agent writes", () => {
  const env = { CLAUDE_CODE_SESSION_ID: ID };

  it("is tainted once its session has read what anybody wrote, though that still waits in the spool", async () => {
    hook("SessionStart", { source: "startup" });
    const authoring = open(env);
    // Nothing is stored of the session yet.
    expect(authoring.author().tainted).toBe(true);
    const clean = await log(authoring, { ...authoring.author(), tainted: false });
    expect(changeOf(authoring, clean.entryId)).toMatchObject({ tainted: false, origin: "agent", sessionId: ID });
    const author = authoring.author();
    expect(author.tainted).toBe(false);
    hook("PostToolUse", { tool_name: "WebFetch", tool_use_id: "toolu_1", tool_input: {}, tool_response: {} });
    const tainted = await log(authoring, author);
    expect(changeOf(authoring, tainted.entryId).tainted).toBe(true);
    await resolveEntry(authoring, clean.entryId, { note: "derived" }, author);
    expect(authoring.read((db) => subjectState(db, "entry", clean.entryId))?.tainted).toBe(true);
  });

  it("is tainted when what waits cannot be known in time", async () => {
    hook("SessionStart", { source: "startup" });
    const authoring = open(env);
    await log(authoring, authoring.author());
    const author = authoring.author();
    expect(author.tainted).toBe(false);
    hook("PostToolUse", { tool_name: "Read", tool_use_id: "toolu_2", tool_input: {}, tool_response: {} });
    const lock = acquireWriterLock(join(root, "home", "writer.lock"), "index");
    const { entryId, isStored } = await log(authoring, author);
    lock.release();
    expect(isStored).toBe(false);
    const next = open();
    await log(next, next.author());
    expect(changeOf(next, entryId).tainted).toBe(true);
  });
});

describe("the store", () => {
  it("of an older Clew is brought up to date by the first thing that is written", async () => {
    mkdirSync(join(root, "home"), { mode: 0o700 });
    const db = openWriter(join(root, "home", "clew.db"));
    for (const table of [
      ...["changes", "entries", "messages", "message_marks", "memory_files", "entities", "relations", "inbox_marks"],
      ...["shared_index", "subjects"],
    ])
      db.exec(`DROP TABLE ${table}`);
    db.pragma("user_version = 3");
    db.close();
    const authoring = open();
    expect(authoring.read(() => "asked")).toBeNull();
    const { entryId, isStored } = await log(authoring, authoring.author());
    expect([isStored, changeOf(authoring, entryId).author]).toEqual([true, "person:ada"]);
  });

  it("is told nothing twice", async () => {
    const authoring = open();
    const author = authoring.author();
    const { entryId } = await log(authoring, author);
    expect(await resolveEntry(authoring, entryId, { status: "open" }, author)).toBeNull();
    const changed = await resolveEntry(authoring, entryId, { status: "blocked" }, author);
    expect(changed).toMatchObject({ isStored: true });
    expect(changeOf(authoring, entryId)).toMatchObject({
      changeId: changed!.changeId,
      data: { set: { status: "blocked" } },
    });
  });
});
