import { expect, test } from "vitest";
import { presentEvent } from "../present.ts";
import { withoutInjected } from "./injected-context.ts";
import { envelope, facts, parsed } from "./testing.ts";

const CONTEXT = '<clew-context workspace="loom">\nLast time: the warp was dyed.\n</clew-context>';

test("the fence and what stands in it go, the rest stays as it is", () => {
  expect(withoutInjected("no fence ")).toBe("no fence ");
  expect(withoutInjected(`one\n${CONTEXT}\ntwo ${CONTEXT}\nthree`)).toBe("one\n\ntwo \nthree");
  expect(withoutInjected(CONTEXT)).toBe("");
});

test("a fence that is not closed reaches to the end only in what a hook printed", () => {
  expect(withoutInjected("see <clew-context> for that")).toBe("see <clew-context> for that");
  expect(withoutInjected("before <clew-context> cut off he", true)).toBe("before");
  expect(withoutInjected(`${CONTEXT} and <clew-context> cut off he`, true)).toBe("and");
});

test("many fences take no more than one pass", () => {
  expect(withoutInjected("<clew-context>".repeat(200_000), true)).toBe("");
  expect(withoutInjected("<clew-context></clew-context>".repeat(100_000))).toBe("");
});

const printed = JSON.stringify({ hookSpecificOutput: { hookEventName: "SessionStart", additionalContext: CONTEXT } });
test.each([
  [{ type: "hook_success", hookName: "SessionStart:startup", content: CONTEXT, stdout: CONTEXT, stderr: "" }, ""],
  [{ type: "hook_success", content: "", stdout: `${CONTEXT}\n`, stderr: "warned" }, "warned"],
  [{ type: "hook_additional_context", content: [CONTEXT, "by another hook"] }, "by another hook"],
  [{ type: "hook_additional_context", content: ["<clew-context>\nLast time: the war"] }, ""],
  [{ type: "file", filename: "/a", content: { file: { content: CONTEXT } } }, "/a"],
])("what a hook put into the session is not searched: %j", (attachment, text) => {
  const record = envelope("attachment", { attachment });
  expect(parsed(record).text).toBe(text);
  const body = Buffer.from(JSON.stringify(record));
  expect(presentEvent({ source: "claude-code", type: parsed(body).type, body }).text).toBe(text);
});

test("nor where the hook's output stands as the JSON that it was", () => {
  const record = parsed(envelope("attachment", { attachment: { type: "hook_success", stdout: printed } }));
  expect(record.text).not.toContain("warp");
});

test("it is shown all the same", () => {
  const attachment = { type: "hook_additional_context", content: [CONTEXT] };
  const body = Buffer.from(JSON.stringify(envelope("attachment", { attachment })));
  const [block] = presentEvent({ source: "claude-code", type: "attachment.hook_additional_context", body }).blocks;
  expect(block).toEqual({ kind: "attachment", label: "hook additional context", text: CONTEXT });
});

test("a prompt is what the user typed beside it", () => {
  const text = (content: unknown) => parsed(envelope("user", { message: { role: "user", content } }));
  const both = text(`${CONTEXT}\n\nDye the weft.`);
  expect(both).toMatchObject({ type: "user.prompt", text: "Dye the weft." });
  expect(facts(both, "prompt")).toMatchObject([{ text: "Dye the weft." }]);
  expect(facts(both, "title")).toMatchObject([{ title: "Dye the weft." }]);
  const blocks = text([
    { type: "text", text: CONTEXT },
    { type: "text", text: "Dye the weft." },
  ]);
  expect(blocks.text).toBe("Dye the weft.");
  expect(facts(blocks, "prompt")).toMatchObject([{ text: "Dye the weft." }]);
});

test("alone it is no prompt", () => {
  for (const content of [CONTEXT, [{ type: "text", text: CONTEXT }]]) {
    const record = parsed(envelope("user", { message: { role: "user", content } }));
    expect(record).toMatchObject({ type: "user.meta", origin: "tool", text: "" });
    expect(facts(record, "prompt")).toEqual([]);
    expect(facts(record, "title")).toEqual([]);
  }
});

test("nor in a tool's result, when an agent looks at it", () => {
  const content = [{ type: "tool_result", tool_use_id: "t", content: `preview:\n${CONTEXT}` }];
  expect(parsed(envelope("user", { message: { role: "user", content } })).text).toBe("preview:");
});
