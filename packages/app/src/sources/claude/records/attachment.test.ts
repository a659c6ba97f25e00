import { expect, test } from "vitest";
import { envelope, facts, parsed, SUBAGENT } from "../testing.ts";

function attachment(type: string, more: object = {}) {
  return parsed(envelope("attachment", { attachment: { type, ...more }, rendered: [{ content: "a reminder" }] }));
}

test.each([
  ["hook_success", { content: "", stdout: "no madder", stderr: "warned", command: "heddle" }, "no madder\nwarned"],
  ["hook_success", { content: "no madder", stdout: '{"x":"no madder"}', stderr: "" }, "no madder"],
  ["hook_additional_context", { content: ["one", "two"] }, "one\ntwo"],
  ["hook_blocking_error", { blockingError: { blockingError: "blocked", command: "heddle" } }, "blocked"],
  ["edited_text_file", { filename: "/a", snippet: "1\tdye" }, "/a\n1\tdye"],
  [
    "nested_memory",
    { path: "/CLAUDE.md", content: { content: "Be brief.", rawContent: "---\nBe brief." } },
    "/CLAUDE.md\nBe brief.",
  ],
  ["file", { filename: "/a", content: { type: "text", file: { content: "dye", filePath: "/a" } } }, "/a\ndye"],
  ["instructions", { files: [{ path: "/CLAUDE.md", content: "Be brief." }] }, "/CLAUDE.md\nBe brief."],
  ["something_new", { note: { deep: ["found"] } }, "found"],
  ["prompt_snapshot", { systemPrompt: ["the client's own"] }, ""],
  ["skill_listing", { content: "- every skill" }, ""],
  ["task_reminder", { content: [{ subject: "Weave" }] }, ""],
])("%s %j", (type, more, text) => {
  const record = attachment(type, more);
  expect(record).toMatchObject({ type: `attachment.${type}`, origin: "tool", text });
  expect(facts(record, "prompt")).toEqual([]);
});

test("a prompt that was queued while the agent worked stands in no other record", () => {
  const record = attachment("queued_command", {
    prompt: "Two skeins.",
    commandMode: "prompt",
    origin: { kind: "human" },
  });
  expect(record).toMatchObject({ origin: "human", text: "Two skeins." });
  expect(facts(record, "prompt")).toEqual([{ kind: "prompt", promptId: null, text: "Two skeins." }]);
  const blocks = attachment("queued_command", {
    prompt: [{ type: "text", text: "Two skeins." }],
    commandMode: "prompt",
  });
  expect(facts(blocks, "prompt")).toHaveLength(1);
});

test("a notification that was queued is none, nor is what a subagent gets", () => {
  const notification = attachment("queued_command", {
    prompt: "<task-notification>x</task-notification>",
    commandMode: "task-notification",
  });
  expect(facts(notification, "prompt")).toEqual([]);
  const message = { attachment: { type: "queued_command", prompt: "Two skeins.", commandMode: "prompt" } };
  const subagent = parsed(envelope("attachment", message), SUBAGENT);
  expect(subagent.origin).toBe("agent");
  expect(facts(subagent, "prompt")).toEqual([]);
});

test("an attachment that is none", () => {
  expect(parsed(envelope("attachment", { attachment: "x" }))).toMatchObject({ type: "attachment.none", text: "" });
});
