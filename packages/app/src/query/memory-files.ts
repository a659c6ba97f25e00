/** @module The agents' memory files as the store keeps them: which there are, one with its text, its versions. */

import { type FrontMatter, frontMatterOf } from "../base/front-matter.ts";
import type { SubjectState, WrittenValue } from "../model/change.ts";
import type { Origin } from "../model/record.ts";
import { nameSql, type SqlPart } from "./filter/sql.ts";
import { isMemoryKey, memoryKey } from "./memory-key.ts";
import { projectIdSql } from "./memory-projects.ts";
import { type Reader, rowOf, rowsOf } from "./reader.ts";
import { isoTime } from "./session-row.ts";
import { subjectState } from "./shared-subject.ts";

/** Which memory files are asked about. */
export interface MemoryScope {
  /** Id of the project whose files, with the global ones, are meant; null: everyone's. */
  readonly projectId: string | null;
  /** Name or id of another project, `*` stands for any text; then the global ones are left out. */
  readonly named?: string;
}

export interface MemoryFileRow extends Pick<FrontMatter, "name" | "description" | "type" | "title"> {
  readonly id: string;
  /** Names it where its path must not stand. */
  readonly key: string;
  readonly path: string;
  /** Null: global. */
  readonly project_id: string | null;
  readonly project: string | null;
  readonly size: number;
  readonly sha256: string;
  /** The change that wrote what stands. */
  readonly version: string;
  /** Other versions that were written without knowing of it. */
  readonly conflicts: number;
  readonly deleted: boolean;
  readonly changed_at: string | null;
  readonly changed_by: string;
  readonly tainted: boolean;
}

export interface MemoryFile extends MemoryFileRow {
  readonly content: string;
  /** Why its front matter says nothing. */
  readonly problem: string | null;
  /** The versions that stand beside it, newest first. */
  readonly others: readonly { readonly version: string; readonly author: string; readonly ts: string | null }[];
}

export interface MemoryVersion {
  readonly version: string;
  readonly ts: string | null;
  readonly author: string;
  readonly origin: Origin;
  readonly tainted: boolean;
  readonly session_id: string | null;
  /** What the change did. A content may come back with the same change. */
  readonly what: "content" | "deleted" | "restored";
  readonly size: number | null;
  /** It is what stands. */
  readonly current: boolean;
  /** It stands beside what is shown. */
  readonly conflict: boolean;
}

interface StoredRow {
  readonly id: string;
  readonly path: string;
  readonly project_id: string | null;
  readonly project: string | null;
  readonly size: number;
  readonly sha256: string;
  readonly version: string;
  readonly conflicts: number;
  readonly deleted: number;
  readonly tainted: number;
  readonly changed_at: number;
  readonly changed_by: string;
  readonly head: string | null;
}

/** Enough for front matter and a heading. */
const HEAD = 4096;
export const ROWS = `
  SELECT m.file_id AS id, m.path, m.project_id, p.name AS project, m.size, m.sha256, m.version, m.conflicts, s.deleted,
    s.tainted, s.changed_at, COALESCE(s.state ->> '$.fields.content.author', s.changed_by) AS changed_by,
    substr(s.state ->> '$.fields.content.value', 1, ${HEAD}) AS head
  FROM memory_files m CROSS JOIN subjects s ON s.id = m.id LEFT JOIN projects p ON p.project_id = m.project_id`;
/** Which come first, before anything of them is read. */
export const FIRST = `
  SELECT m.id FROM memory_files m CROSS JOIN subjects s ON s.id = m.id LEFT JOIN projects p ON p.project_id = m.project_id`;
export const IDS = "SELECT file_id AS id FROM memory_files";
export const HISTORY = `
  SELECT change_id AS version, ts, author, origin, tainted, session_id, json_type(data, '$.set.content') IS NOT NULL AS hasContent,
    length(CAST(data ->> '$.set.content' AS BLOB)) AS size, json_type(data, '$.set.deleted') AS deleted
  FROM changes WHERE target = 'memory' AND subject = ? ORDER BY hlc, device, change_id`;
export const VERSION = `
  SELECT change_id AS version, data ->> '$.set.content' AS content FROM changes
  WHERE target = 'memory' AND subject = ? AND change_id GLOB ? AND json_type(data, '$.set.content') = 'text' ORDER BY hlc LIMIT 2`;

/** Conditions over `memory_files m`. */
export function memoryScopeSql({ projectId, named }: MemoryScope): SqlPart {
  if (named !== undefined) {
    const [byName, byId] = [nameSql("p.name", named), projectIdSql("m.project_id", named)];
    return { sql: `(${byName.sql}) OR (${byId.sql})`, parameters: [...byName.parameters, ...byId.parameters] };
  }
  if (projectId === null) return { sql: "1", parameters: [] };
  return { sql: "m.project_id IS NULL OR m.project_id = ?", parameters: [projectId] };
}

/** Global ones first, then by project and path. `deleted`: those that are gone instead. `most`: only the first ones. */
export function listMemoryFiles(
  db: Reader,
  scope: MemoryScope,
  deleted = false,
  most?: number,
): readonly MemoryFileRow[] {
  const { sql, parameters } = memoryScopeSql(scope);
  const order = "ORDER BY m.project_id IS NOT NULL, p.name, m.project_id, m.path";
  const chosen = `(${sql}) AND s.deleted = ${deleted ? 1 : 0}`;
  const where =
    most === undefined
      ? `WHERE ${chosen} ${order}`
      : `WHERE m.id IN (${FIRST} WHERE ${chosen} ${order} LIMIT ${Math.trunc(most)}) ${order}`;
  return rowsOf<StoredRow>(db, `${ROWS} ${where}`, parameters).map(shown);
}

/** Those that a word can mean: an id, a key, a path, or its last parts; the nearest kind of match only, those of `scope` first. */
export function memoryFilesNamed(db: Reader, word: string, scope: MemoryScope): readonly MemoryFileRow[] {
  const exact = rowsOf<StoredRow>(db, `${ROWS} WHERE m.file_id = ?`, [word]);
  if (exact.length > 0) return exact.map(shown);
  if (isMemoryKey(word)) {
    const found = rowsOf<{ id: string }>(db, IDS).find(({ id }) => memoryKey(id) === word);
    return found ? rowsOf<StoredRow>(db, `${ROWS} WHERE m.file_id = ?`, [found.id]).map(shown) : [];
  }
  const { sql, parameters } = memoryScopeSql(scope);
  const clean = word.replace(/^\.\//, "");
  const ways: readonly SqlPart[] = [
    { sql: "m.path = ?", parameters: [clean] },
    { sql: "substr(m.path, -length(?) - 1) = '/' || ?", parameters: [clean, clean] },
  ];
  for (const way of ways) {
    const found = rowsOf<StoredRow>(db, `${ROWS} WHERE (${way.sql}) AND (${sql}) ORDER BY m.file_id LIMIT 50`, [
      ...way.parameters,
      ...parameters,
    ]).map(shown);
    const here = found.filter((row) => !row.deleted);
    if (found.length > 0) return here.length > 0 ? here : found;
  }
  return [];
}

/** Null: there is none of that id. */
export function memoryFile(db: Reader, id: string): MemoryFile | null {
  const row = rowOf<StoredRow>(db, `${ROWS} WHERE m.file_id = ?`, [id]);
  const state = row && subjectState(db, "memory", id);
  if (!row || !state) return null;
  const content = contentOf(state);
  const { name, description, type, title, problem } = frontMatterOf(content);
  const others = (state.conflicts.content ?? []).filter(({ change }) => change !== row.version);
  return {
    ...shown(row),
    name,
    description,
    type,
    title,
    content,
    problem,
    others: others.map(({ change, author, ts }) => ({ version: change, author, ts: isoTime(ts) })),
  };
}

/** Oldest first: every text that it ever had, and when it was taken away or brought back. */
export function memoryHistory(db: Reader, id: string): readonly MemoryVersion[] {
  const state = subjectState(db, "memory", id);
  const stands = new Set(state?.standing.content);
  const top = state?.fields.content?.change;
  return rowsOf<
    Pick<MemoryVersion, "version" | "author" | "origin" | "session_id" | "size"> & {
      ts: number;
      tainted: number;
      hasContent: number;
      deleted: string | null;
    }
  >(db, HISTORY, [id]).flatMap(({ hasContent, deleted, tainted, ts, ...change }): MemoryVersion[] => {
    if (!hasContent && deleted === null) return [];
    return [
      {
        ...change,
        ts: isoTime(ts),
        tainted: tainted === 1,
        what: hasContent ? "content" : deleted === "true" ? "deleted" : "restored",
        current: change.version === top && state?.fields.deleted?.value !== true,
        conflict: stands.has(change.version) && change.version !== top && state?.conflicts.content !== undefined,
      },
    ];
  });
}

/** The text of one version, by its id or a unique beginning of it. */
export function memoryVersion(
  db: Reader,
  id: string,
  version: string,
):
  | { readonly kind: "one"; readonly version: string; readonly content: string }
  | { readonly kind: "none" }
  | { readonly kind: "many" } {
  const pattern = `${version.replace(/[[\]*?]/g, "[$&]")}*`;
  const found = rowsOf<{ version: string; content: string }>(db, VERSION, [id, pattern]);
  const exact = found.find((row) => row.version === version);
  const only = exact ?? (found.length === 1 ? found[0] : undefined);
  if (only) return { kind: "one", ...only };
  return { kind: found.length === 0 ? "none" : "many" };
}

export function contentOf(state: SubjectState): string {
  const value: WrittenValue["value"] = state.fields.content?.value ?? "";
  return typeof value === "string" ? value : "";
}

function shown({ head, deleted, tainted, changed_at, ...row }: StoredRow): MemoryFileRow {
  const { name, description, type, title } = frontMatterOf(head ?? "");
  return {
    ...row,
    key: memoryKey(row.id),
    name,
    description,
    type,
    title,
    deleted: deleted === 1,
    changed_at: isoTime(changed_at),
    tainted: tainted === 1,
  };
}
