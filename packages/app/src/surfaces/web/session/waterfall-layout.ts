/** @module Spans to rectangles: which of them a stretch of time shows, where, and at least wide enough to be seen. */
import type { Lane, Span } from "../../http/answers.ts";

export const ROW_HEIGHT = 11;
export const ROW_GAP = 2;
export const LANE_GAP = 8;
/** Pixels; a span of a millisecond in a day of work is still this wide. */
export const LEAST_WIDTH = 2;

/** A stretch of time, milliseconds. */
export interface Domain {
  readonly start: number;
  readonly end: number;
}

export interface Box {
  readonly span: Span;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  /** Spans that lie under this one at this zoom. */
  readonly hidden: number;
  /** The most telling of all that lie here: a failure over success, a tool over a response. */
  readonly status: string;
  readonly kind: Span["kind"];
}

export interface LaneBox {
  readonly lane: Lane;
  readonly y: number;
  readonly height: number;
}

export function laneBoxes(lanes: readonly Lane[]): readonly LaneBox[] {
  let y = LANE_GAP / 2;
  return lanes.map((lane) => {
    const height = lane.rows * (ROW_HEIGHT + ROW_GAP) - ROW_GAP;
    const box = { lane, y, height };
    y += height + LANE_GAP;
    return box;
  });
}

export interface LayoutOptions {
  readonly spans: readonly Span[];
  readonly boxes: readonly LaneBox[];
  readonly domain: Domain;
  readonly width: number;
  /** Vertical part that is on screen. */
  readonly top: number;
  readonly bottom: number;
}

/**
 * Rectangles on screen. Per row, a span that ends under the one drawn before it is not drawn but counted, so that the
 * number of rectangles is bounded by pixels, whatever the session's length; none covers another.
 */
export function spanBoxes({ spans, boxes, domain, width, top, bottom }: LayoutOptions): readonly Box[] {
  const scale = width / Math.max(1, domain.end - domain.start);
  const result: { -readonly [K in keyof Box]: Box[K] }[] = [];
  const lastOfRow = new Map<number, (typeof result)[number]>();
  for (const span of spans) {
    const lane = boxes[span.lane];
    if (!lane || span.end < domain.start || span.start > domain.end) continue;
    const y = lane.y + span.row * (ROW_HEIGHT + ROW_GAP);
    if (y + ROW_HEIGHT < top || y > bottom) continue;
    const x = Math.max(0, (span.start - domain.start) * scale);
    const right = Math.min(width, (span.end - domain.start) * scale);
    const before = lastOfRow.get(y);
    const free = before ? before.x + before.width : 0;
    if (before && (right <= free + 0.01 || free > width - LEAST_WIDTH)) {
      before.hidden++;
      if (before.status === "ok") before.status = span.status;
      if (span.kind === "tool") before.kind = "tool";
      continue;
    }
    const left = Math.max(free, Math.min(x, width - LEAST_WIDTH));
    const box = {
      span,
      x: left,
      y,
      width: Math.max(LEAST_WIDTH, right - left),
      hidden: 0,
      status: span.status,
      kind: span.kind,
    };
    result.push(box);
    lastOfRow.set(y, box);
  }
  return result;
}

const STEPS = [
  1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 15e3, 3e4, 6e4, 12e4, 3e5, 6e5, 9e5, 18e5, 36e5, 72e5, 108e5,
  216e5, 432e5, 864e5, 1728e5, 6048e5, 2592e6,
] as const;

/** Times of the axis' marks, about one in 110 pixels, counted from `origin`. */
export function ticks(domain: Domain, width: number, origin: number): readonly number[] {
  const wanted = (domain.end - domain.start) / Math.max(1, width / 110);
  const step = STEPS.find((one) => one >= wanted) ?? Math.ceil(wanted / 2592e6) * 2592e6;
  const marks: number[] = [];
  for (let mark = Math.ceil((domain.start - origin) / step) * step; mark <= domain.end - origin; mark += step)
    marks.push(origin + mark);
  return marks;
}

/** The domain after zooming by `factor` around `at`; never shorter than 5 ms nor longer than `whole`. */
export function zoomed(domain: Domain, whole: Domain, factor: number, at: number): Domain {
  const length = Math.min(whole.end - whole.start, Math.max(5, (domain.end - domain.start) * factor));
  const part = (at - domain.start) / Math.max(1, domain.end - domain.start);
  return kept({ start: at - part * length, end: at + (1 - part) * length }, whole);
}

export function panned(domain: Domain, whole: Domain, by: number): Domain {
  return kept({ start: domain.start + by, end: domain.end + by }, whole);
}

/** Moves a domain back inside the whole without changing its length. */
function kept(domain: Domain, whole: Domain): Domain {
  const length = Math.min(domain.end - domain.start, whole.end - whole.start);
  const start = Math.min(Math.max(domain.start, whole.start), whole.end - length);
  return { start, end: start + length };
}
