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
  for (const [session, key] of [
    ["read.sub", "call:4"],
    ["called", "call:5"],
  ])
    base.insert("session_facts", { session_id: session, kind: "foreign", key, event_id: "e", ts: TEST_NOW });
  base.insert("session_facts", { session_id: "own", kind: "mcp_server", key: "clew", event_id: "e", ts: TEST_NOW });
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
  ])("%s: %s", (session, tainted) => {
    expect(sessionAuthor(base.db, session)).toMatchObject({ tainted, projectId: "dir:web" });
  });

  test("is found by keys alone", () => {
    const plan = base.plan(SESSION_AUTHOR, ["read"]);
    expect(plan.replace(/SCAN (CONSTANT ROW|l|line)$/gm, "")).not.toContain("SCAN");
    expect(plan).toContain("SEARCH f USING PRIMARY KEY (session_id=? AND kind=?)");
  });
});
