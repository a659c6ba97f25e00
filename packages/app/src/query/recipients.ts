/** @module Whom a word means as a recipient: everybody, an identity that is known here, or a project. */
import type { RecipientKind } from "../model/entry.ts";
import { namesOf } from "./names.ts";
import { type Reader, rowsOf } from "./reader.ts";

export interface Recipient {
  readonly kind: RecipientKind;
  /** Null: all. */
  readonly id: string | null;
}

/** Who has ever acted here, or written something that came here. */
export const IDENTITIES = `
  SELECT identity_id AS id FROM identities UNION SELECT created_by FROM subjects WHERE target IN ('entry', 'message')
  UNION SELECT changed_by FROM subjects WHERE target IN ('entry', 'message') ORDER BY 1`;
/** Those with sessions, and those in which something was only written down: these are called by the last part of their id. */
export const PROJECTS = `
  SELECT project_id AS id, name FROM projects UNION ALL SELECT DISTINCT project_id, NULL FROM entries INDEXED BY entries_by_project
  WHERE project_id IS NOT NULL AND project_id NOT IN (SELECT project_id FROM projects) ORDER BY 1`;

/**
 * Everything that a word may mean; the first that is meant exactly goes before those that are only called so. `identity:` and
 * `project:` before it say which.
 */
export function recipientsOf(db: Reader, word: string): readonly Recipient[] {
  const [, prefix, rest] = /^(identity|project):(.*)$/su.exec(word) ?? [null, null, word];
  if (prefix === null && word === "all") return [{ kind: "all", id: null }];
  const identities = prefix === "project" ? [] : rowsOf<{ id: string }>(db, IDENTITIES).map(({ id }) => id);
  const projects = prefix === "identity" ? [] : projectsOf(db);
  const exact: Recipient[] = [
    ...identities.filter((id) => id === rest).map((id) => ({ kind: "identity" as const, id })),
    ...projects.filter(({ id }) => id === rest).map(({ id }) => ({ kind: "project" as const, id })),
  ];
  if (exact.length > 0) return exact;
  const folded = rest!.toLowerCase();
  return [
    ...identities
      .filter((id) => namesOf(id).some((name) => name.toLowerCase() === folded))
      .map((id) => ({ kind: "identity" as const, id })),
    ...projects.filter(({ name }) => name === rest).map(({ id }) => ({ kind: "project" as const, id })),
  ];
}

function projectsOf(db: Reader): readonly { readonly id: string; readonly name: string }[] {
  return rowsOf<{ id: string; name: string | null }>(db, PROJECTS).map(({ id, name }) => ({
    id,
    name: name ?? id.split(/[/:]/u).at(-1)!,
  }));
}
