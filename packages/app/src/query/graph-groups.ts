/** @module Which entities are one: those that were merged, in circles too. What a merge leads to decides, never the order of merges. */
import { type Reader, rowsOf } from "./reader.ts";

export interface StoredEntity {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly mergedInto: string | null;
  readonly deleted: boolean;
  readonly createdAt: number;
}

/** One thing, by all the entities that were found to be it. */
export interface EntityGroup {
  /** Of the entity that stands for it. */
  readonly id: string;
  readonly name: string;
  readonly type: string;
  /** Where the merges lead to: what the next merge has to name. */
  readonly end: string;
  /** The one that stands for it comes first. */
  readonly members: readonly StoredEntity[];
  /** No member is left. */
  readonly deleted: boolean;
}

export interface EntityGroups {
  readonly all: readonly EntityGroup[];
  /** The group of an entity's id. */
  readonly of: (entityId: string) => EntityGroup | undefined;
  /** Groups with an entity of that name; where there is none, of that name in other letter case. */
  readonly named: (name: string) => readonly EntityGroup[];
}

export const ENTITIES = `
  SELECT e.entity_id AS id, e.name, e.type, e.merged_into AS mergedInto, s.deleted, s.created_at AS createdAt
  FROM entities e CROSS JOIN subjects s ON s.id = e.id`;

export function entityGroups(db: Reader): EntityGroups {
  const rows = rowsOf<Omit<StoredEntity, "deleted"> & { deleted: number }>(db, ENTITIES);
  return groupsOf(rows.map((row) => ({ ...row, deleted: row.deleted === 1 })));
}

/** Pure. A circle stands for itself under the smallest of its ids. */
export function groupsOf(entities: readonly StoredEntity[]): EntityGroups {
  const byId = new Map(entities.map((entity) => [entity.id, entity]));
  const ends = new Map<string, string>();
  // Each is gone through once, however long a chain of merges is.
  const endOf = (id: string): string => {
    const way = new Map<string, number>();
    let at = id;
    let end: string | undefined;
    while (end === undefined) {
      const again = way.get(at);
      if (again !== undefined) end = [...way.keys()].slice(again).sort()[0]!;
      else {
        way.set(at, way.size);
        const next = byId.get(at)?.mergedInto;
        if (!next || !byId.has(next)) end = at;
        else {
          end = ends.get(next);
          at = next;
        }
      }
    }
    for (const one of way.keys()) ends.set(one, end);
    return end;
  };
  const members = new Map<string, StoredEntity[]>();
  for (const entity of entities) {
    const end = endOf(entity.id);
    const list = members.get(end);
    if (list) list.push(entity);
    else members.set(end, [entity]);
  }
  const of = new Map<string, EntityGroup>();
  const all: EntityGroup[] = [];
  for (const [end, list] of members) {
    const left = list.filter(({ deleted }) => !deleted);
    const candidates = left.length > 0 ? left : list;
    const face = candidates.find(({ id }) => id === end) ?? [...candidates].sort((a, b) => (a.id < b.id ? -1 : 1))[0]!;
    const others = list.filter((one) => one !== face).sort((a, b) => (a.id < b.id ? -1 : 1));
    const { id, name, type } = face;
    const group = { id, name, type, end, members: [face, ...others], deleted: left.length === 0 };
    all.push(group);
    for (const one of list) of.set(one.id, group);
  }
  let exact: Map<string, EntityGroup[]> | null = null;
  let loose: Map<string, EntityGroup[]> | null = null;
  return {
    all: all.sort((a, b) => (a.name === b.name ? (a.id < b.id ? -1 : 1) : a.name < b.name ? -1 : 1)),
    of: (id) => of.get(id),
    named(name) {
      exact ??= byNames(all, exactly);
      const found = exact.get(exactly(name));
      if (found) return found;
      loose ??= byNames(all, loosely);
      return loose.get(loosely(name)) ?? [];
    },
  };
}

/** By every name of their entities, each group once. */
function byNames(all: readonly EntityGroup[], fold: (name: string) => string): Map<string, EntityGroup[]> {
  const found = new Map<string, EntityGroup[]>();
  for (const group of all) {
    for (const name of new Set(group.members.map((one) => fold(one.name)))) {
      const list = found.get(name);
      if (list) list.push(group);
      else found.set(name, [group]);
    }
  }
  return found;
}

const exactly = (name: string): string => name.normalize("NFC").trim();
const loosely = (name: string): string => exactly(name).toLowerCase();

/**
 * The groups that a word can mean: by id, else by the name of one of their entities (those that stand before those that are
 * gone), else by a name that one had before, whose hash its id is: `firstId`. Letter case counts only where it decides.
 */
export function groupsNamed({ of, named }: EntityGroups, word: string, firstId: string): readonly EntityGroup[] {
  const byId = of(word);
  if (byId) return [byId];
  const found = named(word);
  const living = found.filter(({ deleted }) => !deleted);
  if (living.length > 0) return living;
  const former = of(firstId);
  return former && !former.deleted ? [former] : found.length > 0 ? found : former ? [former] : [];
}
