/** @module Time without the hours in which nobody worked: long gaps between spans shrink to a short, marked break. */
import type { SpansAnswer } from "../../http/answers.ts";

/** A place where time was cut. */
export interface Break {
  /** Middle of the break on the shrunk axis. */
  readonly at: number;
  /** Milliseconds that it stands for. */
  readonly length: number;
}

export interface IdleCut {
  /** Times of this answer are on the shrunk axis. */
  readonly answer: SpansAnswer;
  readonly breaks: readonly Break[];
  /** Share of the whole time that was cut. */
  readonly share: number;
  /** Real time of a place on the shrunk axis. */
  realTime(at: number): number;
}

/** Gaps shorter than this are work as well: someone reads, a model thinks. Milliseconds. */
const LEAST_GAP = 120_000;
/** What is left of a gap, as a share of the time with work. */
const LEFT = 0.012;

/** Turns do not count as work: they last until the next prompt, whenever that is. */
export function withoutIdle(answer: SpansAnswer): IdleCut {
  const [start, end] = [answer.start ?? 0, answer.end ?? 0];
  const busy = answer.spans.filter((span) => span.kind !== "turn").sort((a, b) => a.start - b.start);
  const gaps: { readonly from: number; readonly to: number }[] = [];
  let reached = start;
  for (const span of busy) {
    if (span.start - reached > LEAST_GAP) gaps.push({ from: reached, to: span.start });
    reached = Math.max(reached, span.end);
  }
  if (end - reached > LEAST_GAP) gaps.push({ from: reached, to: end });
  const cut = gaps.reduce((sum, gap) => sum + gap.to - gap.from, 0);
  const left = Math.min(LEAST_GAP, Math.max(1, (end - start - cut) * LEFT));
  let removed = 0;
  const marks = gaps.map((gap) => {
    const before = removed;
    removed += gap.to - gap.from - left;
    return { ...gap, before, shrunkFrom: gap.from - before, shrunkTo: gap.from - before + left };
  });
  const shrunk = (time: number): number => {
    const gap = lastWhere(marks, (mark) => mark.from <= time);
    if (!gap) return time;
    if (time < gap.to) return gap.shrunkFrom + ((time - gap.from) / (gap.to - gap.from)) * left;
    return time - gap.before - (gap.to - gap.from - left);
  };
  return {
    answer: {
      ...answer,
      start,
      end: shrunk(end),
      spans: answer.spans.map((span) => ({ ...span, start: shrunk(span.start), end: shrunk(span.end) })),
    },
    breaks: marks.map((mark) => ({ at: mark.shrunkFrom + left / 2, length: mark.to - mark.from })),
    share: end > start ? cut / (end - start) : 0,
    realTime(at) {
      const gap = lastWhere(marks, (mark) => mark.shrunkFrom <= at);
      if (!gap) return at;
      if (at < gap.shrunkTo) return gap.from + ((at - gap.shrunkFrom) / left) * (gap.to - gap.from);
      return at - gap.shrunkTo + gap.to;
    },
  };
}

/** Binary search: marks are in order. */
function lastWhere<T>(list: readonly T[], holds: (one: T) => boolean): T | undefined {
  let [low, high] = [0, list.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(list[middle]!)) low = middle + 1;
    else high = middle;
  }
  return list[low - 1];
}
