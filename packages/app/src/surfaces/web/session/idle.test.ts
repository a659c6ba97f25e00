import { expect, test } from "vitest";
import type { Span, SpansAnswer } from "../../http/answers.ts";
import { withoutIdle } from "./idle.ts";

const HOUR = 3_600_000;
const span = (start: number, end: number, kind: Span["kind"] = "tool"): Span => ({
  lane: 0,
  row: 0,
  start,
  end,
  kind,
  id: String(start),
  event_id: null,
  name: "Bash",
  status: "ok",
  estimated: false,
  child_session_id: null,
});
const answer = (spans: readonly Span[]): SpansAnswer => ({
  start: Math.min(...spans.map((one) => one.start)),
  end: Math.max(...spans.map((one) => one.end)),
  lanes: [],
  spans,
});

test("a night between two spans becomes a short break, and its place tells the real time", () => {
  const cut = withoutIdle(answer([span(0, HOUR), span(9 * HOUR, 10 * HOUR)]));
  expect(cut.share).toBeCloseTo(0.8);
  expect(cut.answer.end!).toBeLessThan(2.1 * HOUR);
  expect(cut.breaks).toHaveLength(1);
  expect(cut.breaks[0]!.length).toBe(8 * HOUR);
  for (const [index, real] of [
    [0, 0],
    [1, 9 * HOUR],
  ] as const) {
    expect(cut.realTime(cut.answer.spans[index]!.start)).toBeCloseTo(real, 0);
  }
});

test("spans keep their lengths and their order", () => {
  const spans = [
    span(0, 1_000),
    span(5 * HOUR, 5 * HOUR + 7),
    span(5 * HOUR + 8, 5 * HOUR + 9),
    span(30 * HOUR, 31 * HOUR),
  ];
  const cut = withoutIdle(answer(spans));
  for (const [index, one] of cut.answer.spans.entries()) {
    expect(one.end - one.start).toBeCloseTo(spans[index]!.end - spans[index]!.start, 6);
  }
  expect(cut.answer.spans.map((one) => one.start)).toEqual(
    [...cut.answer.spans.map((one) => one.start)].sort((a, b) => a - b),
  );
});

test("a turn that lasts over night is not work", () => {
  const cut = withoutIdle(answer([span(0, 10 * HOUR, "turn"), span(0, 60_000), span(10 * HOUR - 60_000, 10 * HOUR)]));
  expect(cut.share).toBeGreaterThan(0.9);
});

test("without gaps nothing changes", () => {
  const cut = withoutIdle(answer([span(0, 1_000), span(1_500, 60_000)]));
  expect(cut.breaks).toEqual([]);
  expect(cut.answer.spans.map((one) => one.start)).toEqual([0, 1_500]);
});
