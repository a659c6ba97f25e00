import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Fact, ResponseFact, SessionFact } from "../../model/record.ts";
import { presentEvent } from "../present.ts";
import { eachRecord, FIXTURES, foldResponses, type Totals, totalsByModel } from "./testing.ts";

interface Expected {
  readonly problems: number;
  readonly responses: number;
  readonly tool_calls_by_name: Record<string, number>;
  readonly tokens_by_model: Record<string, Totals>;
}

/** Without replays: of two responses with one message id, the one of the sidechain is a copy. */
function withoutReplays(responses: Iterable<ResponseFact>): readonly ResponseFact[] {
  const all = [...responses];
  return all.filter(
    (fact) =>
      !fact.isSidechain ||
      fact.messageId === null ||
      !all.some((other) => other.messageId === fact.messageId && !other.isSidechain),
  );
}

function factsOf(version: string): readonly (Fact & { readonly of: string })[] {
  const all: (Fact & { readonly of: string })[] = [];
  eachRecord([join(FIXTURES, version)], (record) =>
    all.push(...record.facts.map((fact) => ({ ...fact, of: record.sessionId }))),
  );
  return all;
}

describe.each(["1.0.17", "2.1.40", "2.1.329"])("fixtures of client %s", (version) => {
  const expected = JSON.parse(readFileSync(join(FIXTURES, version, "expected.json"), "utf8")) as Expected;
  const facts = factsOf(version);

  test("tokens of each model", () => {
    const counted = withoutReplays(foldResponses(facts.filter((fact) => fact.kind === "response")).values());
    expect(totalsByModel(counted)).toEqual(expected.tokens_by_model);
    expect(counted).toHaveLength(expected.responses);
  });

  test("tool calls by name, each with its result", () => {
    const calls = new Map(
      facts.flatMap((fact) => (fact.kind === "tool_call" ? [[fact.toolUseId, fact.name] as const] : [])),
    );
    const counts: Record<string, number> = {};
    for (const name of calls.values()) counts[name] = (counts[name] ?? 0) + 1;
    expect(counts).toEqual(expected.tool_calls_by_name);
    const results = new Set(facts.flatMap((fact) => (fact.kind === "tool_result" ? [fact.toolUseId] : [])));
    expect([...calls.keys()].filter((id) => !results.has(id))).toEqual([]);
  });

  test("problems", () => {
    expect(facts.filter(({ kind }) => kind === "problem")).toHaveLength(expected.problems);
  });

  test("a reader sees the text that is searched", () => {
    let records = 0;
    eachRecord([join(FIXTURES, version)], ({ type, text }, body) => {
      records++;
      expect(presentEvent({ source: "claude-code", type, body }).text).toBe(text);
    });
    expect(records).toBeGreaterThan(10);
  });
});

/** Everything said about the parents of sessions, without repetition. */
function parents(version: string): Record<string, readonly string[]> {
  const said: Record<string, string[]> = {};
  for (const fact of factsOf(version).filter((fact): fact is SessionFact & { of: string } => fact.kind === "session")) {
    if (!fact.parentSessionId) continue;
    said[fact.sessionId] ??= [];
    if (!said[fact.sessionId]?.includes(fact.parentSessionId)) said[fact.sessionId]?.push(fact.parentSessionId);
  }
  return said;
}

test("subagents name one parent each, nested ones the agent that asked for them", () => {
  const main = "30000000-0000-4000-8000-000000000001";
  const fork = "30000000-0000-4000-8000-000000000002";
  expect(parents("2.1.329")).toEqual({
    [`${main}.aaaa00000000000a1`]: [main],
    [`${main}.bbbb00000000000b2`]: [`${main}.aaaa00000000000a1`],
    [`${main}.cccc00000000000c3`]: [main],
    [`${fork}.aaaa00000000000a1`]: [fork],
  });
  const older = "20000000-0000-4000-8000-000000000001";
  expect(parents("2.1.40")).toEqual({ [`${older}.a1b2c3d`]: [older], [`${older}.f11e001`]: [older] });
});

test("the same event keeps its id in a fork, its session does not", () => {
  const seen = new Map<string, Set<string>>();
  eachRecord([join(FIXTURES, "2.1.329")], ({ eventId, sessionId }) => {
    seen.set(eventId, (seen.get(eventId) ?? new Set()).add(sessionId));
  });
  const shared = [...seen.values()].filter((sessions) => sessions.size > 1);
  expect(shared.length).toBeGreaterThan(20);
  expect(shared.every((sessions) => sessions.size === 2)).toBe(true);
});

test("placeholder counts are marked, finished ones are not", () => {
  const marked = (version: string): readonly string[] =>
    [...foldResponses(factsOf(version).filter((fact) => fact.kind === "response")).values()]
      .filter((fact) => fact.outputUndercounted)
      .map((fact) => fact.messageId ?? "");
  expect(marked("1.0.17")).toEqual([]);
  expect(marked("2.1.329")).toEqual([]);
  expect(marked("2.1.40").toSorted()).toEqual([
    "msg_shuttle_a",
    "msg_shuttle_b",
    "msg_shuttle_c",
    "msg_shuttle_d",
    "msg_shuttle_e",
    "msg_shuttle_f",
    "msg_tension_a",
    "msg_tension_b",
  ]);
});
