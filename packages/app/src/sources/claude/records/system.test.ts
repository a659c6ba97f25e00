import { expect, test } from "vitest";
import { envelope, facts, parsed } from "../testing.ts";

function system(subtype: unknown, more: object = {}) {
  return parsed(envelope("system", { subtype, ...more }));
}

test("the end of a turn has its duration", () => {
  const record = system("turn_duration", { durationMs: 61_250 });
  expect(record.type).toBe("turn.end");
  expect(facts(record, "count")).toEqual([{ kind: "count", what: "turn", durationMs: 61_250 }]);
});

test("a compaction is counted and says what it saved; a microcompaction is only kept", () => {
  const record = system("compact_boundary", {
    compactMetadata: { trigger: "auto", preTokens: 9300, postTokens: 2600 },
  });
  expect(record.type).toBe("compaction");
  expect(facts(record, "count")).toEqual([{ kind: "count", what: "compaction" }]);
  expect(facts(record, "detail")).toEqual([
    {
      kind: "detail",
      detailKind: "compaction",
      key: "u-1",
      detail: { trigger: "auto", preTokens: 9300, postTokens: 2600 },
    },
  ]);
  const micro = system("microcompact_boundary", { content: "Context microcompacted" });
  expect(micro).toMatchObject({ type: "system.microcompact_boundary", text: "Context microcompacted" });
  expect(facts(micro, "count")).toEqual([]);
});

test("a failed request is counted, its message searched", () => {
  const record = system("api_error", { error: { message: "529 {...}", formatted: "529 Overloaded" } });
  expect(record).toMatchObject({ type: "api.error", text: "529 Overloaded" });
  expect(facts(record, "count")).toEqual([{ kind: "count", what: "api_error" }]);
  expect(system("api_error", { error: {} }).text).toBe("");
});

test("a local command is a person's", () => {
  const record = system("local_command", { content: "<command-name>/mcp</command-name>" });
  expect(record).toMatchObject({ type: "system.local_command", origin: "human" });
  expect(facts(record, "detail")).toEqual([
    { kind: "detail", detailKind: "skill", key: "/mcp", detail: { via: "command" } },
  ]);
});

test("every other subtype is kept under its name", () => {
  expect(system("away_summary", { content: "Weaving" })).toMatchObject({
    type: "system.away_summary",
    text: "Weaving",
  });
  expect(system("stop_hook_summary", { hookErrors: ["no yarn"], hookInfos: [{ command: "secret" }] }).text).toBe(
    "no yarn",
  );
  expect(system("something_new").type).toBe("system.something_new");
  expect(system("no word!").type).toBe("system.other");
  expect(system(undefined).type).toBe("system.none");
});
