/** @module What lies around an entity of the graph, as a drawing of it needs it: who is near, and what leads from one to another. */
import { byNameAndId, type EntityGroup, type EntityGroups, entityGroups, isWithin } from "./graph-groups.ts";
import { type Reader, rowOf, rowsOf } from "./reader.ts";

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

const STANDS = "r.id NOT IN (SELECT id FROM subjects WHERE target = 'relation' AND deleted = 1)";
const ENDS = "SELECT r.from_id AS fromId, r.to_id AS toId, r.type FROM";
export const LIVING_RELATIONS = `${ENDS} relations r WHERE ${STANDS}`;
/** Those that lead away from some entities, then those that lead to them: of one to itself twice. */
export const RELATIONS_AT = `
  ${ENDS} json_each(?) j CROSS JOIN relations r ON r.from_id = j.value WHERE ${STANDS}
  UNION ALL ${ENDS} json_each(?) j CROSS JOIN relations r ON r.to_id = j.value WHERE ${STANDS}`;
/** Relations between some entities. */
export const RELATIONS_AMONG = `
  ${ENDS} json_each(?) j CROSS JOIN json_each(?) k CROSS JOIN relations r ON r.from_id = j.value AND r.to_id = k.value WHERE ${STANDS}`;
const IS_PLAIN = `
  o.merged_into IS NULL AND NOT EXISTS (SELECT 1 FROM entities m WHERE m.merged_into = o.entity_id)`;
const LIVES = "o.id NOT IN (SELECT id FROM subjects WHERE target = 'entity' AND deleted = 1)";
/** Those of one entity with what stands and has no part in any merge: what they are between need not be known. */
export const COUNT_AWAY = `
  SELECT count(*) AS count FROM (SELECT DISTINCT r.to_id, r.type FROM relations r CROSS JOIN entities o ON o.entity_id = r.to_id
    WHERE r.from_id = ? AND ${STANDS} AND ${LIVES} AND ${IS_PLAIN})`;
export const COUNT_HERE = `
  SELECT count(*) AS count FROM (SELECT DISTINCT r.from_id, r.type FROM relations r CROSS JOIN entities o ON o.entity_id = r.from_id
    WHERE r.to_id = ? AND r.from_id <> r.to_id AND ${STANDS} AND ${LIVES} AND ${IS_PLAIN})`;
/** The others. */
export const WITH_MERGED = `
  ${ENDS} relations r CROSS JOIN entities o ON o.entity_id = r.to_id WHERE r.from_id = ? AND NOT (${IS_PLAIN}) AND ${STANDS}
  UNION ALL ${ENDS} relations r CROSS JOIN entities o ON o.entity_id = r.from_id WHERE r.to_id = ? AND NOT (${IS_PLAIN}) AND ${STANDS}`;
/** What more entities than these have is read faster with everything else. */
const MOST_BY_ID = 5_000;

interface StoredEnds {
  readonly fromId: string;
  readonly toId: string;
  readonly type: string;
}

/** Relations between two that stand, each once. */
export function linksOf(db: Reader, groups: EntityGroups): readonly Link[] {
  void groups.all;
  return standing(groups, rowsOf<StoredEnds>(db, LIVING_RELATIONS));
}

/** Those of which an end is one of some groups. */
export function linksAt(db: Reader, groups: EntityGroups, some: readonly EntityGroup[]): readonly Link[] {
  const ids = some.flatMap(({ members }) => members.map(({ id }) => id));
  if (ids.length > MOST_BY_ID) return linksOf(db, groups);
  const rows = rowsOf<StoredEnds>(db, RELATIONS_AT, [JSON.stringify(ids), JSON.stringify(ids)]);
  groups.load(rows.flatMap(({ fromId, toId }) => [fromId, toId]));
  return standing(groups, rows);
}

/** How many relations a group has, without reading each. */
export function relationCount(db: Reader, groups: EntityGroups, group: EntityGroup): number {
  const [only, other] = group.members;
  if (group.deleted || !only) return 0;
  if (other) return linksAt(db, groups, [group]).length;
  const counted = [COUNT_AWAY, COUNT_HERE].map((sql) => rowOf<{ count: number }>(db, sql, [only.id])!.count);
  const rows = rowsOf<StoredEnds>(db, WITH_MERGED, [only.id, only.id]);
  groups.load(rows.flatMap(({ fromId, toId }) => [fromId, toId]));
  return counted.reduce((sum, count) => sum + count, standing(groups, rows).length);
}

/** Links between some groups. */
function linksAmong(db: Reader, groups: EntityGroups, some: readonly EntityGroup[]): readonly Link[] {
  const ids = JSON.stringify(some.flatMap(({ members }) => members.map(({ id }) => id)));
  return standing(groups, rowsOf<StoredEnds>(db, RELATIONS_AMONG, [ids, ids]));
}

function standing(groups: EntityGroups, rows: readonly StoredEnds[]): readonly Link[] {
  const links = new Map<string, Link>();
  for (const row of rows) {
    const [from, to] = [groups.of(row.fromId), groups.of(row.toId)];
    if (!from || !to || from.deleted || to.deleted || isWithin(from, to, row.fromId, row.toId)) continue;
    const link = { from, to, type: row.type };
    links.set(keyOf(link), link);
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

/** How far everything is that lies within the distance. */
function distancesFrom(db: Reader, groups: EntityGroups, middle: EntityGroup, depth: number): Map<EntityGroup, number> {
  const distances = new Map([[middle, 0]]);
  let ring = new Set([middle]);
  for (let distance = 1; distance <= depth && ring.size > 0; distance++) {
    const next = new Set<EntityGroup>();
    for (const { from, to } of linksAt(db, groups, [...ring])) {
      if (ring.has(from) && !distances.has(to)) next.add(to);
      if (ring.has(to) && !distances.has(from)) next.add(from);
    }
    for (const one of next) distances.set(one, distance);
    ring = next;
  }
  return distances;
}

/** With their lengths before them no two triples give one text. */
const keyOf = ({ from, type, to }: Link): string => `${from.id.length} ${from.id} ${to.id.length} ${to.id} ${type}`;

function degreesIn(links: readonly Link[]): Map<EntityGroup, number> {
  const degrees = new Map<EntityGroup, number>();
  for (const { from, to } of links) {
    degrees.set(from, (degrees.get(from) ?? 0) + 1);
    if (from !== to) degrees.set(to, (degrees.get(to) ?? 0) + 1);
  }
  return degrees;
}

/** Null: there is none of this id. The nearest are kept, among them those with the most relations. */
export function graphAround(db: Reader, { id, depth, limit }: AroundQuestion): Neighbourhood | null {
  const groups = entityGroups(db);
  const middle = id === null ? null : groups.of(id);
  if (middle === undefined) return null;
  const found = middle && distancesFrom(db, groups, middle, depth);
  // Of many entities everything is read at once.
  const every = found && found.size <= MOST_BY_ID ? null : linksOf(db, groups);
  const degrees = every && degreesIn(every);
  const distances = found ?? new Map([...degrees!.keys()].map((one) => [one, 0]));
  const degreeOf = (group: EntityGroup): number =>
    degrees ? (degrees.get(group) ?? 0) : relationCount(db, groups, group);
  const near = [...distances]
    .map(([group, distance]) => ({ group, distance, degree: degreeOf(group) }))
    .sort((a, b) => a.distance - b.distance || b.degree - a.degree || byNameAndId(a.group, b.group));
  const shown = new Set(near.slice(0, limit).map(({ group }) => group));
  const edges = new Map<string, { from: string; to: string; types: string[] }>();
  for (const { from, to, type } of every ?? linksAmong(db, groups, [...shown])) {
    if (!shown.has(from) || !shown.has(to)) continue;
    const key = JSON.stringify([from.id, to.id]);
    const edge = edges.get(key) ?? { from: from.id, to: to.id, types: [] };
    edge.types.push(type);
    edges.set(key, edge);
  }
  return {
    nodes: near.slice(0, limit).map(({ group, distance, degree }) => {
      return { id: group.id, name: group.name, type: group.type, degree, distance };
    }),
    edges: [...edges.values()].map((edge) => ({ ...edge, types: edge.types.sort() })),
    left: Math.max(0, near.length - limit),
  };
}
