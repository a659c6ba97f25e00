import { describe, expect, test } from "vitest";
import { envelope, facts, parsed, SUBAGENT } from "../testing.ts";

const USAGE = {
  input_tokens: 10,
  output_tokens: 150,
  cache_creation_input_tokens: 1300,
  cache_read_input_tokens: 70,
  cache_creation: { ephemeral_5m_input_tokens: 400, ephemeral_1h_input_tokens: 900 },
  server_tool_use: { web_search_requests: 3 },
  output_tokens_details: { thinking_tokens: 60 },
  service_tier: "standard",
  speed: "fast",
  inference_geo: "us",
};

function assistant(
  content: unknown,
  more: object = {},
  message: object = {},
  file = undefined as Parameters<typeof parsed>[1],
) {
  const whole = { id: "msg_1", model: "claude-opus-5-5", stop_reason: "end_turn", usage: USAGE, content, ...message };
  return parsed(envelope("assistant", { message: whole, requestId: "req_1", ...more }), file);
}

describe("the event's type", () => {
  const thinking = { type: "thinking", thinking: "hm", signature: "c2ln" };
  const text = { type: "text", text: "Yes." };
  const call = { type: "tool_use", id: "toolu_1", name: "Bash", input: { command: "ls" } };

  test("a call says more than text, text more than thinking", () => {
    expect(assistant([thinking]).type).toBe("assistant.thinking");
    expect(assistant([thinking, text]).type).toBe("assistant.text");
    expect(assistant([text, thinking, call]).type).toBe("tool.call");
    expect(assistant([call, text]).type).toBe("tool.call");
    expect(assistant([]).type).toBe("assistant.text");
    expect(assistant([{ type: "redacted_thinking", data: "x" }]).type).toBe("assistant.thinking");
  });

  test("the client's own message about an error", () => {
    const record = assistant(
      [{ type: "text", text: "API Error: 400" }],
      { isApiErrorMessage: true },
      { model: "<synthetic>" },
    );
    expect(record.type).toBe("assistant.error");
    expect(facts(record, "count")).toEqual([{ kind: "count", what: "api_error" }]);
    expect(facts(record, "response")).toEqual([]);
  });

  test("text without signatures", () => {
    expect(assistant([thinking, text, call]).text).toBe("hm\nYes.\nls");
  });
});

describe("the response", () => {
  test("its tokens by kind, and all that decides its price", () => {
    expect(facts(assistant([]), "response")).toEqual([
      {
        kind: "response",
        responseId: "msg_1|req_1",
        messageId: "msg_1",
        requestId: "req_1",
        sessionId: "s-1",
        record: "assistant",
        isSidechain: false,
        ts: Date.UTC(2026, 10, 18, 11),
        model: "claude-opus-5-5",
        inputTokens: 10,
        outputTokens: 150,
        cache5mTokens: 400,
        cache1hTokens: 900,
        cacheWriteTokens: 1300,
        cacheReadTokens: 70,
        thinkingTokens: 60,
        webSearches: 3,
        serviceTier: "standard",
        speed: "fast",
        inferenceGeo: "us",
        stopReason: "end_turn",
        outputUndercounted: false,
      },
    ]);
  });

  test("records meet under message and request, without a request under the message, without both under the record", () => {
    const id = (more: object, message: object = {}) => facts(assistant([], more, message), "response")[0]?.responseId;
    expect(id({ requestId: undefined })).toBe("msg_1|");
    expect(id({ requestId: undefined }, { id: undefined })).toBe("u-1|");
    expect(id({}, { id: null })).toBe("u-1|req_1");
  });

  test.each([undefined, {}, null, []])("cache writes without a split (%j) live five minutes", (split) => {
    const usage = { ...USAGE, cache_creation: split };
    expect(facts(assistant([], {}, { usage }), "response")[0]).toMatchObject({ cache5mTokens: 1300, cache1hTokens: 0 });
  });

  test("a small count without a stop reason is a placeholder", () => {
    const undercounted = (output: number, stop_reason: string | null) =>
      facts(assistant([], {}, { usage: { ...USAGE, output_tokens: output }, stop_reason }), "response")[0]
        ?.outputUndercounted;
    expect(undercounted(1, null)).toBe(true);
    expect(undercounted(32, null)).toBe(true);
    expect(undercounted(33, null)).toBe(false);
    expect(undercounted(1, "end_turn")).toBe(false);
  });

  test("a subagent's response belongs to the subagent", () => {
    const [fact] = facts(assistant([], { isSidechain: true }, {}, SUBAGENT), "response");
    expect(fact).toMatchObject({ sessionId: "s-1.a1", isSidechain: true });
  });

  test("a message without usage is none", () => {
    expect(facts(assistant([], {}, { usage: undefined }), "response")).toEqual([]);
  });
});

describe("calls", () => {
  test("a call with its summary and file", () => {
    const record = assistant([
      { type: "tool_use", id: "toolu_1", name: "Edit", input: { file_path: "/a", old_string: "x", new_string: "y" } },
    ]);
    expect(facts(record, "tool_call")).toEqual([
      {
        kind: "tool_call",
        toolUseId: "toolu_1",
        sessionId: "s-1",
        name: "Edit",
        tool: "Edit",
        mcpServer: null,
        ts: Date.UTC(2026, 10, 18, 11),
        summary: "/a",
        filePath: "/a",
      },
    ]);
    expect(record.text).toBe("/a\nx\ny");
  });

  test("a block without an id is no call, a block without a name is", () => {
    expect(facts(assistant([{ type: "tool_use", name: "Bash", input: {} }]), "tool_call")).toEqual([]);
    expect(facts(assistant([{ type: "tool_use", id: "t", input: null }]), "tool_call")[0]).toMatchObject({
      name: "unknown",
      summary: null,
    });
  });

  test("skills, servers, notebooks and the todo list", () => {
    const details = (name: string, input: object, more: object = {}) =>
      facts(assistant([{ type: "tool_use", id: "t", name, input }], more), "detail").map(
        ({ detailKind, key, detail }) => [detailKind, key, detail],
      );
    expect(details("Skill", { skill: "dyeing" })).toEqual([["skill", "dyeing", { via: "tool" }]]);
    expect(details("mcp__color_db__look_up", {})).toEqual([
      ["foreign", "call:t", null],
      ["mcp_server", "color_db", null],
    ]);
    expect(details("mcp__clew__search", {})).toEqual([["mcp_server", "clew", null]]);
    expect(details("WebFetch", { url: "https://a.test" })).toEqual([["foreign", "call:t", null]]);
    expect(details("Bash", { command: "curl https://a.test" })).toEqual([["foreign", "call:t", null]]);
    expect(details("NotebookEdit", { notebook_path: "/a.ipynb" })).toEqual([["file", "/a.ipynb", { action: "edit" }]]);
    expect(details("TodoWrite", { todos: [{ content: "Weave", status: "completed" }, "?", { status: "x" }] })).toEqual([
      ["todo", "list", { items: [{ content: "Weave", status: "completed" }] }],
    ]);
    expect(details("Bash", {}, { attributionSkill: "dyeing", attributionMcpServer: "db" })).toEqual([
      ["skill", "dyeing", { via: "attribution" }],
      ["mcp_server", "db", null],
    ]);
  });
});
