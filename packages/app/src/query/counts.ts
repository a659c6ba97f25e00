/** @module How much the archive holds, for the head of the dashboard: cheap enough to ask after every commit. */
import { type Reader, rowOf } from "./reader.ts";
import { isoTime } from "./session-row.ts";
import { COUNT_ROOTS } from "./sessions.ts";

export interface ArchiveCounts {
  /** Without subagents. */
  readonly sessions: number;
  readonly events: number;
  readonly problems: number;
  /** ISO 8601 UTC. */
  readonly last_event_at: string | null;
}

/** The newest of what sessions did and of what was written down; a change is known by its number before its time. */
export const LAST_EVENT = `SELECT max(coalesce((SELECT max(ended_at) FROM sessions), 0),
  coalesce((SELECT ts FROM changes INDEXED BY changes_by_seq ORDER BY seq DESC LIMIT 1), 0)) AS last`;
/** The log is never counted: only the small tables and one end of an index. */
export const COUNTS = `SELECT total AS sessions, (SELECT coalesce(sum(events), 0) FROM sessions) AS events,
  (SELECT count(*) FROM problems) AS problems, (SELECT nullif(last, 0) FROM (${LAST_EVENT})) AS last_event_at FROM (${COUNT_ROOTS})`;

export function archiveCounts(db: Reader): ArchiveCounts {
  const row = rowOf<Omit<ArchiveCounts, "last_event_at"> & { readonly last_event_at: number | null }>(db, COUNTS)!;
  return { ...row, last_event_at: isoTime(row.last_event_at) };
}
