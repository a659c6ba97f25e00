/** @module What decides who writes: a session's identity, and whether it has read what comes from elsewhere. */
import { type Reader, rowOf } from "./reader.ts";

/** Tools whose results are anybody's words. What Clew's own server answers is fenced, and marked where it is foreign. */
const FOREIGN_TOOLS =
  "c.tool IN ('WebFetch', 'WebSearch') OR (c.mcp_server IS NOT NULL AND c.mcp_server NOT IN ('clew', 'plugin_clew_clew'))";
export const SESSION_AUTHOR = `
  SELECT s.identity_id AS identity, s.person_id AS person, s.workspace_id AS workspaceId, w.project_id AS projectId, s.agent,
    EXISTS (SELECT 1 FROM sessions t CROSS JOIN tool_calls c ON c.session_id = t.session_id
      WHERE t.root_session_id = s.root_session_id AND (${FOREIGN_TOOLS})) AS tainted
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
  /** The session, or one of its tree, has called a tool whose results are anybody's words. */
  readonly tainted: boolean;
}

export function sessionAuthor(db: Reader, sessionId: string): SessionAuthor | null {
  const row = rowOf<Omit<SessionAuthor, "tainted"> & { tainted: number }>(db, SESSION_AUTHOR, [sessionId]);
  return row ? { ...row, tainted: row.tainted === 1 } : null;
}

export function newestInWorkspace(db: Reader, workspaceId: string): string | null {
  return rowOf<{ sessionId: string }>(db, NEWEST_IN_WORKSPACE, [workspaceId])?.sessionId ?? null;
}
