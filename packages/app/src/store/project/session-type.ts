/** @module What kind of work each session was, from what it used and touched: a function of its rows, in whatever order they came. */
import { UNCORRELATED_SESSION } from "../../base/ids.ts";
import type { WriteContext } from "../context.ts";

const FACTS = `
  SELECT kind = 'skill' AS isSkill, group_concat(key, char(10)) AS keys FROM session_facts
  WHERE session_id = ? AND kind IN ('file', 'file_read', 'skill') GROUP BY 1`;
const PLACE = `
  SELECT p.name || char(10) || w.path || char(10) || COALESCE(s.cwd, '') AS place
  FROM sessions s CROSS JOIN workspaces w ON w.workspace_id = s.workspace_id CROSS JOIN projects p ON p.project_id = w.project_id
  WHERE s.session_id = ?`;
const SET = "UPDATE sessions SET session_type = $type WHERE session_id = $session AND session_type IS NOT $type";

/** Decides a session's type and stores it. Without rules, sessions have none. */
export function sessionTypes({ db, sessionTypes: typer }: WriteContext): (sessionId: string) => void {
  if (!typer) return () => {};
  const facts = db.prepare<[string], { isSkill: number; keys: string }>(FACTS);
  const place = db.prepare<[string], { place: string }>(PLACE);
  const set = db.prepare(SET);
  return (sessionId) => {
    const found = facts.all(sessionId);
    const keys = (isSkill: number): string => found.find((row) => row.isSkill === isSkill)?.keys ?? "";
    const where = place.get(sessionId)?.place ?? "";
    const signs = { skills: keys(1).toLowerCase(), paths: `${where}\n${keys(0)}`.toLowerCase() };
    set.run({ type: typer.typeOf(signs), session: sessionId });
  };
}

const STORED = "SELECT value FROM settings WHERE name = 'session_types'";
const STORE =
  "INSERT INTO settings (name, value) VALUES ('session_types', ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value";
const SESSIONS = "SELECT session_id AS sessionId FROM sessions WHERE session_id <> ?";

/** Decides the types of all sessions again, where the rules are others than those they were decided with. */
export function retyper(context: WriteContext): { readonly isNeeded: () => boolean; readonly run: () => void } {
  const { db, sessionTypes: typer } = context;
  return {
    isNeeded: () =>
      typer !== undefined && (db.prepare(STORED).get() as { value: string } | undefined)?.value !== typer.rules,
    run() {
      if (!typer) return;
      const decide = sessionTypes(context);
      const sessions = db.prepare<[string], { sessionId: string }>(SESSIONS).all(UNCORRELATED_SESSION);
      for (const { sessionId } of sessions) decide(sessionId);
      db.prepare(STORE).run(typer.rules);
    },
  };
}
