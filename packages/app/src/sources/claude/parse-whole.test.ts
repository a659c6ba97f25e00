import { expect, test } from "vitest";
import type { SourceFile } from "../../model/source-file.ts";
import { parseClaudeWhole } from "./parse-whole.ts";
import { facts, SUBAGENT, TEST_NOW, TRANSCRIPT } from "./testing.ts";

const META: SourceFile = { ...SUBAGENT, kind: "meta", path: "/config/projects/-loom/s-1/subagents/agent-a1.meta.json" };
const OUTPUT: SourceFile = {
  ...TRANSCRIPT,
  kind: "tool-output",
  path: "/config/projects/-loom/s-1/tool-results/b1.txt",
};

function whole(content: string | Buffer, file: SourceFile) {
  return parseClaudeWhole(Buffer.from(content), { file, offset: 0, now: TEST_NOW });
}

test("a subagent's description, its parent and the call that started it", () => {
  const record = whole(
    '{"agentType":"Explore","description":"Fetch water","toolUseId":"toolu_1","parentAgentId":"a0"}',
    META,
  );
  expect(record).toMatchObject({ type: "claude.agent-meta", sessionId: "s-1.a1", text: "Fetch water", ts: null });
  expect(facts(record, "session")).toEqual([
    {
      kind: "session",
      sessionId: "s-1.a1",
      parentSessionId: "s-1.a0",
      trigger: "agent",
      agentType: "Explore",
      agentDescription: "Fetch water",
      spawnToolUseId: "toolu_1",
    },
  ]);
  expect(facts(record, "title")).toEqual([{ kind: "title", source: "ai", title: "Fetch water" }]);
});

test("without a parent agent the main session is the parent; what is no JSON is a problem", () => {
  expect(facts(whole('{"parentAgentId":"../x"}', META), "session")[0]?.parentSessionId).toBe("s-1");
  expect(facts(whole("{", META), "problem").map(({ reason }) => reason)).toEqual(["invalid_json"]);
});

test("a large tool output is searched, a binary one is kept", () => {
  expect(whole("twelve skeins\n", OUTPUT)).toMatchObject({
    type: "tool.output",
    origin: "tool",
    sessionId: "s-1",
    text: "twelve skeins\n",
  });
  const picture = whole(Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 1]), OUTPUT);
  expect(picture).toMatchObject({ type: "tool.output", text: "", facts: [] });
});

test("the same content in the same place is the same event, other content is another", () => {
  const id = (content: string) => whole(content, OUTPUT).eventId;
  expect(id("one")).toBe(id("one"));
  expect(id("one")).not.toBe(id("two"));
});
