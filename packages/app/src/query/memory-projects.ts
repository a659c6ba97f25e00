/** @module Whether a word names a project at all, with sessions or with memory files alone, and how such a one is called. */
import { anyOf, nameSql, type SqlPart } from "./filter/sql.ts";
import { type Reader, rowOf } from "./reader.ts";

const LOCAL = "dir:";
/** Both sides are answered by an index or a small table. */
const KNOWN_PROJECT = (project: string, file: string): string => `
  SELECT EXISTS (SELECT 1 FROM projects p WHERE ${project}) OR EXISTS (SELECT 1 FROM memory_files m WHERE ${file}) AS known`;

/** A project id of memory files by itself, or without the beginning that says it is of a directory. */
export function projectIdSql(column: string, word: string): SqlPart {
  return anyOf([nameSql(column, word), nameSql(column, LOCAL + word)]);
}

/** `word`: a name or an id, `*` stands for any text. */
export function isKnownProject(db: Reader, word: string): boolean {
  const project = anyOf([nameSql("p.name", word), nameSql("p.project_id", word)]);
  const file = projectIdSql("m.project_id", word);
  const row = rowOf<{ known: number }>(db, KNOWN_PROJECT(project.sql, file.sql), [
    ...project.parameters,
    ...file.parameters,
  ]);
  return row?.known === 1;
}

/** What a project is called that the store knows no session of. */
export function nameOfProjectId(projectId: string): string {
  return projectId.split(/[/:]/u).findLast((part) => part !== "") ?? projectId;
}
