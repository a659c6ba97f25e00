/** @module The generated archive is what its manifest says, and the same every time. */
import { mkdtempSync, readdirSync, readFileSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { generate } from "./generate.mjs";

const options = { sessions: 60, events: 3000 };

function make(seed: number) {
  const out = mkdtempSync(join(tmpdir(), "clew-generated-"));
  const manifest = generate({ ...options, seed, out });
  const paths = readdirSync(out, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".jsonl"))
    .sort();
  return { out, manifest, paths };
}

type WireRecord = {
  readonly type: string;
  readonly uuid?: string;
  readonly requestId?: string;
  readonly message?: { readonly id: string; readonly usage: Readonly<Record<string, number>> };
};

test("holds what the manifest says", () => {
  const { out, manifest, paths } = make(1);
  const records = paths.flatMap((path) =>
    readFileSync(join(out, path), "utf8")
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as WireRecord),
  );
  expect(paths).toHaveLength(manifest.files);
  expect(records).toHaveLength(manifest.events);
  expect(Math.abs(manifest.events - options.events)).toBeLessThan(options.events * 0.15);

  const usages = new Map(
    records
      .filter(({ type }) => type === "assistant")
      .map(({ message, requestId }) => [`${message!.id}|${requestId}`, message!.usage] as const),
  );
  const sum = (kind: string): number => [...usages.values()].reduce((total, usage) => total + usage[kind]!, 0);
  expect({
    responses: usages.size,
    input: sum("input_tokens"),
    output: sum("output_tokens"),
    cacheWrite: sum("cache_creation_input_tokens"),
    cacheRead: sum("cache_read_input_tokens"),
  }).toEqual(manifest.usage);

  const uuids = records.flatMap(({ uuid }) => (uuid ? [uuid] : []));
  expect(manifest.forks).toBeGreaterThan(0);
  expect(new Set(uuids).size).toBeLessThan(uuids.length);
  expect(paths.filter((path) => path.includes("subagents"))).toHaveLength(manifest.subagents);
  expect(Math.max(...paths.map((path) => statSync(join(out, path)).size))).toBeGreaterThan(8e6);
});

test("is the same for the same seed", () => {
  const [a, b, c] = [make(2), make(2), make(3)];
  expect(b.manifest).toEqual(a.manifest);
  expect(b.paths.every((path) => readFileSync(join(a.out, path)).equals(readFileSync(join(b.out, path))))).toBe(true);
  expect(c.manifest.bytes).not.toBe(a.manifest.bytes);
});
