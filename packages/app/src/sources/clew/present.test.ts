import { describe, expect, test } from "vitest";
import type { Block } from "../../model/present.ts";
import { own, ownRecord } from "../hooks/testing.ts";
import { presentEvent } from "../present.ts";

function shown(type: string, data: unknown, more: object = {}): readonly Block[] {
  const event = own(ownRecord(type, data, more));
  return presentEvent({ source: "clew", type: event.type, body: event.body }).blocks;
}

describe("an own event", () => {
  test("of a type of one word has a label", () => {
    expect(shown("stage", {}, { message: "weaving" })).toEqual([{ kind: "notice", label: "stage", text: "weaving" }]);
    const [call] = shown("interaction", { interaction_id: 1 }, { message: "local tiny" });
    expect(call).toEqual({ kind: "notice", label: "call of a model", text: "local tiny" });
  });

  test("that announces a call says its figures", () => {
    const usage = { input_tokens: 12, output_tokens: 3, cache_read_input_tokens: 100 };
    const error = { name: "RateLimitError", message: "429" };
    const [call] = shown("interaction", { usage, latency_ms: 1840, error }, { message: "local tiny" });
    expect(call).toMatchObject({ text: "local tiny, 112 tokens in, 3 out, 1840 ms, RateLimitError: 429" });
  });
});

describe("what an import brought in is readable", () => {
  test.each([
    [
      "usage.imported",
      { key: "s", model: "claude-opus-4-5", input_tokens: 10, output_tokens: 4, cost_usd: 0.25 },
      "imported usage",
      "claude-opus-4-5, 10 tokens in, 4 out, $0.250",
    ],
    [
      "import.file",
      { name: "a.json", bytes: 3, part: 0, parts: 1, encoding: "text", content: "{[}", problem: "it holds no list" },
      "imported file",
      "a.json, 3 bytes, it holds no list",
    ],
    [
      "todos.imported",
      {
        todos: [
          { text: "Warp", status: "completed" },
          { text: "Weave", status: "pending" },
        ],
      },
      "imported todos",
      "2, 1 of them completed",
    ],
    [
      "entry.imported",
      { category: "bug", status: "open", title: "Loose warp" },
      "imported entry",
      "Loose warp, (bug, open)",
    ],
  ])("%s", (type, data, label, text) => {
    const [first, ...rest] = shown(type, data);
    expect(first).toEqual({ kind: "notice", label, text });
    expect(rest.map(({ kind }) => kind)).not.toContain("raw");
  });

  test("a file's text stands below it, whatever else the record says is no matter", () => {
    const [, content] = shown("import.file", { name: 4, encoding: "text", content: "{[}", bytes: "many" });
    expect(content).toEqual({ kind: "attachment", label: "the file as it was", text: "{[}" });
  });

  test("rows of tables", () => {
    for (const type of ["message.imported", "mcp.usage.imported", "import.session_state"]) {
      const [first, row] = shown(type, { original: { a: 1 } }, { message: "yarn find" });
      expect(first).toMatchObject({ kind: "notice", text: "yarn find" });
      expect(row).toMatchObject({ kind: "attachment", label: "as it was imported" });
    }
  });
});
