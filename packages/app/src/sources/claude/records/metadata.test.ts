import { describe, expect, test } from "vitest";
import { facts, parsed } from "../testing.ts";

describe("titles", () => {
  test.each([
    [{ type: "custom-title", customTitle: " Shuttle jam " }, "title.custom", "custom", "human"],
    [{ type: "ai-title", aiTitle: "Shuttle jam" }, "title.ai", "ai", "agent"],
    [{ type: "summary", summary: "Shuttle jam", leafUuid: "x" }, "title.summary", "summary", "agent"],
  ])("%j", (record, type, source, origin) => {
    const line = parsed(record);
    expect(line).toMatchObject({ type, origin, ts: null });
    expect(line.text.trim()).toBe("Shuttle jam");
    expect(facts(line, "title")).toEqual([{ kind: "title", source, title: "Shuttle jam" }]);
  });

  test("an empty title is none", () => {
    expect(facts(parsed({ type: "custom-title", customTitle: " " }), "title")).toEqual([]);
  });
});

test("the client's own cost, as whole micro-dollars", () => {
  const cost = (totalCostUSD: unknown) => facts(parsed({ type: "cost-state", totalCostUSD }), "client_cost");
  expect(cost(0.0123456)).toEqual([{ kind: "client_cost", costMicros: 12_346 }]);
  expect(cost(0)).toEqual([{ kind: "client_cost", costMicros: 0 }]);
  for (const nonsense of [-1, "1", null, 1e300]) expect(cost(nonsense)).toEqual([]);
});

test("modes and pull requests", () => {
  const details = (record: object) =>
    facts(parsed(record), "detail").map(({ detailKind, key, detail }) => [detailKind, key, detail]);
  expect(details({ type: "mode", mode: "normal" })).toEqual([["mode", "session", { mode: "normal" }]]);
  expect(details({ type: "permission-mode", permissionMode: "plan" })).toEqual([
    ["mode", "permission", { mode: "plan" }],
  ]);
  const link = { type: "pr-link", prNumber: 7, prUrl: "https://github.com/ada/loom/pull/7", prRepository: "ada/loom" };
  expect(details(link)).toEqual([["pull_request", link.prUrl, { number: 7, repository: "ada/loom" }]]);
});

test("bookkeeping is kept and not searched", () => {
  for (const type of [
    "file-history-snapshot",
    "queue-operation",
    "last-prompt",
    "api-request",
    "api-request-blob",
    "tools-used",
    "atis-latch",
  ]) {
    expect(parsed({ type, content: "text", lastPrompt: "text", message: { content: "text" } })).toMatchObject({
      type: `claude.${type}`,
      text: "",
    });
  }
});

test("a type that nobody knows is kept under its name and searched", () => {
  expect(parsed({ type: "weather-report", uuid: "u-1", sessionId: "s", sky: ["overcast"] })).toMatchObject({
    type: "unknown.weather-report",
    eventId: "u-1",
    text: "overcast",
  });
  expect(parsed({ type: "no word!" }).type).toBe("unknown.other");
  expect(parsed({ sky: "clear" })).toMatchObject({ type: "unknown.none", text: "clear" });
});
