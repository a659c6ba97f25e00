/** @module The documentation names everything there is to name: commands, flags, routes, fields, event types, settings, links. */
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { createApp } from "../packages/app/src/surfaces/http/app.ts";
import { bareEnvironment, clew } from "./command.ts";
import { projectFiles, repositoryRoot } from "./repository.ts";

const read = (path: string): string => readFileSync(join(repositoryRoot, path), "utf8");
const sources = projectFiles("packages/app/src").filter((path) => /\.tsx?$/.test(path) && !/\.test\.tsx?$/.test(path));

/** First group of every match in a text, once each. */
function found(pattern: RegExp, text: string): readonly string[] {
  return [...new Set([...text.matchAll(pattern)].map((match) => match[1]!))];
}

async function helpOf(...command: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await clew([...command, "--help"], bareEnvironment());
  expect(code, stderr).toBe(0);
  return stdout;
}

describe("docs/cli.md", () => {
  test("describes every command with every flag", async () => {
    const text = read("docs/cli.md");
    const commands = found(/^ {2}([a-z]+) {2,}\S/gm, await helpOf());
    expect(commands).toEqual(expect.arrayContaining(["up", "index", "sessions", "show", "search", "cost", "rebuild"]));
    const missing: string[] = [];
    for (const command of commands) {
      if (!text.includes(`clew ${command}`)) missing.push(`clew ${command}`);
      for (const flag of found(/^ {2}(?:-\w, )?(--[a-z][a-z-]+)/gm, await helpOf(command))) {
        if (!text.includes(flag)) missing.push(`clew ${command} ${flag}`);
      }
    }
    expect(missing).toEqual([]);
  });

  test("names every environment variable that is read", () => {
    const names = sources.flatMap((path) => found(/\benv(?:ironment)?\.([A-Z][A-Z_]+)\b/g, read(path)));
    expect(names).toEqual(expect.arrayContaining(["CLEW_HOME", "CLAUDE_CONFIG_DIR"]));
    const text = read("docs/cli.md");
    const everywhere = new Set(["HOME", "USERPROFILE", "TERM"]);
    expect([...new Set(names)].filter((name) => !everywhere.has(name) && !text.includes(name))).toEqual([]);
  });
});

test("docs/cli-json.md names every field of every answer", () => {
  const fields = found(/^ {2}readonly (\w+):/gm, read("packages/app/src/model/answers.ts"));
  expect(fields).toEqual(
    expect.arrayContaining(["session_id", "cost_usd", "unpriced_responses", "took_ms", "bytes_read"]),
  );
  const text = read("docs/cli-json.md");
  expect(fields.filter((field) => !text.includes(field))).toEqual([]);
});

test("docs/dashboard.md names every route", () => {
  const nothing = {} as never;
  const app = createApp({
    port: 1,
    questions: nothing,
    auth: nothing,
    live: nothing,
    assets: new Map() as never,
    demo: false,
  });
  const routes = [...new Set(app.routes.filter(({ method }) => method !== "ALL").map(({ path }) => path))];
  expect(routes).toEqual(
    expect.arrayContaining(["/api/sessions", "/api/sessions/:id", "/api/search", "/auth/exchange"]),
  );
  const text = read("docs/dashboard.md");
  expect(routes.filter((path) => !text.includes(path))).toEqual([]);
});

describe("docs/sources.md", () => {
  test("names every event type", () => {
    const records = sources.filter((path) => path.startsWith("packages/app/src/sources/"));
    const types = records.flatMap((path) => found(/\btype: "([a-z_]+(?:\.[a-z_]+)*)", origin:/g, read(path)));
    expect(types).toEqual(expect.arrayContaining(["user.prompt", "assistant.text", "tool.result"]));
    const text = read("docs/sources.md");
    expect([...new Set(types)].filter((type) => !text.includes(type))).toEqual([]);
  });

  test("names every reason for a problem", () => {
    const fact = read("packages/app/src/model/record.ts").match(/kind: "problem";[\s\S]*?readonly reason:([\s\S]*?);/);
    const reasons = found(/"([a-z0-9_]+)"/g, fact?.[1] ?? "");
    expect(reasons.length).toBeGreaterThan(4);
    expect(reasons.filter((reason) => !read("docs/sources.md").includes(reason))).toEqual([]);
  });
});

describe("all pages", () => {
  const pages = projectFiles().filter((path) => path.endsWith(".md") && !path.startsWith("fixtures/"));

  test("link to files that exist", () => {
    const broken = pages.flatMap((page) =>
      found(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g, read(page))
        .filter((target) => !/^[a-z]+:/.test(target) && !existsSync(join(repositoryRoot, dirname(page), target)))
        .map((target) => `${page} -> ${target}`),
    );
    expect(broken).toEqual([]);
  });

  test("the README names the two commands", () => {
    expect(read("README.md")).toMatch(/^npm start\b/m);
    expect(read("README.md")).toMatch(/^npm test\b/m);
  });

  test("the map for agents is short, and found under both names", () => {
    expect(Buffer.byteLength(read("AGENTS.md"))).toBeLessThan(4096);
    expect(read("CLAUDE.md").trim()).toBe("@AGENTS.md");
  });

  test("every decision is listed", () => {
    const decisions = projectFiles("docs/decisions").filter((path) => /\/\d{4}-/.test(path));
    const list = read("docs/decisions/README.md");
    expect(decisions.filter((path) => !list.includes(path.slice("docs/decisions/".length)))).toEqual([]);
  });

  test("the changelog has an entry for the version", () => {
    const { version } = JSON.parse(read("packages/app/package.json")) as { readonly version: string };
    expect(read("CHANGELOG.md")).toContain(`## ${version}`);
  });
});
