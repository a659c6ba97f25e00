/**
 * @module Who writes something down, and in which session. Inside an agent's process it is the agent; in a terminal the
 * person at it, with the session that runs in this directory as the place where it came up.
 */
import { ClewError } from "../base/error.ts";
import { severalError } from "../base/foreign-words-error.ts";
import type { Environment } from "../base/paths.ts";
import type { Place } from "../model/place.ts";
import type { IdentityResolver } from "../place/identity.ts";
import type { Reader } from "../query/reader.ts";
import { newestInWorkspace, type SessionAuthor, sessionAuthor } from "../query/session-author.ts";
import { resolveSessionId } from "../query/sessions.ts";
import type { WhichSession } from "../registry/which.ts";

export interface Author {
  readonly identity: string;
  readonly origin: "human" | "agent";
  /** What this author writes may repeat what somebody else put into its session. */
  readonly tainted: boolean;
  /** Null: no session is known. */
  readonly sessionId: string | null;
  readonly workspaceId: string;
  readonly projectId: string;
  /** Why this session, as a clause. */
  readonly why: string;
  /** Of an agent: the session that it writes from, which need not be the one that was named. */
  readonly agentSession?: string;
  /** Whom an agent works for; a person's own identity. */
  readonly person?: string;
  /** Tainted only because nothing is known of its session yet. */
  readonly isUnknown?: boolean;
  /** To be called when words of others are shown to this author. */
  readonly onForeign?: () => void;
}

export interface AuthorQuestion {
  /** Session that was named; a unique beginning of its id will do. */
  readonly named: string | undefined;
  readonly which: WhichSession;
  readonly place: Place;
  readonly identities: IdentityResolver;
  /** An identity that the environment gives whoever runs in it. */
  readonly given: string | null;
  /** An agent's client has started this, in whichever session (isInsideAgent). */
  readonly isInAgent: boolean;
  /** Null: there is no store yet. */
  readonly db: Reader | null;
  /** Milliseconds UTC. */
  readonly now: number;
}

/** Whether an agent's client has started this, by what it leaves in the environment, also where that names no session. */
export function isInsideAgent({ CLAUDECODE: client, CLAUDE_CODE_SESSION_ID: session }: Environment): boolean {
  return (client ?? "") !== "" || (session ?? "") !== "";
}

/** Throws `not_found` or `usage` for a session that was named and is none, or could be several. */
export function authorOf(question: AuthorQuestion): Author {
  const { which, place, db } = question;
  const found = sessionOf(question);
  const about = found.sessionId === null || !db ? null : sessionAuthor(db, found.sessionId);
  return {
    ...actorOf(question),
    sessionId: found.sessionId,
    workspaceId: about?.workspaceId ?? (which.kind === "found" ? which.entry.workspace_id : null) ?? place.workspaceId,
    projectId: about?.projectId ?? place.projectId,
    why: found.why,
  };
}

/** Who acts: never the session that was named, but the one that this runs in. */
function actorOf({
  which,
  place,
  identities,
  given,
  isInAgent,
  db,
}: AuthorQuestion): Omit<Author, "sessionId" | "workspaceId" | "projectId" | "why"> {
  if (which.kind !== "found" || (which.by !== "environment" && which.by !== "process")) {
    const { identityId, personId: person } = identities("claude-code", place);
    if (isInAgent) return { identity: identityId, origin: "agent", tainted: true, person };
    return { identity: given ?? person, origin: "human", tainted: false, person };
  }
  const { entry } = which;
  const stored = db ? knownAuthor(db, entry.session_id) : null;
  const here = identities(entry.agent ?? stored?.agent ?? "claude-code", place);
  return {
    identity: entry.identity ?? stored?.identity ?? here.identityId,
    origin: "agent",
    tainted: stored?.tainted ?? true,
    ...(stored === null && { isUnknown: true }),
    agentSession: entry.session_id,
    person: stored?.person ?? here.personId,
  };
}

/** Of a session of which nothing is stored yet nothing is known that would clear it. */
export function isTainted(db: Reader | null, sessionId: string): boolean {
  return (db ? knownAuthor(db, sessionId) : null)?.tainted ?? true;
}

/** Null also for a session that is known only because something was written down in it. */
function knownAuthor(db: Reader, sessionId: string): SessionAuthor | null {
  const stored = sessionAuthor(db, sessionId);
  return stored?.agent === "unknown" ? null : stored;
}

function sessionOf({ named, which, place, db, now }: AuthorQuestion): {
  readonly sessionId: string | null;
  readonly why: string;
} {
  if (named !== undefined) {
    const resolved = db ? resolveSessionId(db, named, now) : null;
    if (resolved?.kind === "one") return { sessionId: resolved.sessionId, why: "it was named" };
    if (resolved?.kind === "many") {
      const ids = resolved.candidates.map(({ session_id: id }) => ({ id, line: id }));
      throw severalError(`${named} could be several sessions; give more of the id:`, ids);
    }
    throw new ClewError("not_found", `no session ${named}: \`clew sessions\` shows those that are known`);
  }
  if (which.kind === "found") return { sessionId: which.entry.session_id, why: which.why };
  const newest = db ? newestInWorkspace(db, place.workspaceId) : null;
  if (newest !== null) return { sessionId: newest, why: "it is the newest of this directory" };
  return { sessionId: null, why: "no session of this directory is known" };
}
