/** @module The lines of a drawing: from the edge of one dot to the edge of the other, bent where two run between the same. */
import type { GraphEdge } from "../../http/answers.ts";
import type { PlacedNode } from "./graph-layout.ts";

export interface DrawnLine {
  readonly key: string;
  readonly from: string;
  readonly to: string;
  /** SVG path data. */
  readonly path: string;
  readonly label: string;
  /** Where the label's middle stands. */
  readonly x: number;
  readonly y: number;
  /** The label lies over no name and no other label. */
  readonly isClear: boolean;
}

/** Square pixels of overlap that nobody sees. */
const UNSEEN = 8;
const ARROW = 5;
const LONGEST_LABEL = 26;

/** Of a letter of a label, and its height. Pixels. */
const LETTER = 5.6;
const HEIGHT = 12;
/** Where along its line a label may stand, the best place first. */
const PLACES = [0.5, 0.42, 0.58, 0.34, 0.66, 0.26, 0.74] as const;

interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

export function linesOf(edges: readonly GraphEdge[], nodes: readonly PlacedNode[]): readonly DrawnLine[] {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const taken: Box[] = nodes.map(({ x, y, radius, label }) => {
    const half = Math.max(radius, (label.length * 6.4) / 2);
    return { left: x - half, right: x + half, top: y - radius, bottom: y + radius + 16 };
  });
  const pairs = new Set(edges.map(({ from, to }) => JSON.stringify([from, to])));
  return edges.flatMap((edge): readonly DrawnLine[] => {
    const [from, to] = [byId.get(edge.from), byId.get(edge.to)];
    if (!from || !to) return [];
    const label = shortened(edge.types.join(", "));
    const key = JSON.stringify([edge.from, edge.to]);
    if (from === to) {
      const { x, y, radius } = from;
      const path = `M${x - radius} ${y - 3}C${x - 34} ${y - 40} ${x + 34} ${y - 40} ${x + radius + 1} ${y - 5}`;
      return [{ key, from: from.id, to: to.id, path, label, x, y: y - 34, isClear: true }];
    }
    const [dx, dy] = [to.x - from.x, to.y - from.y];
    const length = Math.max(1, Math.hypot(dx, dy));
    const bend = pairs.has(JSON.stringify([edge.to, edge.from])) ? 16 : 0;
    // The middle of a bent line lies half as far out as what bends it.
    const [outX, outY] = [(-dy / length) * bend, (dx / length) * bend];
    const [middleX, middleY] = [(from.x + to.x) / 2 + outX, (from.y + to.y) / 2 + outY];
    const start = towards(from, { x: middleX, y: middleY }, from.radius + 2);
    const end = towards(to, { x: middleX, y: middleY }, to.radius + ARROW);
    const path = `M${start.x} ${start.y}Q${digits(middleX + outX)} ${digits(middleY + outY)} ${end.x} ${end.y}`;
    const at = (part: number) => curve(start, { x: middleX + outX, y: middleY + outY }, end, part);
    const spot = PLACES.map((part) => boxAt(at(part), label)).reduce((best, box) =>
      overlap(box, taken) < overlap(best, taken) ? box : best,
    );
    const isClear = overlap(spot, taken) <= UNSEEN;
    taken.push(spot);
    const x = digits((spot.left + spot.right) / 2);
    return [{ key, from: from.id, to: to.id, path, label, x, y: digits((spot.top + spot.bottom) / 2), isClear }];
  });
}

interface Point {
  readonly x: number;
  readonly y: number;
}

/** A point of the quadratic curve. */
function curve(start: Point, bend: Point, end: Point, part: number): Point {
  const rest = 1 - part;
  return {
    x: rest * rest * start.x + 2 * rest * part * bend.x + part * part * end.x,
    y: rest * rest * start.y + 2 * rest * part * bend.y + part * part * end.y,
  };
}

function boxAt({ x, y }: Point, label: string): Box {
  const half = (label.length * LETTER) / 2 + 2;
  return { left: x - half, right: x + half, top: y - HEIGHT / 2, bottom: y + HEIGHT / 2 };
}

/** Square pixels that lie over others. */
function overlap(box: Box, others: readonly Box[]): number {
  return others.reduce((sum, other) => {
    const wide = Math.min(box.right, other.right) - Math.max(box.left, other.left);
    const high = Math.min(box.bottom, other.bottom) - Math.max(box.top, other.top);
    return wide > 0 && high > 0 ? sum + wide * high : sum;
  }, 0);
}

function towards(from: PlacedNode, to: { readonly x: number; readonly y: number }, by: number) {
  const length = Math.max(1, Math.hypot(to.x - from.x, to.y - from.y));
  return {
    x: digits(from.x + ((to.x - from.x) / length) * by),
    y: digits(from.y + ((to.y - from.y) / length) * by),
  };
}

function digits(value: number): number {
  return Math.round(value * 10) / 10;
}

function shortened(text: string): string {
  const line = text.replace(/\s+/g, " ").trim();
  return line.length > LONGEST_LABEL ? `${line.slice(0, LONGEST_LABEL - 1)}…` : line;
}
