/** @module The sessions projection: rows exist before their first fact, with a place and an identity that are never null. */
import type { SessionFact, TitleFact } from "../../model/record.ts";
import type { KnownSession, WriteContext } from "../context.ts";

const FIND = `
  SELECT session_id AS sessionId, root_session_id AS rootSessionId, workspace_id AS workspaceId,
         identity_id AS identityId, cwd IS NOT NULL AS placed, guessed, written_at AS writtenAt
  FROM sessions WHERE session_id = ?`;
const INSERT_PROJECT =
  "INSERT INTO projects (project_id, name, remote) VALUES (?, ?, ?) ON CONFLICT (project_id) DO NOTHING";
const INSERT_WORKSPACE =
  "INSERT INTO workspaces (workspace_id, path, name, project_id) VALUES (?, ?, ?, ?) ON CONFLICT (workspace_id) DO NOTHING";
const INSERT_IDENTITY =
  "INSERT INTO identities (identity_id, kind, platform, project_id) VALUES (?, 'agent', ?, ?) ON CONFLICT (identity_id) DO NOTHING";
const INSERT_SESSION = `
  INSERT INTO sessions (session_id, parent_session_id, root_session_id, workspace_id, identity_id, agent)
  VALUES (?, ?, ?, ?, ?, ?)`;
const MOVE_SESSION = "UPDATE sessions SET cwd = ?, workspace_id = ?, identity_id = ? WHERE session_id = ?";
const MOVE_EVENTS = "UPDATE events SET workspace_id = ?, author = ? WHERE session_id = ?";
const SAY = `
  UPDATE sessions SET
    parent_session_id = COALESCE(?, parent_session_id),
    git_branch        = COALESCE(?, git_branch),
    client_version    = COALESCE(?, client_version),
    entrypoint        = COALESCE(entrypoint, ?),
    trigger           = CASE WHEN ? IS NULL THEN trigger ELSE ? END,
    agent_type        = COALESCE(?, agent_type),
    agent_description = COALESCE(?, agent_description),
    spawn_tool_use_id = COALESCE(?, spawn_tool_use_id)
  WHERE session_id = ?`;
/** A better source of titles wins; within one source the last, except that the first prompt stays. */
const TITLE = `
  UPDATE sessions SET title = $title, title_source = $source
  WHERE session_id = $session AND (title_source IS NULL
    OR (CASE $source WHEN 'custom' THEN 4 WHEN 'ai' THEN 3 WHEN 'summary' THEN 2 ELSE 1 END)
     > (CASE title_source WHEN 'custom' THEN 4 WHEN 'ai' THEN 3 WHEN 'summary' THEN 2 ELSE 1 END)
    OR ($source = title_source AND $source <> 'prompt'))`;
const GUESSED = "UPDATE sessions SET guessed = 1 WHERE session_id = ?";
const IS_BLANK =
  "SELECT cwd IS NULL AND title IS NULL AND agent_type IS NULL AS blank FROM sessions WHERE session_id = ?";
const UNSAY = "UPDATE sessions SET guessed = 0, cwd = NULL, title = NULL, title_source = NULL WHERE session_id = ?";
const WRITTEN_AT = "UPDATE sessions SET written_at = ? WHERE session_id = ?";

export interface SessionProjection {
  /** The session, made if there is none; `cwd` and `slug` place a new one. Its root and parents are made too. */
  ensure(sessionId: string, rootSessionId: string, agent: string, cwd: string | null, slug: string): KnownSession;
  /** Applies what a record of the session's own file, or its parent's, says about it. */
  say(session: KnownSession, fact: SessionFact, slug: string, agent: string, own: boolean): void;
  title(session: KnownSession, fact: TitleFact): void;
  writtenAt(session: KnownSession, ts: number): void;
  /** No record has said anything of it yet. */
  isBlank(session: KnownSession): boolean;
  /** What has been said so far was the usage scan's guess. */
  guessed(session: KnownSession): void;
  /** The full read begins: a guess gives way to it. */
  forgetGuess(session: KnownSession): void;
}

export function sessionProjection(context: WriteContext, touch: (sessionId: string) => void): SessionProjection {
  const { db } = context;
  const find = db.prepare<
    [string],
    Omit<KnownSession, "placed" | "guessed" | "said"> & { placed: number; guessed: number }
  >(FIND);
  const insertProject = db.prepare(INSERT_PROJECT);
  const insertWorkspace = db.prepare(INSERT_WORKSPACE);
  const insertIdentity = db.prepare(INSERT_IDENTITY);
  const insertSession = db.prepare(INSERT_SESSION);
  const moveSession = db.prepare(MOVE_SESSION);
  const moveEvents = db.prepare(MOVE_EVENTS);
  const saySession = db.prepare(SAY);
  const setTitle = db.prepare(TITLE);
  const setWrittenAt = db.prepare(WRITTEN_AT);
  const isBlank = db.prepare<[string], { blank: number }>(IS_BLANK);
  const setGuessed = db.prepare(GUESSED);
  const unsay = db.prepare(UNSAY);

  /** Stores the place; returns its workspace and the identity that acts there. */
  function settle(cwd: string | null, slug: string, agent: string): { workspaceId: string; identityId: string } {
    const place = context.place(cwd, slug);
    const identityId = `${agent}@${place.projectName}`;
    insertProject.run(place.projectId, place.projectName, place.remote);
    insertWorkspace.run(place.workspaceId, place.workspacePath, place.workspaceName, place.projectId);
    insertIdentity.run(identityId, agent, place.projectId);
    return { workspaceId: place.workspaceId, identityId };
  }

  const projection: SessionProjection = {
    ensure(sessionId, rootSessionId, agent, cwd, slug) {
      const known = context.sessions.get(sessionId);
      if (known) return known;
      const row = find.get(sessionId);
      let session: KnownSession;
      if (row) {
        session = { ...row, placed: Boolean(row.placed), guessed: Boolean(row.guessed), said: "" };
      } else {
        const parent = rootSessionId === sessionId ? null : rootSessionId;
        const from = parent ? projection.ensure(parent, parent, agent, cwd, slug) : null;
        const { workspaceId, identityId } = from && !cwd ? from : settle(cwd, slug, agent);
        insertSession.run(sessionId, parent, rootSessionId, workspaceId, identityId, agent);
        session = {
          sessionId,
          rootSessionId,
          workspaceId,
          identityId,
          placed: false,
          guessed: false,
          writtenAt: null,
          said: "",
        };
        touch(sessionId);
      }
      context.sessions.set(sessionId, session);
      return session;
    },

    say(session, fact, slug, agent, own) {
      // Most records repeat what the one before has said.
      const said = JSON.stringify(fact);
      if (session.said === said && (session.placed || !own)) return;
      session.said = said;
      touch(session.sessionId);
      if (own && fact.cwd !== undefined && !session.placed) {
        const { workspaceId, identityId } = settle(fact.cwd, slug, agent);
        moveSession.run(fact.cwd, workspaceId, identityId, session.sessionId);
        if (workspaceId !== session.workspaceId || identityId !== session.identityId) {
          moveEvents.run(workspaceId, identityId, session.sessionId);
        }
        Object.assign(session, { placed: true, workspaceId, identityId });
      }
      const { trigger = null } = fact;
      saySession.run(
        fact.parentSessionId ?? null,
        fact.gitBranch ?? null,
        fact.clientVersion ?? null,
        fact.entrypoint ?? null,
        trigger,
        trigger,
        fact.agentType ?? null,
        fact.agentDescription ?? null,
        fact.spawnToolUseId ?? null,
        session.sessionId,
      );
    },

    title(session, fact) {
      touch(session.sessionId);
      setTitle.run({ title: fact.title, source: fact.source, session: session.sessionId });
    },

    writtenAt(session, ts) {
      if (session.writtenAt === ts) return;
      session.writtenAt = ts;
      setWrittenAt.run(ts, session.sessionId);
    },

    isBlank: (session) => isBlank.get(session.sessionId)?.blank === 1,

    guessed(session) {
      session.guessed = true;
      setGuessed.run(session.sessionId);
    },

    forgetGuess(session) {
      if (!session.guessed) return;
      unsay.run(session.sessionId);
      Object.assign(session, { guessed: false, placed: false, said: "" });
    },
  };
  return projection;
}
