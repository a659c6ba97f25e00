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
  expect(config).toEqual({ context: { enabled: false, workspaces: { "/a": false } }, logs: [], memory: [] });
  expect(problems).toHaveLength(4);
  expect(checkConfig(null)).toEqual({ config: DEFAULT_CONFIG, problems: [] });
  expect(checkConfig({ context: { tokens: 500 } }).config.context.tokens).toBe(500);
  for (const wrong of [[], "x", 1, { context: [] }, { context: null }])
    expect(checkConfig(wrong).problems).toHaveLength(1);
});

test("sources of logs: what has a path counts", () => {
  const shop = { path: "/var/log/shop", service: "shop", zone: "Europe/Berlin" };
  const { config, problems } = checkConfig({
    logs: [
      shop,
      "~/app.log",
      { path: "app.log" },
      { service: "x" },
      { path: 5 },
      5,
      { path: "/a", colour: 1, format: [] },
    ],
  });
  expect(config.logs).toEqual([shop, { path: "~/app.log" }, { path: "/a" }]);
  expect(problems).toEqual([
    "logs[2].path is an absolute path",
    "logs[3].path is an absolute path",
    "logs[4].path is a text of one line",
    "logs[5] is a list of settings by name",
    "logs[5].path is an absolute path",
    "logs[6].colour is no setting",
    "logs[6].format is a text of one line",
  ]);
  expect(checkConfig({ logs: "x" })).toMatchObject({ config: { logs: [] }, problems: [expect.any(String)] });
  expect(checkConfig({ logs: null }).problems).toEqual([]);
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
