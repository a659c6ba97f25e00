import { describe, expect, test } from "vitest";
import { facts, TEST_NOW } from "../claude/testing.ts";
import { AT, own, ownRecord, problems, SESSION } from "../hooks/testing.ts";
import { UNKNOWN_SESSION } from "../spooled.ts";

const activity = (what: string, reason: string | null = null): object => ({
  kind: "activity",
  sessionId: SESSION,
  ts: AT,
  activity: what,
  reason,
});

test("a change of a device whose clock is ahead is a change", () => {
  const data = { target: "entry", subject: "e-000000000001", author: "bo", origin: "human", set: { title: "Later" } };
  const event = own({
    ...ownRecord("change", { ...data, hlc: 2 ** 50, device: "d-1" }),
    ts: "2031-01-01T00:00:00.000Z",
  });
  expect(event.ts).toBe(TEST_NOW);
  expect(event.facts).toContainEqual(
    expect.objectContaining({ kind: "change", subject: "e-000000000001", ts: Date.UTC(2031, 0, 1) }),
  );
});

describe("a session's start", () => {
  test("says where, why, in which process and for whom", () => {
    const data = {
      parent_session_id: "p-1",
      cwd: "/home/ada/loom",
      agent: "command",
      trigger: "cron: nightly",
      command: "heddle  count\n--all",
      identity: "ada",
      pid: 4711,
      process_started_at: "boot-1 99",
      phase: "dyeing",
      tags: ["night"],
      trace_id: "0af7651916cd43dd8448eb211c80319c",
      span_id: "b7ad6b7169203331",
      caller_span_id: "0000000000000000",
    };
    const event = own(ownRecord("session.start", data));
    expect(event).toMatchObject({
      source: "clew",
      type: "session.start",
      agent: "command",
      origin: "tool",
      sessionId: SESSION,
      rootSessionId: SESSION,
      workspaceId: "0123456789abcdef",
      cwd: "/home/ada/loom",
      ts: AT,
      text: "heddle  count\n--all",
      transcriptPath: null,
    });
    expect(event.facts).toEqual([
      { kind: "session", sessionId: SESSION, cwd: "/home/ada/loom", trigger: "cron: nightly", parentSessionId: "p-1" },
      { kind: "title", source: "custom", title: "heddle count --all" },
      { kind: "session_label", sessionId: SESSION, phase: "dyeing", tags: ["night"] },
      {
        kind: "trace",
        sessionId: SESSION,
        traceId: "0af7651916cd43dd8448eb211c80319c",
        spanId: "b7ad6b7169203331",
        callerSpanId: null,
        ts: AT,
      },
      activity("working"),
      { kind: "process", sessionId: SESSION, ts: AT, pid: 4711, startedAt: "boot-1 99" },
      { kind: "identity", sessionId: SESSION, identity: "ada" },
    ]);
  });

  test("a name beats the command, and a session is not its own parent", () => {
    const event = own(ownRecord("session.start", { name: "Nightly", command: "x", parent_session_id: SESSION }));
    expect(event.facts).toEqual([
      { kind: "session", sessionId: SESSION },
      { kind: "title", source: "custom", title: "Nightly" },
      activity("working"),
    ]);
    expect(event.agent).toBe("script");
  });

  test("whatever is wrong is left out, and said once", () => {
    const data = {
      parent_session_id: "../x",
      cwd: 7,
      agent: "claude-code",
      trigger: ["a"],
      name: {},
      identity: "a\u202eb",
      pid: 1.5,
      process_started_at: 5,
    };
    const event = own(ownRecord("session.start", data));
    expect(event).toMatchObject({ agent: "script", cwd: null, text: "" });
    expect(event.facts.filter(({ kind }) => kind !== "problem")).toEqual([
      { kind: "session", sessionId: SESSION },
      activity("working"),
    ]);
    expect(problems(event).toSorted()).toEqual([
      "broken_field: data.agent: no such word",
      "broken_field: data.cwd: no text",
      "broken_field: data.identity: no name",
      "broken_field: data.name: no text",
      "broken_field: data.parent_session_id: no session id",
      "broken_field: data.pid: no such number",
      "broken_field: data.trigger: no text",
    ]);
  });
});

describe("a session's end", () => {
  test.each([
    [{ status: "completed", exit_code: 0 }, [activity("ended", "exit 0")], "exit 0", true],
    [{ status: "failed", exit_code: 3 }, [activity("failed", "exit 3"), activity("ended", "exit 3")], "exit 3", false],
    [
      { status: "failed", signal: "SIGTERM", result: "cut off" },
      [activity("failed", "signal SIGTERM"), activity("ended", "signal SIGTERM")],
      "cut off",
      false,
    ],
    [{}, [activity("ended")], null, null],
    [{ status: "lost", exit_code: "3" }, [activity("ended")], null, null],
  ])("%j", (data, activities, result, success) => {
    const event = own(ownRecord("session.end", data));
    expect(facts(event, "activity")).toEqual(activities);
    expect(facts(event, "agent_result")).toEqual([{ kind: "agent_result", sessionId: SESSION, result, success }]);
  });

  test("long last words are cut", () => {
    const event = own(ownRecord("session.end", { result: "x".repeat(9000) }));
    expect(facts(event, "agent_result")[0]?.result).toHaveLength(2000);
    expect(problems(event)).toEqual(["broken_field: data.result: cut at 2000 characters"]);
  });
});

describe("outcome and state", () => {
  test("an outcome has what was said, and nothing else", () => {
    const event = own(ownRecord("session.outcome", { summary: "Dyed.", decisions: ["madder"], commits: [] }));
    expect(event.facts).toEqual([
      { kind: "outcome", sessionId: SESSION, ts: AT, summary: "Dyed.", decisions: ["madder"], commits: [] },
    ]);
    expect(event).toMatchObject({ origin: "agent", text: "Dyed.\nmadder" });
    expect(own(ownRecord("session.outcome", {})).facts).toEqual([]);
    expect(own(ownRecord("session.outcome")).facts).toEqual([]);
  });

  test("wrong entries are left out", () => {
    const data = { tasks_completed: ["one", 2, "", "x".repeat(2000)], learnings: "all of it", files: { a: 1 } };
    const event = own(ownRecord("session.outcome", data));
    expect(facts(event, "outcome")[0]?.tasksCompleted?.map(({ length }) => length)).toEqual([3, 1000]);
    expect(facts(event, "outcome")[0]).not.toHaveProperty("learnings");
    expect(problems(event)).toEqual([
      "broken_field: data.tasks_completed: an entry that is no text",
      "broken_field: data.tasks_completed: an entry cut at 1000 characters",
      "broken_field: data.learnings: no list",
      "broken_field: data.files: no list",
    ]);
  });

  test("a list without end is cut", () => {
    const event = own(ownRecord("session.outcome", { files: Array.from({ length: 1000 }, (_, index) => `f${index}`) }));
    expect(facts(event, "outcome")[0]?.files).toHaveLength(500);
    expect(problems(event)).toEqual(["broken_field: data.files: cut at 500 entries"]);
  });

  test("a state: a focus can be taken away", () => {
    const todos = [{ text: "Wind", status: "in_progress" }, { text: "Weave" }, { text: "", status: "pending" }, 5];
    const event = own(ownRecord("session.state", { focus: null, next_steps: ["Dye"], todos }));
    expect(facts(event, "state")).toEqual([
      {
        kind: "state",
        sessionId: SESSION,
        ts: AT,
        focus: null,
        nextSteps: ["Dye"],
        todos: [
          { text: "Wind", status: "in_progress" },
          { text: "Weave", status: "pending" },
        ],
      },
    ]);
    expect(event.text).toBe("Dye\nWind\nWeave");
    expect(problems(event)).toHaveLength(2);
    expect(own(ownRecord("session.state", { focus: "The blue vat" })).facts).toEqual([
      { kind: "state", sessionId: SESSION, ts: AT, focus: "The blue vat" },
    ]);
  });
});

test("activity, with the process where it is known", () => {
  const event = own(ownRecord("session.activity", { activity: "lost", reason: "process <b>gone</b>", pid: 5 }));
  expect(event.facts).toEqual([
    activity("lost", "process bgoneb"),
    { kind: "process", sessionId: SESSION, ts: AT, pid: 5, startedAt: null },
  ]);
  expect(own(ownRecord("session.activity", { activity: "asleep" })).facts).toMatchObject([{ kind: "problem" }]);
});

test("what was given to a session is kept and never searched", () => {
  const items = [{ kind: "focus", text: "a\u0000b", deep: [[[[[[[[["x"]]]]]]]]] }, 7];
  const event = own(ownRecord("context.injected", { text: "Last time: dyed.", items }, { message: "not this either" }));
  expect(event).toMatchObject({ type: "context.injected", text: "", agent: "claude-code" });
  expect(facts(event, "injected")).toMatchObject([{ text: "Last time: dyed.", items: [{ text: "a\uFFFDb" }] }]);
  expect(JSON.stringify(facts(event, "injected"))).not.toContain('"x"');
});

describe("lines and others", () => {
  test.each([
    [{ type: "vat.heated" }, "event.vat.heated"],
    [{ type: "../x y/z" }, "event.x-y-z"],
    [{ type: "🧶" }, "event.other"],
    [{ type: "x".repeat(500) }, `event.${"x".repeat(60)}`],
    [{ type: 7 }, "event.none"],
    [{ type: "constructor" }, "event.constructor"],
  ])("%j", (more, type) => {
    const event = own(ownRecord("", { stream: "stdout", line: 1 }, { message: "twelve\u0000 heddles", ...more }));
    expect(event).toMatchObject({ type, text: "twelve\uFFFD heddles", facts: [], agent: "unknown", origin: "tool" });
  });
});

test.each([
  [{ severity: "warn" }, "warn"],
  [{}, "info"],
  [{ severity: "FATAL" }, "info"],
])("a log line, %j", (more, level) => {
  const data = {
    logger: "vat",
    service: "dye-works",
    pid: 7,
    trace_id: "0af7651916cd43dd8448eb211c80319c",
    span_id: "x",
  };
  const event = own(ownRecord("log", data, { message: "hot\u0000\nall of it", ...more }));
  expect(event).toMatchObject({ type: `log.${level}`, text: "hot\uFFFD\nall of it", agent: "unknown" });
  expect(event.facts).toEqual([
    {
      kind: "log_line",
      sessionId: SESSION,
      ts: AT,
      level,
      message: "hot\uFFFD\nall of it",
      logger: "vat",
      service: "dye-works",
      pid: 7,
      host: null,
      traceId: "0af7651916cd43dd8448eb211c80319c",
      spanId: null,
      path: null,
      fileOffset: null,
      format: "clew",
    },
  ]);
});

test("a call of a model", () => {
  const usage = {
    input_tokens: 10,
    output_tokens: 5,
    cache_creation_input_tokens: 7,
    cache_creation_1h_input_tokens: 3,
  };
  const data = {
    file: "/logs/a.jsonl",
    interaction_id: 2,
    provider: "anthropic",
    model: "m-1",
    usage,
    cost: 0.25,
    latency_ms: 80.5,
  };
  const event = own(ownRecord("interaction", { ...data, response_id: "msg_1", error: { name: "E", message: "x\ny" } }));
  expect(event).toMatchObject({ type: "interaction", sessionId: SESSION });
  expect(event.facts).toEqual([
    expect.objectContaining({
      kind: "model_call",
      by: "interaction",
      messageId: "msg_1",
      requestId: null,
      sessionId: SESSION,
      usage: {
        inputTokens: 10,
        outputTokens: 5,
        cache5mTokens: 4,
        cache1hTokens: 3,
        cacheWriteTokens: 7,
        cacheReadTokens: 0,
      },
      costMicros: 250_000,
      durationMs: 80.5,
      error: "E: x",
      interaction: { file: "/logs/a.jsonl", number: 2 },
    }),
  ]);
  const nonsense = { usage: "much", cost: -1, latency_ms: "long", model: { a: 1 }, error: [], trace_id: 5 };
  expect(own(ownRecord("interaction", nonsense)).facts).toEqual([
    expect.objectContaining({
      usage: null,
      costMicros: null,
      durationMs: null,
      model: null,
      error: null,
      traceId: null,
    }),
  ]);
});

test("what was brought in says so", () => {
  const event = own(ownRecord("session.outcome", { summary: "s" }), { import: "json" });
  expect(event.origin).toBe("import");
  expect(event.facts).toContainEqual({ kind: "session_label", sessionId: SESSION, imported: "json" });
});

describe("a head that is wrong", () => {
  test("no id: the file's name and the body stand for it", () => {
    for (const id of [undefined, "", 5, "x".repeat(1000)]) {
      const event = own(ownRecord("log", {}, { id, message: "m" }));
      expect(event.naturalKey).toMatch(/^clew:0001\.rec:[0-9a-f]{16}$/);
      expect(problems(event)).toEqual(["broken_field: id is no id"]);
    }
  });

  test("no correlation id: the header's session, else none", () => {
    const record = ownRecord("session.activity", { activity: "idle" }, { correlation_id: undefined });
    expect(own(record, { session: "s-1" })).toMatchObject({ sessionId: "s-1", workspaceId: null });
    const unknown = own(record);
    expect(unknown.sessionId).toBe(UNKNOWN_SESSION);
    expect(unknown.facts.map(({ kind }) => kind)).toEqual(["problem"]);
    const half = own(ownRecord("session.activity", { activity: "idle" }, { correlation_id: "loom:s-2" }));
    expect(half).toMatchObject({ sessionId: "s-2", workspaceId: null });
    expect(problems(half)).toEqual(["broken_field: correlation_id is not <workspace id>:<session id>"]);
  });

  test("a subagent's session is below its root", () => {
    const event = own(ownRecord("log", {}, { message: "m", correlation_id: `0123456789abcdef:${SESSION}.a1` }));
    expect(event).toMatchObject({ sessionId: `${SESSION}.a1`, rootSessionId: SESSION });
  });

  test("no time: the header's", () => {
    for (const ts of [undefined, "yesterday", 5]) expect(own(ownRecord("log", {}, { ts })).ts).toBe(AT);
    const late = own(
      ownRecord("session.activity", { activity: "idle" }, { ts: new Date(TEST_NOW + 9e7).toISOString() }),
    );
    expect(late).toMatchObject({ ts: null, facts: [{ kind: "problem", reason: "future_time" }] });
  });

  test("another version is kept, and nothing follows from it", () => {
    const event = own(ownRecord("session.outcome", { summary: "s" }, { v: 2, message: "m" }));
    expect(event).toMatchObject({ type: "session.outcome", facts: [{ message: "a version that is not known" }] });
  });

  test("data that is none, a message that is none", () => {
    const event = own(ownRecord("log", [1], { message: { a: 1 } }));
    expect(event.text).toBe("");
    expect(problems(event)).toEqual(["broken_field: message is no text", "broken_field: data is no object"]);
  });

  test("fields that objects have by nature say nothing", () => {
    const event =
      own(`{"v":1,"id":"r","type":"session.outcome","correlation_id":"0123456789abcdef:s","ts":"2026-11-21T11:00:00Z",
      "data":{"__proto__":{"summary":"no"},"constructor":{"summary":"no"}}}`);
    expect(event.facts).toEqual([]);
  });
});
