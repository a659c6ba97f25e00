/** @module Which of some events and sessions the store has already: what an import asks before it hands anything over. */
import type { Database } from "./db.ts";

const EVENTS = "SELECT event_id AS id FROM events WHERE event_id IN (SELECT value FROM json_each(?))";
/** A session that others merely name has no event of its own. */
const SESSIONS =
  "SELECT session_id AS id FROM sessions WHERE events > 0 AND session_id IN (SELECT value FROM json_each(?))";

function idsOf(db: Database, sql: string, ids: readonly string[]): Set<string> {
  if (ids.length === 0) return new Set();
  const rows = db.prepare<[string], { id: string }>(sql).all(JSON.stringify(ids));
  return new Set(rows.map(({ id }) => id));
}

export const knownEvents = (db: Database, eventIds: readonly string[]): Set<string> => idsOf(db, EVENTS, eventIds);

export const knownSessions = (db: Database, sessionIds: readonly string[]): Set<string> =>
  idsOf(db, SESSIONS, sessionIds);
