/** @module Forks and resumed copies: which files repeat which events, and what happens when the original is read after its copy. */
import type { Fact, ParsedRecord, SessionFact, TitleFact } from "../model/record.ts";
import type { KnownSession, WriteContext } from "./context.ts";
import type { Projections } from "./project/apply.ts";

const ADD_COPY = "INSERT INTO event_copies (event_id, session_id) VALUES (?, ?) ON CONFLICT DO NOTHING";
const DROP_COPY = "DELETE FROM event_copies WHERE event_id = ? AND session_id = ?";
const COPIES_OF = "SELECT session_id AS sessionId FROM event_copies WHERE event_id = ?";
const SAID =
  "SELECT source_id AS sourceId, said FROM sources WHERE session_id = ? AND kind IN ('transcript', 'subagent') LIMIT 1";
const SAY = "UPDATE sources SET said = ? WHERE source_id = ?";
const SNAPSHOT = `
  SELECT cwd, git_branch AS gitBranch, client_version AS clientVersion, entrypoint, agent_type AS agentType,
         agent_description AS agentDescription, spawn_tool_use_id AS spawnToolUseId, title, title_source AS source
  FROM sessions WHERE session_id = ?`;
/** Subagent sessions that only a copied record had named: nothing is theirs and nothing started them. */
const DROP_GHOSTS = `
  DELETE FROM sessions WHERE root_session_id = ? AND session_id <> root_session_id
    AND NOT EXISTS (SELECT 1 FROM events WHERE events.session_id = sessions.session_id)
    AND NOT EXISTS (SELECT 1 FROM responses WHERE responses.session_id = sessions.session_id)
    AND NOT EXISTS (SELECT 1 FROM tool_calls WHERE tool_calls.session_id = sessions.session_id)
    AND NOT EXISTS (SELECT 1 FROM tool_calls WHERE tool_calls.child_session_id = sessions.session_id)
    AND NOT EXISTS (SELECT 1 FROM sources WHERE sources.session_id = sessions.session_id)
  RETURNING session_id AS sessionId`;

/** What a file has said about its session in records that another session owns. */
export type SaidFacts = readonly (SessionFact | TitleFact)[];

export interface Lineage {
  /** The session's file repeats a record that somebody else owns. */
  repeats(session: KnownSession, record: ParsedRecord): void;
  /** The event has just moved from a copy to its original. */
  takes(from: KnownSession, to: KnownSession, record: ParsedRecord): void;
  /** Keeps what was said of the sessions of this batch. */
  save(): void;
  /** After the projections are written: drops subagents that only copied records had named. */
  finish(): void;
  /** Forgets what a transaction that failed has gathered. */
  reset(): void;
}

/** Session of the file that holds a session's record: a subagent's agent_progress records stand in its root's. */
function fileOf(session: KnownSession, record: ParsedRecord): string {
  return record.type === "progress.agent" ? session.rootSessionId : session.sessionId;
}

/** Adds a fact to what was said: the first working directory and prompt stay, otherwise the last word counts. */
function addFact(facts: Map<string, SessionFact | TitleFact>, fact: SessionFact | TitleFact): void {
  const key = fact.kind === "title" ? `title ${fact.source}` : "session";
  const old = facts.get(key);
  if (!old) facts.set(key, fact);
  else if (fact.kind === "title") {
    if (fact.source !== "prompt") facts.set(key, fact);
  } else {
    const said = old as SessionFact;
    facts.set(key, {
      ...said,
      ...fact,
      ...(said.cwd === undefined ? {} : { cwd: said.cwd }),
      ...(said.entrypoint === undefined ? {} : { entrypoint: said.entrypoint }),
    });
  }
}

export function openLineage(context: WriteContext, projections: Projections): Lineage {
  const { db } = context;
  const addCopy = db.prepare(ADD_COPY);
  const dropCopy = db.prepare(DROP_COPY);
  const copiesOf = db.prepare<[string], { sessionId: string }>(COPIES_OF);
  const findSaid = db.prepare<[string], { sourceId: number; said: string | null }>(SAID);
  const setSaid = db.prepare(SAY);
  const snapshot = db.prepare<[string], Record<string, string | null>>(SNAPSHOT);
  const dropGhosts = db.prepare<[string], { sessionId: string }>(DROP_GHOSTS);
  const said = new Map<string, Map<string, SessionFact | TitleFact>>();
  const robbed = new Set<string>();
  /** Trees with a subagent that a copied record names: reading the usage ahead may have made a session of it. */
  const named = new Set<string>();

  function factsOf(sessionId: string): Map<string, SessionFact | TitleFact> {
    let facts = said.get(sessionId);
    if (!facts) {
      facts = new Map();
      const stored = findSaid.get(sessionId)?.said;
      for (const fact of stored ? (JSON.parse(stored) as SaidFacts) : []) addFact(facts, fact);
      said.set(sessionId, facts);
    }
    return facts;
  }

  /** The facts that a session's row holds so far, for the records that it is about to lose. */
  function rowFacts(sessionId: string): Fact[] {
    const { title, source, ...row } = snapshot.get(sessionId) ?? {};
    const stated = Object.entries(row).filter(([, value]) => value !== null);
    const session = { kind: "session", sessionId, ...Object.fromEntries(stated) } as SessionFact;
    return title && source ? [session, { kind: "title", source, title } as TitleFact] : [session];
  }

  return {
    repeats(session, record) {
      addCopy.run(record.eventId, session.sessionId);
      if (record.sessionId !== session.sessionId) named.add(session.rootSessionId);
      for (const fact of record.facts) {
        if (fact.kind === "title" || (fact.kind === "session" && fact.sessionId === session.sessionId)) {
          addFact(factsOf(session.sessionId), fact);
        }
      }
    },
    takes(from, to, record) {
      const { eventId } = record;
      if (!robbed.has(from.sessionId)) {
        robbed.add(from.sessionId);
        for (const fact of rowFacts(from.sessionId)) addFact(factsOf(from.sessionId), fact as SessionFact | TitleFact);
      }
      projections.touch(from.sessionId);
      for (const { sessionId } of copiesOf.all(eventId)) projections.touch(sessionId);
      dropCopy.run(eventId, fileOf(to, record));
      addCopy.run(eventId, fileOf(from, record));
      projections.touch(fileOf(from, record));
      projections.details.forget(from.sessionId, eventId);
    },
    save() {
      for (const [sessionId, facts] of said) {
        const source = findSaid.get(sessionId);
        if (source) setSaid.run(JSON.stringify([...facts.values()]), source.sourceId);
      }
      said.clear();
    },
    finish() {
      for (const sessionId of robbed) named.add(context.sessions.get(sessionId)?.rootSessionId ?? sessionId);
      for (const root of named) {
        for (const ghost of dropGhosts.all(root)) {
          context.sessions.delete(ghost.sessionId);
          context.touched.delete(ghost.sessionId);
        }
      }
      robbed.clear();
      named.clear();
    },
    reset() {
      said.clear();
      robbed.clear();
      named.clear();
    },
  };
}
