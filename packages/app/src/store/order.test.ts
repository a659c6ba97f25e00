/** @module What has once depended on the order in which things were told, or was counted twice, or joined to a stranger. */
import { afterEach, beforeEach, expect, it } from "vitest";
import { UNCORRELATED_SESSION } from "../base/ids.ts";
import type { Fact, ResponseFact } from "../model/record.ts";
import type { Store } from "./store.ts";
import {
  always,
  call,
  end,
  event,
  joins,
  line,
  makeStores,
  NOW,
  newStore,
  removeStores,
  response,
  rows,
  span,
  start,
  TRACE,
} from "./testing.ts";

beforeEach(makeStores);
afterEach(removeStores);
const activity = (sessionId: string, what: string, ts: number, more: Fact[] = []) =>
  event(
    `act ${sessionId} ${what} ${ts}`,
    sessionId,
    [{ kind: "activity", sessionId, ts, activity: what as never, reason: null }, ...more],
    { source: "hook", type: "hook.x", ts },
  );
const side = (requestId: string, messageId: string, sessionId: string) => {
  const e = response(requestId, messageId, sessionId);
  return { ...e, facts: [{ ...(e.facts[0] as ResponseFact), isSidechain: true }] };
};
const total = (store: Store) => rows(store, "SELECT sum(responses) AS n, sum(input_tokens) AS i FROM usage_by_session");

it("a side question's response counts, though a call told of it first", () => {
  const events = [
    call("interaction", { sessionId: "s1", messageId: "msg_1", requestId: "req_1" }),
    side("req_1", "msg_1", "s1"),
  ];
  always(events, (s) => expect(total(s)).toEqual([{ n: 1, i: 10 }]));
});
it("a call named by message and request, and by the request alone, is one", () => {
  const events = [
    call("interaction", { messageId: "msg_1", requestId: "req_1" }),
    call("api_request", { requestId: "req_1" }),
  ];
  always(events, (s) => expect(total(s)).toEqual([{ n: 1, i: 10 }]));
});
it("lines between an end and a resumption", () => {
  const events = [
    start("s1", { pid: 7, ts: NOW - 9000 }),
    end("s1", NOW - 5000),
    line("gap", { pid: 7, ts: NOW - 4000 }),
    activity("s1", "working", NOW - 3000),
  ];
  always(events, () => {});
});
it("a session that is resumed in another process gives its number back", () => {
  const a = newStore();
  a.writeLive([start("s1", { pid: 7, ts: NOW - 900000 }), end("s1", NOW - 800000)]);
  a.writeLive([start("s2", { pid: 7, ts: NOW - 500000 })]);
  a.writeLive([line("of s2", { pid: 7, ts: NOW - 400000 })]);
  expect(joins(a)).toEqual({ "of s2": "s2 process" });
  a.writeLive([
    activity("s1", "working", NOW - 300000, [
      { kind: "process", sessionId: "s1", pid: 8, startedAt: null, ts: NOW - 300000 },
    ]),
  ]);
  a.writeLive([line("of s2 too", { pid: 7, ts: NOW - 200000 })]);
  expect(joins(a)).toEqual({ "of s2": "s2 process", "of s2 too": "s2 process" });
});
it("a stranger's line is not joined by a number that a session once had", () => {
  const events = [
    start("s1", { pid: 7, ts: NOW - 900000 }),
    end("s1", NOW - 800000),
    activity("s1", "working", NOW - 300000, [
      { kind: "process", sessionId: "s1", pid: 8, startedAt: null, ts: NOW - 300000 },
    ]),
    line("stranger", { pid: 7, ts: NOW - 200000 }),
  ];
  const a = newStore();
  a.writeLive(events);
  expect(joins(a)).toEqual({ stranger: `${UNCORRELATED_SESSION} null` });
});
it("the last lines of a session that another follows in its process are its own", () => {
  const events = [
    start("s1", { pid: 7, ts: NOW - 9000 }),
    end("s1", NOW - 5000),
    start("s2", { pid: 7, ts: NOW - 4000 }),
    line("in s1", { pid: 7, ts: NOW - 6000 }),
  ];
  const a = newStore();
  a.writeLive(events);
  expect(joins(a)).toEqual({ "in s1": "s1 process" });
});
it("a line of another machine is not joined by its process", () => {
  const a = newStore();
  a.writeLive([start("s1", { pid: 7 }), line("container", { pid: 7, host: "other-host-12ab" })]);
  expect(joins(a)).toEqual({ container: `${UNCORRELATED_SESSION} null` });
});
it("an afterword and lines in any order leave the same end", () => {
  const after = event("usage", "s1", [{ kind: "session_label", sessionId: "s1", imported: "json" } as Fact], {
    type: "usage.imported",
    ts: NOW + 50,
  });
  always(
    [after, line("a", { sessionId: "s1", ts: NOW - 100 }), line("b", { sessionId: "s1", ts: NOW - 50 })],
    () => {},
  );
});
it("a call whose better teller names another trace leaves the first", () => {
  const other = "f".repeat(32);
  always(
    [
      start("s1", { spanId: "a".repeat(16) }),
      call("span", { sessionId: null, messageId: "m", traceId: TRACE, spanId: "a".repeat(16) }),
      call("interaction", { sessionId: null, messageId: "m", traceId: other, spanId: null }),
    ],
    () => {},
  );
});
it("of labels the newest stands", () => {
  const l = (n: string, phase: string, ts: number) =>
    event(n, "s1", [{ kind: "session_label", sessionId: "s1", phase } as Fact], { ts });
  always([l("a", "build", NOW), l("b", "test", NOW + 1)], () => {});
});
it("sums of fractions", () => {
  const m = (n: string, value: number) =>
    event(n, "s1", [
      {
        kind: "metric",
        sessionId: "s1",
        name: "cost",
        attributes: {},
        unit: "USD",
        metricKind: "sum",
        isDelta: true,
        value,
        ts: NOW,
      } as Fact,
    ]);
  always([m("a", 0.1), m("b", 0.2), m("c", 0.3)], () => {});
});
it("a sum brought in counts again when what displaced it has moved away", () => {
  const events = [
    call("import", { ownKey: "import:x", sessionId: "s1" }),
    start("s1", { spanId: "a".repeat(16), ts: NOW }),
    call("span", { sessionId: null, messageId: "m", traceId: TRACE, spanId: "b".repeat(16) }),
    span("b".repeat(16), "c".repeat(16)),
    span("c".repeat(16), null, { sessionId: "s2" }),
  ];
  always(events, () => {});
});
it("a parent that is named late takes the lines of its process", () => {
  const events = [
    start("outer", { pid: 7, ts: NOW - 9000 }),
    start("inner", { pid: 7, ts: NOW - 8000 }),
    line("x", { pid: 7 }),
    event("parent later", "inner", [{ kind: "session", sessionId: "inner", parentSessionId: "outer" } as Fact], {
      source: "clew",
    }),
  ];
  always(events, () => {});
});
it("a late sign of life", () => {
  const events = [
    start("s1", { pid: 7, ts: NOW - 9000 }),
    end("s1", NOW - 5000),
    end("s1", NOW - 5000),
    activity("s1", "lost", NOW - 2000),
    line("x", { pid: 7, ts: NOW - 3000 }),
  ];
  always(
    events.filter((_, i) => i !== 2),
    () => {},
  );
});
it("two spans of one id", () => {
  const a = span("1".repeat(16), null, { sessionId: "s1" });
  const b = {
    ...span("1".repeat(16), null, {}),
    eventId: a.eventId.replace(/^./, (c) => (c === "0" ? "1" : "0")),
    naturalKey: "other",
  };
  always([a, b], () => {});
});
it("what a subagent came to, told by its hook and by the call that started it", () => {
  const result = (id: string, text: string | null, success: boolean | null, source: "hook" | "clew") =>
    event(id, "s1.a1", [{ kind: "agent_result", sessionId: "s1.a1", result: text, success }], {
      source,
      type: "session.x",
      ts: NOW,
    });
  const told = (store: Store) =>
    rows(store, "SELECT agent_result AS text, agent_success AS success FROM sessions WHERE session_id = 's1.a1'");
  const hook = result("hook", "Done, says the hook", null, "hook");
  always([hook, result("call", "Done, in full", true, "clew")], (store) =>
    expect(told(store)).toEqual([{ text: "Done, in full", success: 1 }]),
  );
  always([hook, result("call", null, true, "clew")], (store) =>
    expect(told(store)).toEqual([{ text: "Done, says the hook", success: 1 }]),
  );
});
