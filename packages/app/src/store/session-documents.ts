/** @module What the store says of sessions that are kept in files too: the fields of such a file, and the events of their own. */
import { openArchive } from "./archive.ts";
import type { Database } from "./db.ts";

/** Times in milliseconds UTC; null: not known. */
export interface StoredDocument {
  readonly session_id: string;
  readonly workspace_id: string;
  readonly workspace: string | null;
  readonly parent: string | null;
  readonly trigger: string | null;
  readonly title: string | null;
  readonly status: "active" | "completed" | "failed" | "abandoned" | null;
  readonly started_at: number | null;
  readonly ended_at: number | null;
}

/**
 * A title that was made up from a prompt is nobody's word. How a session stands is known once somebody has said or proven it,
 * or its transcript tells.
 */
const DOCUMENT = `
  SELECT s.session_id, s.workspace_id, NULLIF(NULLIF(COALESCE(s.cwd, w.path), ''), 'unknown') AS workspace,
    s.parent_session_id AS parent, NULLIF(s.trigger, 'unknown') AS trigger,
    CASE WHEN s.title_source = 'custom' THEN s.title END AS title, s.started_at,
    CASE WHEN s.activity IS NOT NULL OR s.written_at IS NOT NULL THEN s.status END AS status,
    CASE WHEN s.activity IN ('ended', 'lost') THEN s.activity_at
      WHEN s.activity IS NULL AND s.written_at IS NOT NULL THEN s.ended_at END AS ended_at
  FROM sessions s CROSS JOIN workspaces w ON w.workspace_id = s.workspace_id
  WHERE s.events > 0 AND s.session_id`;
const BY_ID = `${DOCUMENT} IN (SELECT value FROM json_each(?)) ORDER BY s.session_id`;
const BY_WORKSPACE = `${DOCUMENT} IN (SELECT session_id FROM sessions WHERE workspace_id IN (SELECT value FROM json_each(?)))
  ORDER BY s.session_id`;
/** A session's end ends its subagents without a word of theirs. */
const CHANGED = `
  WITH changed AS MATERIALIZED (
    SELECT DISTINCT e.session_id FROM devices d CROSS JOIN events e ON e.device_id = d.device_id AND e.seq > ?)
  SELECT session_id AS id FROM changed
  UNION SELECT s.session_id FROM changed CROSS JOIN sessions s ON s.root_session_id = changed.session_id`;
const LAST_SEQ = "SELECT COALESCE(max(next_seq), 1) - 1 AS seq FROM devices";
const OWN_EVENTS = `
  SELECT event_id AS eventId, ts, data, chunk_id AS chunkId, chunk_offset AS chunkOffset, chunk_length AS chunkLength
  FROM events WHERE session_id = ? AND source_id IS NULL AND source = 'clew' AND (type GLOB 'event.*' OR type GLOB 'log.*') ORDER BY ts, id`;
const EVENTS_BY_ID = `
  SELECT event_id AS eventId, ts, data, chunk_id AS chunkId, chunk_offset AS chunkOffset, chunk_length AS chunkLength
  FROM events WHERE event_id IN (SELECT value FROM json_each(?))`;

export function documentsById(db: Database, sessionIds: readonly string[]): readonly StoredDocument[] {
  return db.prepare<[string], StoredDocument>(BY_ID).all(JSON.stringify(sessionIds));
}

export function documentsByWorkspace(db: Database, workspaceIds: readonly string[]): readonly StoredDocument[] {
  return db.prepare<[string], StoredDocument>(BY_WORKSPACE).all(JSON.stringify(workspaceIds));
}

/** Sessions of which something has been stored after that commit, and those below them. */
export function changedSessions(db: Database, afterSeq: number): readonly string[] {
  return db
    .prepare<[number], { id: string }>(CHANGED)
    .all(afterSeq)
    .map(({ id }) => id);
}

/** Number of the newest event. */
export function lastSeq(db: Database): number {
  return db.prepare<[], { seq: number }>(LAST_SEQ).get()!.seq;
}

export interface StoredEvent {
  readonly eventId: string;
  readonly ts: number | null;
  readonly body: Buffer;
}

interface EventRow {
  readonly eventId: string;
  readonly ts: number | null;
  readonly data: Buffer | null;
  readonly chunkId: number | null;
  readonly chunkOffset: number | null;
  readonly chunkLength: number | null;
}

function withBody(db: Database, rows: readonly EventRow[]): readonly StoredEvent[] {
  const archive = openArchive(db, 4);
  return rows.map(({ eventId, ts, data, chunkId, chunkOffset, chunkLength }) => {
    const start = chunkOffset ?? 0;
    const body = data ?? (chunkId === null ? Buffer.alloc(0) : archive.chunk(chunkId));
    return { eventId, ts, body: data ? body : body.subarray(start, start + (chunkLength ?? 0)) };
  });
}

/** What programs reported of a session under types of their own, oldest first. */
export function ownEvents(db: Database, sessionId: string): readonly StoredEvent[] {
  return withBody(db, db.prepare<[string], EventRow>(OWN_EVENTS).all(sessionId));
}

export function eventsById(db: Database, eventIds: readonly string[]): readonly StoredEvent[] {
  return withBody(db, db.prepare<[string], EventRow>(EVENTS_BY_ID).all(JSON.stringify(eventIds)));
}
