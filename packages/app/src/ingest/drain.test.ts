import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { clewPaths } from "../base/paths.ts";
import { encodeSpoolRecord } from "../base/spool-record.ts";
import { getSession } from "../query/session-detail.ts";
import { sessionTimeline } from "../query/timeline.ts";
import { writeSpoolRecord } from "../spool/spool-directory.ts";
import { acquireWriterLock } from "../store/lock.ts";
import { drainSpool } from "./drain.ts";
import { drainIfFree } from "./drain-command.ts";
import { openLocalStore } from "./index-command.ts";
import { runRebuild } from "./rebuild-command.ts";
import { createTestMachine, forkOf, TEST_NOW, type TestMachine, transcriptLines } from "./testing.ts";

const SESSION = "5e551000-0000-4000-8000-000000000001";
const STARTED = Date.parse("2026-09-01T10:00:00.000Z");
const TRANSCRIPT = `-home-ada-kiln/${SESSION}.jsonl`;
let machine: TestMachine;
let spool: string;

beforeEach(() => {
  machine = createTestMachine();
  spool = clewPaths(machine.env).spool;
});
afterEach(() => machine.remove());

function hook(name: string, seconds: number, body: Readonly<Record<string, unknown>> = {}): void {
  writeSpoolRecord(spool, {
    kind: "hook",
    fields: { at: String(STARTED + seconds * 1000), pid: "4242", project: "/home/ada/kiln" },
    body: Buffer.from(
      JSON.stringify({
        session_id: SESSION,
        transcript_path: machine.path(TRANSCRIPT),
        cwd: "/home/ada/kiln",
        hook_event_name: name,
        ...body,
      }),
    ),
  });
}

/** A session as hooks see it: the transcript of `transcript()` tells the same one. */
function hooks(): void {
  const tool = { tool_name: "Bash", tool_input: { command: "npm test" }, tool_use_id: `toolu_${SESSION.slice(0, 8)}1` };
  hook("SessionStart", 0, { source: "startup" });
  hook("UserPromptSubmit", 1.4, { prompt: "Run the tests", prompt_id: "p-1" });
  hook("PermissionRequest", 2.9, { tool_name: "Bash", tool_input: { command: "npm test" } });
  hook("PreToolUse", 2.8, tool);
  hook("PostToolUse", 4.4, { ...tool, tool_response: { stdout: "12 passed" }, duration_ms: 1234 });
  hook("Stop", 6.1, { stop_hook_active: false });
}

function transcript(): string {
  const lines = transcriptLines(SESSION);
  lines.prompt("Run the tests").bash("npm test", "12 passed").answer("All 12 pass.");
  lines.records[0]!.promptId = "p-1";
  return lines.text();
}

const drain = () => drainIfFree(machine.env, () => TEST_NOW);
const detail = () => machine.read((db) => getSession(db, { sessionId: SESSION, now: TEST_NOW })!);

describe("drainSpool()", () => {
  it("brings what hooks told into the store, and only then removes it", async () => {
    hooks();
    expect(readdirSync(spool)).toHaveLength(6);
    expect(await drain()).toBe(true);
    expect(readdirSync(spool)).toEqual([]);
    expect(detail().session).toMatchObject({
      status: "active",
      activity: "idle",
      identity: "claude-code@kiln",
      project: "kiln",
      title: "Run the tests",
      tool_calls: 1,
      prompts: 1,
    });
    expect(detail().process).toEqual({ pid: 4242, started_at: null });
  });

  it("takes a file that stayed behind once more, and stores nothing twice", async () => {
    hook("Stop", 1);
    const [name = ""] = readdirSync(spool);
    const { store } = openLocalStore(machine.env, () => TEST_NOW);
    try {
      const bytes = encodeSpoolRecord({
        kind: "hook",
        fields: { at: String(STARTED) },
        body: Buffer.from(JSON.stringify({ session_id: SESSION, hook_event_name: "Stop" })),
      });
      const put = () => writeFileSync(join(spool, name), bytes, { mode: 0o600 });
      put();
      expect(drainSpool({ directory: spool, store, clock: () => TEST_NOW })).toMatchObject({ files: 1, events: 1 });
      put();
      expect(drainSpool({ directory: spool, store, clock: () => TEST_NOW })).toMatchObject({ files: 1, events: 0 });
    } finally {
      store.close();
    }
  });

  it("leaves what is being written, and keeps as a problem what never was finished", async () => {
    mkdirSync(spool, { recursive: true, mode: 0o700 });
    const write = (name: string, text: string, ageMs: number) => {
      writeFileSync(join(spool, name), text, { mode: 0o600 });
      const time = (TEST_NOW - ageMs) / 1000;
      utimesSync(join(spool, name), time, time);
    };
    const cut = `clew-spool 1 hook\nsession ${SESSION}\n\n{"session_id":"${SESSION}","hook_ev`;
    write("young", cut, 100);
    write("old", cut, 60_000);
    write("header-only", "clew-spool 1 hook\n\n", 60_000);
    write("empty", "", 60_000);
    await drain();
    expect(readdirSync(spool)).toEqual(["young"]);
    const problems = machine.read((db) => db.prepare("SELECT session_id, reason FROM problems").all());
    expect(problems).toEqual([{ session_id: SESSION, reason: "invalid_json" }]);
    expect(machine.read((db) => db.prepare("SELECT value FROM settings WHERE name = 'spool_torn'").get())).toEqual({
      value: 2,
    });
  });

  it("names the transcripts of its sessions, and no other file that a body names", () => {
    hook("Stop", 1);
    hook("Stop", 2, { transcript_path: "/etc/passwd" });
    hook("Stop", 3, { transcript_path: `${machine.configDir}/projects/x/other.jsonl` });
    hook("Stop", 4, { transcript_path: `${machine.configDir}/projects/x/../../${SESSION}.jsonl` });
    const { store } = openLocalStore(machine.env, () => TEST_NOW);
    try {
      const drained = drainSpool({ directory: spool, store, clock: () => TEST_NOW });
      expect(drained.transcripts).toEqual([machine.path(TRANSCRIPT)]);
    } finally {
      store.close();
    }
  });

  it("hashes the instruction files in force, as they were then", async () => {
    const directory = mkdtempSync(join(tmpdir(), "clew-instructions-"));
    try {
      const path = join(directory, "CLAUDE.md");
      writeFileSync(path, "Fire slowly.\n");
      hook("InstructionsLoaded", 1, { file_path: path, memory_type: "Project", load_reason: "session_start" });
      await drain();
      expect(detail().facts.instruction).toMatchObject([
        { key: path, detail: { sha256: createHash("sha256").update("Fire slowly.\n").digest("hex") } },
      ]);
    } finally {
      rmSync(directory, { recursive: true });
    }
  });

  it("keeps a record that the store refuses as a problem, and stores the others", () => {
    hook("Stop", 1);
    hook("Notification", 2, { message: "unlucky" });
    hook("SessionEnd", 3, { reason: "other" });
    const { store } = openLocalStore(machine.env, () => TEST_NOW);
    try {
      const writeLive: typeof store.writeLive = (events) => {
        if (events.some(({ type }) => type === "hook.notification")) throw new TypeError("a fault of ours");
        return store.writeLive(events);
      };
      const picky = { writeLive, count: store.count };
      expect(drainSpool({ directory: spool, store: picky, clock: () => TEST_NOW })).toMatchObject({
        files: 3,
        events: 3,
      });
      expect(readdirSync(spool)).toEqual([]);
      expect(store.db.prepare("SELECT type FROM events ORDER BY id").pluck().all()).toEqual([
        "hook.stop",
        "problem",
        "hook.session-end",
      ]);
      expect(store.db.prepare("SELECT message FROM problems").pluck().all()).toEqual([
        "could not be stored: a fault of ours",
      ]);
    } finally {
      store.close();
    }
  });

  it("is left to the process that is writing already", async () => {
    hook("Stop", 1);
    const lock = acquireWriterLock(clewPaths(machine.env).lock, "up");
    try {
      expect(await drain()).toBe(false);
      expect(readdirSync(spool)).toHaveLength(1);
    } finally {
      lock.release();
    }
  });
});

describe("hooks and transcript of one session", () => {
  const orders: readonly (readonly [string, () => Promise<void>])[] = [
    [
      "hooks first",
      async () => {
        hooks();
        await drain();
        machine.write(TRANSCRIPT, transcript());
        await machine.index();
      },
    ],
    [
      "transcript first",
      async () => {
        machine.write(TRANSCRIPT, transcript());
        await machine.index();
        hooks();
        await drain();
      },
    ],
    [
      "line by line",
      async () => {
        hooks();
        machine.write(TRANSCRIPT, "");
        for (const line of transcript().split(/(?<=\n)/u)) {
          machine.append(TRANSCRIPT, line);
          await machine.index();
        }
      },
    ],
  ];

  it.each(orders)("are one: %s", async (_, arrive) => {
    await arrive();
    const { session } = detail();
    expect(session).toMatchObject({ prompts: 1, tool_calls: 1, tool_failures: 0, activity: "idle", status: "active" });
    const call = machine.read((db) => db.prepare("SELECT * FROM tool_calls").get()) as Record<string, unknown>;
    expect(call).toMatchObject({ status: "ok", duration_ms: 1234, duration_source: "hook", summary: "npm test" });
    expect(call.started_at).toBe(STARTED + 2800);
    expect(JSON.parse(call.sources as string)).toMatchObject({
      call: "transcript",
      result: "transcript",
      timing: "hook",
    });
  });

  it.each(orders)("are derived again from the log alone: %s", async (_, arrive) => {
    await arrive();
    const before = machine.hashes();
    runRebuild({ env: machine.env, clock: () => TEST_NOW });
    expect(machine.hashes()).toEqual(before);
  });

  it.each(orders)("make one timeline, in the order of what happened: %s", async (_, arrive) => {
    await arrive();
    const types = machine.read((db) => sessionTimeline(db, { sessionId: SESSION }).rows.map((row) => row.type));
    expect(types).toEqual([
      "hook.session-start",
      "user.prompt",
      "hook.permission-request",
      "tool.call",
      "tool.result",
      "assistant.text",
    ]);
  });

  it("page the same timeline, two at a time, forward and backward", async () => {
    await orders[0]![1]();
    machine.read((db) => {
      const whole = sessionTimeline(db, { sessionId: SESSION }).rows.map((row) => row.event_id);
      const forward: string[] = [];
      for (let page = sessionTimeline(db, { sessionId: SESSION, limit: 2 }); ; ) {
        forward.push(...page.rows.map((row) => row.event_id));
        if (!page.has_after) break;
        page = sessionTimeline(db, { sessionId: SESSION, limit: 2, afterId: page.last_id! });
      }
      expect(forward).toEqual(whole);
      const backward: string[] = [];
      for (let beforeId = Number.MAX_SAFE_INTEGER; ; ) {
        const page = sessionTimeline(db, { sessionId: SESSION, limit: 2, beforeId });
        backward.unshift(...page.rows.map((row) => row.event_id));
        if (!page.has_before) break;
        beforeId = page.first_id!;
      }
      expect(backward).toEqual(whole);
    });
  });

  it.each(["the fork", "the original"])(
    "a fork's prompts are told apart, whichever file comes first: %s",
    async (first) => {
      const forkId = "f0770000-0000-4000-8000-000000000002";
      const original = transcriptLines(SESSION);
      original.prompt("Run the tests").answer("All pass.");
      original.records[0]!.promptId = "p-1";
      // The client gives every prompt of a fork, the copied ones too, the id of the fork's own first prompt.
      const fork = forkOf(original, forkId, "2026-09-01T11:00:00.000Z");
      fork.prompt("Go another way");
      const records = fork.records.map((record) => (record.type === "user" ? { ...record, promptId: "p-2" } : record));
      hook("UserPromptSubmit", 1, { prompt: "Run the tests", prompt_id: "p-1" });
      hook("UserPromptSubmit", 3602, { session_id: forkId, prompt: "Go another way", prompt_id: "p-2" });
      const write = {
        "the fork": () =>
          machine.write(
            `-home-ada-kiln/${forkId}.jsonl`,
            `${records.map((record) => JSON.stringify(record)).join("\n")}\n`,
          ),
        "the original": () => machine.write(TRANSCRIPT, original.text()),
      };
      write[first as keyof typeof write]();
      await machine.index();
      for (const one of Object.values(write)) one();
      await machine.index();
      const turns = machine.read((db) =>
        db.prepare("SELECT session_id, text, prompt_id, hook_ts FROM turns ORDER BY ts").all(),
      );
      expect(turns).toEqual([
        { session_id: SESSION, text: "Run the tests", prompt_id: "p-1", hook_ts: STARTED + 1000 },
        { session_id: forkId, text: "Go another way", prompt_id: "p-2", hook_ts: STARTED + 3_602_000 },
      ]);
    },
  );
});
