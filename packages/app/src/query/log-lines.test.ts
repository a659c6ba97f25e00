import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { logContext, neighboursSql } from "./log-context.ts";
import { findLogs, logCountSql, logGroupsSql, logsSql } from "./log-lines.ts";
import { headsSql, rangeSql, wordMatches } from "./log-lines-gathered.ts";
import { logScope } from "./log-lines-scope.ts";
import { type TestTelemetry, TRACE, testTelemetry, uncorrelatedSession } from "./log-testing.ts";
import { HOUR, TEST_NOW, type TestDatabase, testDatabase } from "./testing.ts";

let base: TestDatabase;
let told: TestTelemetry;
beforeAll(() => {
  base = testDatabase();
  told = testTelemetry(base);
  uncorrelatedSession(base);
  base.session("agent", { title: "Fix the lock" });
  base.session("agent.sub", { parent_session_id: "agent" });
  base.session("request", {
    parent_session_id: "agent.sub",
    root_session_id: "request",
    agent: "script",
    title: "GET /",
  });
  base.session("other", { project: "api", agent: "script" });
  const at = (seconds: number): number => TEST_NOW - HOUR + seconds * 1000;
  told.line({ session: "agent", ts: at(1), message: "agent says hello", eventId: "a1", service: "cli" });
  told.line({ session: "agent.sub", ts: at(2), message: "database is locked", level: "error", eventId: "s1" });
  told.line({ session: "request", ts: at(3), message: "took 12 ms", eventId: "r1", service: "web", logger: "http" });
  told.line({ session: "request", ts: at(3), message: "took 13 ms", eventId: "r2", service: "web", logger: "http" });
  told.line({
    session: "request",
    ts: at(3),
    message: "took 14 ms",
    eventId: "r3",
    service: "web",
    joinedBy: "trace",
    traceId: TRACE,
  });
  told.line({
    session: "other",
    ts: at(4),
    message: "someone else's lock",
    eventId: "o1",
    level: "warn",
    service: "api",
  });
  told.line({
    ts: at(5),
    message: "nobody's <b>line</b> \u001b[31mred",
    eventId: "u1",
    level: "fatal",
    service: "web",
  });
});
afterAll(() => base.close());

const ids = (question: Parameters<typeof findLogs>[1]): string[] =>
  findLogs(base.db, question).rows.map((row) => row.event_id);

describe("findLogs()", () => {
  test("lists all lines, newest first, with what each is and where it belongs", () => {
    const answer = findLogs(base.db, {});
    expect(answer.rows.map((row) => row.event_id)).toEqual(["u1", "o1", "r3", "r2", "r1", "s1", "a1"]);
    expect(answer).toMatchObject({ total: 7, more: false, next: null, stopped_early: false });
    expect(answer.rows[0]).toMatchObject({ session_id: null, session_title: null, joined_by: null, level: "fatal" });
    expect(answer.rows[4]).toMatchObject({
      session_id: "request",
      session_title: "GET /",
      joined_by: "id",
      named_session: "request",
      service: "web",
      logger: "http",
      ts: "2026-03-10T11:00:03.000Z",
      tool_use_id: null,
    });
  });

  test("a session's lines are those of all below it, unless it is asked for alone", () => {
    expect(ids({ sessionId: "agent" })).toEqual(["r3", "r2", "r1", "s1", "a1"]);
    expect(ids({ sessionId: "agent.sub" })).toEqual(["r3", "r2", "r1", "s1"]);
    expect(ids({ sessionId: "agent", alone: true })).toEqual(["a1"]);
    expect(ids({ sessionId: "request", order: "oldest" })).toEqual(["r1", "r2", "r3"]);
    expect(findLogs(base.db, { sessionId: "absent" })).toMatchObject({ rows: [], total: 0, next: null });
  });

  test("chooses by level, service, logger, join, trace, time and workspace", () => {
    expect(ids({ levels: ["error", "fatal"] })).toEqual(["u1", "s1"]);
    expect(ids({ services: ["web"], sessionId: "agent" })).toEqual(["r3", "r2", "r1"]);
    expect(ids({ services: [""] })).toEqual(["s1"]);
    expect(ids({ loggers: ["http"] })).toEqual(["r2", "r1"]);
    expect(ids({ joined: ["none"] })).toEqual(["u1"]);
    expect(ids({ joined: ["none", "trace"] })).toEqual(["u1", "r3"]);
    expect(ids({ joined: ["none"], sessionId: "agent" })).toEqual([]);
    expect(ids({ traceId: TRACE })).toEqual(["r3"]);
    expect(ids({ since: TEST_NOW - HOUR + 4000, until: TEST_NOW - HOUR + 5000 })).toEqual(["o1"]);
    expect(ids({ workspaceId: "w-api" })).toEqual(["o1"]);
  });

  test("pages by time and number: lines of one millisecond are neither lost nor repeated", () => {
    for (const question of [{}, { order: "oldest" as const }, { sessionId: "agent.sub" }, { words: "took" }]) {
      const all = ids(question);
      const paged: string[] = [];
      let cursor: string | undefined;
      do {
        const page = findLogs(base.db, { ...question, limit: 2, ...(cursor !== undefined && { cursor }) });
        paged.push(...page.rows.map((row) => row.event_id));
        cursor = page.next ?? undefined;
      } while (cursor !== undefined);
      expect(paged).toEqual(all);
    }
    expect(ids({ cursor: "none of ours" })).toEqual(ids({}));
  });

  test("each facet leaves its own choice aside", () => {
    const { facets, total } = findLogs(base.db, { levels: ["info"], sessionId: "agent" });
    expect(total).toBe(4);
    expect(facets.level).toEqual([
      { value: "info", count: 4 },
      { value: "error", count: 1 },
    ]);
    expect(facets.service).toEqual([
      { value: "web", count: 3 },
      { value: "cli", count: 1 },
    ]);
    expect(findLogs(base.db, {}).facets.joined_by).toEqual([
      { value: "id", count: 5 },
      { value: "none", count: 1 },
      { value: "trace", count: 1 },
    ]);
  });

  test("finds words as search does, within whatever else is chosen", () => {
    expect(ids({ words: "took" })).toEqual(["r3", "r2", "r1"]);
    expect(ids({ words: "lock*" })).toEqual(["o1", "s1"]);
    expect(ids({ words: "lock*", sessionId: "agent" })).toEqual(["s1"]);
    expect(ids({ words: "took", traceId: TRACE })).toEqual(["r3"]);
    expect(findLogs(base.db, { words: "took 12", levels: ["error"] })).toMatchObject({ total: 0 });
    expect(ids({ words: "absent" })).toEqual([]);
    expect(ids({ words: "  " })).toHaveLength(7);
  });

  test("any text is a valid question", () => {
    for (const words of [
      '"',
      "NEAR(",
      "a OR b",
      "' OR 1=1 --",
      "level:error",
      "\u0000",
      "💥",
      "x".repeat(3000),
      "-took",
    ])
      expect(() => findLogs(base.db, { words, budgetMs: 100 })).not.toThrow();
    expect(ids({ services: ["web' OR '1'='1"] })).toEqual([]);
    expect(ids({ sessionId: "agent' --", traceId: "%" })).toEqual([]);
  });

  test("stops looking for words when its time is up, and says so", () => {
    let now = 0;
    const answer = findLogs(base.db, { words: "took", clock: () => (now += 10_000) });
    expect(answer).toMatchObject({ total: null, more: true, stopped_early: true });
  });
});

describe("logContext()", () => {
  test("has the neighbours in the file by their place, else in the session, else by time", () => {
    for (const [offset, eventId] of [
      [0, "f1"],
      [40, "f2"],
      [80, "f3"],
    ] as const)
      told.line({
        session: "other",
        message: eventId,
        path: "/var/log/app.log",
        offset,
        eventId,
        ts: TEST_NOW - offset,
      });
    // The file was cut and begun anew: the same places again.
    for (const [offset, eventId] of [
      [0, "g1"],
      [50, "g2"],
    ] as const)
      told.line({ session: "other", message: eventId, path: "/var/log/app.log", offset, eventId });
    const around = (eventId: string, size = 5) => {
      const context = logContext(base.db, { eventId, before: size, after: size })!;
      return [context.by, context.at, context.rows.map((row) => row.event_id)];
    };
    expect(around("f2")).toEqual(["file", 1, ["f1", "f2", "f3"]]);
    expect(around("g2")).toEqual(["file", 1, ["g1", "g2"]]);
    expect(around("r2", 1)).toEqual(["session", 1, ["r1", "r2", "r3"]]);
    expect(around("u1", 1)).toEqual(["time", 1, ["o1", "u1", "f3"]]);
    expect(logContext(base.db, { eventId: "a1", before: 0, after: 0 })?.rows).toHaveLength(1);
    expect(logContext(base.db, { eventId: "absent" })).toBeNull();
  });
});

describe("an empty store", () => {
  test("has no lines, and no question fails", () => {
    const empty = testDatabase();
    try {
      for (const question of [
        {},
        { words: "x" },
        { sessionId: "s" },
        { toolUseId: "t" },
        { joined: ["none"] as const },
      ])
        expect(findLogs(empty.db, question)).toMatchObject({ rows: [], total: 0, more: false, next: null });
      expect(logContext(empty.db, { eventId: "x" })).toBeNull();
    } finally {
      empty.close();
    }
  });
});

describe("at 100,000 lines", () => {
  let large: TestDatabase;
  beforeAll(() => {
    large = testDatabase();
    uncorrelatedSession(large);
    large.session("top", { agent: "script" });
    large.session("child", { parent_session_id: "top", root_session_id: "child", agent: "script" });
    large.session("grandchild", { parent_session_id: "child", root_session_id: "grandchild", agent: "script" });
    large.db
      .prepare(
        `INSERT INTO log_lines (id, session_id, root_session_id, joined_by, ts, level, service, message, trace_id, path, file_offset, format)
         WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000)
         SELECT i, CASE i % 4 WHEN 0 THEN 'uncorrelated' WHEN 1 THEN 'top' WHEN 2 THEN 'child' ELSE 'grandchild' END,
           CASE i % 4 WHEN 0 THEN 'uncorrelated' ELSE 'top' END, CASE i % 4 WHEN 0 THEN NULL ELSE 'id' END, ? + i * 10,
           CASE i % 10 WHEN 0 THEN 'error' ELSE 'info' END, 'web', 'line ' || i, printf('%032x', i / 100), '/app.log', i * 100, 'json' FROM n`,
      )
      .run(TEST_NOW);
    large.db.exec("ANALYZE");
  });
  afterAll(() => large.close());

  test("counts to 10,000 and says when there are more", () => {
    expect(findLogs(large.db, {})).toMatchObject({ total: null, more: true });
    expect(findLogs(large.db, { sessionId: "top", levels: ["error"] })).toMatchObject({ total: 5000, more: false });
    expect(findLogs(large.db, { traceId: "1".padStart(32, "0") })).toMatchObject({ total: 100, more: false });
    expect(findLogs(large.db, { since: TEST_NOW, until: TEST_NOW + 60_000 }).total).toBe(5999);
  });

  test.each([
    ["a tree", { sessionId: "top" }, "log_lines_by_root (root_session_id=?"],
    ["a branch", { sessionId: "child" }, "log_lines_by_session (session_id=?"],
    ["a session alone", { sessionId: "grandchild" }, "log_lines_by_session (session_id=?"],
    ["uncorrelated lines", { joined: ["none"] as const }, "log_lines_by_session (session_id=?"],
    ["a trace", { traceId: "2".padStart(32, "0") }, "log_lines_by_trace (trace_id=?"],
    ["a time", { since: TEST_NOW, until: TEST_NOW + 1000 }, "log_lines_by_time (ts>? AND ts<?"],
    ["a session in a time", { sessionId: "top", since: TEST_NOW }, "log_lines_by_root (root_session_id=? AND ts>?"],
  ])("%s is one range of an index, also past a cursor", (_, question, range) => {
    const scope = logScope(large.db, question);
    for (const [sql, parameters] of [
      ...[null, { ts: TEST_NOW + 5000, id: 500 }].flatMap((cursor) =>
        (["newest", "oldest"] as const).map((order) => {
          const page = logsSql(scope, order, cursor);
          return [page.sql, [...page.parameters, 100]] as const;
        }),
      ),
      [logGroupsSql(scope).sql, logGroupsSql(scope).parameters] as const,
      [logCountSql(scope).sql, logCountSql(scope).parameters] as const,
      [rangeSql(scope), [...scope.from.parameters, ...scope.where.parameters]] as const,
    ]) {
      const plan = large.plan(sql, parameters);
      expect(plan).toContain(range);
      expect(plan).not.toMatch(/SCAN (?:l|log_lines)\b/u);
    }
  });

  test("what is listed from an index in the order of time is not sorted", () => {
    for (const question of [{}, { sessionId: "top" }, { joined: ["none"] as const }, { levels: ["error"] as const }]) {
      const { sql, parameters } = logsSql(logScope(large.db, question), "newest", null);
      expect(large.plan(sql, [...parameters, 10])).not.toContain("TEMP B-TREE");
    }
  });

  test("neighbours, and lines found by words, are looked up one by one", () => {
    for (const by of ["file", "session", "time"] as const)
      for (const side of ["before", "after"] as const) {
        const plan = large.plan(
          neighboursSql(by, side),
          by === "file" ? ["p", 1, 1, 0, 9, 5] : by === "session" ? ["s", 1, 1, 5] : [1, 1, 5],
        );
        expect(plan).toContain("SEARCH l USING");
        expect(plan).not.toMatch(/SCAN l|TEMP B-TREE/u);
      }
    expect(large.plan(wordMatches("DESC"), ["x", 0, 9, 5])).toContain("VIRTUAL TABLE INDEX");
    const { test: condition } = logScope(large.db, { sessionId: "child" });
    expect(large.plan(headsSql({ test: condition }), ["[1]", ...condition.parameters])).toContain(
      "SEARCH l USING INTEGER PRIMARY KEY (rowid=?)",
    );
  });
});
