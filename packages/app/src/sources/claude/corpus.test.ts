/** Everything that the parser reads of a folder of public transcripts, against figures that other code made. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { corpusDir } from "../../../../../test/corpus.ts";
import type { Fact, ResponseFact } from "../../model/record.ts";
import { presentEvent } from "../present.ts";
import { eachRecord, foldResponses, type Totals, totalsByModel } from "./testing.ts";

const corpus = corpusDir();

interface Truth {
  readonly lines: number;
  readonly bad_lines: number;
  readonly uuids: number;
  readonly tokens_by_model: Record<string, Totals>;
  readonly tool_calls_by_name: Record<string, number>;
}

interface Findings {
  readonly responses: readonly ResponseFact[];
  readonly tools: ReadonlyMap<string, string>;
  readonly problems: readonly Fact[];
  readonly types: ReadonlyMap<string, number>;
  readonly events: ReadonlySet<string>;
  readonly lines: number;
}

function read(paths: readonly string[]): Findings {
  const responses: ResponseFact[] = [];
  const tools = new Map<string, string>();
  const problems: Fact[] = [];
  const types = new Map<string, number>();
  const events = new Set<string>();
  let lines = 0;
  eachRecord(paths, ({ type, eventId, facts }) => {
    lines++;
    events.add(eventId);
    types.set(type, (types.get(type) ?? 0) + 1);
    for (const fact of facts) {
      if (fact.kind === "response") responses.push(fact);
      else if (fact.kind === "tool_call") tools.set(fact.toolUseId, fact.name);
      else if (fact.kind === "problem") problems.push(fact);
    }
  });
  return { responses, tools, problems, types, events, lines };
}

function countByName(tools: ReadonlyMap<string, string>): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of tools.values()) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}

describe.skipIf(corpus === null)("the corpus", () => {
  const claude = join(corpus ?? "", "claude");
  const truth = corpus === null ? null : (JSON.parse(readFileSync(join(corpus, "truth.json"), "utf8")) as Truth);
  const { "<synthetic>": _, ...tokens } = truth?.tokens_by_model ?? {};

  test("tokens by model and kind, tool calls by name, problems and lines are as the oracle says", () => {
    const found = read([claude]);
    expect(totalsByModel(foldResponses(found.responses).values())).toEqual(tokens);
    expect(countByName(found.tools)).toEqual(truth?.tool_calls_by_name);
    expect(found.problems).toHaveLength(truth?.bad_lines ?? 0);
    expect(found.problems.every((fact) => fact.kind === "problem" && fact.reason === "invalid_json")).toBe(true);
    expect(found.lines).toBe(truth?.lines);
    expect([...found.types.keys()].filter((type) => type.startsWith("unknown."))).toEqual([]);
    expect(found.events.size).toBeGreaterThanOrEqual(truth?.uuids ?? 0);
  });

  test("subagents' files that repeat what progress records say change nothing", () => {
    const found = read([claude, join(corpus ?? "", "derived-subagents")]);
    expect(totalsByModel(foldResponses(found.responses).values())).toEqual(tokens);
    expect(countByName(found.tools)).toEqual(truth?.tool_calls_by_name);
  });

  test("what a reader sees has the text that is searched, and blocks", () => {
    let at = 0;
    eachRecord([claude], ({ type, text }, body) => {
      if (at++ % 10 !== 0) return;
      const presented = presentEvent({ source: "claude-code", type, body });
      if (presented.text !== text || (text && presented.blocks.length === 0)) {
        expect.fail(`${type}: ${presented.blocks.length} blocks, text ${presented.text.length} of ${text.length}`);
      }
    });
    expect(at).toBe(truth?.lines);
  });
});
