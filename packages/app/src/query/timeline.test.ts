import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { changesSince, EVENTS_SINCE, LATEST_SEQ, latestSeq } from "./changes.ts";
import { type TestDatabase, testDatabase } from "./testing.ts";
import { SESSION_CALLS, SESSION_RESPONSES, sessionTimeline, type TimelineQuestion } from "./timeline.ts";
import { liveSql, timelineSql } from "./timeline-order.ts";

let base: TestDatabase;
beforeAll(() => {
  base = testDatabase();
  base.session("one");
  base.session("two");
  for (let i = 1; i <= 10; i++)
    base.event(i % 3 === 0 ? "two" : "one", {
      id: i * 10,
      eventId: `e${i}`,
      text: `text ${i}`,
      type: i % 2 ? "assistant.text" : "tool.call",
    });
  base.insert("tool_calls", {
    tool_use_id: "t",
    session_id: "one",
    tool: "Bash",
    status: "ok",
    call_event_id: "e2",
    result_event_id: "e4",
    duration_ms: 5,
    duration_source: "hook",
    sources: JSON.stringify({ call: "transcript", result: "transcript", timing: "hook", status: "transcript" }),
    child_session_id: "one.agent",
  });
  base.response("one", { response_id: "r|q", event_id: "e1", output_tokens: 3, cost_micros: 1_500_000 });
});
afterAll(() => base.close());

const page = (question: Omit<TimelineQuestion, "sessionId">) => {
  const { rows, has_before, has_after } = sessionTimeline(base.db, { sessionId: "one", ...question });
  return [rows.map((row) => row.id), has_before, has_after];
};

describe("sessionTimeline()", () => {
  test("pages forwards, backwards and around an event without gap or repetition", () => {
    expect(page({ limit: 3 })).toEqual([[10, 20, 40], false, true]);
    expect(page({ limit: 3, afterId: 40 })).toEqual([[50, 70, 80], true, true]);
    expect(page({ limit: 3, afterId: 80 })).toEqual([[100], true, false]);
    expect(page({ limit: 3, beforeId: 80 })).toEqual([[40, 50, 70], true, true]);
    expect(page({ limit: 3, beforeId: Number.MAX_SAFE_INTEGER })).toEqual([[70, 80, 100], true, false]);
    expect(page({ limit: 3, aroundEventId: "e5" })).toEqual([[40, 50, 70], true, true]);
    expect(page({ limit: 3, aroundEventId: "e3" })).toEqual([[], false, false]);
    expect(page({ types: ["tool.*"] })).toEqual([[20, 40, 80, 100], false, false]);
  });

  test("joins what the record asked for and what it cost", () => {
    const { rows, first_id, last_id } = sessionTimeline(base.db, { sessionId: "one" });
    expect([first_id, last_id]).toEqual([10, 100]);
    expect(rows[0]).toMatchObject({
      event_id: "e1",
      blocks: [{ kind: "text", text: "text 1" }],
      response: { response_id: "r|q", cost_usd: 1.5 },
      tool_call: null,
    });
    expect(rows[1]).toMatchObject({ tool_call: { tool: "Bash", part: "call" }, child_session_id: "one.agent" });
    expect(rows[2]!.tool_calls).toMatchObject([
      { part: "result", duration_ms: 5, duration_source: "hook", sources: { call: "transcript", timing: "hook" } },
    ]);
  });

  test("walks indexes", () => {
    for (const direction of ["after", "before"] as const) {
      expect(base.plan(timelineSql(direction, undefined), ["one", 0, 9]).split("\n")).toContain(
        `SEARCH e USING INDEX events_by_session (session_id=? AND rowid${direction === "after" ? ">" : "<"}?)`,
      );
    }
    expect(base.plan(SESSION_CALLS, ["one"])).toContain("USING INDEX tool_calls_by_session");
    expect(base.plan(SESSION_RESPONSES, ["one"])).toContain("USING INDEX responses_by_session");
  });
});

describe("changesSince()", () => {
  test("gives what was committed later, oldest first, and goes on where it stopped", () => {
    const first = changesSince(base.db, { seq: 0, limit: 4 });
    expect(first).toMatchObject({ more: true, sessions: ["one", "two"] });
    const rest = changesSince(base.db, { seq: first.seq, limit: 100 });
    expect([...first.events, ...rest.events].map((event) => event.event_id)).toEqual(
      [1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map((i) => `e${i}`),
    );
    expect(rest.seq).toBe(latestSeq(base.db));
    expect(changesSince(base.db, { seq: rest.seq })).toEqual({ seq: rest.seq, sessions: [], events: [], more: false });
  });

  test("costs a step in an index", () => {
    expect(base.plan(EVENTS_SINCE, [0, 9])).toContain("SEARCH e USING INDEX events_by_seq (device_id=? AND seq>?)");
    expect(base.plan(LATEST_SEQ)).toContain("SEARCH e USING COVERING INDEX events_by_seq");
  });
});

describe("a session of which no file tells", () => {
  const MINUTE = 60_000;
  const START = Date.UTC(2026, 0, 1);
  /** In the order of arrival: the minute at which it happened. */
  const ARRIVED = [9, 1, null, 5, 5, 3, null, 7] as const;
  const IN_ORDER = [203, 207, 202, 206, 204, 205, 208, 201];
  beforeAll(() => {
    base.session("live", { agent: "script" });
    ARRIVED.forEach((minute, index) => {
      const at = minute === null ? null : START + minute * MINUTE;
      base.event("live", {
        id: 201 + index,
        eventId: `live${index}`,
        type: "event.said",
        ts: at as number,
        body: "{}",
      });
    });
    base.session("caller", { agent: "script" });
    const call = (id: number, source: "clew" | "log", minute: number) => {
      base.event("caller", { id, eventId: `call${id}`, type: "interaction", ts: START + minute * MINUTE, body: "{}" });
      base.db.prepare("UPDATE events SET source = ? WHERE id = ?").run(source, id);
    };
    call(301, "clew", 1);
    call(302, "log", 1);
    call(303, "clew", 2);
  });
  const live = (question: Omit<TimelineQuestion, "sessionId"> = {}) =>
    sessionTimeline(base.db, { sessionId: "live", ...question });
  const ids = (question: Omit<TimelineQuestion, "sessionId">) => live(question).rows.map((row) => row.id);

  test("stands by time, whatever came first", () => {
    expect(ids({})).toEqual(IN_ORDER);
    expect(ids({ types: ["event.*"] })).toEqual(IN_ORDER);
  });

  test("is paged without gap or repetition from every place, both ways", () => {
    for (const limit of [1, 2, 3, 5, 8]) {
      const forwards: number[] = [];
      let page = live({ limit });
      expect(page.has_before).toBe(false);
      for (;;) {
        forwards.push(...page.rows.map((row) => row.id));
        if (!page.has_after) break;
        page = live({ limit, afterId: page.last_id! });
        expect(page.has_before).toBe(true);
      }
      expect(forwards).toEqual(IN_ORDER);
      const backwards: number[] = [];
      page = live({ limit, beforeId: Number.MAX_SAFE_INTEGER });
      expect(page.has_after).toBe(false);
      for (;;) {
        backwards.unshift(...page.rows.map((row) => row.id));
        if (!page.has_before) break;
        page = live({ limit, beforeId: page.first_id! });
        expect(page.has_after).toBe(true);
      }
      expect(backwards).toEqual(IN_ORDER);
    }
    IN_ORDER.forEach((id, index) => {
      const around = live({ limit: 4, aroundEventId: `live${id - 201}` });
      expect(around.rows.map((row) => row.id)).toEqual(IN_ORDER.slice(Math.max(0, index - 2), index + 2));
      expect([around.has_before, around.has_after]).toEqual([index > 2, index + 2 < IN_ORDER.length]);
    });
  });

  test("shows a call once: its line in the log file, and the announcement where there is none", () => {
    const shown = sessionTimeline(base.db, { sessionId: "caller", types: ["interaction"] }).rows;
    expect(shown.map((row) => row.event_id)).toEqual(["call302", "call303"]);
  });

  test("walks an index", () => {
    for (const direction of ["after", "before"] as const) {
      const plan = base.plan(liveSql(direction, undefined, true), ["live", 0, 0, 9]);
      expect(plan).toMatch(/SEARCH e USING INDEX events_live \(session_id=\? AND (?:ts|\(ts,rowid\))[<>]\(?\?/);
      expect(plan).not.toContain("TEMP B-TREE");
    }
  });
});
