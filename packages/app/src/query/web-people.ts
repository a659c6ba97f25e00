/** @module Whom something can be assigned or sent to, and in which projects it can be written: names to choose from. */
import { type Reader, rowsOf } from "./reader.ts";
import { IDENTITIES } from "./recipients.ts";

export interface KnownProject {
  readonly project_id: string;
  readonly name: string;
  /** Its workspace with the newest session: where what is written for the project is at home. */
  readonly workspace_id: string;
}

export interface PeopleAnswer {
  /** Who looks; null: nobody is known. */
  readonly person: string | null;
  /** Something can be written from here. */
  readonly can_write: boolean;
  readonly identities: readonly string[];
  /** The one with the newest session first. */
  readonly projects: readonly KnownProject[];
}

const MOST = 500;
const PROJECTS = `
  SELECT w.project_id, p.name, w.workspace_id,
    max((SELECT max(coalesce(s.ended_at, s.started_at)) FROM sessions s INDEXED BY sessions_by_workspace
      WHERE s.workspace_id = w.workspace_id)) AS at
  FROM workspaces w CROSS JOIN projects p ON p.project_id = w.project_id
  GROUP BY w.project_id ORDER BY at DESC, p.name LIMIT ${MOST}`;

export function knownPeople(db: Reader, person: string | null): Omit<PeopleAnswer, "can_write"> {
  return {
    person,
    identities: rowsOf<{ id: string }>(db, IDENTITIES)
      .slice(0, MOST)
      .map(({ id }) => id),
    projects: rowsOf<KnownProject & { at: number | null }>(db, PROJECTS).map(({ at: _, ...project }) => project),
  };
}
