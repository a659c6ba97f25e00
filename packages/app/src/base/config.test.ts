import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { checkConfig, DEFAULT_CONFIG, readConfig } from "./config.ts";

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "clew-config-"));
});
afterAll(() => rmSync(directory, { recursive: true }));

test("a file that is not there is no problem", async () => {
  expect(await readConfig(join(directory, "none.yaml"))).toEqual({ config: DEFAULT_CONFIG, problems: [] });
});

test("what is right counts, what is wrong is named", () => {
  const { config, problems } = checkConfig({
    context: { enabled: false, tokens: 1.5, workspaces: { "/a": false, "/b": "no" }, colour: 1 },
    extra: true,
  });
  expect(config).toEqual({ context: { enabled: false, workspaces: { "/a": false } } });
  expect(problems).toHaveLength(4);
  expect(checkConfig(null)).toEqual({ config: DEFAULT_CONFIG, problems: [] });
  expect(checkConfig({ context: { tokens: 500 } }).config.context.tokens).toBe(500);
  for (const wrong of [[], "x", 1, { context: [] }, { context: null }])
    expect(checkConfig(wrong).problems).toHaveLength(1);
});

test.each([
  ["not YAML", "context: {"],
  ["larger than", "#".repeat(300_000)],
  ["Excessive alias count", `a: &a [x]\nb: &b [${"*a,".repeat(50)}]\nc: [${"*b,".repeat(50)}]`],
])("a file that is %s changes nothing", async (problem, text) => {
  const path = join(directory, "config.yaml");
  writeFileSync(path, text);
  const read = await readConfig(path);
  expect(read.config).toEqual(DEFAULT_CONFIG);
  expect(read.problems[0]).toContain(problem);
});

test("what is no file is a problem, not a failure", async () => {
  expect((await readConfig(directory)).problems).toHaveLength(1);
});
