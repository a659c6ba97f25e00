/** @module Gives the sessions of an older database, which knew only agents, the person at whose hands they ran. */
import type { Place } from "../model/place.ts";
import type { WriteContext } from "./context.ts";

const IS_DONE = "SELECT 1 FROM settings WHERE name = 'people'";
const DONE = "INSERT INTO settings (name, value) VALUES ('people', 1)";
const PLACES = `
  SELECT DISTINCT s.agent, w.workspace_id AS workspaceId, w.path AS workspacePath, w.name AS workspaceName,
    p.project_id AS projectId, p.name AS projectName, p.remote
  FROM sessions s JOIN workspaces w USING (workspace_id) JOIN projects p USING (project_id) WHERE s.person_id IS NULL`;
const INSERT_PERSON =
  "INSERT INTO identities (identity_id, kind, platform) VALUES (?, 'person', 'local') ON CONFLICT (identity_id) DO NOTHING";
const SET_PERSON = "UPDATE sessions SET person_id = ? WHERE workspace_id = ? AND agent = ? AND person_id IS NULL";

/** Runs once per database. */
export function namePeople({ db, identify }: WriteContext): void {
  if (db.prepare(IS_DONE).get()) return;
  const insert = db.prepare(INSERT_PERSON);
  const set = db.prepare(SET_PERSON);
  db.transaction(() => {
    for (const { agent, ...place } of db.prepare<[], Place & { agent: string }>(PLACES).all()) {
      const { personId } = identify(agent, place);
      insert.run(personId);
      set.run(personId, place.workspaceId, agent);
    }
    db.prepare(DONE).run();
  }).immediate();
}
