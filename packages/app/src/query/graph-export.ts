/** @module The whole graph as the lines of the MCP memory server's file: entities by name, then relations between names. */
import type { SubjectState } from "../model/change.ts";
import { entityGroups, isWithin } from "./graph-groups.ts";
import { type Reader, rowsOf } from "./reader.ts";

export type GraphLine =
  | {
      readonly type: "entity";
      readonly name: string;
      readonly entityType: string;
      readonly observations: readonly string[];
    }
  | { readonly type: "relation"; readonly from: string; readonly to: string; readonly relationType: string };

export const STATES = "SELECT subject, state FROM subjects WHERE target = 'entity' AND deleted = 0";
export const RELATIONS = `
  SELECT r.from_id AS fromId, r.to_id AS toId, r.type FROM relations r CROSS JOIN subjects s ON s.id = r.id WHERE s.deleted = 0`;

/** The same graph gives the same lines. Entities of one name are one there. */
export function graphLines(db: Reader): readonly GraphLine[] {
  const groups = entityGroups(db);
  const entities = new Map<string, { type: string; observations: Set<string> }>();
  for (const { subject, state } of rowsOf<{ subject: string; state: string }>(db, STATES)) {
    const group = groups.of(subject);
    if (!group || group.deleted) continue;
    const entity = entities.get(group.name) ?? { type: group.type, observations: new Set() };
    for (const { value } of (JSON.parse(state) as SubjectState).sets.observations ?? []) entity.observations.add(value);
    entities.set(group.name, entity);
  }
  const relations = new Set<string>();
  for (const { fromId, toId, type } of rowsOf<{ fromId: string; toId: string; type: string }>(db, RELATIONS)) {
    const [from, to] = [groups.of(fromId), groups.of(toId)];
    if (from && to && !from.deleted && !to.deleted && !isWithin(from, to, fromId, toId))
      relations.add(JSON.stringify([from.name, type, to.name]));
  }
  return [
    ...[...entities]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, { type, observations }]): GraphLine => {
        return { type: "entity", name, entityType: type, observations: [...observations].sort() };
      }),
    ...[...relations].sort().map((text): GraphLine => {
      const [from, relationType, to] = JSON.parse(text) as [string, string, string];
      return { type: "relation", from, to, relationType };
    }),
  ];
}
