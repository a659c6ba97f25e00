import { describe, expect, test } from "vitest";
import { envelope, facts, parsed } from "../testing.ts";

function progress(data: object) {
  return parsed(envelope("progress", { data, toolUseID: "x", parentToolUseID: "toolu_task" }));
}

function agent(inner: object, agentId: unknown = "a1") {
  const message = { timestamp: "2026-11-18T10:59:59.000Z", uuid: "u-inner", ...inner };
  return progress({ type: "agent_progress", agentId, message, normalizedMessages: [], prompt: "Look around" });
}

describe("a subagent's progress", () => {
  const message = {
    id: "msg_1",
    model: "claude-haiku-4-5",
    stop_reason: null,
    usage: { input_tokens: 3, output_tokens: 1 },
    content: [{ type: "tool_use", id: "toolu_1", name: "Grep", input: { pattern: "warp" } }],
  };

  test("names the child session, its parent and the call that started it", () => {
    expect(facts(agent({ type: "assistant", message }), "session")).toContainEqual({
      kind: "session",
      sessionId: "s-1.a1",
      parentSessionId: "s-1",
      trigger: "agent",
      spawnToolUseId: "toolu_task",
      cwd: "/home/ada/loom",
      clientVersion: "2.1.329",
    });
  });

  test("holds a response and a call of the child, under the message's own ids and time", () => {
    const record = agent({ type: "assistant", message, requestId: "req_1" });
    expect(record).toMatchObject({ type: "progress.agent", origin: "agent", sessionId: "s-1.a1", text: "warp" });
    const ts = Date.UTC(2026, 10, 18, 10, 59, 59);
    expect(facts(record, "response")[0]).toMatchObject({
      responseId: "msg_1|req_1",
      sessionId: "s-1.a1",
      record: "agent_progress",
      isSidechain: true,
      ts,
      outputUndercounted: true,
    });
    expect(facts(record, "tool_call")[0]).toMatchObject({ toolUseId: "toolu_1", sessionId: "s-1.a1", ts });
  });

  test("holds results of the child", () => {
    const content = [{ type: "tool_result", tool_use_id: "toolu_1", content: "loom.py:1" }];
    const record = agent({ type: "user", message: { role: "user", content }, toolUseResult: { durationMs: 5 } });
    expect(facts(record, "tool_result")[0]).toMatchObject({ sessionId: "s-1.a1", status: "ok", durationMs: 5 });
    expect(record.text).toBe("loom.py:1");
  });

  test("without a usable agent id, everything stays with the session of the file", () => {
    const record = agent({ type: "assistant", message }, "../../x");
    expect(facts(record, "response")[0]?.sessionId).toBe("s-1");
    expect(facts(record, "session").every(({ sessionId }) => sessionId === "s-1")).toBe(true);
  });

  test("a message of the future is as old as its record", () => {
    const record = agent({ type: "assistant", message, timestamp: "2999-01-01T00:00:00Z" });
    expect(facts(record, "response")[0]?.ts).toBe(Date.UTC(2026, 10, 18, 11));
  });
});

test("other progress is kept under its name; only what is nowhere else is searched", () => {
  expect(progress({ type: "bash_progress", output: "a", fullOutput: "a" })).toMatchObject({
    type: "progress.bash_progress",
    text: "",
  });
  expect(progress({ type: "hook_progress", command: "heddle" })).toMatchObject({
    type: "progress.hook_progress",
    text: "",
  });
  expect(progress({ type: "query_update", query: "indigo" })).toMatchObject({
    type: "progress.query_update",
    text: "indigo",
  });
  expect(progress({ type: "waiting_for_task", taskDescription: "Dye" }).text).toBe("Dye");
  expect(parsed(envelope("progress", { data: 5 })).type).toBe("progress.none");
});
