/** @module What others did to memory files and to the memory graph within a part of the log: a line a file, and a line an author. */
import type { Looker } from "./messages.ts";
import { type Reader, rowsOf } from "./reader.ts";
import { isoTime } from "./session-row.ts";

/** All changes of one memory file together. */
export interface MemoryNews {
  readonly id: string;
  readonly path: string;
  /** Null: global. */
  readonly project_id: string | null;
  readonly project: string | null;
  /** Who changed it, the newest last. */
  readonly by: readonly string[];
  readonly at: string | null;
  /** Texts that it got. */
  readonly versions: number;
  readonly deleted: boolean;
  /** Other versions beside the one that is shown, which nobody has replaced. */
  readonly conflicts: number;
  readonly tainted: boolean;
}

/** All changes of the memory graph by one author together. */
export interface GraphNews {
  readonly by: string;
  /** Entities and relations that they touched. */
  readonly entities: number;
  readonly relations: number;
  readonly changes: number;
  readonly at: string | null;
  readonly tainted: boolean;
}

/** After `since`, up to and with `upTo`: numbers of this device's log. */
export interface LogRange {
  readonly since: number;
  readonly upTo: number;
}

/** That somebody has approved a file is nobody's news. */
export const MEMORY_SINCE = `
  SELECT c.subject AS id, c.author, c.ts, c.tainted, json_type(c.data, '$.set.content') IS NOT NULL AS isVersion,
    m.path, m.project_id AS projectId, p.name AS project, m.conflicts, s.deleted
  FROM changes n INDEXED BY changes_by_seq CROSS JOIN changes c ON c.change_id = n.change_id
    CROSS JOIN subjects s ON s.target = c.target AND s.subject = c.subject
    CROSS JOIN memory_files m ON m.id = s.id LEFT JOIN projects p ON p.project_id = m.project_id
  WHERE n.seq > ? AND n.seq <= ? AND n.target = 'memory' AND n.author <> ? AND c.data ->> 'mark' IS NULL
    AND (? IS NULL OR m.project_id IS NULL OR m.project_id = ?)
  ORDER BY n.seq`;
export const GRAPH_SINCE = `
  SELECT c.author AS by, count(DISTINCT CASE c.target WHEN 'entity' THEN c.subject END) AS entities,
    count(DISTINCT CASE c.target WHEN 'relation' THEN c.subject END) AS relations, count(*) AS changes, max(c.ts) AS ts,
    max(c.tainted) AS tainted
  FROM changes n INDEXED BY changes_by_seq CROSS JOIN changes c ON c.change_id = n.change_id
  WHERE n.seq > ? AND n.seq <= ? AND n.target IN ('entity', 'relation') AND n.author <> ?
  GROUP BY c.author ORDER BY max(c.seq) DESC`;

interface MemoryRow {
  readonly id: string;
  readonly author: string;
  readonly ts: number;
  readonly tainted: number;
  readonly isVersion: number;
  readonly path: string;
  readonly projectId: string | null;
  readonly project: string | null;
  readonly conflicts: number;
  readonly deleted: number;
}

/** The newest change first; an agent is told of its project's files and of the global ones. */
export function memoryNews(
  db: Reader,
  { identity, projectId }: Looker,
  { since, upTo }: LogRange,
): readonly MemoryNews[] {
  const files = new Map<string, MemoryNews>();
  for (const row of rowsOf<MemoryRow>(db, MEMORY_SINCE, [since, upTo, identity, projectId, projectId])) {
    const before = files.get(row.id);
    // The newest change comes last.
    files.delete(row.id);
    files.set(row.id, {
      id: row.id,
      path: row.path,
      project_id: row.projectId,
      project: row.project,
      by: [...(before?.by ?? []).filter((who) => who !== row.author), row.author],
      at: isoTime(row.ts),
      versions: (before?.versions ?? 0) + row.isVersion,
      deleted: row.deleted === 1,
      conflicts: row.conflicts,
      tainted: (before?.tainted ?? false) || row.tainted === 1,
    });
  }
  return [...files.values()].reverse();
}

/** The newest change first. The graph belongs to no project: everybody is told. */
export function graphNews(db: Reader, { identity }: Looker, { since, upTo }: LogRange): readonly GraphNews[] {
  return rowsOf<Omit<GraphNews, "at" | "tainted"> & { ts: number; tainted: number }>(db, GRAPH_SINCE, [
    since,
    upTo,
    identity,
  ]).map(({ ts, tainted, ...row }) => ({ ...row, at: isoTime(ts), tainted: tainted === 1 }));
}
