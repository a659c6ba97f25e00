import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { eventIdOf } from "../base/ids.ts";
import type { Fact, HookToolFact, ToolCallFact, ToolResultFact } from "../model/record.ts";
import type { LiveEvent } from "./batch.ts";
import { canonicalHashes } from "./canonical-dump.ts";
import { openStore, type Store } from "./store.ts";

const NOW = Date.UTC(2026, 10, 21, 12);
let directory: string;
let store: Store;
let stores: Store[];

function newStore(): Store {
  const opened = openStore(join(directory, `${stores.length}.db`), {
    clock: () => NOW,
    place: (cwd) => ({
      workspaceId: `w-${cwd ?? "none"}`,
      workspacePath: cwd ?? "none",
      workspaceName: "kiln",
      projectId: "dir:kiln",
      projectName: "kiln",
      remote: null,
    }),
    identify: (agent, place, given) => ({
      identityId: given ?? `${agent}@${place.projectName}`,
      personId: "person:ada",
    }),
    price: () => ({ costMicros: null, priceVersion: null }),
    prices: "none",
  });
  stores.push(opened);
  return opened;
}

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "clew-live-"));
  stores = [];
  store = newStore();
});
afterEach(() => {
  for (const one of stores) one.close();
  rmSync(directory, { recursive: true, force: true });
});

let made = 0;
function event(facts: readonly Fact[], options: Partial<LiveEvent> = {}): LiveEvent {
  const naturalKey = `test:${made++}`;
  return {
    eventId: eventIdOf(naturalKey),
    naturalKey,
    sessionId: "s1",
    rootSessionId: options.sessionId?.split(".")[0] ?? "s1",
    ts: NOW,
    type: "hook.test",
    origin: "agent",
    offset: 0,
    length: 2,
    text: "",
    facts,
    source: "hook",
    agent: "claude-code",
    cwd: "/home/ada/kiln",
    body: Buffer.from("{}"),
    ...options,
  };
}

const row = (sql: string, from = store) => from.db.prepare(sql).get() as Record<string, unknown>;

const hook = (phase: HookToolFact["phase"], ts: number, more: Partial<HookToolFact> = {}): HookToolFact => ({
  kind: "hook_tool",
  toolUseId: "t1",
  sessionId: "s1",
  phase,
  ts,
  name: "mcp__tiny__echo",
  tool: "echo",
  mcpServer: "tiny",
  summary: "hook's summary",
  filePath: null,
  durationMs: null,
  error: null,
  interrupted: false,
  childSessionId: null,
  ...more,
});
const call: ToolCallFact = {
  kind: "tool_call",
  toolUseId: "t1",
  sessionId: "s1",
  name: "mcp__tiny__echo",
  tool: "echo",
  mcpServer: "tiny",
  ts: 900,
  summary: "transcript's summary",
  filePath: null,
};
const result: ToolResultFact = {
  kind: "tool_result",
  toolUseId: "t1",
  sessionId: "s1",
  ts: 2000,
  status: "ok",
  error: null,
  resultBytes: 12,
  durationMs: null,
  childSessionId: null,
};

describe("one tool call", () => {
  it("has its timing from the hook, its content from the transcript, and says so", () => {
    store.writeLive([
      event([hook("pre", 1000)]),
      event([hook("post", 1500, { durationMs: 431 })]),
      event([call]),
      event([result]),
    ]);
    const stored = row("SELECT * FROM tool_calls");
    expect(stored).toMatchObject({
      started_at: 1000,
      ended_at: 1500,
      duration_ms: 431,
      duration_source: "hook",
      status: "ok",
      summary: "transcript's summary",
      result_bytes: 12,
    });
    expect(JSON.parse(stored.sources as string)).toEqual({
      call: "transcript",
      result: "transcript",
      timing: "hook",
      status: "transcript",
    });
  });

  it("is the same whatever is told first, and in however many transactions", () => {
    const told = [
      event([hook("pre", 1000)]),
      event([hook("post", 1500, { durationMs: 431 })]),
      event([hook("batch", 1600)]),
      event([call]),
      event([result]),
    ];
    store.writeLive(told);
    const expected = row("SELECT * FROM tool_calls");
    fc.assert(
      fc.property(
        fc.shuffledSubarray(told, { minLength: told.length }),
        fc.integer({ min: 1, max: told.length }),
        (order, cut) => {
          const other = newStore();
          other.writeLive(order.slice(0, cut));
          other.writeLive(order.slice(cut));
          expect(row("SELECT * FROM tool_calls", other)).toEqual(expected);
        },
      ),
      { numRuns: 40 },
    );
  });

  it.each([
    ["ran", [hook("pre", 1), hook("post", 2), hook("batch", 3)], "ok"],
    ["failed", [hook("pre", 1), hook("failed", 2, { error: "Exit code 3" }), hook("batch", 3)], "failed"],
    ["was interrupted", [hook("pre", 1), hook("failed", 2, { interrupted: true })], "interrupted"],
    ["was refused without a word", [hook("pre", 1), hook("batch", 3)], "denied"],
    ["was refused", [hook("pre", 1), hook("denied", 2)], "denied"],
    ["runs", [hook("pre", 1)], "pending"],
  ] as const)("that %s, as hooks alone tell", (_, facts, status) => {
    store.writeLive(facts.map((fact) => event([fact])));
    expect(row("SELECT status FROM tool_calls")).toEqual({ status });
    expect(row("SELECT tool_calls, tool_failures FROM sessions")).toEqual({
      tool_calls: 1,
      tool_failures: status === "ok" || status === "pending" ? 0 : 1,
    });
  });
});

describe("what a session is doing", () => {
  const sign = (activity: "working" | "waiting" | "idle" | "failed" | "ended" | "lost", ts: number, sessionId = "s1") =>
    event([{ kind: "activity", sessionId, ts, activity, reason: null }], { sessionId });

  it("is its newest sign, in whatever order the signs come", () => {
    const signs = [sign("idle", 1), sign("working", 2), sign("waiting", 3), sign("working", 4), sign("ended", 4)];
    fc.assert(
      fc.property(fc.shuffledSubarray(signs, { minLength: signs.length }), (order) => {
        const other = newStore();
        for (const one of order) other.writeLive([one]);
        expect(row("SELECT activity, activity_at, status FROM sessions", other)).toEqual({
          activity: "ended",
          activity_at: 4,
          status: "completed",
        });
      }),
      { numRuns: 20 },
    );
  });

  it.each([
    [["working"], "active"],
    [["working", "idle"], "active"],
    [["working", "lost"], "abandoned"],
    [["working", "failed"], "active"],
    [["working", "failed", "ended"], "failed"],
    [["ended", "idle"], "active"],
  ] as const)("makes its status: %j is %s", (activities, status) => {
    for (const [i, activity] of activities.entries()) store.writeLive([sign(activity, i + 1)]);
    expect(row("SELECT status FROM sessions")).toEqual({ status });
  });

  it("is working when its first prompt came in the millisecond of its start", () => {
    const start = event([{ kind: "activity", sessionId: "s1", ts: 5, activity: "idle", reason: "startup" }]);
    const prompt = event([{ kind: "activity", sessionId: "s1", ts: 5, activity: "working", reason: null }]);
    for (const order of [
      [start, prompt],
      [prompt, start],
    ]) {
      const other = newStore();
      for (const one of order) other.writeLive([one]);
      expect(row("SELECT activity FROM sessions", other)).toEqual({ activity: "working" });
    }
  });

  it("a failure that a later prompt mended is none", () => {
    store.writeLive([
      sign("failed", 5),
      event([{ kind: "prompt", promptId: "p2", text: "again", by: "hook" }], { ts: 6 }),
      sign("ended", 9),
    ]);
    expect(row("SELECT status FROM sessions")).toEqual({ status: "completed" });
  });

  it.each([
    ["a minute", 60_000, "is its end"],
    ["a day", 86_400_000, "is not: nobody was watching"],
  ])("lost %s after its last event: that %s", (_, later, what) => {
    store.writeLive([event([hook("pre", NOW)], { ts: NOW }), event([], { ts: NOW })]);
    store.writeLive([
      event([{ kind: "activity", sessionId: "s1", ts: NOW + later, activity: "lost", reason: "process gone" }], {
        ts: NOW + later,
        type: "session.activity",
      }),
    ]);
    expect(row("SELECT ended_at FROM sessions")).toEqual({ ended_at: what === "is its end" ? NOW + later : NOW });
    expect(row("SELECT status FROM tool_calls")).toEqual({ status: "interrupted" });
    // What is reported afterwards is no work of the session.
    store.writeLive([event([], { ts: NOW + 2 * later, type: "session.outcome" })]);
    expect(row("SELECT ended_at FROM sessions")).toEqual({ ended_at: what === "is its end" ? NOW + later : NOW });
  });

  it("is over for a subagent when its root is over", () => {
    store.writeLive([
      sign("working", 1),
      sign("working", 2, "s1.a1"),
      sign("idle", 3, "s1.a2"),
      sign("ended", 4, "s1.a2"),
    ]);
    const statuses = () => store.db.prepare("SELECT session_id, status FROM sessions ORDER BY 1").raw().all();
    expect(statuses()).toEqual([
      ["s1", "active"],
      ["s1.a1", "active"],
      ["s1.a2", "completed"],
    ]);
    store.writeLive([sign("lost", 10)]);
    expect(statuses()).toEqual([
      ["s1", "abandoned"],
      ["s1.a1", "abandoned"],
      ["s1.a2", "completed"],
    ]);
  });
});

describe("a prompt that hook and transcript tell", () => {
  const byHook = event([{ kind: "prompt", promptId: "p1", text: "fix it", by: "hook" }], { ts: 100 });
  const byTranscript = event([{ kind: "prompt", promptId: "p1", text: "fix it" }], { ts: 105 });

  it.each([
    ["hook first", [byHook, byTranscript]],
    ["transcript first", [byTranscript, byHook]],
  ])("is one turn: %s", (_, order) => {
    for (const one of order) store.writeLive([one]);
    expect(store.db.prepare("SELECT event_id, ts, hook_event_id, hook_ts FROM turns").all()).toEqual([
      { event_id: byTranscript.eventId, ts: 105, hook_event_id: byHook.eventId, hook_ts: 100 },
    ]);
  });

  it("is a turn already while only the hook has told", () => {
    store.writeLive([byHook]);
    expect(row("SELECT event_id, hook_ts FROM turns")).toEqual({ event_id: byHook.eventId, hook_ts: 100 });
  });
});

describe("sessions and their people", () => {
  const started = (sessionId: string, parentSessionId?: string) =>
    event([{ kind: "session", sessionId, cwd: "/home/ada/kiln", ...(parentSessionId && { parentSessionId }) }], {
      sessionId,
    });

  it("have an identity and a person from their first event on", () => {
    store.writeLive([started("s1")]);
    expect(row("SELECT identity_id, person_id FROM sessions")).toEqual({
      identity_id: "claude-code@kiln",
      person_id: "person:ada",
    });
  });

  it("take the identity that their surroundings give them, for what they have done already too", () => {
    store.writeLive([started("s1")]);
    store.writeLive([event([{ kind: "identity", sessionId: "s1", identity: "nightly" }])]);
    expect(row("SELECT identity_id FROM sessions")).toEqual({ identity_id: "nightly" });
    expect(store.db.prepare("SELECT DISTINCT author FROM events").all()).toEqual([{ author: "nightly" }]);
  });

  it("hang on the session that started them, which need not have spoken yet", () => {
    store.writeLive([started("child", "parent")]);
    store.writeLive([event([], { sessionId: "parent", rootSessionId: "parent", agent: "script" })]);
    expect(
      store.db.prepare("SELECT session_id, parent_session_id, agent, identity_id FROM sessions ORDER BY 1").all(),
    ).toEqual([
      { session_id: "child", parent_session_id: "parent", agent: "claude-code", identity_id: "claude-code@kiln" },
      { session_id: "parent", parent_session_id: null, agent: "script", identity_id: "script@kiln" },
    ]);
  });

  it("never close a circle", () => {
    store.writeLive([started("a", "b"), started("b", "c"), started("c", "a")]);
    expect(store.db.prepare("SELECT session_id, parent_session_id FROM sessions ORDER BY 1").raw().all()).toEqual([
      ["a", "b"],
      ["b", "c"],
      ["c", null],
    ]);
  });
});

describe("outcome and state", () => {
  it("go by their own times, in whatever order they come", () => {
    const told = [
      event([{ kind: "state", sessionId: "s1", ts: 10, focus: "old", nextSteps: ["one"] }]),
      event([{ kind: "state", sessionId: "s1", ts: 20, focus: "new" }]),
      event([{ kind: "outcome", sessionId: "s1", ts: 10, summary: "first", learnings: ["kilns are hot"] }]),
      event([{ kind: "outcome", sessionId: "s1", ts: 20, summary: "second" }]),
    ];
    fc.assert(
      fc.property(fc.shuffledSubarray(told, { minLength: told.length }), (order) => {
        const other = newStore();
        for (const one of order) other.writeLive([one]);
        expect(row("SELECT focus, focus_at, next_steps, next_steps_at FROM project_state", other)).toEqual({
          focus: "new",
          focus_at: 20,
          next_steps: '["one"]',
          next_steps_at: 10,
        });
        expect(row("SELECT summary, learnings FROM session_outcomes", other)).toEqual({
          summary: "second",
          learnings: '["kilns are hot"]',
        });
      }),
      { numRuns: 24 },
    );
  });

  it("the todo list that an agent keeps becomes its project's, a subagent's does not", () => {
    const list = (sessionId: string, ts: number, content: string) =>
      event(
        [
          { kind: "session", sessionId, cwd: "/home/ada/kiln" },
          { kind: "detail", detailKind: "todo", key: "list", detail: { items: [{ content, status: "in_progress" }] } },
        ],
        { sessionId, ts },
      );
    store.writeLive([list("s1", 5, "glaze the pots"), list("s1.a1", 6, "not this")]);
    expect(row("SELECT todos FROM project_state")).toEqual({
      todos: '[{"text":"glaze the pots","status":"in_progress"}]',
    });
  });
});

describe("bodies", () => {
  it("are kept whole, small ones in their row, large ones in the archive, and once", () => {
    const small = event([], { body: Buffer.from('{"a":1}') });
    const large = event([], { body: Buffer.from(JSON.stringify({ text: "clay ".repeat(2000) })) });
    expect(store.writeLive([small, large, small]).events).toBe(2);
    expect(store.writeLive([small, large]).events).toBe(0);
    expect(
      store.db.prepare("SELECT data IS NOT NULL AS inline, chunk_length AS length FROM events ORDER BY id").all(),
    ).toEqual([
      { inline: 1, length: null },
      { inline: 0, length: large.body.length },
    ]);
    expect(canonicalHashes(store.db).events).toMatch(/^2 /);
  });
});
