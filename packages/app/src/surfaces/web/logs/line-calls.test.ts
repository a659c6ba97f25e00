import { expect, test } from "vitest";
import type { ModelCallRow } from "../../http/answers.ts";
import { callIndex, callsOfLine, isLineOfCall } from "./line-calls.ts";

const at = (second: number) => new Date(Date.UTC(2026, 0, 1, 12, 0, second)).toISOString();
const call = (key: string, more: Partial<ModelCallRow>): ModelCallRow =>
  ({
    call_key: key,
    session_id: "s",
    ts: at(0),
    duration_ms: null,
    trace_id: null,
    span_id: null,
    ...more,
  }) as ModelCallRow;
const line = (second: number, more: { trace_id?: string; span_id?: string; session_id?: string | null } = {}) => ({
  ts: at(second),
  session_id: "s",
  trace_id: null,
  span_id: null,
  ...more,
});
const keys = (one: ReturnType<typeof line>, calls: readonly ModelCallRow[], most: number) =>
  callsOfLine(one, callIndex(calls), most).map(({ call, by }) => `${call.call_key} ${by}`);

test("a line's span comes before its trace, its trace before what only happened near", () => {
  const calls = [
    call("near", { ts: at(10) }),
    call("trace", { ts: at(30), trace_id: "t", span_id: "other" }),
    call("span", { ts: at(50), trace_id: "t", span_id: "x" }),
  ];
  expect(keys(line(10, { trace_id: "t", span_id: "x" }), calls, 5)).toEqual(["span span", "trace trace"]);
  expect(keys(line(10, { trace_id: "t" }), calls, 5)).toEqual(["trace trace", "span trace"]);
  expect(keys(line(10), calls, 5)).toEqual(["near time"]);
  expect(keys(line(10, { trace_id: "t" }), calls, 1)).toEqual(["trace trace"]);
});

test("a call that was going on is nearer than one that began closer", () => {
  const calls = [call("long", { ts: at(0), duration_ms: 20_000 }), call("late", { ts: at(16) })];
  expect(keys(line(15), calls, 1)).toEqual(["long time"]);
  expect(keys(line(25), calls, 1)).toEqual(["long time"]);
});

test("nearness joins only within a session", () => {
  expect(keys(line(0), [call("other", { session_id: "another" })], 1)).toEqual([]);
  expect(keys(line(0, { session_id: null }), [call("none", { session_id: null })], 1)).toEqual([]);
});

test("the way back follows the same rule", () => {
  const calls = [call("first", { ts: at(0) }), call("second", { ts: at(20) })];
  expect(isLineOfCall(line(3), "first", callIndex(calls))).toBe(true);
  expect(isLineOfCall(line(3), "second", callIndex(calls))).toBe(false);
});
