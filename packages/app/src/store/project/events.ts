/** @module The append-only log itself: inserting an event once, and moving one to the session that owns it. */
import type { ParsedRecord } from "../../model/record.ts";
import type { KnownSession, WriteContext } from "../context.ts";

/** Where an event's body stands: inline, or in an archive chunk. */
export interface BodyPlace {
  readonly data: Uint8Array | null;
  readonly chunkId: number | null;
  readonly chunkOffset: number | null;
  readonly chunkLength: number | null;
}

const INSERT = `
  INSERT INTO events (id, event_id, session_id, workspace_id, device_id, seq, hlc, ts, type, source, natural_key, author, origin,
    tainted, data, chunk_id, chunk_offset, chunk_length, source_id, source_offset)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;
const FIND = "SELECT id, session_id AS sessionId FROM events WHERE event_id = ?";
const MOVE = `
  UPDATE events SET id = ?, session_id = ?, workspace_id = ?, author = ?, chunk_id = ?, chunk_offset = ?, chunk_length = ?,
    source_id = ?, source_offset = ?
  WHERE event_id = ?`;
const DROP_TEXT = "DELETE FROM search_index WHERE rowid = ?";

export interface EventTable {
  find(eventId: string): { readonly id: number; readonly sessionId: string } | undefined;
  insert(
    id: number,
    record: ParsedRecord,
    session: KnownSession,
    source: string,
    body: BodyPlace,
    sourceId: number | null,
  ): { readonly seq: number; readonly hlc: number };
  /** Makes another session the owner, with its own copy of the body. */
  move(
    oldId: number,
    id: number,
    record: ParsedRecord,
    session: KnownSession,
    body: BodyPlace,
    sourceId: number | null,
  ): void;
}

export function eventTable(context: WriteContext): EventTable {
  const { db, device, texts, counts } = context;
  const insert = db.prepare(INSERT);
  const find = db.prepare<[string], { id: number; sessionId: string }>(FIND);
  const move = db.prepare(MOVE);
  const dropText = db.prepare(DROP_TEXT);
  return {
    find: (eventId) => find.get(eventId),
    insert(id, record, session, source, body, sourceId) {
      const { seq, hlc } = device.next();
      insert.run(
        id,
        record.eventId,
        session.sessionId,
        session.workspaceId,
        device.deviceId,
        seq,
        hlc,
        record.ts,
        record.type,
        source,
        record.naturalKey,
        session.identityId,
        record.origin,
        record.tainted || record.origin === "tool" || record.origin === "import" ? 1 : 0,
        body.data,
        body.chunkId,
        body.chunkOffset,
        body.chunkLength,
        sourceId,
        sourceId === null ? null : record.offset,
      );
      counts.events++;
      if (record.text) texts.push({ id, text: record.text });
      return { seq, hlc };
    },
    move(oldId, id, record, session, body, sourceId) {
      dropText.run(oldId);
      const { workspaceId, identityId, sessionId } = session;
      move.run(
        id,
        sessionId,
        workspaceId,
        identityId,
        body.chunkId,
        body.chunkOffset,
        body.chunkLength,
        sourceId,
        record.offset,
        record.eventId,
      );
      if (record.text) texts.push({ id, text: record.text });
    },
  };
}
