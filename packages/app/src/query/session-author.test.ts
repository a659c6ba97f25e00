import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { SESSION_AUTHOR, sessionAuthor } from "./session-author.ts";
import { TEST_NOW, type TestDatabase, testDatabase } from "./testing.ts";

let base: TestDatabase;
beforeAll(() => {
  base = testDatabase();
  base.session("own");
  base.session("read");
  base.session("read.sub", { parent_session_id: "read", root_session_id: "read" });
  base.session("copy", { forked_from: "read" });
  base.session("copy-of-copy", { forked_from: "copy" });
  base.session("circle", { forked_from: "circle" });
  base.session("told");
  base.session("caller");
  base.session("called", { parent_session_id: "caller" });
  for (const name of ["parenthesis", "path", "second", "quoted"]) base.session(name);
  const call = (id: string, session: string, row: Readonly<Record<string, unknown>>): void =>
    base.insert("tool_calls", { tool_use_id: id, session_id: session, name: "x", started_at: TEST_NOW, ...row });
  call("1", "own", { tool: "Bash", summary: "npm run curlew; echo ghost wgetter" });
  call("2", "own", { tool: "search", mcp_server: "clew" });
  call("3", "own", { tool: "Read", summary: "/a/ curl /b" });
  call("4", "read.sub", { tool: "WebSearch" });
  call("5", "called", { tool: "WebFetch" });
  call("6", "parenthesis", { tool: "Bash", summary: "(curl https://a.test)" });
  call("7", "path", { tool: "Bash", summary: "/usr/bin/wget -q https://a.test" });
  call("8", "second", { tool: "PowerShell", summary: "cd x;gh pr view 7" });
  call("9", "quoted", { tool: "Bash", summary: "echo 'thorough and curled'; ls .gh x" });
  base.insert("session_facts", { session_id: "told", kind: "foreign", key: "mcp", event_id: "e", ts: TEST_NOW });
});
afterAll(() => base.close());

describe("whether a session has read what others wrote", () => {
  test.each([
    ["own", false],
    ["read", true],
    ["read.sub", true],
    ["copy", true],
    ["copy-of-copy", true],
    ["circle", false],
    ["told", true],
    ["caller", true],
    ["parenthesis", true],
    ["path", true],
    ["second", true],
    ["quoted", false],
  ])("%s: %s", (session, tainted) => {
    expect(sessionAuthor(base.db, session)).toMatchObject({ tainted, projectId: "dir:web" });
  });

  test("is found by keys alone", () => {
    const plan = base.plan(SESSION_AUTHOR, ["read"]);
    expect(plan.replace(/SCAN (CONSTANT ROW|l|line)$/gm, "")).not.toContain("SCAN");
    expect(plan).toContain("SEARCH f USING PRIMARY KEY (session_id=? AND kind=?)");
  });
});
