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
  WITH RECURSIVE targets(target) AS (VALUES ('entry'), ('message')),
    ${writersSql("makers", "created_by")}, ${writersSql("changers", "changed_by")}
  SELECT identity_id AS id FROM identities UNION SELECT who FROM makers WHERE who IS NOT NULL
  UNION SELECT who FROM changers WHERE who IS NOT NULL ORDER BY 1`;

/** Each once, from one to the next in the index: they are few, and what they wrote is much. */
function writersSql(name: string, column: string): string {
  return `${name}(target, who) AS (
    SELECT t.target, (SELECT min(s.${column}) FROM subjects s WHERE s.target = t.target) FROM targets t
    UNION ALL SELECT w.target, (SELECT min(s.${column}) FROM subjects s WHERE s.target = w.target AND s.${column} > w.who)
    FROM ${name} w WHERE w.who IS NOT NULL)`;
}
/** Those with sessions, and those in which something was only written down: these are called by the last part of their id. */
export const PROJECTS = `
  SELECT project_id AS id, name FROM projects UNION ALL SELECT DISTINCT project_id, NULL FROM entries INDEXED BY entries_by_project
  WHERE project_id IS NOT NULL AND project_id NOT IN (SELECT project_id FROM projects) ORDER BY 1`;

/** The person at the machine, whom the system's user names mean too. */
export interface MachinePerson {
  readonly identity: string;
  /** Lower case. */
  readonly names: readonly string[];
}

/**
 * Everything that a word may mean; the first that is meant exactly goes before those that are only called so. `identity:` and
 * `project:` before it say which.
 */
export function recipientsOf(db: Reader | null, word: string, here?: MachinePerson): readonly Recipient[] {
  const [, prefix, rest] = /^(identity|project):(.*)$/su.exec(word) ?? [null, null, word];
  if (prefix === null && word === "all") return [{ kind: "all", id: null }];
  const seen = prefix === "project" || !db ? [] : rowsOf<{ id: string }>(db, IDENTITIES).map(({ id }) => id);
  const identities = prefix === "project" || !here ? seen : [...new Set([...seen, here.identity])].sort();
  const projects = prefix === "identity" || !db ? [] : projectsOf(db);
  const exact: Recipient[] = [
    ...identities.filter((id) => id === rest).map((id) => ({ kind: "identity" as const, id })),
    ...projects.filter(({ id }) => id === rest).map(({ id }) => ({ kind: "project" as const, id })),
  ];
  if (exact.length > 0) return exact;
  const folded = rest!.toLowerCase();
  return [
    ...identities
      .filter((id) => namesHere(id, here).some((name) => name.toLowerCase() === folded))
      .map((id) => ({ kind: "identity" as const, id })),
    ...projects.filter(({ name }) => name === rest).map(({ id }) => ({ kind: "project" as const, id })),
  ];
}

function namesHere(identity: string, here: MachinePerson | undefined): readonly string[] {
  return identity === here?.identity ? [...namesOf(identity), ...here.names] : namesOf(identity);
}

function projectsOf(db: Reader): readonly { readonly id: string; readonly name: string }[] {
  return rowsOf<{ id: string; name: string | null }>(db, PROJECTS).map(({ id, name }) => ({
    id,
    name: name ?? id.split(/[/:]/u).at(-1)!,
  }));
}
