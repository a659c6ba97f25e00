/** @module Asks the database for what a session's first context can be made of. */
import type { Place } from "../model/place.ts";
import { openForContext } from "../query/context-facts.ts";
import { namesOf } from "../query/names.ts";
import { lastEndedSession, projectWorkspaces, sessionOutcome } from "../query/outcome.ts";
import { projectState } from "../query/project-state.ts";
import type { Reader } from "../query/reader.ts";
import { NO_SHARED, sharedFacts } from "../query/shared-context.ts";
import type { ContextFacts } from "./assemble.ts";
import type { Principal } from "./policy.ts";
import { belongsTo } from "./scope.ts";
import type { ContextParts } from "./switches.ts";

interface FactsQuestion {
  readonly place: Place;
  readonly principal: Principal;
  /** The session that asks: never its own predecessor. */
  readonly sessionId: string | null;
  readonly parts: ContextParts;
  readonly now: number;
}

/** Throws when the database is damaged, locked, newer or older than this Clew. */
export function readFacts(database: string, question: FactsQuestion): ContextFacts {
  const db = openForContext(database);
  try {
    const { place, parts, principal, now } = question;
    const { identityId: identity } = principal;
    const last = parts === "all" ? lastSession(db, question) : null;
    return {
      outcome: last === null ? null : sessionOutcome(db, last),
      state: projectState(db, place.projectId),
      shared:
        parts === "all"
          ? sharedFacts(db, { identity, names: namesOf(identity), projectId: place.projectId }, now)
          : NO_SHARED,
    };
  } finally {
    db.close();
  }
}

/** The one that ended last in the workspace; when none has, in the project's other working copies. */
function lastSession(db: Reader, { place, sessionId, now }: FactsQuestion): string | null {
  const lastIn = (workspaceId: string) => lastEndedSession(db, { workspaceId, except: sessionId, now });
  const here = lastIn(place.workspaceId);
  if (here) return here.session_id;
  const elsewhere = projectWorkspaces(db, place.projectId)
    .filter(({ workspace_id, path }) => belongsTo(place, { workspace_id, workspace_path: path }))
    .flatMap(({ workspace_id }) => lastIn(workspace_id) ?? [])
    .sort((a, b) => b.ended_at - a.ended_at || (a.session_id < b.session_id ? 1 : -1));
  return elsewhere[0]?.session_id ?? null;
}
