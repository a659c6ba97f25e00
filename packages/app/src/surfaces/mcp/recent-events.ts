/** @module What a session was sent last, so that a client whose stream broke off gets what it has missed. */
import type { EventStore, JSONRPCMessage } from "@modelcontextprotocol/server";

interface SentEvent {
  readonly stream: string;
  readonly message: JSONRPCMessage;
  /** UTF-16 units as JSON. */
  readonly size: number;
}

const MOST_EVENTS = 100;
const MOST_SIZE = 256 * 1024;

/** The newest events within both limits, and the newest whatever its size. */
export function recentEvents(mostEvents = MOST_EVENTS, mostSize = MOST_SIZE): EventStore {
  const events = new Map<string, SentEvent>();
  let size = 0;
  let last = 0;
  return {
    async storeEvent(stream, message) {
      const event = { stream, message, size: JSON.stringify(message).length };
      const id = String(++last);
      events.set(id, event);
      size += event.size;
      for (const [oldest, { size: freed }] of events) {
        if (oldest === id || (events.size <= mostEvents && size <= mostSize)) break;
        events.delete(oldest);
        size -= freed;
      }
      return id;
    },
    async getStreamIdForEventId(id) {
      return events.get(id)?.stream;
    },
    async replayEventsAfter(id, { send }) {
      const stream = events.get(id)?.stream ?? "";
      // What only opened a stream has no message in it.
      for (const [later, event] of [...events])
        if (Number(later) > Number(id) && event.stream === stream && "jsonrpc" in event.message)
          await send(later, event.message);
      return stream;
    },
  };
}
