/** @module What lies around an entity of the graph, as a drawing of it needs it: who is near, and what leads from one to another. */
import { type EntityGroup, type EntityGroups, entityGroups } from "./graph-groups.ts";
import { type Reader, rowsOf } from "./reader.ts";

export interface GraphNode {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  /** Relations of it in the whole graph. */
  readonly degree: number;
  /** Relations between it and what is asked about; 0: itself. */
  readonly distance: number;
}

export interface GraphEdge {
  readonly from: string;
  readonly to: string;
  /** Of all relations between the two in this direction. */
  readonly types: readonly string[];
}

export interface Neighbourhood {
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
  /** Entities within the distance that are left out. */
  readonly left: number;
}

export interface Link {
  readonly from: EntityGroup;
  readonly to: EntityGroup;
  readonly type: string;
}

export const LIVING_RELATIONS = `
  SELECT r.from_id AS fromId, r.to_id AS toId, r.type FROM relations r CROSS JOIN subjects s ON s.id = r.id WHERE s.deleted = 0`;

/** Relations between two that stand, each once. */
export function linksOf(db: Reader, groups: EntityGroups): readonly Link[] {
  const links = new Map<string, Link>();
  for (const row of rowsOf<{ fromId: string; toId: string; type: string }>(db, LIVING_RELATIONS)) {
    const [from, to] = [groups.of(row.fromId), groups.of(row.toId)];
    if (!from || !to || from.deleted || to.deleted) continue;
    links.set(JSON.stringify([from.id, row.type, to.id]), { from, to, type: row.type });
  }
  return [...links.values()];
}

export interface AroundQuestion {
  /** Null: what has the most relations in the whole graph. */
  readonly id: string | null;
  /** Relations from it at most. */
  readonly depth: number;
  /** Entities at most. */
  readonly limit: number;
}

/** Null: there is none of this id. The nearest are kept, among them those with the most relations. */
export function graphAround(db: Reader, { id, depth, limit }: AroundQuestion): Neighbourhood | null {
  const groups = entityGroups(db);
  const links = linksOf(db, groups);
  const degrees = new Map<string, number>();
  const beside = new Map<string, Set<EntityGroup>>();
  for (const { from, to } of links) {
    for (const [one, other] of [
      [from, to],
      [to, from],
    ] as const) {
      degrees.set(one.id, (degrees.get(one.id) ?? 0) + 1);
      beside.set(one.id, (beside.get(one.id) ?? new Set()).add(other));
      if (from === to) break;
    }
  }
  const degreeOf = (group: EntityGroup): number => degrees.get(group.id) ?? 0;
  const distances = new Map<EntityGroup, number>();
  if (id === null) {
    for (const group of groups.all) if (!group.deleted && degreeOf(group) > 0) distances.set(group, 0);
  } else {
    const middle = groups.of(id);
    if (!middle) return null;
    distances.set(middle, 0);
    let ring: readonly EntityGroup[] = [middle];
    for (let distance = 1; distance <= depth; distance++) {
      ring = ring
        .flatMap((one) => [...(beside.get(one.id) ?? [])])
        .filter((one, at, all) => {
          return !distances.has(one) && all.indexOf(one) === at;
        });
      for (const one of ring) distances.set(one, distance);
    }
  }
  const near = [...distances].sort(
    ([a, x], [b, y]) => x - y || degreeOf(b) - degreeOf(a) || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0),
  );
  const shown = new Set(near.slice(0, limit).map(([group]) => group));
  const edges = new Map<string, { from: string; to: string; types: string[] }>();
  for (const { from, to, type } of links) {
    if (!shown.has(from) || !shown.has(to)) continue;
    const key = JSON.stringify([from.id, to.id]);
    const edge = edges.get(key) ?? { from: from.id, to: to.id, types: [] };
    edge.types.push(type);
    edges.set(key, edge);
  }
  return {
    nodes: near.slice(0, limit).map(([group, distance]) => {
      return { id: group.id, name: group.name, type: group.type, degree: degreeOf(group), distance };
    }),
    edges: [...edges.values()].map((edge) => ({ ...edge, types: edge.types.sort() })),
    left: Math.max(0, near.length - limit),
  };
}
