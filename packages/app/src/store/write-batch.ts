/** @module Writes one batch of a file's records: archive, events, facts, lineage, and how far the file has been read. */
import { basename, dirname } from "node:path";
import type { Fact } from "../model/record.ts";
import type { SourceFile } from "../model/source-file.ts";
import type { FileBatch, StoredRecord } from "./batch.ts";
import type { KnownSession, WriteContext } from "./context.ts";
import { openLineage } from "./lineage.ts";
import type { EventPlace, Projections } from "./project/apply.ts";
import type { BodyPlace, EventTable } from "./project/events.ts";
import type { SourceTable } from "./source-table.ts";

const INSERT_CHUNK = "INSERT INTO archive (codec, raw_bytes, data) VALUES (?, ?, ?)";

/**
 * What the usage scan counted and the full read of the same bytes did not: lines that are broken where the scan does not
 * look. Subagents whose own file has still to be read are left alone.
 */
const DROP_UNCONFIRMED = `
  DELETE FROM responses WHERE event_id IS NULL AND session_id IN (
    SELECT session_id FROM sessions WHERE root_session_id = ? AND (session_id = ? OR NOT EXISTS (
      SELECT 1 FROM sources WHERE sources.session_id = sessions.session_id AND kind IN ('transcript', 'subagent'))))
  RETURNING session_id AS sessionId, message_id AS messageId, request_id AS requestId`;

/** Shortest line that counts: `{"a":1}` and its newline. Bounds how many events a file can hold. */
const SHORTEST_LINE = 8;

/** Name of the directory under projects/ that a transcript stands in. */
export function slugOf(file: Pick<SourceFile, "path">): string {
  const parts = file.path.split(/[\\/]/);
  const projects = parts.lastIndexOf("projects");
  return projects >= 0 && projects + 1 < parts.length - 1 ? parts[projects + 1]! : basename(dirname(file.path));
}

/** Facts that a file states about its own session, even in a record that it repeats from another. */
function isAboutFile(fact: Fact, session: KnownSession): boolean {
  return fact.kind === "title" || (fact.kind === "session" && fact.sessionId === session.sessionId);
}

export function batchWriter(context: WriteContext, projections: Projections, events: EventTable, sources: SourceTable) {
  const insertChunk = context.db.prepare(INSERT_CHUNK);
  const dropUnconfirmed = context.db.prepare<
    [string, string],
    { sessionId: string; messageId: string | null; requestId: string | null }
  >(DROP_UNCONFIRMED);
  const confirmed = new Map<string, string>();
  const lineage = openLineage(context, projections);
  const { sessions, touch, isEarlier, sessionOf, apply } = projections;

  function write(batch: FileBatch): void {
    const { file } = batch;
    const slug = slugOf(file);
    const source = sources.ensure(file, batch.headHash, batch.headLength);
    const session = sessions.ensure(file.sessionId, file.rootSessionId, file.agent, null, slug);
    touch(session.sessionId);
    sessions.adopt(session, file.agent);
    sessions.forgetGuess(session);
    const writtenAt = source.writtenAt ?? batch.records.find((record) => record.ts !== null)?.ts ?? null;
    if (writtenAt !== null) sessions.writtenAt(session, writtenAt);

    // A chunk is stored when its first new record is: the chunks of a copied history never are.
    const chunkIds: number[] = [];
    const chunkId = (index: number): number => {
      const { codec, rawBytes, data } = batch.chunks[index]!;
      chunkIds[index] ??= Number(insertChunk.run(codec, rawBytes, data).lastInsertRowid);
      return chunkIds[index];
    };
    let { lastEvent, eventCeiling } = source;
    if (batch.backfill && batch.from === 0 && eventCeiling === 0) {
      const room = Math.ceil(file.size / SHORTEST_LINE) + 1;
      lastEvent = context.ids.reserveBelow(room) - 1;
      eventCeiling = lastEvent + 1 + room;
    }
    const place: EventPlace = { sourceId: source.sourceId, offset: 0, slug, agent: file.agent, live: false };
    const nextId = (): number => {
      lastEvent = lastEvent + 1 < eventCeiling ? lastEvent + 1 : context.ids.nextAbove();
      return lastEvent;
    };

    for (const record of batch.records) {
      const body = (): BodyPlace => ({
        data: null,
        chunkId: chunkId(record.chunk),
        chunkOffset: record.chunkOffset,
        chunkLength: record.length,
      });
      const here = { ...place, offset: record.offset };
      const existing = events.find(record.eventId);
      const holder = existing && sessionOf(existing.sessionId);
      if (holder && !isClaimedBy(record, session, holder)) {
        if (holder.sessionId === record.sessionId) continue;
        lineage.repeats(session, record);
        for (const fact of record.facts) if (isAboutFile(fact, session)) apply(fact, record, session, here);
        continue;
      }
      // A session's place comes first: its event carries the workspace.
      const owner = ownerOf(record, session);
      for (const fact of record.facts) if (isAboutFile(fact, owner)) apply(fact, record, owner, here);
      touch(owner.sessionId);
      if (holder) {
        events.move(existing.id, nextId(), record, owner, body(), source.sourceId);
        lineage.takes(holder, owner, record);
      } else {
        events.insert(nextId(), record, owner, file.agent, body(), source.sourceId);
      }
      for (const fact of record.facts) if (!isAboutFile(fact, owner)) apply(fact, record, owner, here);
    }
    lineage.save();
    // The scan also counts a whole last line that has no newline yet: it comes in a batch of its own.
    const isConfirmed = batch.isLast ? batch.to >= source.scannedSize : batch.to > source.scannedSize;
    if (source.scannedSize > 0 && isConfirmed) confirmed.set(file.sessionId, file.rootSessionId);

    sources.advance(source, file, {
      headHash: batch.headHash,
      headLength: batch.headLength,
      readOffset: batch.to,
      // Until its end is reached a file must not look as it was read: who comes after a kill would take it for finished.
      size: batch.isLast ? file.size : batch.to,
      lines: batch.lines,
      lastEvent,
      eventCeiling,
      writtenAt,
    });
  }

  /** A main transcript can hold records of its subagents (agent_progress): those are the subagent's events. */
  function ownerOf(record: StoredRecord, session: KnownSession): KnownSession {
    return record.sessionId === session.sessionId
      ? session
      : sessions.ensure(record.sessionId, session.rootSessionId, "claude-code", null, "");
  }

  /** Whether this file's session, or the subagent it speaks for, owns an event before the session that holds it now. */
  function isClaimedBy(record: StoredRecord, session: KnownSession, holder: KnownSession): boolean {
    if (holder.sessionId === record.sessionId) return false;
    return isEarlier({ ...session, sessionId: record.sessionId }, holder);
  }

  /** After the projections are written. */
  function finish(): void {
    lineage.finish();
    for (const [sessionId, rootSessionId] of confirmed) {
      for (const dropped of dropUnconfirmed.all(rootSessionId, sessionId)) {
        touch(dropped.sessionId);
        projections.callsLookAgain(dropped.sessionId, dropped.messageId, dropped.requestId);
      }
    }
    confirmed.clear();
  }

  /** Forgets what a transaction that failed has gathered. */
  function reset(): void {
    lineage.reset();
    confirmed.clear();
  }

  return { write, finish, reset };
}
