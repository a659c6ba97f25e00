/** @module A session as the store has it, in the shape of a session's file. */
import { eventIdOf } from "../../../base/ids.ts";
import { decodeSpoolRecord } from "../../../base/spool-record.ts";
import { decodeRecord } from "../../../sources/claude/decode.ts";
import { isObject, type JsonObject } from "../../../sources/claude/json.ts";
import { filePartOf, fileRecordId, type OriginalFile, wholeFile } from "../../../sources/imports/original-file.ts";
import type { SessionFields } from "../../../sources/imports/session-document.ts";
import type { WrittenEvent } from "../../../sources/imports/session-form.ts";
import type { Database } from "../../../store/db.ts";
import { knownEvents } from "../../../store/known.ts";
import { eventsById, ownEvents, type StoredDocument } from "../../../store/session-documents.ts";

export interface StoreSide {
  readonly sessionId: string;
  readonly fields: SessionFields;
  /** Its own events by event id, oldest first. */
  readonly events: ReadonlyMap<string, WrittenEvent>;
}

const MAX_RECORD = 64 * 1024 * 1024;
/** Records of an import that a file says in another way, or not at all. */
const NOT_AN_EVENT = /^import\.(file|session_state)$|^(todos|entry|message|usage|mcp\.usage)\.imported$/;

function recordIn(body: Buffer): JsonObject | null {
  const spooled = decodeSpoolRecord(body);
  return (spooled && decodeRecord(spooled.body, MAX_RECORD).record) ?? null;
}

export function storeSide(db: Database, document: StoredDocument): StoreSide {
  const { session_id: sessionId, workspace, parent, trigger, title, status, started_at, ended_at } = document;
  const events = new Map<string, WrittenEvent>();
  for (const { eventId, ts, body } of ownEvents(db, sessionId)) {
    const event = writtenEvent(recordIn(body), ts);
    if (event) events.set(eventId, event);
  }
  return { sessionId, fields: { workspace, parent, trigger, title, status, started_at, ended_at }, events };
}

function writtenEvent(record: JsonObject | null, ts: number | null): WrittenEvent | null {
  if (typeof record?.id !== "string" || typeof record.type !== "string" || NOT_AN_EVENT.test(record.type)) return null;
  const { id: clewId, type, message, data } = record;
  const original = clewId.startsWith("import-") && isObject(data) ? data.original : undefined;
  return { clewId, type, ts, message: typeof message === "string" ? message : null, data, original };
}

/** Id of the event that a record of a file became. */
export const eventIdOfRecord = (recordId: string): string => eventIdOf(`clew:${recordId}`);

/** Whether the store has the bytes of this version of a file. */
export function isVersionKept(db: Database, name: string, sha256: string): boolean {
  return knownEvents(db, [eventIdOfRecord(fileRecordId(name, sha256))]).size > 0;
}

/** A version of a file as it was read; null: the store does not have it, or not whole. */
export function keptVersion(db: Database, name: string, sha256: string): OriginalFile | null {
  const partOf = (part: number) => {
    const [event] = eventsById(db, [eventIdOfRecord(fileRecordId(name, sha256, part))]);
    const record = event ? recordIn(event.body) : null;
    return record ? filePartOf(record) : null;
  };
  const first = partOf(0);
  if (!first) return null;
  const rest = Array.from({ length: first.parts - 1 }, (_, index) => partOf(index + 1));
  const parts = [first, ...rest].filter((part) => part !== null);
  return wholeFile(parts);
}
