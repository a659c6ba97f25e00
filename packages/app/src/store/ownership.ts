/**
 * @module Whose a fact is, when forked and resumed copies repeat it: the session whose file was written first. A copy
 * starts with lines of its own (dated when it was made), so the first dated line in file order tells copies from
 * originals; the copied records themselves carry the original's ids and times. A subagent ranks with its root.
 */
import type { KnownSession, WriteContext } from "./context.ts";

const FIND_ROOT = "SELECT written_at AS writtenAt FROM sessions WHERE session_id = ?";

/** Compares owners: true when `a` was written before `b`. Total and independent of the order of reading. */
export function ownershipRule(context: WriteContext): (a: KnownSession, b: KnownSession) => boolean {
  const findRoot = context.db.prepare<[string], { writtenAt: number | null }>(FIND_ROOT);
  const writtenAt = (session: KnownSession): number => {
    const root =
      session.rootSessionId === session.sessionId
        ? session
        : (context.sessions.get(session.rootSessionId) ?? findRoot.get(session.rootSessionId));
    return root?.writtenAt ?? session.writtenAt ?? Number.MAX_SAFE_INTEGER;
  };
  return (a, b) => {
    const difference = writtenAt(a) - writtenAt(b);
    if (difference !== 0) return difference < 0;
    if (a.rootSessionId !== b.rootSessionId) return a.rootSessionId < b.rootSessionId;
    return a.sessionId < b.sessionId;
  };
}
