import { expect, test } from "vitest";
import type { Lane, Span } from "../../http/answers.ts";
import { LEAST_WIDTH, laneBoxes, panned, spanBoxes, ticks, zoomed } from "./waterfall-layout.ts";

const lanes: readonly Lane[] = [
  { lane: 0, session_id: "main", parent_session_id: null, title: "main", depth: 0, rows: 2, has_records: true },
  { lane: 1, session_id: "main.a", parent_session_id: "main", title: "a", depth: 1, rows: 1, has_records: true },
];
const span = (lane: number, row: number, start: number, end: number): Span => ({
  lane,
  row,
  start,
  end,
  kind: "tool",
  id: `${lane}-${row}-${start}`,
  event_id: null,
  name: "Bash",
  status: "ok",
  estimated: false,
  child_session_id: null,
});
const HALF_DAY = 43_200_000;
const whole = { start: 0, end: HALF_DAY };
const layout = (spans: readonly Span[], domain = whole) =>
  spanBoxes({ spans, boxes: laneBoxes(lanes), domain, width: 1000, top: 0, bottom: 1e6 });

test("a span of one millisecond in half a day can be seen", () => {
  expect(layout([span(0, 0, 1000, 1001)])[0]!.width).toBeGreaterThanOrEqual(LEAST_WIDTH);
});

test("the last span ends inside the picture", () => {
  const [box] = layout([span(0, 0, HALF_DAY - 1, HALF_DAY)]);
  expect(box!.x + box!.width).toBeLessThanOrEqual(1000);
});

test("lanes lie below each other and rows of a lane never overlap", () => {
  const [first, second, third] = layout([span(0, 0, 0, 1e6), span(0, 1, 0, 1e6), span(1, 0, 0, 1e6)]);
  expect(first!.y).toBeLessThan(second!.y);
  expect(second!.y).toBeLessThan(third!.y);
});

test("what falls on the same pixels is counted, so that rectangles are bounded by pixels", () => {
  const crowd = Array.from({ length: 20_000 }, (_, index) => span(0, 0, index, index + 1));
  const boxes = layout(crowd);
  expect(boxes.length).toBeLessThanOrEqual(500);
  expect(boxes.every((box, index) => index === 0 || box.x >= boxes[index - 1]!.x + boxes[index - 1]!.width)).toBe(true);
  expect(boxes.reduce((sum, box) => sum + box.hidden + 1, 0)).toBe(20_000);
});

test("zooming keeps the moment under the pointer and stays inside the whole", () => {
  const domain = zoomed(whole, whole, 0.5, 10_000_000);
  expect(domain.end - domain.start).toBeCloseTo(HALF_DAY / 2);
  expect((10_000_000 - domain.start) / (domain.end - domain.start)).toBeCloseTo(10_000_000 / HALF_DAY);
  expect(zoomed(domain, whole, 100, 0)).toEqual(whole);
  expect(panned(domain, whole, -1e12).start).toBe(0);
  expect(panned(domain, whole, 1e12).end).toBe(HALF_DAY);
});

test("marks are inside the domain and not crowded", () => {
  for (const length of [5, 900, 61_000, HALF_DAY, 40 * 86_400_000, 4e11]) {
    const marks = ticks({ start: 500, end: 500 + length }, 1000, 500);
    expect(marks.length).toBeLessThanOrEqual(11);
    expect(marks.every((mark) => mark >= 500 && mark <= 500 + length)).toBe(true);
  }
});
