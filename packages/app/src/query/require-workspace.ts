/** @module Keeps one workspace's readers to its own sessions, unless they ask for others' on purpose. */
import { ClewError } from "../base/error.ts";
import { type Reader, rowOf, rowsOf } from "./reader.ts";

const OF_SESSION = `SELECT s.workspace_id AS id, w.path FROM sessions s
  CROSS JOIN workspaces w ON w.workspace_id = s.workspace_id WHERE s.session_id = ?`;
const BY_NAME =
  "SELECT workspace_id AS id FROM workspaces WHERE workspace_id = $word OR path = $word OR name = $word LIMIT 2";

/** Throws `permission` when the session belongs to another workspace, `not_found` when there is none of that id. */
export function requireWorkspace(db: Reader, sessionId: string, workspaceId: string): void {
  const session = rowOf<{ id: string; path: string }>(db, OF_SESSION, [sessionId]);
  if (!session) throw new ClewError("not_found", `no session ${sessionId}: \`clew sessions\` lists them`);
  if (session.id === workspaceId) return;
  throw new ClewError(
    "permission",
    `session ${sessionId} belongs to another workspace (${session.path}): --all-workspaces reads it all the same`,
  );
}

/** The id of a workspace from its id, path or name; throws `not_found`, or `usage` when several have the name. */
export function workspaceIdFrom(db: Reader, word: string): string {
  const found = rowsOf<{ id: string }>(db, BY_NAME, [{ word }]);
  if (found.length > 1) throw new ClewError("usage", `several workspaces are called ${word}: give the path`);
  if (!found[0]) throw new ClewError("not_found", `no workspace ${word}: give its path, its name or its id`);
  return found[0].id;
}
