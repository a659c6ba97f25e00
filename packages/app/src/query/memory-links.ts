/** @module What memory files of one project lead to: Markdown links and [[names]] in their texts. */
import { searchMemory } from "./memory-search.ts";
import { type Reader, rowsOf } from "./reader.ts";

export interface LinkedFile {
  readonly id: string;
  readonly path: string;
  readonly title: string | null;
}

/** Looked at for links to a file; an index of memory has a line for each file, so these are few. */
const MOST_LOOKED_AT = 100;
const MOST_LINKS = 200;
const BESIDE = `
  SELECT m.file_id AS id, m.path, m.title FROM memory_files m CROSS JOIN subjects s ON s.id = m.id
  WHERE m.project_id IS ? AND s.deleted = 0 ORDER BY m.path LIMIT 5000`;
const LINK = /\]\(<?([^)\s>#]+\.md)(?:#[^)]*)?>?(?:\s[^)]*)?\)|\[\[([^\]|#\n]{1,200})[^\]\n]*\]\]/gi;

/** Paths and names that a text leads to, each once, in its order. */
export function linksIn(content: string): readonly string[] {
  const found = new Set<string>();
  for (const [, path, name] of content.matchAll(LINK)) {
    found.add((path ?? name ?? "").trim());
    if (found.size >= MOST_LINKS) break;
  }
  return [...found];
}

/** Of the same project as the file, itself left out. */
export function memoryLinks(
  db: Reader,
  file: { readonly id: string; readonly path: string; readonly project_id: string | null; readonly content: string },
): { readonly links_to: readonly LinkedFile[]; readonly linked_from: readonly LinkedFile[] } {
  const beside = rowsOf<LinkedFile>(db, BESIDE, [file.project_id]).filter(({ id }) => id !== file.id);
  const leadsTo = (from: string, link: string, to: string): boolean =>
    resolved(from, link) === to.toLowerCase() || stemOf(to) === link.toLowerCase();
  const own = linksIn(file.content);
  const byId = new Map(beside.map((one) => [one.id, one]));
  // The words of its name stand in whatever leads to it.
  const text = `"${stemOf(file.path).replaceAll('"', "")}"`;
  const named = searchMemory(db, { text, scope: { projectId: null }, files: MOST_LOOKED_AT, lines: 1, full: true });
  return {
    links_to: beside.filter((one) => own.some((link) => leadsTo(file.path, link, one.path))),
    linked_from: named.rows.flatMap((row) => {
      const one = byId.get(row.id);
      const isLeading = linksIn(row.content ?? "").some((link) => leadsTo(row.path, link, file.path));
      return one && isLeading ? [one] : [];
    }),
  };
}

/** The path that a link means, seen from a file; lower case. */
function resolved(from: string, link: string): string {
  const parts = link.startsWith("/") ? [] : from.split("/").slice(0, -1);
  let decoded = link;
  try {
    decoded = decodeURIComponent(link);
  } catch {
    // What is no encoded text stands as it is.
  }
  for (const part of decoded.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "." && part !== "") parts.push(part);
  }
  return parts.join("/").toLowerCase();
}

/** Name without directory and ending, lower case. */
function stemOf(path: string): string {
  return path
    .slice(path.lastIndexOf("/") + 1)
    .replace(/\.md$/i, "")
    .toLowerCase();
}
