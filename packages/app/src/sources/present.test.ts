import { describe, expect, test } from "vitest";
import type { Block } from "../model/present.ts";
import { envelope, parsed } from "./claude/testing.ts";
import { presentEvent } from "./present.ts";

function present(record: object | string) {
  const body = Buffer.from(typeof record === "string" ? record : JSON.stringify(record));
  const { type, text } = parsed(body);
  const presented = presentEvent({ source: "claude-code", type, body });
  expect(presented.text).toBe(text);
  return presented;
}

function message(type: string, content: unknown, more: object = {}) {
  return present(envelope(type, { message: { role: type, content }, ...more }));
}

describe("messages", () => {
  test("a prompt is the person's, markdown as it stands, pictures as notices", () => {
    expect(message("user", "**Why?**")).toMatchObject({ role: "user", blocks: [{ kind: "text", text: "**Why?**" }] });
    const image = { type: "image", source: { type: "base64", data: "aGVsbG8=" } };
    expect(message("user", [image, { type: "text", text: "This?" }]).blocks).toEqual([
      { kind: "notice", label: "image", text: "" },
      { kind: "text", text: "This?" },
    ]);
  });

  test("a response: thinking, text, call with its input", () => {
    const content = [
      { type: "thinking", thinking: "hm", signature: "c2ln" },
      { type: "thinking", thinking: "", signature: "c2ln" },
      { type: "text", text: "Yes." },
      { type: "tool_use", id: "toolu_1", name: "Bash", input: { command: "ls", timeout: 5 } },
    ];
    expect(message("assistant", content)).toMatchObject({
      role: "assistant",
      blocks: [
        { kind: "thinking", text: "hm" },
        { kind: "text", text: "Yes." },
        { kind: "tool_call", toolUseId: "toolu_1", name: "Bash", input: { command: "ls", timeout: 5 } },
      ],
    });
  });

  test("a result: text, pictures counted, failure, what is left out", () => {
    const result = (block: object, toolUseResult?: unknown): Block | undefined =>
      message("user", [{ type: "tool_result", tool_use_id: "toolu_1", ...block }], { toolUseResult }).blocks[0];
    expect(result({ content: "out" })).toEqual({
      kind: "tool_result",
      toolUseId: "toolu_1",
      text: "out",
      isError: false,
    });
    expect(result({ content: [{ type: "image" }, { type: "text", text: "a" }, { type: "image" }] })).toMatchObject({
      text: "a",
      images: 2,
    });
    expect(result({ content: "Exit code 1", is_error: true })).toMatchObject({ isError: true });
    expect(result({ content: "<persisted-output>\nOutput too large" })).toMatchObject({ truncated: true });
    expect(result({ content: "" }, "User rejected tool use")).toMatchObject({ text: "User rejected tool use" });
  });

  test("an edit's patch", () => {
    const hunk = { oldStart: 1, oldLines: 1, newStart: 1, newLines: 1, lines: ["-woad", "+indigo", 5] };
    const toolUseResult = { filePath: "/a", structuredPatch: [hunk, "nonsense"] };
    const [block] = message("user", [{ type: "tool_result", tool_use_id: "t", content: "ok" }], {
      toolUseResult,
    }).blocks;
    expect(block).toMatchObject({ patch: [{ ...hunk, lines: ["-woad", "+indigo"] }] });
  });

  test("a subagent's message inside a progress record", () => {
    const inner = (type: string, content: unknown) =>
      present(
        envelope("progress", {
          data: { type: "agent_progress", agentId: "a1", message: { type, message: { content } } },
        }),
      );
    expect(inner("assistant", [{ type: "text", text: "Found." }])).toMatchObject({
      role: "assistant",
      blocks: [{ kind: "text", text: "Found." }],
    });
    expect(inner("user", [{ type: "tool_result", content: "x" }]).role).toBe("tool");
    expect(inner("user", [{ type: "text", text: "Look." }]).role).toBe("user");
  });

  test("foreign input is bounded and clean, whatever its keys are", () => {
    let input: unknown = "deep";
    for (let depth = 0; depth < 100; depth++) input = { input };
    const body = JSON.stringify(
      envelope("assistant", { message: { content: [{ type: "tool_use", id: "t", name: "X", input }] } }),
    );
    const [block] = present(body).blocks;
    expect(JSON.stringify(block)).toContain('"…"');
    expect(JSON.stringify(block)).not.toContain("deep");
    const strange = present(
      '{"type":"assistant","message":{"content":[{"type":"tool_use","id":"t","name":"X","input":{"__proto__":{"a":"\\u0000\\ud800"}}}]}}',
    );
    expect(JSON.stringify(strange.blocks)).toContain('"__proto__":{"a":"\uFFFD\uFFFD"}');
  });
});

describe("notices", () => {
  test.each([
    [
      "<command-message>review</command-message>\n<command-name>/review</command-name>\n<command-args>42</command-args>",
      "user",
      "command",
      "/review 42",
    ],
    ["<local-command-stdout>12 % used</local-command-stdout>", "system", "output", "12 % used"],
    ["<bash-input>ls</bash-input>", "user", "shell", "ls"],
    [
      "<task-notification><summary>Agent done</summary><result>All well.</result></task-notification>",
      "system",
      "notification",
      "Agent done\n\nAll well.",
    ],
    ["[Request interrupted by user]", "system", "interruption", "Request interrupted by user"],
  ])("%s", (content, role, label, text) => {
    expect(message("user", content)).toMatchObject({ role, blocks: [{ kind: "notice", label, text }] });
  });

  test("turns, compactions, hooks, titles, modes", () => {
    const blocks = (record: object) => present(record).blocks;
    expect(blocks(envelope("system", { subtype: "turn_duration", durationMs: 61_250 }))).toEqual([
      { kind: "notice", label: "turn", text: "61.3 s" },
    ]);
    const compactMetadata = { trigger: "auto", preTokens: 9300, postTokens: 2600 };
    expect(blocks(envelope("system", { subtype: "compact_boundary", compactMetadata }))).toEqual([
      { kind: "notice", label: "compaction", text: "auto, 9300 tokens before, 2600 after" },
    ]);
    expect(blocks(envelope("attachment", { attachment: { type: "hook_success", content: "hi" } }))).toEqual([
      { kind: "attachment", label: "hook success", text: "hi" },
    ]);
    expect(blocks({ type: "custom-title", customTitle: "Jam" })).toEqual([
      { kind: "notice", label: "custom title", text: "Jam" },
    ]);
    expect(blocks({ type: "permission-mode", permissionMode: "plan" })).toEqual([
      { kind: "notice", label: "permission mode", text: "plan" },
    ]);
  });

  test("a prompt that was queued looks like a prompt", () => {
    const attachment = { type: "queued_command", prompt: "Two skeins.", origin: { kind: "human" } };
    expect(present(envelope("attachment", { attachment }))).toMatchObject({
      role: "user",
      blocks: [{ kind: "text", text: "Two skeins." }],
    });
  });
});

describe("what cannot be understood", () => {
  test("is shown as it stands, within bounds", () => {
    expect(present("{ broken").blocks).toEqual([{ kind: "raw", text: "{ broken" }]);
    expect(present('{"type":"weather","sky":"grey"}').blocks).toEqual([
      { kind: "raw", text: '{"type":"weather","sky":"grey"}' },
    ]);
    const [long] = present(`"${"x".repeat(1_000_000)}"`).blocks;
    expect(long).toMatchObject({ kind: "raw" });
    expect(JSON.stringify(long).length).toBeLessThan(70_000);
  });

  test("a tool output beside the transcript is text", () => {
    const presented = presentEvent({ source: "claude-code", type: "tool.output", body: Buffer.from("twelve skeins") });
    expect(presented).toEqual({
      text: "twelve skeins",
      role: "tool",
      blocks: [{ kind: "attachment", label: "tool output", text: "twelve skeins" }],
    });
  });
});
