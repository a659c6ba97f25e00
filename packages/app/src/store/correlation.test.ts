import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { UNCORRELATED_SESSION } from "../base/ids.ts";
import { always, call, end, joins, line, makeStores, NOW, removeStores, rows, span, start, TRACE } from "./testing.ts";

beforeEach(makeStores);
afterEach(removeStores);

describe("a log line joins its session", () => {
  it("by the id that it names, before everything else", () => {
    always([start("s1", { pid: 7 }), line("a", { sessionId: "s2", pid: 7, traceId: TRACE })], (store) =>
      expect(joins(store)).toEqual({ a: "s2 id" }),
    );
  });

  it("by its span, the spans above it, then the trace's first session", () => {
    const trace = { traceId: TRACE };
    const events = [
      start("app", { spanId: "a".repeat(16), ts: NOW }),
      span("1".repeat(16), null, { sessionId: "agent", startedAt: (NOW - 5000) * 1000 }),
      span("2".repeat(16), "1".repeat(16)),
      span("3".repeat(16), "a".repeat(16)),
      span("4".repeat(16), "9".repeat(16)),
      line("under the agent's span", { ...trace, spanId: "2".repeat(16) }),
      line("in the app's own span", { ...trace, spanId: "a".repeat(16) }),
      line("under the app's span", { ...trace, spanId: "3".repeat(16) }),
      line("in a span without parents", { ...trace, spanId: "4".repeat(16) }),
      line("in the trace", trace),
      line("in another trace", { traceId: "f".repeat(32) }),
    ];
    always(events, (store) => {
      expect(joins(store)).toEqual({
        "under the agent's span": "agent trace",
        "in the app's own span": "app trace",
        "under the app's span": "app trace",
        "in a span without parents": "agent trace",
        "in the trace": "agent trace",
        "in another trace": `${UNCORRELATED_SESSION} null`,
      });
      expect(
        rows(store, "SELECT span_id, session_id FROM spans ORDER BY span_id").map((row) => row.session_id),
      ).toEqual(["agent", "agent", "app", "agent"]);
      // The events are where their lines are.
      expect(
        rows(
          store,
          "SELECT count(*) AS n FROM events e JOIN log_lines l USING (id) WHERE e.session_id <> l.session_id",
        ),
      ).toEqual([{ n: 0 }]);
    });
  });

  it("by the one session that its process was running at that time", () => {
    const events = [
      start("first", { pid: 7, ts: NOW - 9000 }),
      end("first", NOW - 5000),
      start("second", { pid: 7, ts: NOW - 100 }),
      start("inner", { pid: 7, ts: NOW - 50, parent: "second" }),
      start("x", { pid: 8, ts: NOW - 50 }),
      start("y", { pid: 8, ts: NOW - 50 }),
      line("in the first", { pid: 7, ts: NOW - 6000 }),
      line("in the outer of two", { pid: 7 }),
      line("in either of two", { pid: 8 }),
      line("before any", { pid: 7, ts: NOW - 60_000 }),
      line("of a process that nobody named", { pid: 9 }),
    ];
    always(events, (store) =>
      expect(joins(store)).toEqual({
        "in the first": "first process",
        "in the outer of two": "second process",
        "in either of two": `${UNCORRELATED_SESSION} null`,
        "before any": `${UNCORRELATED_SESSION} null`,
        "of a process that nobody named": `${UNCORRELATED_SESSION} null`,
      }),
    );
  });
});

describe("a session's figures", () => {
  it("count its lines, however they come", () => {
    const events = [
      start("s1", { pid: 7, ts: NOW - 1000 }),
      ...Array.from({ length: 12 }, (_, i) => line(`line ${i}`, { sessionId: "s1", ts: NOW + i })),
      line("by process", { pid: 7, ts: NOW + 50 }),
      end("s1", NOW + 100),
      line("late", { sessionId: "s1", ts: NOW + 60 }),
    ];
    always(events, (store) =>
      expect(
        rows(store, "SELECT log_lines, events, started_at, ended_at FROM sessions WHERE session_id = 's1'"),
      ).toEqual([{ log_lines: 14, events: 16, started_at: NOW - 1000, ended_at: NOW + 100 }]),
    );
  });

  it("go with the session at the top, whenever it becomes known", () => {
    const events = [
      line("a", { sessionId: "inner" }),
      call("interaction", { sessionId: "inner", messageId: "msg_1" }),
      start("inner", { parent: "outer" }),
      start("outer", { parent: "top" }),
      start("top"),
    ];
    always(events, (store) => {
      expect(
        rows(store, "SELECT root_session_id AS top FROM log_lines UNION ALL SELECT root_session_id FROM model_calls"),
      ).toEqual([{ top: "top" }, { top: "top" }]);
      expect(rows(store, "SELECT DISTINCT top_session_id AS top FROM sessions")).toEqual([{ top: "top" }]);
    });
  });
});
