/** @module What an id of any kind stands for: one step from a log line to the call of a model and back. */
import { UNCORRELATED_SESSION } from "../base/ids.ts";
import type { IsoTime } from "../model/answers.ts";
import { ID_LOOKUPS, type IdLookup } from "./find-id-lookups.ts";
import { type Reader, rowsOf } from "./reader.ts";
import { isoTime } from "./session-row.ts";

export const ID_KINDS = [
  "session",
  "event",
  "log_line",
  "model_call",
  "response",
  "tool_call",
  "trace",
  "span",
] as const;
export type IdKind = (typeof ID_KINDS)[number];

export interface FoundId {
  readonly kind: IdKind;
  /** Whole, as its kind writes it: an event's also of a log line, a call's key, a span's `<trace>:<span>`. */
  readonly id: string;
  /** Null: uncorrelated. */
  readonly session_id: string | null;
  /** Where it stands in its session; null: nowhere of its own. */
  readonly event_id: string | null;
  readonly ts: IsoTime | null;
  /** One line of foreign text. */
  readonly text: string;
}

/** Fewer characters are nobody's id. */
export const SHORTEST_PREFIX = 6;
/** More of one kind are not told apart by reading them. */
const MOST = 10;
const LONGEST = 600;

interface StoredId {
  readonly id: string;
  readonly sessionId: string | null;
  readonly eventId: string | null;
  readonly ts: number | null;
  readonly text: string | null;
}

/**
 * Everything that has this id, or whose id begins so where none has it: session, event, log line, model call (also by
 * `<session>:<number>` of its interaction log, the session being its own or the one in the file's name), response (also by message or request id), tool call, trace, span;
 * `<workspace>:<session>` is the session. At most 10 of a kind.
 */
export function findId(db: Reader, text: string): FoundId[] {
  const id = text.trim();
  if (id === "" || id.length > LONGEST) return [];
  const exact = foundBy(db, id, "exact");
  if (exact.length > 0 || id.length < SHORTEST_PREFIX) return exact;
  return foundBy(db, id, "prefix");
}

function foundBy(db: Reader, id: string, way: "exact" | "prefix"): FoundId[] {
  const found = new Map<string, FoundId>();
  for (const lookup of ID_LOOKUPS) {
    const parameters = parametersOf(lookup, id, way);
    if (!parameters) continue;
    for (const row of rowsOf<StoredId>(db, lookup[way]!, [...parameters, MOST])) {
      const key = `${lookup.kind} ${row.id}`;
      if (!found.has(key)) found.set(key, foundId(lookup.kind, row));
    }
  }
  // A log line's event is the line, and a response that a call tells of is the call.
  for (const { kind, event_id } of [...found.values()]) if (kind === "log_line") found.delete(`event ${event_id}`);
  return [...found.values()];
}

function parametersOf(lookup: IdLookup, id: string, way: "exact" | "prefix"): readonly unknown[] | null {
  if (lookup[way] === undefined) return null;
  const parts = lookup.parts ? lookup.parts(id) : [id];
  if (!parts) return null;
  return way === "exact" ? parts : [id, `${id}\u{10ffff}`];
}

function foundId(kind: IdKind, { id, sessionId, eventId, ts, text }: StoredId): FoundId {
  return {
    kind,
    id,
    session_id: sessionId === UNCORRELATED_SESSION ? null : sessionId,
    event_id: eventId,
    ts: isoTime(ts),
    text: (text ?? "").replace(/\s+/gu, " ").slice(0, 200),
  };
}
