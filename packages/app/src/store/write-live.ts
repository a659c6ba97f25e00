/** @module Writes events that come live: hooks' and our own programs'. Small bodies stand in their rows, large ones in the archive. */
import { packChunk } from "./archive.ts";
import type { LiveEvent } from "./batch.ts";
import type { KnownSession, WriteContext } from "./context.ts";
import type { Projections } from "./project/apply.ts";
import type { EventStamp } from "./project/change.ts";
import type { Counted } from "./project/counted.ts";
import type { BodyPlace, EventTable } from "./project/events.ts";

/** A body up to this many bytes is kept in its row: as a chunk of its own it would hardly be smaller. */
const INLINE_BYTES = 2048;
const INSERT_CHUNK = "INSERT INTO archive (codec, raw_bytes, data) VALUES (?, ?, ?)";

/** Place of a session that nobody has placed. */
const NOWHERE = "unknown";

/** Session of a live event, made if it is new. Shared with rebuild. */
export function liveSession(projections: Projections, event: Omit<LiveEvent, "body">, counted: Counted): KnownSession {
  const { sessions } = projections;
  const session = sessions.ensure(
    event.sessionId,
    event.rootSessionId,
    event.agent,
    event.cwd,
    event.cwd === null ? NOWHERE : "",
  );
  sessions.adopt(session, event.agent);
  if (event.facts.length > 0 && event.facts.every(({ kind }) => IN_BULK.has(kind)))
    counted.add(session.sessionId, event);
  else projections.touch(session.sessionId);
  return session;
}

/** Facts that come by the million: a session that gets nothing else has its few figures added to, not computed anew. */
const IN_BULK: ReadonlySet<string> = new Set(["log_line", "span"]);

/**
 * Applies a live event's facts; the place comes first, because everything else is stored with it. `row`: events.id. Shared
 * with rebuild.
 */
export function applyLive(
  projections: Projections,
  event: Omit<LiveEvent, "body">,
  session: KnownSession,
  row: number,
  stamp: EventStamp,
): void {
  const place = { sourceId: null, offset: 0, slug: "", agent: event.agent, live: true, row, stamp };
  for (const fact of event.facts) projections.apply(fact, event, session, place);
}

export function liveWriter(context: WriteContext, projections: Projections, events: EventTable, counted: Counted) {
  const insertChunk = context.db.prepare(INSERT_CHUNK);

  function bodyPlace(body: Buffer): BodyPlace {
    if (body.length <= INLINE_BYTES) return { data: body, chunkId: null, chunkOffset: null, chunkLength: null };
    const { codec, rawBytes, data } = packChunk(body);
    const chunkId = Number(insertChunk.run(codec, rawBytes, data).lastInsertRowid);
    return { data: null, chunkId, chunkOffset: 0, chunkLength: body.length };
  }

  return (list: readonly LiveEvent[]): void => {
    for (const event of list) {
      if (events.find(event.eventId)) continue;
      const session = liveSession(projections, event, counted);
      const row = context.ids.nextAbove();
      const stamp = events.insert(row, event, session, event.source, bodyPlace(event.body), null);
      applyLive(projections, event, session, row, { ...stamp, deviceId: context.device.deviceId });
    }
  };
}
