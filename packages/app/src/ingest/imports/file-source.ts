/** @module Directories as sources of an import: Claude Code's todo lists, and one JSON file per session. */
import type { ImportItem } from "../../sources/imports/import-record.ts";
import type { OriginalFile } from "../../sources/imports/original-file.ts";
import { importSessionFile, type SessionItem } from "../../sources/imports/session-file.ts";
import { readTodoFile } from "../../sources/imports/todo-list.ts";
import { jsonNames, readJsonFile } from "./directory-files.ts";
import { type ImportSource, plainSource } from "./import-source.ts";

function* items(
  directory: string,
  names: readonly string[],
  what: string,
  read: (file: OriginalFile) => ImportItem,
): Iterable<ImportItem> {
  for (const name of names) {
    const found = readJsonFile(directory, name);
    yield "file" in found ? read(found.file) : { what, records: [], problems: [`${found.name}: ${found.problem}`] };
  }
}

/** Throws `not_found`, `permission` or `usage` for what is no readable directory. */
export function todosSource(directory: string): ImportSource {
  const names = jsonNames(directory);
  return plainSource("todos", directory, names.length, () => items(directory, names, "todo lists", readTodoFile));
}

/** Throws `not_found`, `permission` or `usage` for what is no readable directory. */
export function sessionFilesSource(directory: string): ImportSource {
  const names = jsonNames(directory);
  return plainSource("json", directory, names.length, () => {
    const check = consistencyOf();
    return items(directory, names, "sessions", (file) => check(file.name, importSessionFile(file)));
  });
}

/** Says what only several files together show: one session in two files, and sessions that are each other's parents. */
function consistencyOf(): (name: string, item: SessionItem) => ImportItem {
  const files = new Map<string, string>();
  const parents = new Map<string, string>();
  return (name, item) => {
    if (item.session === null) return item;
    const { sessionId, parent } = item.session;
    const problems = [...item.problems];
    const earlier = files.get(sessionId);
    if (earlier !== undefined) problems.push(`${name}: session ${sessionId} is in ${earlier} too; both are kept`);
    else files.set(sessionId, name);
    if (parent !== null) parents.set(sessionId, parent);
    if (parent !== null && isCircle(sessionId, parents))
      problems.push(
        `${name}: session ${sessionId} and its parent ${parent} are below each other; one link is left out`,
      );
    return { ...item, problems };
  };
}

function isCircle(sessionId: string, parents: ReadonlyMap<string, string>): boolean {
  const seen = new Set<string>();
  for (let at = parents.get(sessionId); at !== undefined && !seen.has(at); at = parents.get(at)) {
    if (at === sessionId) return true;
    seen.add(at);
  }
  return false;
}
