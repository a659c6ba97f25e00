import { describe, expect, test } from "vitest";
import { type DemoKnowledgeOptions, demoKnowledge } from "./demo-knowledge.ts";
import { demoFiles } from "./write-demo.ts";

const now = Date.UTC(2026, 4, 20, 0, 5);
const options: DemoKnowledgeOptions = {
  now,
  seed: "test",
  files: demoFiles({ now, seed: "test" }),
  person: "person:mira",
  placeOf: (cwd) => ({ projectId: `dir:${cwd}`, workspaceId: `w-${cwd.split("/").at(-1)}` }),
  keyOf: (projectId, path) => `${projectId ?? "global"}/${path}`,
};
const changes = demoKnowledge(options);

describe("what the made-up people and agents have written down", () => {
  test("is the same for the same seed, in the order of its times, and never later than now", () => {
    expect(demoKnowledge(options)).toEqual(changes);
    expect(demoKnowledge({ ...options, seed: "other" })[0]?.id).not.toBe(changes[0]?.id);
    const times = changes.map(({ ts }) => Date.parse(ts));
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(Math.max(...times)).toBeLessThanOrEqual(now);
  });

  test("names the sessions of the transcripts", () => {
    const paths = options.files.map(({ path }) => path);
    const named = new Set(changes.map(({ correlation_id }) => correlation_id.split(":")[1]!));
    named.delete("uncorrelated");
    expect(named.size).toBeGreaterThan(6);
    expect([...named].filter((id) => !paths.some((path) => path.endsWith(`${id}.jsonl`)))).toEqual([]);
  });

  test("has files with several versions, two that stand side by side, and relations between what is known", () => {
    const subjects = (target: string): readonly string[] =>
      changes.filter(({ data }) => data.target === target).map(({ data }) => data.subject);
    const versions = subjects("memory");
    expect(new Set(versions).size).toBeGreaterThan(7);
    expect(versions.length).toBeGreaterThan(new Set(versions).size);
    const first = new Set<string>();
    const beside = changes.filter(({ data }) => {
      const isFirst = data.target !== "memory" || !first.has(data.subject);
      first.add(data.subject);
      return !isFirst && data.replaces === undefined;
    });
    expect(beside).toHaveLength(1);
    const known = new Set(subjects("entity"));
    const relations = changes.filter(({ data }) => data.target === "relation");
    expect(relations.length).toBeGreaterThan(15);
    for (const { data } of relations)
      expect([known.has(String(data.set?.from)), known.has(String(data.set?.to))]).toEqual([true, true]);
  });
});
