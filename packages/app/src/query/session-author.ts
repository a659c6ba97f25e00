/** @module What decides who writes: a session's identity, and whether it has read what comes from elsewhere. */
import { UNCORRELATED_SESSION } from "../base/ids.ts";
import { type Reader, rowOf } from "./reader.ts";

/** Trees whose words a session has before it: its own, with the agents that called it and that it called, and those of the sessions whose history it began with. */
const TREES = `
  WITH RECURSIVE line(top, forked_from, depth) AS (
    SELECT s.top_session_id, s.forked_from, 0
    UNION SELECT p.top_session_id, p.forked_from, l.depth + 1 FROM line l CROSS JOIN sessions p ON p.session_id = l.forked_from
      WHERE l.depth < 50)`;

/**
 * Whether session `s`, or one of its tree, was shown what others may have written (facts of kind "foreign": a call of a tool whose
 * results are anybody's words, a command that fetches such, what Clew itself showed of others), until `until` (an expression of milliseconds;
 * NULL: at any time). What has no time counts.
 */
export function hasReadForeign(until: string): string {
  const inTime = (column: string): string => `(${until} IS NULL OR ${column} IS NULL OR ${column} <= ${until})`;
  return `EXISTS (${TREES}
    SELECT 1 FROM line CROSS JOIN sessions t ON t.top_session_id = line.top
      CROSS JOIN session_facts f ON f.session_id = t.session_id AND f.kind = 'foreign' WHERE ${inTime("f.ts")})`;
}

export const SESSION_AUTHOR = `
  SELECT s.identity_id AS identity, s.person_id AS person, s.workspace_id AS workspaceId, w.project_id AS projectId, s.agent,
    ${hasReadForeign("NULL")} AS tainted
  FROM sessions s CROSS JOIN workspaces w ON w.workspace_id = s.workspace_id WHERE s.session_id = ?`;
/** The newest session of a workspace that has a transcript. */
export const NEWEST_IN_WORKSPACE = `
  SELECT session_id AS sessionId FROM sessions INDEXED BY sessions_by_workspace
  WHERE workspace_id = ? AND parent_session_id IS NULL AND agent = 'claude-code' ORDER BY ended_at DESC LIMIT 1`;

export interface SessionAuthor {
  readonly identity: string;
  readonly person: string;
  readonly workspaceId: string;
  readonly projectId: string;
  readonly agent: string;
  /** It has been shown words that anybody may have written. */
  readonly tainted: boolean;
}

export function sessionAuthor(db: Reader, sessionId: string): SessionAuthor | null {
  const row = rowOf<Omit<SessionAuthor, "tainted"> & { tainted: number }>(db, SESSION_AUTHOR, [sessionId]);
  return row ? { ...row, tainted: row.tainted === 1 } : null;
}

export function newestInWorkspace(db: Reader, workspaceId: string): string | null {
  return rowOf<{ sessionId: string }>(db, NEWEST_IN_WORKSPACE, [workspaceId])?.sessionId ?? null;
}

export const CHANGE_AUTHOR = "SELECT author, tainted FROM changes WHERE event_id = ?";

/** Whether a record may hold words of others: what its session had read decides, of a change in no session its author. */
export function isForeignRecord(
  db: Reader,
  { sessionId, eventId }: { readonly sessionId: string; readonly eventId?: string },
  own: readonly string[],
): boolean {
  if (sessionId !== UNCORRELATED_SESSION) return sessionAuthor(db, sessionId)?.tainted !== false;
  const change = rowOf<{ author: string; tainted: number }>(db, CHANGE_AUTHOR, [eventId ?? ""]);
  return change === undefined || change.tainted === 1 || !own.includes(change.author);
}
