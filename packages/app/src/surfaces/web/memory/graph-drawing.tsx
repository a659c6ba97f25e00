/** @module What is around an entity as a drawing. Whoever cannot see it has the same in the list of relations. */
import { useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import type { Neighbourhood } from "../../http/answers.ts";
import { plural } from "../state/format.ts";
import { labelOf, layoutGraph } from "./graph-layout.ts";
import { type DrawnLine, linesOf } from "./graph-lines.ts";
import { colourOf } from "./type-colours.ts";

/** More names of relations than these would lie over each other. */
const MOST_LABELS = 26;
/** Smaller than this a name cannot be read: then the drawing is scrolled. */
const SMALLEST = 0.8;
/** In the whole graph the drawing is seen at once, as far as that goes. */
const SMALLEST_WHOLE = 0.6;
/** What the whole graph is laid out for; its frame is as high as it comes to be. Pixels. */
const WHOLE_HEIGHT = 420;
const BORDERS = 2;

export interface GraphDrawingProps {
  readonly around: Neighbourhood;
  /** Id of what it is around; null: the whole graph. */
  readonly middle: string | null;
  readonly types: readonly string[];
  /** Entities that there are in the whole graph; null: it is not what is drawn. */
  readonly total?: number | null;
  open(id: string): void;
}

export function GraphDrawing({ around, middle, types, total = null, open }: GraphDrawingProps) {
  const box = useRef<HTMLDivElement>(null);
  const [size, setSize] = useState({ width: 0, height: 0 });
  const [near, setNear] = useState<string | null>(null);
  useLayoutEffect(() => {
    const element = box.current!;
    const measure = () => setSize({ width: element.clientWidth, height: element.clientHeight });
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  const hasMiddle = middle !== null;
  // A few pixels more or less are no other place.
  const width = Math.floor(size.width / 40) * 40;
  const height = hasMiddle ? Math.floor(size.height / 40) * 40 : WHOLE_HEIGHT;
  const graph = useMemo(
    () => (width === 0 || height === 0 ? null : layoutGraph(around, hasMiddle, { width, height })),
    [around, hasMiddle, width, height],
  );
  const lines = useMemo(() => (graph ? linesOf(around.edges, graph.nodes) : []), [graph]);
  const isDrawn = graph !== null && graph.width > 0;
  const scale = isDrawn
    ? Math.min(1.1, size.width / graph.width, hasMiddle ? size.height / graph.height : Number.POSITIVE_INFINITY)
    : 1;
  const shown = Math.max(hasMiddle ? SMALLEST : SMALLEST_WHOLE, scale);
  useLayoutEffect(() => {
    const element = box.current!;
    const centre = graph?.nodes[0];
    if (!centre) return;
    element.scrollTo({ left: centre.x * shown - size.width / 2, top: centre.y * shown - size.height / 2 });
  }, [graph, shown]);
  const alone = total === null ? 0 : total - around.nodes.length - around.left;
  const touching = new Set(near === null ? [] : [near]);
  for (const line of lines) {
    if (line.from === near) touching.add(line.to);
    if (line.to === near) touching.add(line.from);
  }
  const isLit = (from: string, to: string) => near !== null && (from === near || to === near);
  const isLabelled = ({ from, to, isClear }: DrawnLine) =>
    isLit(from, to) ||
    (near === null && isClear && hasMiddle && (lines.length <= MOST_LABELS || from === middle || to === middle));
  const idAt = (event: Event) => (event.target as Element).closest("[data-node]")?.getAttribute("data-node") ?? null;
  return (
    <figure class="memory-drawing" data-testid="graph-drawing" data-nodes={around.nodes.length}>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: what it leads to stands below as a list of links */}
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: the same */}
      <div
        class="drawing-box"
        ref={box}
        style={hasMiddle || !isDrawn ? undefined : { height: `${Math.ceil(graph.height * shown) + BORDERS}px` }}
        onClick={(event) => {
          const id = idAt(event);
          if (id !== null) open(id);
        }}
        onPointerOver={(event) => setNear(idAt(event))}
        onPointerLeave={() => setNear(null)}
      >
        {graph && graph.nodes.length > 0 ? (
          <svg
            viewBox={`0 0 ${graph.width} ${graph.height}`}
            width={Math.round(graph.width * shown)}
            height={Math.round(graph.height * shown)}
            aria-hidden="true"
          >
            <defs>
              <marker id="arrow" viewBox="0 0 8 8" refX="6" refY="4" markerWidth="7" markerHeight="7" orient="auto">
                <path d="M0.5 0.8 7 4 0.5 7.2Z" />
              </marker>
            </defs>
            {lines.map((line) => (
              <path
                key={line.key}
                class="graph-line"
                d={line.path}
                marker-end="url(#arrow)"
                data-lit={isLit(line.from, line.to) ? "" : undefined}
                data-dim={near !== null && !isLit(line.from, line.to) ? "" : undefined}
              />
            ))}
            {lines.map((line) =>
              isLabelled(line) ? (
                <text key={line.key} class="graph-label" x={line.x} y={line.y + 3}>
                  {line.label}
                </text>
              ) : null,
            )}
            {graph.nodes.map((node) => (
              <g
                key={node.id}
                class="graph-node"
                data-node={node.id}
                data-middle={node.id === middle ? "" : undefined}
                data-dim={near !== null && !touching.has(node.id) ? "" : undefined}
                data-colour={colourOf(node.type, types)}
                transform={`translate(${node.x} ${node.y})`}
              >
                <title>{`${node.name}${node.type === "" ? "" : `, ${node.type}`}, ${plural(node.degree, "relation")}`}</title>
                <rect class="graph-hit" x={-18} y={-14} width={36} height={34} />
                <circle r={node.radius} />
                <text y={node.radius + 13}>{node.label}</text>
              </g>
            ))}
          </svg>
        ) : null}
      </div>
      <figcaption>
        <TypeLegend around={around} types={types} />
        <span>
          {plural(around.nodes.length, "entity", "entities")}, {plural(around.edges.length, "line")}
          {around.left > 0 ? `; ${around.left} more are not drawn` : ""}
          {alone > 0 ? `; ${plural(alone, "entity", "entities")} without a relation not drawn` : ""}
        </span>
      </figcaption>
    </figure>
  );
}

/** Every type that is drawn: those with a colour of their own, and all others together. */
function TypeLegend({ around, types }: Pick<GraphDrawingProps, "around" | "types">) {
  const rest = colourOf("", types);
  const there = types.filter((type) => type !== "" && around.nodes.some((node) => node.type === type));
  const others = there.filter((type) => colourOf(type, types) === rest);
  if (around.nodes.some((node) => node.type === "")) others.push("no type");
  return (
    <span class="type-legend" data-testid="type-legend">
      {there
        .filter((type) => colourOf(type, types) !== rest)
        .map((type) => (
          <span key={type} title={type}>
            <i class="type-dot" data-colour={colourOf(type, types)} />
            {labelOf(type)}
          </span>
        ))}
      {others.length > 0 ? (
        <span title={others.join(", ")}>
          <i class="type-dot" data-colour={rest} />
          {others.map(labelOf).join(", ")}
        </span>
      ) : null}
    </span>
  );
}
