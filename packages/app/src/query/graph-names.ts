/** @module Names of the memory graph for a word that means nothing there: what once was called so, and what is called nearly so. */
import { closestOf } from "./filter/closest.ts";
import type { EntityGroup, EntityGroups } from "./graph-groups.ts";
import { type Reader, rowsOf } from "./reader.ts";

const MOST_NEAR = 3;

/** Entities that had a name once, under which no other is known now. */
export const ONCE_NAMED = `
  SELECT DISTINCT subject AS id FROM changes WHERE target = 'entity' AND data ->> '$.set.name' = ? COLLATE NOCASE ORDER BY subject`;

/** Those that stand before those that are gone. */
export function groupsOnceNamed(db: Reader, groups: EntityGroups, name: string): readonly EntityGroup[] {
  const rows = rowsOf<{ id: string }>(db, ONCE_NAMED, [name.normalize("NFC").trim()]);
  const found = [...new Set(rows.flatMap(({ id }) => groups.of(id) ?? []))];
  const living = found.filter(({ deleted }) => !deleted);
  return living.length > 0 ? living : found;
}

/** Names that begin like a word, else the one that it most likely was meant to be. */
export function namesNear({ all }: EntityGroups, word: string): readonly string[] {
  const folded = word.normalize("NFC").trim().toLowerCase();
  if (folded === "") return [];
  const names = all.filter(({ deleted }) => !deleted).map(({ name }) => name);
  const longer = names.filter((name) => name.toLowerCase().startsWith(folded));
  if (longer.length > 0) return longer.slice(0, MOST_NEAR);
  const closest = closestOf(folded, names);
  return closest === undefined ? [] : [closest];
}
