/** @module Which entities are one: those that were merged, in circles too. What a merge leads to decides, never the order of merges. */
import { type Reader, rowsOf } from "./reader.ts";

export interface StoredEntity {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly mergedInto: string | null;
  readonly deleted: boolean;
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
  /** Reads the groups of many ids at once, for `of`. */
  readonly load: (entityIds: readonly string[]) => void;
  /** Groups with an entity of that name; where there is none, of that name in other letter case. */
  readonly named: (name: string) => readonly EntityGroup[];
}

const COLUMNS = "e.entity_id AS id, e.name, e.type, e.merged_into AS mergedInto";
export const ENTITIES = `
  SELECT ${COLUMNS}, e.id IN (SELECT id FROM subjects WHERE target = 'entity' AND deleted = 1) AS deleted FROM entities e`;
/** Some entities, and those that merges make one with them. */
export const MERGED_WITH = `
  WITH RECURSIVE one(id) AS (
    SELECT k.entity_id FROM json_each(?) j CROSS JOIN entities k ON k.entity_id = j.value
    UNION SELECT t.entity_id FROM one CROSS JOIN entities f ON f.entity_id = one.id CROSS JOIN entities t ON t.entity_id = f.merged_into
    UNION SELECT m.entity_id FROM one CROSS JOIN entities m ON m.merged_into = one.id)
  SELECT ${COLUMNS}, s.deleted FROM one CROSS JOIN entities e ON e.entity_id = one.id CROSS JOIN subjects s ON s.id = e.id`;
/** In whatever letters of ASCII. */
export const NAMED = "SELECT entity_id AS id, name FROM entities WHERE name = ? COLLATE NOCASE";
/** Names that are not plain ASCII: what they come to only a program knows. */
export const ODD_NAMES = `
  SELECT entity_id AS id, name FROM entities WHERE name GLOB '*[^ -~]*' OR name <> trim(name)`;
/** More entities than these, and more questions of one, are answered faster by all of them. */
const MOST_BY_ID = 5_000;
const MOST_QUESTIONS = 1_000;

interface NamedEntity {
  readonly id: string;
  readonly name: string;
}

function storedEntities(db: Reader, sql: string, parameters: readonly unknown[] = []): readonly StoredEntity[] {
  const rows = rowsOf<Omit<StoredEntity, "deleted"> & { deleted: number }>(db, sql, parameters);
  return rows.map((row) => ({ ...row, deleted: row.deleted === 1 }));
}

/** Reads what it is asked for, once, and all of them only where `all` is asked for. */
export function entityGroups(db: Reader): EntityGroups {
  const known = new Map<string, EntityGroup | undefined>();
  let whole: EntityGroups | null = null;
  let all: readonly EntityGroup[] = [];
  let odd: readonly NamedEntity[] | null = null;
  let questions = 0;
  const keep = (group: EntityGroup): void => {
    for (const { id } of group.members) if (!known.get(id)) known.set(id, group);
  };
  // What was given out before stays the same object.
  const same = (group: EntityGroup): EntityGroup => known.get(group.id) ?? group;
  const everyGroup = (): EntityGroups => {
    if (whole) return whole;
    whole = groupsOf(storedEntities(db, ENTITIES));
    all = whole.all.map(same);
    for (const group of all) keep(group);
    return whole;
  };
  const load = (ids: readonly string[]): void => {
    const missing = whole ? [] : [...new Set(ids)].filter((id) => !known.has(id));
    if (missing.length === 0) return;
    questions++;
    if (missing.length > MOST_BY_ID || questions > MOST_QUESTIONS) return void everyGroup();
    for (const group of groupsOf(storedEntities(db, MERGED_WITH, [JSON.stringify(missing)])).all) keep(group);
    // That there is none of an id is known from then on, too.
    for (const id of missing) if (!known.has(id)) known.set(id, undefined);
  };
  const of = (id: string): EntityGroup | undefined => {
    if (!whole && !known.has(id)) load([id]);
    return known.get(id);
  };
  const entitiesNamed = (name: string): readonly string[] => {
    odd ??= rowsOf<NamedEntity>(db, ODD_NAMES);
    const plain = rowsOf<NamedEntity>(db, NAMED, [loosely(name)]);
    const found = [...plain, ...odd].filter((one) => loosely(one.name) === loosely(name));
    const exact = found.filter((one) => exactly(one.name) === exactly(name));
    return (exact.length > 0 ? exact : found).map(({ id }) => id);
  };
  return {
    get all() {
      everyGroup();
      return all;
    },
    of,
    load,
    named(name) {
      if (++questions > MOST_QUESTIONS) return everyGroup().named(name).map(same);
      const ids = entitiesNamed(name);
      load(ids);
      return [...new Set(ids.flatMap((id) => of(id) ?? []))].sort(byNameAndId);
    },
  };
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
    all: all.sort(byNameAndId),
    of: (id) => of.get(id),
    load: () => undefined,
    named(name) {
      exact ??= byNames(all, exactly);
      const found = exact.get(exactly(name));
      if (found) return found;
      loose ??= byNames(all, loosely);
      return loose.get(loosely(name)) ?? [];
    },
  };
}

/** The order in which groups are listed. */
export function byNameAndId(a: EntityGroup, b: EntityGroup): number {
  return a.name === b.name ? (a.id < b.id ? -1 : a.id > b.id ? 1 : 0) : a.name < b.name ? -1 : 1;
}

/** A relation between two that a merge made one: nothing leads anywhere. One of a thing to itself stays. */
export function isWithin(from: EntityGroup, to: EntityGroup, fromId: string, toId: string): boolean {
  return from === to && fromId !== toId;
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
