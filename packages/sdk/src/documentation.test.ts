/** @module Every example of the SDK's pages runs, with the libraries that it names, and prints what the page says. */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Consumer, entryNames, makeConsumer, sdkDirectory } from "../test/consumer.ts";
import { type ProviderStub, startProviderStub } from "../test/provider-stub.ts";

interface Example {
  readonly language: string;
  readonly code: string;
  /** What it prints; null where the page does not say. */
  readonly output: string | null;
}

const pages = [join(sdkDirectory, "..", "..", "docs", "sdk.md"), join(sdkDirectory, "README.md")];

function examplesIn(page: string): readonly Example[] {
  const blocks = [...readFileSync(page, "utf8").matchAll(/^```(\w+)\n([\s\S]*?)^```\n+(?:```text\n([\s\S]*?)^```)?/gm)];
  return blocks
    .filter(([, language]) => language !== "text")
    .map(([, language = "", code = "", output]) => ({ language, code, output: output ?? null }));
}

const examples = pages.flatMap((page) =>
  examplesIn(page).map((example) => [example.code.trim().split("\n")[0]!, example] as const),
);

/** Times differ from run to run. */
const timeless = (text: string): string =>
  text
    .replace(/\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{3})?Z?/g, "TIME")
    .replace(/\b\d{8}_\d{6}(?:-\d+)?\b/g, "STAMP");

const programs: Readonly<Record<string, readonly [program: string, extension: string]>> = {
  js: [process.execPath, "mjs"],
  python: ["python3", "py"],
  sh: ["sh", "sh"],
};

const isMissing = (program: string): boolean => spawnSync(program, ["-c", ""]).error !== undefined;

let consumer: Consumer;
let stub: ProviderStub;
beforeAll(async () => {
  stub = await startProviderStub();
  consumer = makeConsumer([
    "pino",
    "winston",
    "@logtape/logtape",
    "@anthropic-ai/sdk",
    "openai",
    "@opentelemetry/sdk-trace-node",
    "@opentelemetry/sdk-logs",
  ]);
});
afterAll(async () => {
  consumer.remove();
  await stub.close();
});

describe("examples", () => {
  test("are there in every language, first of all one to copy", () => {
    expect(new Set(examples.map(([, { language }]) => language))).toEqual(new Set(["js", "python", "sh"]));
    expect(examples.length).toBeGreaterThan(18);
    for (const page of pages) expect(readFileSync(page, "utf8").split("\n").indexOf("```js")).toBeLessThan(8);
    const forms = examples.filter(([, { language }]) => language !== "js");
    for (const [, { code }] of forms) expect(code.split("\n").filter(Boolean).length).toBeLessThanOrEqual(10);
  });

  test.each(examples.map(([title, example], index) => [index, title, example] as const))(
    "%d: %s",
    async (index, title, { language, code, output }) => {
      const [program, extension] = programs[language]!;
      if (language === "python" && isMissing(program)) {
        console.warn(`${program} is missing, so the example "${title}" is not run`);
        expect(code).toContain("[%(session_id)s] - %(asctime)s - %(name)s - %(levelname)s - %(message)s");
        return;
      }
      const env =
        language === "js"
          ? {
              ANTHROPIC_API_KEY: "k",
              ANTHROPIC_BASE_URL: stub.url,
              OPENAI_API_KEY: "k",
              OPENAI_BASE_URL: `${stub.url}/v1`,
            }
          : { CLEW_SESSION_ID: "job-1" };
      const result = await consumer.start(program, [consumer.put(`example-${index}.${extension}`, code)], env);
      expect({ stderr: result.stderr, code: result.code }).toEqual({ stderr: "", code: 0 });
      if (output !== null) expect(timeless(result.stdout)).toBe(timeless(output));
      const count = (type: string): number => result.records.filter((record) => record.type === type).length;
      expect(count("session.start")).toBe(count("session.end"));
    },
  );
});

test("the pages name every export of the main entry and every sub-path", () => {
  const text = pages.map((page) => readFileSync(page, "utf8")).join();
  expect(entryNames().filter((name) => !text.includes(name.replace("clew-sdk", "")))).toEqual([]);
  const index = readFileSync(join(sdkDirectory, "src", "index.ts"), "utf8");
  const names = [...index.matchAll(/\{([^}]*)\}/g)]
    .flatMap(([, list = ""]) => list.split(","))
    .map((name) => name.trim())
    .filter((name) => /^[a-z]\w+$/.test(name));
  expect(names.length).toBeGreaterThan(20);
  expect(names.filter((name) => !text.includes(name))).toEqual([]);
});
