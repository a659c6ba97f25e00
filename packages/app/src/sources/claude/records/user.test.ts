import { describe, expect, test } from "vitest";
import { envelope, facts, parsed, SUBAGENT } from "../testing.ts";

function user(content: unknown, more: object = {}) {
  return parsed(envelope("user", { message: { role: "user", content }, ...more }));
}

function result(block: object, more: object = {}) {
  return user([{ type: "tool_result", tool_use_id: "toolu_1", ...block }], more);
}

describe("prompts", () => {
  test("typed text is a prompt, a title and a turn", () => {
    const record = user("Fix the loom,\n  please", { promptId: "p-1", permissionMode: "plan" });
    expect(record).toMatchObject({ type: "user.prompt", origin: "human", text: "Fix the loom,\n  please" });
    expect(facts(record, "prompt")).toEqual([{ kind: "prompt", promptId: "p-1", text: "Fix the loom,\n  please" }]);
    expect(facts(record, "title")).toEqual([{ kind: "title", source: "prompt", title: "Fix the loom, please" }]);
    expect(facts(record, "detail")).toContainEqual({
      kind: "detail",
      detailKind: "mode",
      key: "permission",
      detail: { mode: "plan" },
    });
  });

  test("of several blocks the typed one counts, pictures are left out", () => {
    const record = user([
      { type: "text", text: "<ide_opened_file>loom.py</ide_opened_file>" },
      { type: "image", source: { type: "base64", data: "aGVsbG8=" } },
      { type: "text", text: "What is this?" },
    ]);
    expect(facts(record, "prompt")[0]?.text).toBe("What is this?");
    expect(record.text).toBe("<ide_opened_file>loom.py</ide_opened_file>\nWhat is this?");
  });

  test("long text is shortened in facts without cutting a character in two", () => {
    const record = user(`${"x".repeat(499)}😀 end`);
    expect(facts(record, "prompt")[0]?.text).toBe("x".repeat(499));
    expect(record.text).toContain("😀 end");
  });

  test("a subagent's prompt was written by an agent; an inline sidechain names no session either", () => {
    const message = { role: "user", content: "Look around" };
    const own = parsed(envelope("user", { message, isSidechain: true }), SUBAGENT);
    expect(own).toMatchObject({ type: "user.prompt", origin: "agent" });
    expect(facts(own, "prompt")).toEqual([]);
    expect(facts(own, "title")).toHaveLength(1);
    const inline = user("Look around", { isSidechain: true });
    expect(inline.origin).toBe("agent");
    expect([...facts(inline, "prompt"), ...facts(inline, "title")]).toEqual([]);
  });
});

describe("what nobody typed as a prompt", () => {
  test.each([
    ["<command-name>/clear</command-name>", {}, "user.meta.command", "human"],
    [
      "<command-message>review</command-message>\n<command-name>/review</command-name>",
      {},
      "user.meta.command",
      "human",
    ],
    ["<local-command-stdout>done</local-command-stdout>", {}, "user.meta.output", "tool"],
    ["<bash-input>ls</bash-input>", {}, "user.meta.shell", "human"],
    ["<bash-stdout>loom.py</bash-stdout>", {}, "user.meta.output", "tool"],
    ["<task-notification>done</task-notification>", {}, "user.meta.notification", "tool"],
    ["An agent is done", { origin: { kind: "task-notification" } }, "user.meta.notification", "tool"],
    ["[Request interrupted by user]", {}, "user.meta.interruption", "human"],
    ["Continued from", { isCompactSummary: true }, "user.meta.summary", "agent"],
    ["<local-command-caveat>Caveat</local-command-caveat>", { isMeta: true }, "user.meta", "tool"],
  ])("%j %j is %s", (content, more, type, origin) => {
    const record = user(content, more);
    expect(record).toMatchObject({ type, origin, text: content });
    expect(facts(record, "prompt")).toEqual([]);
  });

  test("an origin that says human makes a prompt of text that looks like a tag", () => {
    expect(user("<ci-event>red</ci-event>", { origin: { kind: "human" } }).type).toBe("user.prompt");
  });

  test("an interruption is counted", () => {
    expect(facts(user("[Request interrupted by user for tool use]"), "count")).toEqual([
      { kind: "count", what: "interruption" },
    ]);
  });

  test("a prompt command counts as the skill that it is and gives a title, a local one keeps its slash", () => {
    const review = user(
      "<command-message>review</command-message>\n<command-name>/review</command-name>\n<command-args>42</command-args>",
    );
    expect(facts(review, "detail")).toContainEqual({
      kind: "detail",
      detailKind: "skill",
      key: "review",
      detail: { via: "command" },
    });
    expect(facts(review, "title")).toEqual([{ kind: "title", source: "prompt", title: "/review 42" }]);
    const clear = user("<command-name>/clear</command-name>\n<command-message>clear</command-message>");
    expect(facts(clear, "detail")).toContainEqual({
      kind: "detail",
      detailKind: "skill",
      key: "/clear",
      detail: { via: "command" },
    });
    expect(facts(clear, "title")).toEqual([]);
  });
});

describe("tool results", () => {
  test("how a call ended", () => {
    const status = (block: object, more: object = {}) => facts(result(block, more), "tool_result")[0]?.status;
    expect(status({ content: "fine" })).toBe("ok");
    expect(status({ content: "Exit code 1", is_error: true })).toBe("failed");
    expect(status({ content: "partly" }, { toolUseResult: { stdout: "partly", interrupted: true } })).toBe(
      "interrupted",
    );
    expect(status({ content: "[Request interrupted by user for tool use]", is_error: true })).toBe("interrupted");
    expect(status({ content: "The user doesn't want to proceed with this tool use.", is_error: true })).toBe("denied");
    expect(status({ content: "Permission to use Bash with command ls has been denied.", is_error: true })).toBe(
      "denied",
    );
    expect(
      status({
        content: "Claude requested permissions to write to /x, but you haven't granted it yet.",
        is_error: true,
      }),
    ).toBe("denied");
    expect(status({ content: "anything", is_error: true }, { toolDenialKind: "automode-unavailable" })).toBe("denied");
    expect(status({ content: "Permission bits are wrong", is_error: true })).toBe("failed");
  });

  test("a failure's first line, a denial's count, a result's size and the client's duration", () => {
    const failed = result({ content: "<tool_use_error>File does not exist.</tool_use_error>", is_error: true });
    expect(facts(failed, "tool_result")[0]?.error).toBe("File does not exist.");
    expect(facts(failed, "count")).toEqual([]);
    const denied = result({ content: "The user doesn't want to proceed", is_error: true });
    expect(facts(denied, "count")).toEqual([{ kind: "count", what: "denial" }]);
    const timed = result({ content: [{ type: "text", text: "é" }] }, { toolUseResult: { durationMs: 12.7 } });
    expect(facts(timed, "tool_result")[0]).toMatchObject({ resultBytes: 2, durationMs: 12 });
    const large = result(
      { content: "<persisted-output>" },
      { toolUseResult: { stdout: "", persistedOutputSize: 300_000 } },
    );
    expect(facts(large, "tool_result")[0]?.resultBytes).toBe(300_000);
  });

  test("the text is the content's, once; the client's copy stands in for none", () => {
    expect(result({ content: "loom.py" }, { toolUseResult: { stdout: "loom.py" } }).text).toBe("loom.py");
    expect(result({ content: "" }, { toolUseResult: { stdout: "out", stderr: "err" } }).text).toBe("out\nerr");
    expect(result({ content: [{ type: "tool_reference", tool_name: "Edit" }] }).text).toBe("Edit");
  });

  test("the subagent that a call started", () => {
    const record = result(
      { content: "done" },
      { toolUseResult: { agentId: "a1", agentType: "Explore", description: "Look", status: "completed" } },
    );
    expect(facts(record, "tool_result")[0]?.childSessionId).toBe("s-1.a1");
    expect(facts(record, "session")).toContainEqual({
      kind: "session",
      sessionId: "s-1.a1",
      parentSessionId: "s-1",
      spawnToolUseId: "toolu_1",
      trigger: "agent",
      agentType: "Explore",
      agentDescription: "Look",
    });
    expect(
      facts(result({ content: "" }, { toolUseResult: { agentId: "../a1" } }), "tool_result")[0]?.childSessionId,
    ).toBeNull();
  });

  test("files: read, created, written, edited; nothing of a failure", () => {
    const files = (toolUseResult: object, isError = false) =>
      facts(result({ content: "x", is_error: isError }, { toolUseResult }), "detail").map(
        ({ detailKind, key, detail }) => [detailKind, key, detail],
      );
    expect(files({ type: "text", file: { filePath: "/a" } })).toEqual([["file_read", "/a", null]]);
    expect(files({ type: "create", filePath: "/a", structuredPatch: [] })).toEqual([
      ["file", "/a", { action: "create" }],
    ]);
    expect(files({ type: "update", filePath: "/a", structuredPatch: [] })).toEqual([
      ["file", "/a", { action: "write" }],
    ]);
    expect(files({ filePath: "/a", newString: "b", structuredPatch: [] })).toEqual([
      ["file", "/a", { action: "edit" }],
    ]);
    expect(files({ filePath: "/a", edits: [], structuredPatch: [] })).toEqual([["file", "/a", { action: "edit" }]]);
    expect(files({ filePath: "/a", newString: "b", structuredPatch: [] }, true)).toEqual([]);
  });

  test("tasks, web searches, commits and pull requests", () => {
    const details = (toolUseResult: object) =>
      facts(result({ content: "x" }, { toolUseResult }), "detail").map(({ detailKind, key, detail }) => [
        detailKind,
        key,
        detail,
      ]);
    expect(details({ task: { id: "3", subject: "Weave" } })).toEqual([["todo", "task:3", { subject: "Weave" }]]);
    expect(details({ success: true, taskId: "3", statusChange: { from: "pending", to: "completed" } })).toEqual([
      ["todo", "task:3:status", { status: "completed" }],
    ]);
    expect(facts(result({ content: "x" }, { toolUseResult: { query: "q", searchCount: 2 } }), "web_search")).toEqual([
      { kind: "web_search", toolUseId: "toolu_1", searches: 2 },
    ]);
    const commit = { sha: "abc1234", kind: "amended" };
    expect(details({ stdout: "[main abc1234] Weave", gitOperation: { commit } })).toEqual([
      ["commit", "abc1234", { branch: "main", subject: "Weave" }],
    ]);
    expect(details({ stdout: "quiet", gitOperation: { commit } })).toEqual([
      ["commit", "abc1234", { kind: "amended" }],
    ]);
    expect(details({ stdout: "https://github.com/ada/loom/pull/7\n" })).toEqual([
      ["pull_request", "https://github.com/ada/loom/pull/7", { action: null }],
    ]);
  });

  test("a result that names no call joins nothing", () => {
    const record = user([{ type: "tool_result", content: "x" }]);
    expect(record.type).toBe("tool.result");
    expect(facts(record, "tool_result")).toEqual([]);
  });
});
