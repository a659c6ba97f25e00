/**
 * @module Where the entities of a drawing stand: springs along relations, every name with room of its own. No chance is in it:
 * the same graph is drawn the same.
 */
import type { GraphEdge, GraphNode } from "../../http/answers.ts";

export interface PlacedNode extends GraphNode {
  /** Of its dot's middle. Pixels. */
  readonly x: number;
  readonly y: number;
  readonly radius: number;
  /** As it is written under the dot. */
  readonly label: string;
}

export interface PlacedGraph {
  readonly nodes: readonly PlacedNode[];
  readonly width: number;
  readonly height: number;
}

const LONGEST_LABEL = 22;
/** Widths of a letter of a label and of what stands around it. Pixels. */
const LETTER = 6.4;
const LABEL_HEIGHT = 15;
const PADDING = 26;
/** Entities times how far they are spread, squared: more will not fit, and is not tried. */
const MOST_SPREAD = 60;
const STEPS = 260;
const SPRING = 74;
/** How much longer relations may be where there is room; the first that fits is taken. */
const SPREADS = [2.4, 2, 1.7, 1.4, 1.2, 1] as const;
/** How strongly all push each other away, and how strongly the middle holds. */
const PUSH = 0.008;
const HOLD = 0.02;

interface Body {
  x: number;
  y: number;
  readonly isFixed: boolean;
  readonly halfWidth: number;
  /** From the dot's middle upward, and down to the label's end. */
  readonly above: number;
  readonly below: number;
}

export function radiusOf({ degree, distance }: Pick<GraphNode, "degree" | "distance">, hasMiddle: boolean): number {
  const size = 4.5 + Math.min(5, Math.sqrt(degree) * 1.3);
  return hasMiddle && distance === 0 ? Math.max(9, size) : size;
}

export function labelOf(name: string): string {
  const line = name.replace(/\s+/g, " ").trim();
  const letters = [...line];
  return letters.length > LONGEST_LABEL ? `${letters.slice(0, LONGEST_LABEL - 1).join("")}…` : line;
}

export interface Place {
  /** Pixels. */
  readonly width: number;
  readonly height: number;
}

interface Graph {
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
}

/** `hasMiddle`: the first node is what the others are around. It may be larger than the place that there is. */
export function layoutGraph(graph: Graph, hasMiddle: boolean, place: Place): PlacedGraph {
  let result: PlacedGraph = { nodes: [], width: 0, height: 0 };
  for (const spread of SPREADS) {
    if (spread > 1 && graph.nodes.length * spread * spread > MOST_SPREAD) continue;
    result = spreadGraph(graph, hasMiddle, place.width / Math.max(1, place.height), SPRING * spread);
    if (result.width <= place.width && result.height <= place.height) break;
  }
  return result;
}

function spreadGraph({ nodes, edges }: Graph, hasMiddle: boolean, aspect: number, spring: number): PlacedGraph {
  const stretch = Math.max(0.6, Math.min(2.2, aspect));
  const index = new Map(nodes.map((node, at) => [node.id, at]));
  const links = edges.flatMap(({ from, to }) => {
    const [a, b] = [index.get(from), index.get(to)];
    return a === undefined || b === undefined || a === b ? [] : [[a, b] as const];
  });
  const bodies = nodes.map((node, at): Body => {
    const radius = radiusOf(node, hasMiddle);
    const { x, y } = start(at, nodes, links, hasMiddle, spring);
    return {
      x: x * stretch,
      y,
      isFixed: hasMiddle && at === 0,
      halfWidth: Math.max(radius, ([...labelOf(node.name)].length * LETTER) / 2) + 5,
      above: radius + 4,
      below: radius + LABEL_HEIGHT + 3,
    };
  });
  for (let step = 0; step < STEPS; step++) relax(bodies, links, { stretch, spring, heat: 1 - step / STEPS });
  separate(bodies);
  return placed(nodes, bodies, hasMiddle);
}

/** On rings by distance, each beside what it hangs on; without a middle on a spiral, the most connected inside. */
function start(
  at: number,
  nodes: readonly GraphNode[],
  links: readonly (readonly [number, number])[],
  hasMiddle: boolean,
  spring: number,
): { readonly x: number; readonly y: number } {
  if (!hasMiddle) return polar(at * 2.399963, spring * 0.6 * Math.sqrt(at));
  const distance = nodes[at]!.distance;
  if (distance === 0) return { x: 0, y: 0 };
  const ring = nodes.map((_, other) => other).filter((other) => nodes[other]!.distance === distance);
  const parentOf = (one: number): number =>
    Math.min(
      ...links.flatMap(([a, b]) =>
        a === one && nodes[b]!.distance < distance ? [b] : b === one && nodes[a]!.distance < distance ? [a] : [],
      ),
      Number.MAX_SAFE_INTEGER,
    );
  const ordered = ring.sort((a, b) => parentOf(a) - parentOf(b) || a - b);
  return polar((ordered.indexOf(at) / ring.length) * Math.PI * 2 - Math.PI / 2 + distance * 0.3, distance * spring);
}

function polar(angle: number, length: number): { readonly x: number; readonly y: number } {
  return { x: Math.cos(angle) * length, y: Math.sin(angle) * length };
}

/** One step: all push each other away, relations pull, the middle holds what nothing else does. */
function relax(
  bodies: readonly Body[],
  links: readonly (readonly [number, number])[],
  { stretch, spring, heat }: { readonly stretch: number; readonly spring: number; readonly heat: number },
): void {
  const moves = bodies.map(() => ({ x: 0, y: 0 }));
  for (let a = 0; a < bodies.length; a++) {
    for (let b = a + 1; b < bodies.length; b++) {
      const [one, other] = [bodies[a]!, bodies[b]!];
      // Names are wide: sideways there is less room than it seems.
      const dx = (one.x - other.x) / stretch || (a - b) * 0.01;
      const dy = one.y - other.y || (b - a) * 0.01;
      const square = Math.max(64, dx * dx + dy * dy);
      const force = (spring * spring * PUSH) / square;
      moves[a]!.x += dx * force * stretch;
      moves[a]!.y += dy * force;
      moves[b]!.x -= dx * force * stretch;
      moves[b]!.y -= dy * force;
    }
  }
  for (const [a, b] of links) {
    const [one, other] = [bodies[a]!, bodies[b]!];
    const dx = (other.x - one.x) / stretch;
    const dy = other.y - one.y;
    const length = Math.max(1, Math.hypot(dx, dy));
    const pull = ((length - spring) / length) * 0.06;
    moves[a]!.x += dx * pull * stretch;
    moves[a]!.y += dy * pull;
    moves[b]!.x -= dx * pull * stretch;
    moves[b]!.y -= dy * pull;
  }
  bodies.forEach((body, at) => {
    if (body.isFixed) return;
    const move = moves[at]!;
    move.x -= body.x * HOLD;
    move.y -= body.y * HOLD;
    const length = Math.hypot(move.x, move.y);
    const most = 2 + 26 * heat;
    const part = length > most ? most / length : 1;
    body.x += move.x * part;
    body.y += move.y * part;
  });
}

/** Until no dot or name lies over another. */
function separate(bodies: readonly Body[]): void {
  for (let round = 0; round < 400; round++) {
    let isFree = true;
    for (let a = 0; a < bodies.length; a++) {
      for (let b = a + 1; b < bodies.length; b++) {
        const [one, other] = [bodies[a]!, bodies[b]!];
        const overX = one.halfWidth + other.halfWidth - Math.abs(one.x - other.x);
        const isAbove = one.y <= other.y;
        const [upper, lower] = isAbove ? [one, other] : [other, one];
        const overY = upper.below + lower.above - (lower.y - upper.y);
        if (overX <= 0 || overY <= 0) continue;
        isFree = false;
        const isSideways = overX < overY;
        const by = (isSideways ? overX : overY) + 0.5;
        const sign = isSideways ? (one.x < other.x || (one.x === other.x && a < b) ? -1 : 1) : isAbove ? -1 : 1;
        const share = one.isFixed ? 0 : other.isFixed ? 1 : 0.5;
        if (isSideways) {
          one.x += sign * by * share;
          other.x -= sign * by * (1 - share);
        } else {
          one.y += sign * by * share;
          other.y -= sign * by * (1 - share);
        }
      }
    }
    if (isFree) return;
  }
}

function placed(nodes: readonly GraphNode[], bodies: readonly Body[], hasMiddle: boolean): PlacedGraph {
  if (bodies.length === 0) return { nodes: [], width: 0, height: 0 };
  const left = Math.min(...bodies.map((body) => body.x - body.halfWidth)) - PADDING;
  const top = Math.min(...bodies.map((body) => body.y - body.above)) - PADDING;
  const right = Math.max(...bodies.map((body) => body.x + body.halfWidth)) + PADDING;
  const bottom = Math.max(...bodies.map((body) => body.y + body.below)) + PADDING;
  const round = (value: number): number => Math.round(value * 10) / 10;
  return {
    nodes: nodes.map((node, at) => ({
      ...node,
      x: round(bodies[at]!.x - left),
      y: round(bodies[at]!.y - top),
      radius: round(radiusOf(node, hasMiddle)),
      label: labelOf(node.name),
    })),
    width: Math.ceil(right - left),
    height: Math.ceil(bottom - top),
  };
}
