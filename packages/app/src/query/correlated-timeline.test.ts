import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { cursorOf, parseCursor } from "./correlated-cursor.ts";
import { eventCountsSql, spanServicesSql } from "./correlated-facets.ts";
import { ROWS_OF_EVENT } from "./correlated-of-event.ts";
import { chosenStreams, streamSql } from "./correlated-streams.ts";
import { correlatedTimeline, PLACES } from "./correlated-timeline.ts";
import { type TestTelemetry, testTelemetry, uncorrelatedSession } from "./log-testing.ts";
import { familyExtent, sessionFamily } from "./session-family.ts";
import { DAY, TEST_NOW, type TestDatabase, testDatabase } from "./testing.ts";

const START = TEST_NOW - DAY;
const at = (seconds: number): number => START + seconds * 1000;
const TIMES = { started_at: START, ended_at: at(100) };

let base: TestDatabase;
let told: TestTelemetry;
beforeAll(() => {
  base = testDatabase();
  told = testTelemetry(base);
  uncorrelatedSession(base);
  base.session("agent", { ...TIMES, title: "Run the service" });
  base.session("request", {
    ...TIMES,
    parent_session_id: "agent",
    root_session_id: "request",
    agent: "script",
    title: "GET /",
  });
  base.session("job", { ...TIMES, parent_session_id: "request", root_session_id: "job", agent: "script" });
  base.session("elsewhere", TIMES);
  base.event("agent", { type: "user.prompt", eventId: "prompt-1", ts: at(1), body: { type: "user" } });
  told.turn("prompt-1", "agent", at(1), "start\nthe service");
  base.event("agent", { type: "assistant.text", eventId: "answer-1", ts: at(2), text: "I start it." });
  base.event("agent", { type: "tool.call", eventId: "call-1", ts: at(3) });
  base.response("agent", {
    response_id: "m1|r1",
    message_id: "m1",
    event_id: "call-1",
    ts: at(2),
    output_tokens: 7,
    cost_micros: 1500,
  });
  told.toolCall("toolu_1", {
    session_id: "agent",
    started_at: at(3),
    ended_at: at(50),
    call_event_id: "call-1",
    summary: "npm start",
    duration_ms: 47_000,
  });
  base.event("agent", { type: "assistant.text", eventId: "answer-2", ts: at(60), text: "It runs." });
  base.response("agent", {
    response_id: "m2|r2",
    message_id: "m2",
    event_id: "answer-2",
    ts: at(60),
    output_tokens: 3,
  });
  told.transcript("agent");
  for (const [type, eventId, seconds] of [
    ["hook.pre-tool-use", "hook-1", 3],
    ["hook.notification", "hook-2", 4],
    ["hook.stop", "hook-3", 61],
  ] as const) {
    const id = base.event("agent", { type, eventId, ts: at(seconds), body: "clew 1 hook\n\n{}" });
    base.db.prepare("UPDATE events SET source = 'hook' WHERE id = ?").run(id);
  }
  const own = base.event("request", {
    type: "session.start",
    eventId: "start-1",
    ts: at(5),
    body: "clew 1 event\n\n{}",
  });
  base.db.prepare("UPDATE events SET source = 'clew' WHERE id = ?").run(own);
  base.db.prepare("UPDATE sessions SET started_at = ? WHERE session_id IN ('request', 'job')").run(at(5));
  told.line({
    session: "request",
    ts: at(6),
    message: "one\nof two lines",
    eventId: "line-1",
    service: "web",
    level: "warn",
  });
  told.line({ session: "job", ts: at(6), message: "same moment", eventId: "line-2", service: "jobs" });
  told.line({ session: "agent", ts: at(7), message: "a shell script's", eventId: "line-3" });
  told.line({ session: "agent", ts: at(70), message: "under no call", eventId: "line-4" });
  told.line({ session: "elsewhere", ts: at(6), message: "not of this" });
  base.response("request", {
    response_id: "call:k1",
    record: "call",
    ts: at(8),
    event_id: "call-of-k1",
    input_tokens: 5,
    output_tokens: 2,
    cost_micros: 20,
  });
  told.modelCall("k1", {
    session_id: "request",
    response_id: "call:k1",
    ts: at(8),
    model: "gpt-x",
    provider: "openai",
    duration_ms: 900,
  });
  const interaction = base.event("request", {
    type: "interaction",
    eventId: "call-of-k1",
    ts: at(8),
    body: "clew 1 event\n\n{}",
  });
  base.db.prepare("UPDATE events SET source = 'clew' WHERE id = ?").run(interaction);
  told.span({
    span_id: "b7ad6b7169203331",
    session_id: "request",
    started_at: at(9),
    ended_at: at(10),
    service: "web",
    status: "error",
    status_message: "500",
  });
  base.event("request", { type: "otlp.span", eventId: "span-b7ad6b7169203331", ts: at(9), body: "clew 1 otlp\n\n{}" });
});
afterAll(() => base.close());

const page = (question: Partial<Parameters<typeof correlatedTimeline>[1]> = {}) =>
  correlatedTimeline(base.db, { sessionId: "agent", ...question });
const outline = (question: Parameters<typeof page>[0] = {}): string[] =>
  page(question).rows.map((row) => `${row.source} ${row.type} ${row.event_id}`);

const ALL = [
  "transcript prompt prompt-1",
  "transcript answer answer-1",
  "llm response call-1",
  "transcript tool_call call-1",
  "hook hook.notification hook-2",
  "other session.start start-1",
  "log log line-1",
  "log log line-2",
  "log log line-3",
  "llm model_call call-of-k1",
  "span span span-b7ad6b7169203331",
  "transcript answer answer-2",
  "llm response answer-2",
  "log log line-4",
];

describe("correlatedTimeline()", () => {
  test("has what was written down in a session long after it ended", () => {
    base.session("late", { ...TIMES, events: 1 });
    base.session("late.child", { ...TIMES, parent_session_id: "late" });
    const id = base.event("late", { type: "change", eventId: "change-1", ts: at(90_000), body: "clew 1 event\n\n{}" });
    base.db.prepare("UPDATE events SET source = 'clew' WHERE id = ?").run(id);
    for (const alone of [false, true]) {
      expect(page({ sessionId: "late", alone }).rows.map((row) => row.type)).toEqual(["change"]);
      expect(page({ sessionId: "late", alone, before: "" }).rows.map((row) => row.type)).toEqual(["change"]);
    }
  });

  test("puts transcript, hooks, calls, lines and spans of a session and all below it in one order", () => {
    expect(outline()).toEqual(ALL);
    expect(page()).toMatchObject({ has_before: false, has_after: false });
    expect(outline({ sessionId: "request" })).toEqual([...ALL.slice(5, 8), ...ALL.slice(9, 11)]);
    expect(outline({ alone: true }).filter((row) => row.startsWith("log"))).toEqual([ALL[8], ALL[13]]);
    expect(page({ sessionId: "absent" })).toMatchObject({ rows: [], first_cursor: null, facets: null });
  });

  test("each row says where it belongs, also under which tool call", () => {
    const rows = new Map(page().rows.map((row) => [`${row.type} ${row.event_id}`, row]));
    expect(rows.get("prompt prompt-1")).toMatchObject({
      text: "start the service",
      under_tool_use_id: null,
      call: null,
      log: null,
    });
    expect(rows.get("tool_call call-1")).toMatchObject({
      tool_use_id: "toolu_1",
      text: "Bash npm start",
      status: "ok",
      duration_ms: 47_000,
    });
    expect(rows.get("answer answer-1")).toMatchObject({ text: "I start it." });
    expect(rows.get("log line-1")).toMatchObject({
      text: "one of two lines",
      level: "warn",
      service: "web",
      session_id: "request",
      session_title: "GET /",
      under_tool_use_id: "toolu_1",
      log: { event_id: "line-1", message: "one\nof two lines" },
    });
    expect(rows.get("log line-2")?.under_tool_use_id).toBe("toolu_1");
    expect(rows.get("log line-3")?.under_tool_use_id).toBe("toolu_1");
    expect(rows.get("log line-4")?.under_tool_use_id).toBeNull();
    expect(rows.get("model_call call-of-k1")).toMatchObject({
      call: { call_key: "k1", response_id: "call:k1", cost_usd: 0.00002, told_by: ["interaction"] },
      text: "gpt-x 5 in, 2 out",
      duration_ms: 900,
      under_tool_use_id: "toolu_1",
    });
    expect(rows.get("response call-1")?.call).toMatchObject({
      response_id: "m1|r1",
      call_key: null,
      told_by: ["transcript"],
    });
    expect(rows.get("span span-b7ad6b7169203331")).toMatchObject({
      text: "GET / 500",
      status: "error",
      duration_ms: 1000,
      level: null,
    });
  });

  test("pages either way without losing or repeating a row, whatever the size", () => {
    for (const limit of [1, 2, 3, 5]) {
      const forward: string[] = [];
      for (let after: string | undefined; ; ) {
        const found = page({ limit, ...(after !== undefined && { after }) });
        forward.push(...found.rows.map((row) => `${row.source} ${row.type} ${row.event_id}`));
        if (!found.has_after) break;
        after = found.last_cursor!;
      }
      expect(forward).toEqual(ALL);
      const backward: string[] = [];
      for (let before = ""; ; ) {
        const found = page({ limit, before });
        backward.unshift(...found.rows.map((row) => `${row.source} ${row.type} ${row.event_id}`));
        expect(found.has_after).toBe(before !== "");
        if (!found.has_before) break;
        before = found.first_cursor!;
      }
      expect(backward).toEqual(ALL);
    }
  });

  test("opens around the row of an event, also of one that has none of its own", () => {
    const around = (eventId: string) => outline({ aroundEventId: eventId, limit: 4 });
    expect(around("line-2")).toEqual(ALL.slice(5, 9));
    expect(around("prompt-1")).toEqual(ALL.slice(0, 2));
    expect(around("hook-1")).toEqual(ALL.slice(2, 6));
    expect(around("span-b7ad6b7169203331")).toEqual(ALL.slice(8, 12));
    expect(page({ aroundEventId: "absent" }).rows).toEqual([]);
    expect(page({ aroundEventId: "line-2", limit: 4 })).toMatchObject({ has_before: true, has_after: true });
  });

  test("chooses sources, levels and services", () => {
    expect(outline({ sources: ["llm", "hook"] })).toEqual([ALL[2], ALL[4], ALL[9], ALL[12]]);
    expect(outline({ sources: ["other"] })).toEqual([ALL[5]]);
    expect(outline({ levels: ["warn"] })).toEqual([ALL[6]]);
    expect(outline({ services: ["web"] })).toEqual([ALL[6], ALL[10]]);
    expect(outline({ services: ["web"], levels: ["info"] })).toEqual([]);
  });

  test("facets count every source, level and service, on the first page only", () => {
    const { facets } = page({ limit: 1, levels: ["error"] });
    expect(facets).toEqual({
      source: [
        { value: "log", count: 4 },
        { value: "transcript", count: 4 },
        { value: "llm", count: 3 },
        { value: "hook", count: 1 },
        { value: "other", count: 1 },
        { value: "span", count: 1 },
      ],
      level: [
        { value: "info", count: 3 },
        { value: "warn", count: 1 },
      ],
      service: [
        { value: "web", count: 2 },
        { value: "jobs", count: 1 },
      ],
      partial: false,
    });
    expect(page({ after: page({ limit: 1 }).last_cursor! }).facets).toBeNull();
  });

  test("a cursor names its place, and what is none of ours is no cursor", () => {
    for (const place of [
      { ts: 5, rank: 6, key: 12 },
      { ts: -5, rank: 4, key: "interaction:a.b:1.2" },
    ])
      expect(parseCursor(cursorOf(place))).toEqual(place);
    for (const text of ["", "x", "1.9.1", "1.6.x", "1.6.-1", "1.2", `1.4.${"x".repeat(601)}`])
      expect(parseCursor(text)).toBeNull();
    expect(outline({ after: "none of ours" })).toEqual(ALL);
  });
});

describe("at 100,000 lines of 10,000 sessions", () => {
  let large: TestDatabase;
  beforeAll(() => {
    large = testDatabase();
    large.session("run", TIMES);
    large.session("top", { ...TIMES, parent_session_id: "run", root_session_id: "top" });
    large.session("other", TIMES);
    large.db.exec(`
      INSERT INTO sessions (session_id, parent_session_id, root_session_id, top_session_id, workspace_id, identity_id, agent,
          started_at, ended_at, events, log_lines)
        WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 9999)
        SELECT 'child-' || i, 'top', 'child-' || i, 'run', 'w-web', 'claude-code@web', 'script', ${START} + i, ${START} + i + 50, 11, 10 FROM n;
      INSERT INTO events (id, event_id, session_id, workspace_id, device_id, seq, hlc, ts, type, source, author, origin)
        WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 109999)
        SELECT i + 1, 'e' || i, 'child-' || (i / 11), 'w-web', 'device', i + 1, i, ${START} + i / 11 + (i % 11) * 5,
          iif(i % 11 = 0, 'session.start', 'log.line'), iif(i % 11 = 0, 'clew', 'log'), 'claude-code@web', 'tool' FROM n;
      INSERT INTO log_lines (id, session_id, root_session_id, joined_by, ts, level, message, format)
        SELECT id, session_id, 'run', 'id', ts, 'info', 'line', 'json' FROM events WHERE type = 'log.line';
      ANALYZE`);
  });
  afterAll(() => large.close());

  test.each(["run", "top", "child-5000"])(
    "every stream of %s is read by an index that says which session and when",
    (sessionId) => {
      const family = sessionFamily(large.db, sessionId)!;
      const range = { from: START + 5000, to: START + 5010 };
      for (const stream of chosenStreams({})) {
        for (const start of [null, { place: { ts: START + 5005, rank: 6, key: 5 }, inclusive: false }])
          for (const direction of ["after", "before"] as const) {
            const { sql, parameters } = streamSql(stream, { family, range, direction, start });
            const plan = large.plan(sql, [...parameters, 101]);
            expect(plan, stream.name).not.toMatch(/SCAN (?!f VIRTUAL)|ANY\(/u);
            expect(plan, stream.name).toMatch(/\((?:session_id|root_session_id)=\?/u);
          }
      }
    },
  );

  test("log lines of a tree come from one range, in order, without sorting", () => {
    const family = sessionFamily(large.db, "run")!;
    expect(family.kind).toBe("top");
    const lines = chosenStreams({ sources: ["log"] })[0]!;
    const { sql, parameters } = streamSql(lines, {
      family,
      range: { from: 0, to: 9e15 },
      direction: "after",
      start: null,
    });
    const plan = large.plan(sql, [...parameters, 101]);
    expect(plan).toContain("log_lines_by_root (root_session_id=? AND ts>? AND ts<?)");
    expect(plan).not.toContain("TEMP B-TREE");
  });

  test("facets and places are looked up, not searched for", () => {
    const family = sessionFamily(large.db, "run")!;
    for (const [{ sql, parameters }, index] of [
      [eventCountsSql("live", family), "events_live"],
      [eventCountsSql("record", family), "events_by_session"],
      [spanServicesSql(family), "spans_by_session"],
    ] as const) {
      const plan = large.plan(sql, parameters);
      expect(plan).toContain(`USING INDEX ${index} (session_id=?)`);
      // What has been limited is walked: the co-routine's own name stands for it.
      expect(plan.replace(/^SCAN (?:e|\(subquery-\d+\))$/mu, "")).not.toContain("SCAN");
    }
    for (const [, sql] of ROWS_OF_EVENT)
      expect(large.plan(sql, [{ eventId: "e", sessionId: "s" }]), sql).not.toContain("SCAN");
    for (const [sql, parameters] of PLACES)
      expect(large.plan(sql, [...parameters({ eventId: "e", sessionId: "s" })])).not.toContain("SCAN");
    expect(familyExtent(large.db, family)).toMatchObject({ events: 110_000 });
  });

  test("a page in the middle is right, from the top and from a branch", () => {
    const middle = cursorOf({ ts: START + 5000, rank: 7, key: "" });
    const top = correlatedTimeline(large.db, { sessionId: "run", after: middle, limit: 50 });
    const branch = correlatedTimeline(large.db, { sessionId: "top", after: middle, limit: 50 });
    expect(branch.rows.map((row) => row.key)).toEqual(top.rows.map((row) => row.key));
    // At each moment one session starts and ten others write a line, except that the first line is five moments later.
    expect(top.rows.filter((row) => row.type === "session.start")).toHaveLength(5);
    expect(top.rows[0]?.ts).toBe(new Date(START + 5001).toISOString());
    const back = correlatedTimeline(large.db, { sessionId: "run", before: top.first_cursor!, limit: 50 });
    const forward = correlatedTimeline(large.db, { sessionId: "run", after: back.last_cursor!, limit: 1 });
    expect(forward.rows[0]?.key).toBe(top.rows[0]?.key);
  });
});
