import { mkdtempSync, readdirSync, readFileSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { DemoFile } from "./demo-session.ts";
import { demoFiles, writeDemoTranscripts } from "./write-demo.ts";

const now = Date.UTC(2026, 4, 20, 0, 5);
const seed = "test";
const files = demoFiles({ now, seed });

type WireRecord = Readonly<Record<string, unknown>> & {
  readonly type: string;
  readonly uuid?: string;
  readonly timestamp?: string;
  readonly message?: {
    readonly id?: string;
    readonly model?: string;
    readonly content?: unknown;
    readonly usage?: unknown;
  };
};

const recordsOf = ({ text }: DemoFile): readonly WireRecord[] =>
  text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as WireRecord);
const transcripts = files.filter(({ path }) => path.endsWith(".jsonl"));
const records = transcripts.flatMap(recordsOf);
const blocks = records.flatMap(({ message }) =>
  Array.isArray(message?.content) ? (message.content as readonly Readonly<Record<string, unknown>>[]) : [],
);

describe("the made-up workspace", () => {
  test("is the same for the same seed and time, and another for another seed", () => {
    expect(demoFiles({ now, seed })).toEqual(files);
    expect(demoFiles({ now, seed: "other" })[0]?.path).not.toBe(files[0]?.path);
  });

  test("has three projects with 13 sessions, and subagents two levels deep", () => {
    const main = transcripts.filter(({ path }) => !path.includes("/subagents/"));
    expect(main).toHaveLength(13);
    expect(new Set(main.map(({ path }) => path.split("/")[1])).size).toBe(3);
    const depths = files
      .filter(({ path }) => path.endsWith(".meta.json"))
      .map(({ text }) => (JSON.parse(text) as { spawnDepth: number }).spawnDepth);
    expect(depths.toSorted()).toEqual([1, 1, 1, 2]);
  });

  test("is never later than now, at any hour of the day", () => {
    for (const hour of [0, 7, 23]) {
      const at = Date.UTC(2026, 4, 20, hour, 59);
      const times = demoFiles({ now: at, seed })
        .filter(({ path }) => path.endsWith(".jsonl"))
        .flatMap(recordsOf)
        .flatMap(({ timestamp }) => (timestamp ? [Date.parse(timestamp)] : []));
      expect(times.length).toBeGreaterThan(100);
      expect(Math.max(...times)).toBeLessThanOrEqual(at);
      expect(Math.min(...times)).toBeGreaterThan(at - 22 * 86_400_000);
    }
  });

  test("gives every tool call exactly one result, in the same file", () => {
    for (const file of transcripts) {
      const own = recordsOf(file).flatMap(({ message }) =>
        Array.isArray(message?.content) ? (message.content as readonly Readonly<Record<string, unknown>>[]) : [],
      );
      const calls = own.filter(({ type }) => type === "tool_use").map(({ id }) => id);
      const results = own.filter(({ type }) => type === "tool_result").map(({ tool_use_id }) => tool_use_id);
      expect(results.toSorted()).toEqual(calls.toSorted());
    }
    expect(blocks.filter(({ type }) => type === "tool_use").length).toBeGreaterThan(60);
  });

  test("repeats a response's usage in each of its records", () => {
    const usages = new Map<string, Set<string>>();
    for (const { message } of records) {
      if (!message?.id || message.model === "<synthetic>") continue;
      usages.set(message.id, (usages.get(message.id) ?? new Set()).add(JSON.stringify(message.usage)));
    }
    expect(usages.size).toBeGreaterThan(40);
    expect([...usages.values()].every((distinct) => distinct.size === 1)).toBe(true);
  });

  test("shares records between two files only where one is a fork of the other", () => {
    const seen = new Map<string, string[]>();
    for (const file of transcripts) {
      for (const { uuid } of recordsOf(file)) if (uuid) seen.set(uuid, [...(seen.get(uuid) ?? []), file.path]);
    }
    const shared = [...seen.values()].filter((paths) => paths.length > 1);
    expect(shared.length).toBeGreaterThan(5);
    expect(new Set(shared.map((paths) => paths.join())).size).toBe(1);
  });

  test("chains every record to one that stands before it", () => {
    for (const file of transcripts) {
      const before = new Set<unknown>();
      for (const { uuid, parentUuid } of recordsOf(file) as readonly (WireRecord & {
        readonly parentUuid?: unknown;
      })[]) {
        if (!uuid) continue;
        if (parentUuid !== null) expect(before.has(parentUuid), file.path).toBe(true);
        before.add(uuid);
      }
    }
  });

  test("shows failures, a denial, an interruption, a compaction, an API error, a pull request and a model without a price", () => {
    const text = transcripts.map((file) => file.text).join("");
    for (const sign of [
      '"is_error":true',
      "toolDenialKind",
      "[Request interrupted",
      "compact_boundary",
      "isApiErrorMessage",
      '"pr-link"',
      "claude-quartz-1-preview",
      '"speed":"fast"',
      "mcp__github__",
      "structuredPatch",
      '"thinking"',
      "TodoWrite",
    ]) {
      expect(text, sign).toContain(sign);
    }
  });

  test("is written below the given directory, dated like its records", () => {
    const directory = mkdtempSync(join(tmpdir(), "clew-demo-"));
    writeDemoTranscripts({ directory, now, seed });
    expect(readdirSync(directory)).toEqual(["projects"]);
    for (const { path, text, modifiedAt } of files) {
      expect(readFileSync(join(directory, path), "utf8")).toBe(text);
      expect(Math.round(statSync(join(directory, path)).mtimeMs / 1000)).toBe(Math.round(modifiedAt / 1000));
    }
  });
});
