/** @module What must not exist in a store: sessions of nobody, agents of no one's, calls and events of no session. */
import { type Reader, rowOf } from "./reader.ts";

/** How many rows break each rule; all are 0 in a sound store. */
export interface DataQuality {
  readonly sessions_without_identity: number;
  readonly sessions_without_person: number;
  readonly sessions_without_workspace: number;
  readonly agents_without_parent: number;
  readonly mcp_calls_without_session: number;
  readonly orphaned_events: number;
}

/** An agent is a session with a subagent's id, `<root>.<agent>`, or an agent's type. */
export const DATA_QUALITY = `SELECT
  (SELECT count(*) FROM sessions s WHERE NOT EXISTS (SELECT 1 FROM identities i WHERE i.identity_id = s.identity_id)) AS sessions_without_identity,
  (SELECT count(*) FROM sessions s WHERE NOT EXISTS (SELECT 1 FROM identities i WHERE i.identity_id = s.person_id AND i.kind = 'person')) AS sessions_without_person,
  (SELECT count(*) FROM sessions s WHERE NOT EXISTS (SELECT 1 FROM workspaces w WHERE w.workspace_id = s.workspace_id)) AS sessions_without_workspace,
  (SELECT count(*) FROM sessions s WHERE s.root_session_id <> s.session_id
     AND NOT EXISTS (SELECT 1 FROM sessions p WHERE p.session_id = s.parent_session_id)) AS agents_without_parent,
  (SELECT count(*) FROM tool_calls c WHERE c.mcp_server IS NOT NULL
     AND NOT EXISTS (SELECT 1 FROM sessions s WHERE s.session_id = c.session_id)) AS mcp_calls_without_session,
  (SELECT count(*) FROM events e WHERE NOT EXISTS (SELECT 1 FROM sessions s WHERE s.session_id = e.session_id)) AS orphaned_events`;

export function dataQuality(db: Reader): DataQuality {
  return rowOf<DataQuality>(db, DATA_QUALITY)!;
}
