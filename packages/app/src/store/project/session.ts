/** @module The sessions projection: rows exist before their first fact, with a place and an identity that are never null. */
import type { Place } from "../../model/place.ts";
import type { IdentityFact, SessionFact, TitleFact } from "../../model/record.ts";
import type { KnownSession, WriteContext } from "../context.ts";

const FIND = `
  SELECT session_id AS sessionId, root_session_id AS rootSessionId, workspace_id AS workspaceId,
         identity_id AS identityId, agent, cwd IS NOT NULL AS placed, live_cwd AS placedLive,
         given_identity AS givenIdentity, guessed, written_at AS writtenAt
  FROM sessions WHERE session_id = ?`;
const INSERT_PROJECT =
  "INSERT INTO projects (project_id, name, remote) VALUES (?, ?, ?) ON CONFLICT (project_id) DO NOTHING";
const INSERT_WORKSPACE =
  "INSERT INTO workspaces (workspace_id, path, name, project_id) VALUES (?, ?, ?, ?) ON CONFLICT (workspace_id) DO NOTHING";
const INSERT_IDENTITY =
  "INSERT INTO identities (identity_id, kind, platform, project_id) VALUES (?, ?, ?, ?) ON CONFLICT (identity_id) DO NOTHING";
const INSERT_SESSION = `
  INSERT INTO sessions (session_id, parent_session_id, root_session_id, workspace_id, identity_id, person_id, agent, top_session_id)
  VALUES ($session, $parent, $root, $workspace, $identity, $person, $agent,
    COALESCE((SELECT top_session_id FROM sessions WHERE session_id = $parent), $session))`;
/** A session that gets a parent takes all below it along, to under the parent's top. */
const GO_BELOW = `
  WITH RECURSIVE below (session_id) AS (
    SELECT $session UNION SELECT c.session_id FROM below b CROSS JOIN sessions c ON c.parent_session_id = b.session_id)
  UPDATE sessions SET top_session_id = p.top_session_id FROM sessions p
  WHERE p.session_id = $parent AND sessions.session_id IN (SELECT session_id FROM below)
    AND sessions.top_session_id <> p.top_session_id`;
const MOVE_SESSION = `
  UPDATE sessions SET cwd = COALESCE(?, cwd), live_cwd = ?, workspace_id = ?, identity_id = ?, person_id = ?, agent = ?,
    given_identity = ?
  WHERE session_id = ?`;
const PLACE_OF = `
  SELECT w.workspace_id AS workspaceId, w.path AS workspacePath, w.name AS workspaceName, p.project_id AS projectId,
         p.name AS projectName, p.remote
  FROM sessions s JOIN workspaces w USING (workspace_id) JOIN projects p USING (project_id) WHERE s.session_id = ?`;
const PERSON_OF = "SELECT person_id AS personId FROM sessions WHERE session_id = ?";
const MOVE_EVENTS = "UPDATE events SET workspace_id = ?, author = ? WHERE session_id = ?";
/** What starts a session is said best by its transcript; hooks fill the gap. */
const SAY = `
  UPDATE sessions SET
    parent_session_id = COALESCE($parent, parent_session_id),
    git_branch        = COALESCE($branch, git_branch),
    client_version    = COALESCE($version, client_version),
    entrypoint        = COALESCE(entrypoint, $entrypoint),
    trigger           = CASE WHEN $trigger IS NULL OR ($live AND trigger <> 'unknown') THEN trigger ELSE $trigger END,
    agent_type        = COALESCE($type, agent_type),
    agent_description = COALESCE($description, agent_description),
    spawn_tool_use_id = COALESCE($toolUse, spawn_tool_use_id)
  WHERE session_id = $session`;
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
  /**
   * The session, made if there is none; `cwd` and `slug` place a new one, or the session `near` it. Its root and parents
   * are made too.
   */
  ensure(
    sessionId: string,
    rootSessionId: string,
    agent: string,
    cwd: string | null,
    slug: string,
    near?: KnownSession,
  ): KnownSession;
  /** Applies what a record of the session's own file, or its parent's, says about it. */
  say(session: KnownSession, fact: SessionFact, slug: string, agent: string, own: boolean, live?: boolean): void;
  title(session: KnownSession, fact: TitleFact): void;
  /** Its surroundings name who acts: over what the rules say. */
  identity(session: KnownSession, fact: IdentityFact): void;
  /** Its first own record tells what kind of session it is, after others had only named it. */
  adopt(session: KnownSession, agent: string): void;
  writtenAt(session: KnownSession, ts: number): void;
  /** No record has said anything of it yet. */
  isBlank(session: KnownSession): boolean;
  /** What has been said so far was the usage scan's guess. */
  guessed(session: KnownSession): void;
  /** The full read begins: a guess gives way to it. */
  forgetGuess(session: KnownSession): void;
}

/** From the least to the most that can be said of a session: a line or a span names it before its own record comes. */
const AGENTS = ["unknown", "otel", "script", "command"];

/** Which of two words on a session's kind says more; the first, where they say as much. */
function betterAgent(known: string, told: string): string {
  const rank = (agent: string): number => (AGENTS.includes(agent) ? AGENTS.indexOf(agent) : AGENTS.length);
  return rank(told) > rank(known) ? told : known;
}

interface Settled {
  readonly workspaceId: string;
  readonly identityId: string;
  readonly personId: string;
}

export function sessionProjection(context: WriteContext, touch: (sessionId: string) => void): SessionProjection {
  const { db } = context;
  const find = db.prepare<
    [string],
    Omit<KnownSession, "placed" | "placedLive" | "guessed" | "said"> & {
      placed: number;
      placedLive: number;
      guessed: number;
    }
  >(FIND);
  const insertProject = db.prepare(INSERT_PROJECT);
  const insertWorkspace = db.prepare(INSERT_WORKSPACE);
  const insertIdentity = db.prepare(INSERT_IDENTITY);
  const insertSession = db.prepare(INSERT_SESSION);
  const moveSession = db.prepare(MOVE_SESSION);
  const moveEvents = db.prepare(MOVE_EVENTS);
  const saySession = db.prepare(SAY);
  const goBelow = db.prepare(GO_BELOW);
  const setTitle = db.prepare(TITLE);
  const setWrittenAt = db.prepare(WRITTEN_AT);
  const isBlank = db.prepare<[string], { blank: number }>(IS_BLANK);
  const setGuessed = db.prepare(GUESSED);
  const unsay = db.prepare(UNSAY);

  const placeOf = db.prepare<[string], Place>(PLACE_OF);
  const personOf = db.prepare<[string], { personId: string }>(PERSON_OF);

  /** Stores the place; returns its workspace, the identity that acts there and the person behind it. */
  function settle(place: Place, agent: string, given: string | null): Settled {
    const { identityId, personId } = context.identify(agent, place, given ?? undefined);
    insertProject.run(place.projectId, place.projectName, place.remote);
    insertWorkspace.run(place.workspaceId, place.workspacePath, place.workspaceName, place.projectId);
    insertIdentity.run(identityId, "agent", agent, place.projectId);
    insertIdentity.run(personId, "person", "local", null);
    return { workspaceId: place.workspaceId, identityId, personId };
  }

  /** Puts a session, and the events it has, to another place or under another identity. */
  function move(session: KnownSession, cwd: string | null, place: Place, agent: string, live: boolean): void {
    const { workspaceId, identityId, personId } = settle(place, agent, session.givenIdentity);
    moveSession.run(
      cwd,
      live ? 1 : 0,
      workspaceId,
      identityId,
      personId,
      agent,
      session.givenIdentity,
      session.sessionId,
    );
    if (workspaceId !== session.workspaceId || identityId !== session.identityId) {
      moveEvents.run(workspaceId, identityId, session.sessionId);
    }
    Object.assign(session, { workspaceId, identityId, agent, placedLive: live });
  }

  const projection: SessionProjection = {
    ensure(sessionId, rootSessionId, agent, cwd, slug, near) {
      const known = context.sessions.get(sessionId);
      if (known) return known;
      const row = find.get(sessionId);
      let session: KnownSession;
      if (row) {
        const { placed, placedLive, guessed } = row;
        session = {
          ...row,
          placed: Boolean(placed),
          placedLive: Boolean(placedLive),
          guessed: Boolean(guessed),
          said: "",
        };
      } else {
        const parent = rootSessionId === sessionId ? null : rootSessionId;
        const from = parent ? projection.ensure(parent, parent, agent, cwd, slug) : (near ?? null);
        const { workspaceId, identityId, personId } =
          from && !cwd
            ? { ...from, ...personOf.get(from.sessionId)! }
            : settle(context.place(cwd, slug), agent, from?.givenIdentity ?? null);
        insertSession.run({
          session: sessionId,
          parent,
          root: rootSessionId,
          workspace: workspaceId,
          identity: identityId,
          person: personId,
          agent,
        });
        session = {
          sessionId,
          rootSessionId,
          agent,
          workspaceId,
          identityId,
          placed: false,
          placedLive: false,
          givenIdentity: null,
          guessed: false,
          writtenAt: null,
          said: "",
        };
        touch(sessionId);
      }
      context.sessions.set(sessionId, session);
      return session;
    },

    say(session, fact, slug, agent, own, live = false) {
      // Most records repeat what the one before has said.
      const said = JSON.stringify(fact);
      const isOpen = !session.placed || (session.placedLive && !live);
      if (session.said === said && !(own && isOpen)) return;
      session.said = said;
      touch(session.sessionId);
      if (own && fact.cwd !== undefined && isOpen) {
        move(session, fact.cwd, context.place(fact.cwd, slug), betterAgent(session.agent, agent), live);
        session.placed = true;
      }
      saySession.run({
        session: session.sessionId,
        parent: fact.parentSessionId ?? null,
        branch: fact.gitBranch ?? null,
        version: fact.clientVersion ?? null,
        entrypoint: fact.entrypoint ?? null,
        trigger: fact.trigger ?? null,
        live: live ? 1 : 0,
        type: fact.agentType ?? null,
        description: fact.agentDescription ?? null,
        toolUse: fact.spawnToolUseId ?? null,
      });
      if (fact.parentSessionId) goBelow.run({ session: session.sessionId, parent: fact.parentSessionId });
    },

    title(session, fact) {
      touch(session.sessionId);
      setTitle.run({ title: fact.title, source: fact.source, session: session.sessionId });
    },

    identity(session, fact) {
      if (session.givenIdentity === fact.identity) return;
      touch(session.sessionId);
      session.givenIdentity = fact.identity;
      move(session, null, placeOf.get(session.sessionId)!, session.agent, session.placedLive);
    },

    adopt(session, agent) {
      if (betterAgent(session.agent, agent) === session.agent) return;
      touch(session.sessionId);
      move(session, null, placeOf.get(session.sessionId)!, agent, session.placedLive);
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
      Object.assign(session, { guessed: false, placed: false, placedLive: false, said: "" });
    },
  };
  return projection;
}
