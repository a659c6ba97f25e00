import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { estimateTokens } from "../packages/app/src/context/budget.ts";
import { HOUR, TEST_NOW } from "../packages/app/src/query/testing.ts";
import { toolsOf } from "../packages/app/src/surfaces/mcp/tools.ts";
import { partsOf, structuredParts, textOf } from "./mcp-bed.ts";
import { type Arguments, LOCK, MINE, type ToolsBed, toolsBed } from "./mcp-tools-bed.ts";

/** With more than fits a page; nothing is written down in it, so that its figures stay as they were put in. */
const LONG = "55555555-eeee-4000-8000-000000000005";

let bed: ToolsBed;
const call: ToolsBed["call"] = (...given) => bed.call(...given);
const ok: ToolsBed["ok"] = (...given) => bed.ok(...given);

beforeAll(async () => {
  bed = await toolsBed();
});
afterAll(() => bed.end());

/** What was deleted is not written to again: each round has one of its own. */
let round = 0;
const db = (): string => `db ${round}`;

/** Every tool with arguments that it has an answer to. */
const CALLS: readonly (readonly [string, () => Arguments])[] = [
  ["search", () => ({ query: "locked" })],
  ["search_sessions", () => ({ filter: "project:web" })],
  ["get_session", () => ({ session_id: LOCK })],
  ["get_session", () => ({ session_id: LOCK, part: "turns" })],
  ["get_session", () => ({ session_id: LOCK, part: "tool_calls" })],
  ["get_session", () => ({ session_id: LOCK, part: "files" })],
  ["get_timeline", () => ({ session_id: LOCK })],
  ["get_timeline", () => ({ event_id: "ev-2" })],
  ["get_timeline", () => ({ event_id: "ev-long", full: true })],
  ["get_usage", () => ({ by: "session" })],
  ["logs_find", () => ({ query: "opening" })],
  ["list_entries", () => ({ all_projects: true })],
  ["list_entries", () => ({ entry_id: bed.anas.entry })],
  ["inbox", () => ({})],
  ["read_messages", () => ({})],
  ["memory_search", () => ({ query: "npm", all_projects: true })],
  ["memory_get", () => ({ memory_id: "build.md", all_projects: true })],
  [
    "graph_add",
    () => ({
      entities: [{ name: "api", type: "service", observations: ["It counts refunds twice."] }, { name: db() }],
    }),
  ],
  ["graph_relate", () => ({ relations: [{ from: "api", type: "writes to", to: db() }] })],
  ["graph_search", () => ({ query: "api" })],
  ["graph_get", () => ({ entity: "api" })],
  ["graph_forget", () => ({ relations: [{ from: "api", type: "writes to", to: db() }] })],
  ["graph_forget", () => ({ entity: db() })],
  ["which_session", () => ({})],
  ["add_entry", () => ({ category: "note", title: "A note", body: "of mine", tags: ["x"], links: ["file:src/a.ts"] })],
  ["resolve_entry", () => ({ entry_id: bed.anas.entry, status: "in_progress", note: "on it" })],
  ["send_message", () => ({ to: "ana", text: "On it." })],
  ["mark_seen", () => ({ message_ids: [bed.anas.message], acknowledge: true, inbox: true })],
  ["save_state", () => ({ focus: "the lock", next_steps: ["release it"] })],
  ["end_session", () => ({ summary: "Fixed the lock.", decisions: ["busy_timeout first"] })],
];

describe("every tool", () => {
  test("is among the calls", () => {
    expect(new Set(CALLS.map(([name]) => name))).toEqual(new Set(toolsOf("write").map(({ name }) => name)));
  });

  test.each(["auto", "legacy"] as const)(
    "answers a client that negotiates %s, within the budget, words in fences",
    async (mode) => {
      const env = { ...bed.env, CLAUDE_CODE_SESSION_ID: MINE };
      const own = await bed.connect({ mode, services: { env } });
      expect(own.getNegotiatedProtocolVersion()).toBe(mode === "auto" ? "2026-07-28" : "2025-11-25");
      round++;
      for (const [name, given] of CALLS) {
        const answer = await call(name, given(), own);
        expect(answer.isError, `${name}: ${textOf(answer)}`).not.toBe(true);
        for (const text of [textOf(answer), JSON.stringify(answer.structuredContent)])
          expect(estimateTokens(text), name).toBeLessThanOrEqual(1000);
        for (const { outside } of [partsOf(textOf(answer)), structuredParts(answer.structuredContent)])
          expect(outside, name).not.toMatch(/lock(ed)? again|refunds|npm ci|Since Monday|SQLITE_BUSY|Fix the lock/);
      }
      expect(bed.errors).toEqual([]);
    },
  );
});

describe("answers", () => {
  test("show what is asked for", async () => {
    expect(textOf(await call("search", { query: "locked" }))).toContain("| hit: the database is locked again");
    expect(await ok("get_session", { session_id: "11111111" })).toMatchObject({ session_id: LOCK, part: "overview" });
    expect(textOf(await call("get_session", { session_id: LOCK }))).toMatch(
      /\| title: (Fix the lock|the database is locked again)/,
    );
    const calls = await call("get_session", { session_id: LOCK, part: "tool_calls", failed: true });
    expect(textOf(calls)).toContain("| called: Bash");
    expect(textOf(calls)).toContain("| error: exit 1");
    expect(textOf(await call("get_session", { session_id: LOCK, part: "files" }))).toContain("| file: src/lock.ts");
    expect(textOf(await call("get_session", { session_id: LOCK, part: "turns" }))).toContain("busy timeout first");
    const timeline = (await ok("get_timeline", { session_id: LOCK })).rows as readonly { readonly type: string }[];
    expect(timeline.map(({ type }) => type)).toEqual(expect.arrayContaining(["prompt", "tool_call", "log"]));
    expect(await ok("logs_find", { query: "opening" })).toMatchObject({
      total: 1,
      rows: [{ session_id: LOCK, level: "error" }],
    });
    expect(await ok("get_usage", { by: "model" })).toMatchObject({
      rows: [{ key: "claude-opus-5-5", input_tokens: 10 }],
    });
    const entry = textOf(await call("list_entries", { entry_id: bed.anas.entry }));
    expect(entry).toContain("| Since Monday.");
    // A note of somebody who had read others' words stands in it.
    expect(entry).toMatch(/by=ana trust=tainted/);
    expect(textOf(await call("list_entries", { all_projects: true }))).toMatch(/by=ana trust=peer/);
    const file = await ok("memory_get", { memory_id: "build.md", all_projects: true });
    expect(file).toMatchObject({
      memory_id: expect.stringMatching(/^f-/),
      lines: 403,
      next_cursor: expect.stringMatching(/^l\d+$/),
    });
  });

  test("grow with max_tokens, and go on with a cursor until everything was there once", async () => {
    for (let index = 0; index < 60; index++)
      bed.session(`44444444-0000-4000-8000-0000000000${String(index).padStart(2, "0")}`, {
        title: `Many ${index}`,
        project: "many",
      });
    const sizes: number[] = [];
    for (const max_tokens of [200, 1000, 8000]) {
      const answer = await call("search_sessions", { filter: "project:many", limit: 50, max_tokens });
      expect(estimateTokens(textOf(answer))).toBeLessThanOrEqual(max_tokens);
      expect(estimateTokens(JSON.stringify(answer.structuredContent))).toBeLessThanOrEqual(max_tokens);
      sizes.push((answer.structuredContent as { rows: unknown[] }).rows.length);
    }
    expect(sizes[0]).toBeGreaterThan(0);
    expect(sizes[1]).toBeGreaterThan(sizes[0]!);
    expect(sizes[2]).toBeGreaterThan(sizes[1]!);
    const seen: string[] = [];
    for (let cursor: string | null = ""; cursor !== null; ) {
      const page = await ok("search_sessions", { filter: "project:many", ...(cursor && { cursor }) });
      seen.push(...(page.rows as { session_id: string }[]).map((row) => row.session_id));
      cursor = page.next_cursor as string | null;
    }
    expect(seen).toHaveLength(60);
    expect(new Set(seen).size).toBe(60);
  });

  test.each([
    ["search", { query: "word" }, 40],
    ["get_timeline", { session_id: LONG }, 41],
    ["get_timeline", { session_id: LONG, from_end: true }, 41],
    ["get_session", { session_id: LONG, part: "turns" }, 40],
    ["logs_find", { session_id: LONG }, 30],
  ] as const)("%s %o loses nothing between its pages", async (name, given, count) => {
    if (name === "search") {
      bed.session(LONG, { started_at: TEST_NOW - HOUR, ended_at: TEST_NOW });
      for (let index = 0; index < 40; index++)
        bed.event(LONG, { text: `word ${index} ${"and more ".repeat(40)}`, ts: TEST_NOW - HOUR + index * 1000 });
      for (let index = 0; index < 30; index++)
        bed.line({ session: LONG, ts: TEST_NOW - index * 10, message: `line ${index} ${"x".repeat(300)}` });
      bed.transcript(LONG);
    }
    const seen = new Set<string>();
    let pages = 0;
    for (let cursor: string | null = ""; cursor !== null; pages++) {
      const given_ = name === "get_timeline" ? { ...given, sources: ["transcript"] } : given;
      const page = await ok(name, { ...given_, ...(cursor && { cursor }) });
      for (const row of page.rows as { event_id: string | null; ts: string }[]) {
        const key = `${row.event_id} ${row.ts}`;
        expect(seen.has(key), key).toBe(false);
        seen.add(key);
      }
      cursor = page.next_cursor as string | null;
    }
    expect(pages).toBeGreaterThan(3);
    expect(seen.size).toBeGreaterThanOrEqual(count - 1);
  });

  test("an event in full is cut to the size, its fence whole", async () => {
    const small = textOf(await call("get_timeline", { event_id: "ev-long", full: true }));
    const large = textOf(await call("get_timeline", { event_id: "ev-long", full: true, max_tokens: 8000 }));
    expect(small).toMatch(/ cut=\d{4,}>/);
    expect(partsOf(small).inside.length).toBeGreaterThan(1500);
    expect(partsOf(large).inside).toContain("END");
  });
});
