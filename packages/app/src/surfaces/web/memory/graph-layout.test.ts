import { describe, expect, test } from "vitest";
import type { GraphEdge, GraphNode } from "../../http/answers.ts";
import { layoutGraph, type PlacedGraph } from "./graph-layout.ts";
import { linesOf } from "./graph-lines.ts";

const PLACE = { width: 1_000, height: 400 };

/** A middle with `near` around it, and one more behind every second of them. */
function around(near: number): { readonly nodes: readonly GraphNode[]; readonly edges: readonly GraphEdge[] } {
  const node = (id: string, distance: number): GraphNode => ({
    id,
    name: `name of ${id}`,
    type: "",
    degree: 2,
    distance,
  });
  const nodes = [node("middle", 0)];
  const edges: GraphEdge[] = [];
  for (let index = 0; index < near; index++) {
    nodes.push(node(`near ${index}`, 1));
    edges.push({ from: "middle", to: `near ${index}`, types: ["has"] });
    if (index % 2 === 0) edges.push({ from: `near ${index}`, to: `far ${index}`, types: ["has", "knows"] });
  }
  for (let index = 0; index < near; index += 2) nodes.push(node(`far ${index}`, 2));
  return { nodes, edges };
}

function boxes({ nodes }: PlacedGraph) {
  return nodes.map(({ x, y, radius, label }) => {
    const half = Math.max(radius, label.length * 3);
    return { left: x - half, right: x + half, top: y - radius, bottom: y + radius + 13 };
  });
}

describe("layoutGraph()", () => {
  test.each([0, 1, 2, 7, 20, 39])("%i around a middle: nothing lies over anything, all is inside", (near) => {
    const graph = layoutGraph(around(near), true, PLACE);
    const placed = boxes(graph);
    for (const [at, box] of placed.entries()) {
      expect(box.left).toBeGreaterThanOrEqual(0);
      expect(box.top).toBeGreaterThanOrEqual(0);
      expect(box.right).toBeLessThanOrEqual(graph.width);
      expect(box.bottom).toBeLessThanOrEqual(graph.height);
      for (const other of placed.slice(at + 1)) {
        const isApart =
          box.right <= other.left || other.right <= box.left || box.bottom <= other.top || other.bottom <= box.top;
        expect(isApart).toBe(true);
      }
    }
  });

  test.each([2, 7, 20, 39])("%i around a middle: what is called clear lies over no name and nothing clear", (near) => {
    const graph = layoutGraph(around(near), true, PLACE);
    const { edges } = around(near);
    const labels = linesOf(edges, graph.nodes)
      .filter(({ isClear }) => isClear)
      .map(({ x, y, label }) => {
        const half = label.length * 2.5;
        return { left: x - half, right: x + half, top: y - 5, bottom: y + 5 };
      });
    for (const [at, label] of labels.entries()) {
      for (const other of [...boxes(graph), ...labels.slice(at + 1)]) {
        const wide = Math.min(label.right, other.right) - Math.max(label.left, other.left);
        const high = Math.min(label.bottom, other.bottom) - Math.max(label.top, other.top);
        expect(wide > 0 && high > 0 ? wide * high : 0).toBeLessThanOrEqual(8);
      }
    }
    expect(labels.length).toBeGreaterThan(0);
  });

  test("the same graph is drawn the same", () => {
    expect(layoutGraph(around(20), true, PLACE)).toEqual(layoutGraph(around(20), true, PLACE));
  });

  test("takes the room that there is, and no more while it has enough", () => {
    const wide = layoutGraph(around(8), true, PLACE);
    expect([wide.width <= PLACE.width, wide.height <= PLACE.height]).toEqual([true, true]);
    const narrow = layoutGraph(around(8), true, { width: 340, height: 400 });
    expect(narrow.width).toBeLessThan(wide.width);
    expect(layoutGraph({ nodes: [], edges: [] }, false, PLACE)).toEqual({ nodes: [], width: 0, height: 0 });
  });

  test("what hangs together stands nearer than what does not", () => {
    const graph = layoutGraph(around(10), true, PLACE);
    const at = new Map(graph.nodes.map((node) => [node.id, node]));
    const length = (from: string, to: string) =>
      Math.hypot(at.get(from)!.x - at.get(to)!.x, at.get(from)!.y - at.get(to)!.y);
    const beside = [0, 2, 4, 6, 8].map((index) => length(`near ${index}`, `far ${index}`));
    const across = [0, 2, 4, 6, 8].map((index) => length(`near ${index}`, `far ${(index + 4) % 10}`));
    expect(Math.max(...beside)).toBeLessThan(Math.max(...across));
  });

  test("names are cut, and have one line", () => {
    const [node] = layoutGraph(
      { nodes: [{ id: "a", name: `a\n${"b".repeat(99)}`, type: "", degree: 0, distance: 0 }], edges: [] },
      true,
      PLACE,
    ).nodes;
    expect([...node!.label]).toHaveLength(22);
    expect(node!.label).toMatch(/^a b+…$/);
  });
});

describe("linesOf()", () => {
  test("leads from dot to dot, bends where two run both ways, and goes round for one that leads to itself", () => {
    const { nodes } = around(2);
    const graph = layoutGraph({ nodes, edges: [] }, true, PLACE);
    const lines = linesOf(
      [
        { from: "middle", to: "near 0", types: ["has", "knows"] },
        { from: "near 0", to: "middle", types: ["of"] },
        { from: "near 1", to: "near 1", types: ["is"] },
        { from: "near 1", to: "nobody", types: ["is"] },
      ],
      graph.nodes,
    );
    expect(lines.map(({ label }) => label)).toEqual(["has, knows", "of", "is"]);
    expect(new Set(lines.map(({ path }) => path)).size).toBe(3);
    for (const { path } of lines) expect(path).not.toMatch(/NaN|Infinity/);
  });
});
