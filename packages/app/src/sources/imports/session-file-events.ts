/** @module The events in a session's file: each a record under an id that follows from what it says, wherever it stands. */
import { isObject, type JsonObject } from "../claude/json.ts";
import { pick, textOf, timeIn, wordsIn } from "./foreign-row.ts";
import { digestOf, type RecordParts } from "./import-record.ts";

/** Key of an event that Clew wrote into a file: the id of its own record. */
export const CLEW_ID = "clew_id";

/** Spellings of an event's keys; the first is what Clew writes where a file has no event yet. */
export const EVENT_SPELLINGS = {
  type: ["event_type", "type", "event", "name"],
  time: ["timestamp", "ts", "time", "at", "created_at"],
  message: ["message", "text", "content", "description"],
  data: ["data", "payload", "details", "metadata"],
} as const;

/** These are read as something that they need not be in another program's words. */
const RESERVED = /^(session|context|import|log|interaction|problem)(\.|$)|\.imported$/;

export interface FileEvent {
  /** Id of the record in the store. */
  readonly recordId: string;
  /** Milliseconds UTC; null: it says none. */
  readonly ts: number | null;
  /** Null: the store had it first. */
  readonly record: Pick<RecordParts, "key" | "type" | "message" | "data"> | null;
}

/** The type under which an event of somebody's own is kept. */
export function importedType(type: string): string {
  return RESERVED.test(type) ? `imported.${type}` : type;
}

export function fileEvents(sessionId: string, items: readonly unknown[]): readonly FileEvent[] {
  const times = new Map<string, number>();
  return items.map((item) => {
    const event: JsonObject = isObject(item) ? item : { message: item };
    const ts = timeIn(pick(event, EVENT_SPELLINGS.time)?.value)?.ms ?? null;
    const known = event[CLEW_ID];
    if (typeof known === "string" && known !== "") return { recordId: known, ts, record: null };
    // Of events that say the same, the second is another one: a list of three heartbeats has three.
    const content = digestOf(item);
    const nth = times.get(content) ?? 0;
    times.set(content, nth + 1);
    const key = ["session", sessionId, "event", content, nth];
    return { recordId: `import-${digestOf(key).slice(0, 32)}`, ts, record: { key, ...partsOf(event) } };
  });
}

function partsOf(event: JsonObject): Pick<RecordParts, "type" | "message" | "data"> {
  const type = textOf(event, EVENT_SPELLINGS.type, 60) ?? "event";
  const payload = pick(event, EVENT_SPELLINGS.data)?.value;
  const message = textOf(event, EVENT_SPELLINGS.message, 8000) ?? wordsIn(payload ?? event);
  return { type: importedType(type), message: message || type, data: { original: event } };
}
