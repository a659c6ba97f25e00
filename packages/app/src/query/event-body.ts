/** @module The bytes of an event's own record, read back from the archive, and what they say. */
import type { PresentedEvent } from "../model/present.ts";
import { presentEvent } from "../sources/present.ts";
import { openArchive } from "../store/archive.ts";
import type { Reader } from "./reader.ts";

/** Where an event's body is: inline, or a range of a chunk. */
export interface BodyPlace {
  readonly data: Buffer | null;
  readonly chunk_id: number | null;
  readonly chunk_offset: number | null;
  readonly chunk_length: number | null;
}

/** Columns of a BodyPlace of `events e`. */
export const BODY_COLUMNS = "e.data, e.chunk_id, e.chunk_offset, e.chunk_length";

const archives = new WeakMap<Reader, ReturnType<typeof openArchive>>();

/** Raw bytes of an event's record; empty when it has none. The chunks last used stay inflated. */
export function eventBody(db: Reader, place: BodyPlace): Buffer {
  if (place.data !== null) return place.data;
  if (place.chunk_id === null) return Buffer.alloc(0);
  let archive = archives.get(db);
  if (!archive) {
    archive = openArchive(db);
    archives.set(db, archive);
  }
  const start = place.chunk_offset ?? 0;
  return archive.chunk(place.chunk_id).subarray(start, start + (place.chunk_length ?? 0));
}

/** What presenting an event takes besides its body. */
export interface PresentableEvent extends BodyPlace {
  readonly source: string;
  readonly type: string;
}

/** Columns of a PresentableEvent of `events e`. */
export const PRESENT_COLUMNS = `e.source, e.type, ${BODY_COLUMNS}`;

/** An event's searchable text and its blocks. */
export function presentedEvent(db: Reader, event: PresentableEvent): PresentedEvent {
  return presentEvent({ source: event.source, type: event.type, body: eventBody(db, event) });
}
