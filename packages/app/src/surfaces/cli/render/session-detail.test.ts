import { afterAll, beforeAll, expect, test } from "vitest";
import { getSession } from "../../../query/session-detail.ts";
import { TEST_NOW, type TestDatabase, testDatabase } from "../../../query/testing.ts";
import { createOutput } from "../output.ts";
import { printDetail } from "./session-detail.ts";
import { printSessions } from "./session-table.ts";

const ESCAPE = "\u001b[31mred\u001b]0;owned\u0007";
let base: TestDatabase;

beforeAll(() => {
  base = testDatabase();
  base.session("wait-one", {
    title: "Repair the door",
    status: "active",
    activity: "waiting",
    activity_reason: "permission: Bash",
    activity_at: TEST_NOW - 12_000,
    process_pid: 4711,
    ended_at: TEST_NOW - 12_000,
  });
  base.session("wait-one.a1", {
    parent_session_id: "wait-one",
    root_session_id: "wait-one",
    agent_type: "Explore",
    agent_description: "Survey the glazes",
    agent_result: `212 glazes\nof which ${ESCAPE}`,
    agent_success: 1,
    activity: "ended",
  });
  base.insert("session_outcomes", {
    session_id: "wait-one",
    ts: TEST_NOW,
    event_id: "reported",
    summary: `The door is ${ESCAPE} repaired`,
    tasks_completed: '["hang the door"]',
    decisions: '["brass hinges"]',
  });
  base.event("wait-one", { eventId: "reported", type: "session.outcome" });
  base.insert("session_facts", {
    session_id: "wait-one",
    kind: "instruction",
    key: "/home/ada/kiln/CLAUDE.md",
    event_id: "reported",
    detail: JSON.stringify({ sha256: "0123456789abcdef".repeat(4) }),
  });
  base.insert("session_facts", {
    session_id: "wait-one",
    kind: "file",
    key: "/home/ada/kiln/door.ts",
    event_id: "reported",
  });
  base.insert("injected_contexts", {
    event_id: "reported",
    session_id: "wait-one",
    ts: TEST_NOW - 60_000,
    text: Array.from({ length: 20 }, (_, line) => `context line ${line} ${ESCAPE}`).join("\n"),
    items: '[{"kind":"focus"}]',
  });
  for (const [key, status, ms] of [
    ["m1", "ok", 100],
    ["m2", "denied", 300],
  ] as const)
    base.insert("tool_calls", {
      tool_use_id: key,
      session_id: "wait-one",
      tool: "temperature",
      mcp_server: "kiln",
      status,
      duration_ms: ms,
    });
});
afterAll(() => base.close());

function printed(width = 140): string {
  let text = "";
  const out = createOutput({ write: (part: string) => (text += part) }, { color: false, width });
  printDetail(out, getSession(base.db, { sessionId: "wait-one", now: TEST_NOW })!, TEST_NOW, "UTC");
  return text;
}

test("says what the session is doing, since when, for whom and in which process", () => {
  const text = printed();
  expect(text).toMatch(/status {8}waiting: permission: Bash, since 12 s/);
  expect(text).toMatch(/who .*by ada/);
  expect(text).toMatch(/process {7}4711/);
});

test("prints what came of it with its source, MCP usage, agents with results, instructions and the context", () => {
  const text = printed();
  expect(text).toMatch(/outcome {2}reported by /);
  expect(text).toMatch(/completed {2}hang the door {2}reported\n/);
  expect(text).toMatch(/decided {4}brass hinges {2}reported\n/);
  // The record's own files stand once, in their section.
  expect(text.match(/door\.ts/g)).toHaveLength(1);
  expect(text).toMatch(/kiln +temperature +2 +1 +200 ms +300 ms/);
  expect(text).toMatch(/Explore +Survey the glazes +212 glazes of which .* yes/);
  expect(text).toMatch(/CLAUDE\.md {2}0123456789ab\n/);
  expect(text).toContain("context line 7");
  expect(text).not.toContain("context line 8");
  expect(text).toContain("12 more lines");
});

test("says why a session failed, which items are to do, and a hint that can be typed", () => {
  const id = "019a8b7c-1234-7aaa-8111-000000000001";
  base.session(id, { status: "failed", activity: "failed", agent_success: 0, agent_result: "TypeError: no kiln" });
  const facts = [
    ["list", { items: [{ content: "glaze it", status: "pending" }] }],
    ["task:4", { subject: "fire it" }],
    ["task:4:status", { status: "completed" }],
  ] as const;
  for (const [key, detail] of facts)
    base.insert("session_facts", { session_id: id, kind: "todo", key, event_id: "e", detail: JSON.stringify(detail) });
  let text = "";
  const out = createOutput({ write: (part: string) => (text += part) }, { color: false, width: 120 });
  printDetail(out, getSession(base.db, { sessionId: id, now: TEST_NOW })!, TEST_NOW, "UTC");
  expect(text).toMatch(/error {9}TypeError: no kiln\n/);
  expect(text).toContain("to do\n  [pending] glaze it\n  [completed] fire it\n");
  expect(text).not.toContain("task:4");
  expect(text).toContain(`clew show ${id} --transcript`);
});

test("nothing of it reaches the terminal as a command, however narrow that is", () => {
  for (const width of [40, 80, 140]) {
    const text = printed(width);
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
  }
});

test("a table says who waits, and why", () => {
  let text = "";
  const out = createOutput({ write: (part: string) => (text += part) }, { color: true, width: 120 });
  printSessions(out, [getSession(base.db, { sessionId: "wait-one", now: TEST_NOW })!.session], TEST_NOW, "UTC");
  expect(text).toContain("\u001b[33mwaiting: permission: Bash");
});
