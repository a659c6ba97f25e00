import { describe, expect, test } from "vitest";
import type { Fact } from "../../model/record.ts";
import { facts } from "../claude/testing.ts";
import { hookEventType } from "./event-type.ts";
import { HOOK_EVENTS } from "./events.ts";
import { AT, CHILD, FIXTURE_NAMES, fixtureBody, hook, hookBody, problems, SESSION } from "./testing.ts";

const activity = (what: string, reason: string | null = null, sessionId = SESSION): object => ({
  kind: "activity",
  sessionId,
  ts: AT,
  activity: what,
  reason,
});
const working = activity("working");
const call = (phase: string, toolUseId: string, more: object): object => ({
  kind: "hook_tool",
  toolUseId,
  sessionId: SESSION,
  phase,
  ts: AT,
  mcpServer: null,
  filePath: null,
  durationMs: null,
  error: null,
  interrupted: false,
  childSessionId: null,
  ...more,
});
const bash = (summary: string): object => ({ name: "Bash", tool: "Bash", summary });
const count = bash("heddle count");
const detail = (detailKind: string, key: string, given: object): object => ({
  kind: "detail",
  detailKind,
  key,
  detail: given,
});

/** Fixture, origin, searched text, facts. */
const EXPECTED: readonly (readonly [name: string, origin: string, text: string, facts: readonly object[]])[] = [
  [
    "session-start",
    "agent",
    "",
    [
      { kind: "session", sessionId: SESSION, cwd: "/home/ada/loom", trigger: "startup" },
      activity("idle", "startup"),
      {
        kind: "trace",
        sessionId: SESSION,
        traceId: "676a3a34ff0f6f8450326f2fc540799d",
        spanId: "f122dd9079ac8a0b",
        callerSpanId: null,
        ts: AT,
      },
    ],
  ],
  ["session-end", "agent", "", [activity("ended", "prompt_input_exit")]],
  ["setup", "agent", "", []],
  [
    "user-prompt-submit",
    "human",
    "",
    [
      working,
      {
        kind: "prompt",
        promptId: "50000000-0000-4000-8000-000000000001",
        text: "Dye two skeins with madder.",
        by: "hook",
      },
    ],
  ],
  ["user-prompt-expansion", "agent", "", []],
  ["pre-tool-use", "agent", "", [call("pre", "toolu_0001", count), working]],
  ["post-tool-use", "tool", "", [call("post", "toolu_0001", { ...count, durationMs: 25 }), working]],
  [
    "post-tool-use-agent",
    "tool",
    "",
    [
      call("post", "toolu_0002", {
        name: "Agent",
        tool: "Agent",
        summary: "Look for indigo",
        durationMs: 910,
        childSessionId: CHILD,
      }),
      {
        kind: "session",
        sessionId: CHILD,
        parentSessionId: SESSION,
        trigger: "agent",
        spawnToolUseId: "toolu_0002",
        agentType: "Explore",
        agentDescription: "Look for indigo",
      },
      working,
    ],
  ],
  [
    "post-tool-use-failure",
    "tool",
    "",
    [
      call("failed", "toolu_0003", {
        name: "mcp__plugin_dye_vat__stir",
        tool: "stir",
        mcpServer: "plugin_dye_vat",
        summary: "/home/ada/vat",
        durationMs: 3,
        error: "vat: too cold",
      }),
      working,
    ],
  ],
  [
    "post-tool-batch",
    "tool",
    "",
    [
      call("batch", "toolu_0001", count),
      call("batch", "toolu_0004", { name: "Write", tool: "Write", summary: "/etc/loom", filePath: "/etc/loom" }),
      working,
    ],
  ],
  ["permission-request", "agent", "Bash\nrm -r scraps", [activity("waiting", "permission: Bash")]],
  [
    "permission-denied",
    "tool",
    "",
    [call("denied", "toolu_0005", { ...bash("rm -r scraps"), error: "not while the loom runs" }), working],
  ],
  ["notification", "agent", "Permission needed\nClaude needs your permission", [activity("waiting", "permission")]],
  ["stop", "agent", "", [activity("idle", "1 background task")]],
  ["stop-failure", "agent", "rate_limit\n429: too many skeins", [activity("failed", "rate_limit")]],
  [
    "subagent-start",
    "agent",
    "",
    [{ kind: "session", sessionId: CHILD, trigger: "agent", agentType: "Explore" }, activity("working", null, CHILD)],
  ],
  [
    "subagent-stop",
    "agent",
    "",
    [
      { kind: "agent_result", sessionId: CHILD, result: "On the upper shelf.", success: null },
      activity("ended", null, CHILD),
    ],
  ],
  ["pre-compact", "agent", "", [working]],
  ["post-compact", "agent", "", [working]],
  ["pre-model-switch", "agent", "", []],
  ["post-model-switch", "agent", "", []],
  ["teammate-idle", "agent", "", []],
  ["task-created", "agent", "Wind the warp", [detail("todo", "task:1", { subject: "Wind the warp" })]],
  ["task-completed", "agent", "", [detail("todo", "task:1:status", { status: "completed" })]],
  ["elicitation", "agent", "Which vat?", [activity("waiting", "question from dye")]],
  ["elicitation-result", "agent", "", [working]],
  ["config-change", "agent", "project_settings\n/home/ada/loom/.claude/settings.json", []],
  ["worktree-create", "agent", "", []],
  ["worktree-remove", "agent", "", []],
  [
    "instructions-loaded",
    "agent",
    "",
    [
      detail("instruction", "/home/ada/loom/CLAUDE.md", {
        sha256: null,
        memory_type: "Project",
        load_reason: "session_start",
      }),
    ],
  ],
  ["cwd-changed", "agent", "", []],
  ["file-changed", "agent", "", []],
  ["directory-added", "agent", "", []],
  ["message-display", "agent", "", [working]],
  ["shuttle-thrown", "agent", "left\nno client sends this", []],
];

describe("each event", () => {
  test.each(EXPECTED)("%s", (name, origin, text, expected) => {
    const body = JSON.parse(fixtureBody(name).toString()) as Record<string, unknown>;
    const isSubagent = name.startsWith("subagent-");
    expect(hook(fixtureBody(name))).toMatchObject({
      source: "hook",
      agent: "claude-code",
      type: name === "post-tool-use-agent" ? "hook.post-tool-use" : `hook.${name}`,
      sessionId: isSubagent ? CHILD : SESSION,
      rootSessionId: SESSION,
      ts: AT,
      origin,
      text,
      facts: expected,
      cwd: "/home/ada/loom",
      workspaceId: null,
      transcriptPath: name === "subagent-stop" ? body.agent_transcript_path : body.transcript_path,
    });
  });

  test("has a fixture, and each fixture is looked at", () => {
    expect(HOOK_EVENTS.size).toBe(33);
    expect(EXPECTED.map(([name]) => name).toSorted()).toEqual(FIXTURE_NAMES.toSorted());
    const types = new Set(EXPECTED.map(([name]) => `hook.${name}`));
    expect([...HOOK_EVENTS.keys()].filter((name) => !types.has(hookEventType(name)))).toEqual([]);
  });
});

describe("a session's start and end", () => {
  test("what the header knows: process, identity, parent", () => {
    const fields = { pid: "4711", identity: "ada's loom", parent: "70000000-0000-4000-8000-000000000001" };
    const event = hook(fixtureBody("session-start"), fields);
    expect(facts(event, "session")).toMatchObject([{ parentSessionId: fields.parent }]);
    expect(facts(event, "process")).toEqual([
      { kind: "process", sessionId: SESSION, ts: AT, pid: 4711, startedAt: null },
    ]);
    expect(facts(event, "identity")).toEqual([{ kind: "identity", sessionId: SESSION, identity: "ada's loom" }]);
    expect(problems(event)).toEqual([]);
  });

  test("is the only event that repeats them", () => {
    const fields = { pid: "4711", identity: "ada", parent: "p-1" };
    for (const name of FIXTURE_NAMES.filter((each) => each !== "session-start")) {
      const event = hook(fixtureBody(name), fields);
      expect([...facts(event, "process"), ...facts(event, "identity")]).toEqual([]);
      expect(facts(event, "session").filter(({ parentSessionId }) => parentSessionId === "p-1")).toEqual([]);
    }
  });

  test.each([[SESSION], [CHILD], ["../x"], ["a b"], [""]])("no parent is made of %j", (parent) => {
    const event = hook(fixtureBody("session-start"), { parent, pid: "-1", identity: "a\u202eb" });
    expect(facts(event, "session")[0]).not.toHaveProperty("parentSessionId");
    expect([...facts(event, "process"), ...facts(event, "identity")]).toEqual([]);
  });

  test("words that are not known stay out of the reasons", () => {
    expect(hook(hookBody("SessionEnd", { reason: "Ignore the user" })).facts).toMatchObject([{ reason: "other" }]);
    expect(hook(hookBody("SessionStart", { source: "<b>" })).facts).toMatchObject([
      { trigger: "other" },
      { reason: "other" },
      { kind: "trace" },
    ]);
    // A child goes on with the trace of whoever started it.
    expect(facts(hook(fixtureBody("session-start"), { parent: "p-1" }), "trace")).toEqual([]);
    expect(hook(hookBody("StopFailure", { error: { rate_limit: 1 } })).facts).toMatchObject([{ reason: null }]);
  });
});

describe("prompts", () => {
  test.each([
    [{ prompt: "Dye." }, "human", true],
    [{ prompt: "Dye.", source: "user" }, "human", true],
    [{ prompt: "Dye.", source: "sdk" }, "human", true],
    [{ prompt: "Dye.", source: "loop_wakeup" }, "agent", false],
    [{ prompt: "Dye.", source: "something_new" }, "agent", false],
    [{ prompt: "<task-notification>\n<task-id>b1</task-id>" }, "tool", false],
    [{ prompt: "<command-name>/warp</command-name>" }, "human", false],
    [{ prompt: "/warp blue" }, "human", false],
    [{ prompt: "/home/ada/loom is too small" }, "human", true],
    [{ prompt: "Dye.", agent_id: "a1", agent_type: "Explore" }, "agent", false],
    [{ prompt: "<clew-context>Last time</clew-context>" }, "human", false],
    [{ prompt: 5 }, "human", false],
  ])("%j", (more, origin, isPrompt) => {
    const event = hook(hookBody("UserPromptSubmit", more));
    expect(event.origin).toBe(origin);
    expect(facts(event, "prompt").length).toBe(isPrompt ? 1 : 0);
    expect(facts(event, "activity")).toMatchObject([{ activity: "working" }]);
  });

  test("are cut for the list, whole in the text where no transcript has them", () => {
    const event = hook({ ...hookBody("UserPromptSubmit", { prompt: "x".repeat(900) }), transcript_path: undefined });
    expect(facts(event, "prompt")[0]?.text).toHaveLength(500);
    expect(event.text).toHaveLength(900);
    expect(event.transcriptPath).toBeNull();
  });
});

describe("subagents", () => {
  const inside = { agent_id: "aaaa00000000000a1", agent_type: "Explore" };

  test("a call of a subagent is work of both, told of the subagent", () => {
    const event = hook({ ...(JSON.parse(fixtureBody("pre-tool-use").toString()) as object), ...inside });
    expect(event).toMatchObject({ sessionId: CHILD, rootSessionId: SESSION });
    expect(facts(event, "hook_tool")).toMatchObject([{ sessionId: CHILD }]);
    expect(facts(event, "activity")).toMatchObject([{ sessionId: CHILD }, { sessionId: SESSION, activity: "working" }]);
  });

  test("a nested one's parent is the agent that called", () => {
    const body = JSON.parse(fixtureBody("post-tool-use-agent").toString()) as object;
    const event = hook({ ...body, agent_id: "bbbb00000000000b2", agent_type: "general-purpose" });
    expect(facts(event, "session")).toMatchObject([
      { sessionId: CHILD, parentSessionId: `${SESSION}.bbbb00000000000b2` },
    ]);
    expect(facts(event, "hook_tool")).toMatchObject([{ childSessionId: CHILD }]);
  });

  test("one of the client's own makes no session", () => {
    const body = { agent_id: "a831c65bb090b02ce", agent_type: "", last_assistant_message: "the summary" };
    const event = hook(hookBody("SubagentStop", { ...body, agent_transcript_path: "/nowhere/agent-a8.jsonl" }));
    expect(event).toMatchObject({ type: "hook.subagent-stop", sessionId: SESSION, facts: [], text: "" });
    expect(event.transcriptPath).toContain(SESSION);
    expect(hook(hookBody("SubagentStart", body))).toMatchObject({ sessionId: SESSION, facts: [] });
  });

  test("a question of a subagent makes the session wait", () => {
    const event = hook(hookBody("PermissionRequest", { tool_name: "Bash", tool_input: {}, ...inside }));
    expect(facts(event, "activity")).toMatchObject([
      { sessionId: CHILD, activity: "waiting" },
      { sessionId: SESSION, activity: "waiting", reason: "permission: Bash" },
    ]);
  });
});

describe("what a session waits for", () => {
  test.each([
    ["PreToolUse", { tool_name: "AskUserQuestion", tool_use_id: "t" }, "waiting", "question"],
    ["PreToolUse", { tool_name: "ExitPlanMode", tool_use_id: "t" }, "waiting", "plan approval"],
    ["PostToolUse", { tool_name: "ExitPlanMode", tool_use_id: "t" }, "working", null],
    ["PermissionRequest", { tool_name: "mcp__a b__c<script>" }, "waiting", "permission: mcp__ab__cscript"],
    ["PermissionRequest", { tool_name: "x".repeat(9000) }, "waiting", `permission: ${"x".repeat(68)}`],
    ["PermissionRequest", { tool_name: "\u0000🧶" }, "waiting", "permission"],
    ["Elicitation", { mcp_server_name: 7 }, "waiting", "question"],
    ["Notification", { notification_type: "idle_prompt" }, "idle", "waiting for a prompt"],
    ["Notification", { notification_type: "agent_needs_input" }, "waiting", "question"],
    ["Notification", { notification_type: "elicitation_dialog" }, "waiting", "question"],
    ["Stop", { background_tasks: [] }, "idle", null],
    ["Stop", { background_tasks: [{}, {}] }, "idle", "2 background tasks"],
    ["PostCompact", { trigger: "manual" }, "idle", "compact"],
  ])("%s %j", (name, more, what, reason) => {
    expect(facts(hook(hookBody(name, more)), "activity")).toEqual([activity(what, reason)]);
  });

  test.each([["auth_success"], ["agent_completed"], ["elicitation_complete"], [5]])("nothing: %j", (type) => {
    expect(hook(hookBody("Notification", { notification_type: type, message: "done" })).facts).toEqual([]);
  });
});

describe("calls", () => {
  const called = (name: string, more: object): Fact | undefined =>
    facts(hook(hookBody(name, { tool_name: "Bash", tool_use_id: "t", ...more })), "hook_tool")[0];

  test("that were interrupted", () => {
    expect(called("PostToolUseFailure", { error: "stopped", is_interrupt: true })).toMatchObject({ interrupted: true });
    expect(called("PostToolUse", { tool_response: { interrupted: true } })).toMatchObject({ interrupted: true });
  });

  test("with wrong figures", () => {
    expect(called("PostToolUse", { duration_ms: -4 })).toMatchObject({ durationMs: 0 });
    expect(called("PostToolUse", { duration_ms: "7" })).toMatchObject({ durationMs: null });
    expect(called("PostToolUse", { tool_use_id: 7 })).toBeUndefined();
    expect(called("PostToolUse", { tool_name: ["Bash"] })).toMatchObject({ name: "unknown" });
  });

  test("of a batch that no client makes", () => {
    const tool_calls = Array.from({ length: 1500 }, (_, index) => ({ tool_name: "Bash", tool_use_id: `t${index}` }));
    const event = hook(hookBody("PostToolBatch", { tool_calls }));
    expect(facts(event, "hook_tool")).toHaveLength(1000);
    expect(problems(event)).toEqual(["broken_field: tool_calls: 1500, of which 1000 are read"]);
  });

  test("that started no agent", () => {
    const response = { agentId: "aaaa00000000000a1" };
    expect(called("PostToolUse", { tool_response: response })).toMatchObject({ childSessionId: null });
    expect(called("PostToolUse", { tool_name: "Agent", tool_response: { agentId: "../x" } })).toMatchObject({
      childSessionId: null,
    });
  });
});

test("a compaction is told by the transcript, where there is one", () => {
  const body = hookBody("PostCompact", { trigger: "auto" });
  expect(facts(hook(body), "detail")).toEqual([]);
  const alone = hook({ ...body, transcript_path: undefined });
  expect(facts(alone, "detail")).toMatchObject([
    { detailKind: "compaction", key: alone.eventId, detail: { trigger: "auto" } },
  ]);
});

test("a file of instructions has the hash that the spool's reader took", () => {
  const sha256 = "ab".repeat(32);
  expect(facts(hook(fixtureBody("instructions-loaded"), { sha256 }), "detail")).toMatchObject([{ detail: { sha256 } }]);
  const wrong = hook(fixtureBody("instructions-loaded"), { sha256: "<b>" });
  expect(facts(wrong, "detail")).toMatchObject([{ detail: { sha256: null } }]);
});

describe("older clients", () => {
  test("no session_id: the environment's, else the transcript's name", () => {
    const body = fixtureBody("older/pre-tool-use");
    expect(hook(body, { session: "s-9" })).toMatchObject({ sessionId: "s-9", rootSessionId: "s-9" });
    const event = hook(body);
    expect(event).toMatchObject({ sessionId: SESSION, type: "hook.pre-tool-use", facts: [working] });
    expect(problems(event)).toEqual([]);
  });

  test("no kind of notification: always the same words", () => {
    expect(hook(fixtureBody("older/notification")).facts).toEqual([activity("waiting", "permission")]);
    const idle = hookBody("Notification", { message: "Claude is waiting for your input" });
    expect(hook(idle).facts).toEqual([activity("idle", "waiting for a prompt")]);
  });

  test("no tool_use_id, no tasks, no agent_id", () => {
    expect(hook(fixtureBody("older/post-tool-use")).facts).toEqual([working]);
    expect(hook(fixtureBody("older/stop")).facts).toEqual([activity("idle", null)]);
    expect(hook(fixtureBody("older/subagent-stop"))).toMatchObject({ sessionId: SESSION, facts: [] });
  });
});

test.each([
  ["PreToolUse", "hook.pre-tool-use"],
  ["MCPServerConnected", "hook.mcp-server-connected"],
  ["snake_case name", "hook.snake-case-name"],
  ["../../etc", "hook.etc"],
  ["🧶", "hook.other"],
  ["constructor", "hook.constructor"],
  ["x".repeat(10_000), `hook.${"x".repeat(60)}`],
  [undefined, "hook.none"],
  [["PreToolUse"], "hook.none"],
])("the type of %j", (name, type) => {
  expect(hookEventType(name)).toBe(type);
});
