import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Store } from "./store.ts";
import {
  always,
  call,
  event,
  makeStores,
  NOW,
  newStore,
  removeStores,
  response,
  rows,
  span,
  start,
  TRACE,
  usage,
} from "./testing.ts";

beforeEach(makeStores);
afterEach(removeStores);

describe("a call of a model", () => {
  it("that a transcript holds is the transcript's response, told by all", () => {
    const events = [
      response("req_1"),
      call("api_request", { requestId: "req_1", costMicros: 77, querySource: "sdk", durationMs: 30 }),
      call("span", { requestId: "req_1", firstTokenMs: 4, durationMs: 31 }),
    ];
    always(events, (store) => {
      expect(rows(store, "SELECT response_id, record, cost_micros FROM responses")).toEqual([
        { response_id: "msg_1|req_1", record: "assistant", cost_micros: 10 },
      ]);
      expect(
        rows(store, "SELECT call_key, response_id, duration_ms, first_token_ms, query_source FROM model_calls"),
      ).toEqual([
        {
          call_key: "request:req_1",
          response_id: "msg_1|req_1",
          duration_ms: 30,
          first_token_ms: 4,
          query_source: "sdk",
        },
      ]);
      expect(rows(store, "SELECT responses, model_calls FROM sessions WHERE session_id = 's1'")).toEqual([
        { responses: 1, model_calls: 1 },
      ]);
    });
  });

  it("that no transcript holds is counted once, at the price that was reported", () => {
    const events = [
      call("api_request", { requestId: "req_2", costMicros: 77, querySource: "compact" }),
      call("span", { requestId: "req_2" }),
      call("interaction", { messageId: "msg_9", ownKey: "interaction:s1:1" }),
      call("span", { messageId: "msg_9", ownKey: "span:9" }),
      call("span", { ownKey: "failed", usage: null, error: "overloaded" }),
    ];
    always(events, (store) => {
      expect(rows(store, "SELECT response_id, cost_micros, price_version FROM responses ORDER BY 1")).toEqual([
        { response_id: "call:message:msg_9", cost_micros: 10, price_version: "test" },
        { response_id: "call:request:req_2", cost_micros: 77, price_version: "reported" },
      ]);
      expect(rows(store, "SELECT responses, cost_micros, input_tokens, model_calls FROM sessions")).toEqual([
        { responses: 2, cost_micros: 87, input_tokens: 20, model_calls: 3 },
      ]);
      expect(rows(store, "SELECT sum(cost_micros) AS cost FROM usage_by_hour")).toEqual([{ cost: 87 }]);
    });
  });

  it("brought in as a session's sum counts while nothing else tells of the session", () => {
    const sum = { sessionId: "s1", ownKey: "import:s1", costMicros: 900, model: "unknown" };
    const smaller = { ...sum, usage: { ...usage, inputTokens: 3 }, error: "an earlier one" };
    const cost = (store: Store) =>
      rows(store, "SELECT responses, cost_micros AS cost FROM sessions WHERE session_id = 's1'");
    always([call("import", smaller), call("import", sum)], (store) =>
      expect(cost(store)).toEqual([{ responses: 1, cost: 900 }]),
    );
    always([call("import", sum), response("req_1")], (store) =>
      expect(cost(store)).toEqual([{ responses: 1, cost: 10 }]),
    );
    always([call("import", sum), call("interaction", { messageId: "msg_2" })], (store) =>
      expect(cost(store)).toEqual([{ responses: 1, cost: 10 }]),
    );
  });

  it("of a trace without a session has one of its own, until the trace's is known", () => {
    const stray = { sessionId: null, fallbackSession: `trace-${TRACE}`, traceId: TRACE, spanId: "5".repeat(16) };
    const both = span("5".repeat(16), "6".repeat(16), { fallbackSession: `trace-${TRACE}` });
    const told = [
      { ...both, facts: [...both.facts, ...call("span", { ...stray, messageId: "msg_5" }).facts] },
      span("6".repeat(16), null),
    ];
    always(told, (store) => {
      expect(
        rows(store, "SELECT session_id, responses, events FROM sessions WHERE session_id <> 'uncorrelated'"),
      ).toEqual([{ session_id: `trace-${TRACE}`, responses: 1, events: 2 }]);
    });
    always([...told, start("app", { spanId: "6".repeat(16) })], (store) => {
      expect(
        rows(store, "SELECT session_id, responses, cost_micros FROM sessions WHERE session_id <> 'uncorrelated'"),
      ).toEqual([{ session_id: "app", responses: 1, cost_micros: 10 }]);
      expect(rows(store, "SELECT session_id FROM model_calls")).toEqual([{ session_id: "app" }]);
    });
  });
});

it("metrics of a session add up by attributes", () => {
  const store = newStore();
  const metric = (name: string, value: number, isDelta: boolean, ts: number) =>
    event(`${name} ${ts}`, "s1", [
      {
        kind: "metric",
        sessionId: "s1",
        name,
        attributes: { b: 1, a: "x" },
        unit: "s",
        metricKind: "sum",
        isDelta,
        value,
        ts,
      },
    ]);
  store.writeLive([
    metric("active", 5, true, NOW),
    metric("active", 7, true, NOW + 9),
    metric("total", 9, false, NOW + 9),
  ]);
  store.writeLive([metric("total", 4, false, NOW), metric("active", 7, true, NOW + 9)]);
  expect(
    rows(store, "SELECT name, attributes, value, points, first_at, last_at FROM metric_series ORDER BY name"),
  ).toEqual([
    { name: "active", attributes: '{"a":"x","b":1}', value: 12, points: 2, first_at: NOW, last_at: NOW + 9 },
    { name: "total", attributes: '{"a":"x","b":1}', value: 9, points: 2, first_at: NOW, last_at: NOW + 9 },
  ]);
});
