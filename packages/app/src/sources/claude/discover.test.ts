import { linkSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { discoverClaudeFiles } from "./discover.ts";
import { FIXTURES } from "./testing.ts";

let home: string;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "clew-discover-"));
});

afterEach(() => {
  rmSync(home, { recursive: true, force: true });
});

function put(path: string, content = "{}\n"): string {
  const whole = join(home, path);
  mkdirSync(dirname(whole), { recursive: true });
  writeFileSync(whole, content);
  return whole;
}

function found(paths: readonly string[] = [home], options = {}) {
  const { files, problems } = discoverClaudeFiles(paths, options);
  return { rows: files.map(({ kind, sessionId }) => `${kind} ${sessionId}`).sort(), files, problems };
}

test("transcripts, subagents in three layouts, their descriptions and large outputs", () => {
  put("projects/-loom/s-1.jsonl");
  put("projects/-loom/s-1/subagents/agent-a1.jsonl");
  put("projects/-loom/s-1/subagents/agent-a1.meta.json");
  put("projects/-loom/s-1/subagents/workflows/wf_1/agent-a2.jsonl");
  put("projects/-loom/s-1/subagents/workflows/wf_1/journal.jsonl");
  put("projects/-loom/s-1/tool-results/b1.txt");
  put("projects/-loom/agent-a3.jsonl", '{"type":"user","sessionId":"s-0"}\n');
  const { rows, files, problems } = found();
  expect(rows).toEqual([
    "meta s-1.a1",
    "subagent s-0.a3",
    "subagent s-1.a1",
    "subagent s-1.a2",
    "tool-output s-1",
    "transcript s-1",
  ]);
  expect(problems).toEqual([]);
  expect(files.find(({ kind }) => kind === "transcript")).toMatchObject({
    path: join(home, "projects/-loom/s-1.jsonl"),
    agent: "claude-code",
    rootSessionId: "s-1",
    agentId: null,
    size: 3,
    device: expect.stringMatching(/^\d+$/),
    inode: expect.stringMatching(/^\d+$/),
  });
  expect(files.find(({ sessionId }) => sessionId === "s-0.a3")).toMatchObject({ rootSessionId: "s-0", agentId: "a3" });
});

test("nothing else is looked at: memory, indexes, keys, what lies outside of projects/", () => {
  put("projects/-loom/sessions-index.json");
  put("projects/-loom/memory/subagents/agent-a1.jsonl");
  put("projects/-loom/s-1/notes.txt");
  put("projects/readme.jsonl");
  put("sessions/77.key");
  put("history.jsonl");
  put(".credentials.json");
  expect(found().rows).toEqual([]);
});

test("an older subagent file that names no session stands for itself", () => {
  put("projects/-loom/agent-a3.jsonl", "");
  expect(found().rows).toEqual(["transcript agent-a3"]);
});

test("the main session of an older file is asked for, so that callers can remember it", () => {
  put("projects/-loom/agent-a3.jsonl");
  const asked: string[] = [];
  const rootOf = (path: string) => {
    asked.push(path);
    return "s-9";
  };
  expect(found([home], { rootOf }).rows).toEqual(["subagent s-9.a3"]);
  expect(asked).toEqual([join(home, "projects/-loom/agent-a3.jsonl")]);
});

test("links are followed once; circles and broken ones are reported and harm nothing", () => {
  put("projects/-loom/s-1.jsonl");
  symlinkSync(join(home, "projects/-loom"), join(home, "projects/-linked"));
  symlinkSync(join(home, "projects"), join(home, "projects/-circle"));
  symlinkSync(join(home, "projects/-self"), join(home, "projects/-self"));
  linkSync(join(home, "projects/-loom/s-1.jsonl"), join(home, "projects/-loom/s-1-copy.jsonl"));
  const { rows, problems } = found();
  expect(rows).toHaveLength(1);
  expect(problems).toContain(`follow link ${join(home, "projects/-self")}: ELOOP`);
});

test("the same directory given twice, or by way of a link, counts once", () => {
  put("projects/-loom/s-1.jsonl");
  symlinkSync(home, join(home, "again"));
  expect(found([home, home, join(home, "again")]).rows).toEqual(["transcript s-1"]);
});

test("a path inside of projects/ gives the files below it", () => {
  const one = put("projects/-loom/s-1.jsonl");
  put("projects/-loom/s-1/tool-results/b1.txt");
  put("projects/-loom-2/s-2.jsonl");
  expect(found([one]).rows).toEqual(["transcript s-1"]);
  expect(found([join(home, "projects/-loom")]).rows).toEqual(["tool-output s-1", "transcript s-1"]);
  expect(found([join(home, "projects")]).rows).toEqual(["tool-output s-1", "transcript s-1", "transcript s-2"]);
});

test("what does not exist is no problem", () => {
  expect(found([join(home, "nowhere")])).toMatchObject({ rows: [], problems: [] });
  put("file");
  expect(found([join(home, "file")])).toMatchObject({ rows: [], problems: [] });
});

test("the fixtures", () => {
  expect(found([join(FIXTURES, "2.1.329")]).rows).toHaveLength(10);
  expect(found([join(FIXTURES, "2.1.40")]).rows).toEqual([
    "subagent 20000000-0000-4000-8000-000000000001.01d5678",
    "subagent 20000000-0000-4000-8000-000000000001.f11e001",
    "transcript 20000000-0000-4000-8000-000000000001",
  ]);
});
