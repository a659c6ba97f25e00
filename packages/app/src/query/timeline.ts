/** @module Events of one session in order, paged by id, with what they say and which tool calls and responses they hold. */
import type { IsoTime } from "../model/answers.ts";
import type { Block, PresentRole } from "../model/present.ts";
import { PRESENT_COLUMNS, type PresentableEvent, presentedEvent } from "./event-body.ts";
import { type Reader, rowOf, rowsOf } from "./reader.ts";
import { dollarsOf, isoTime } from "./session-row.ts";

export interface TimelineToolCall {
  readonly tool_use_id: string;
  /** call: this event asks for it; result: this event brings its result. */
  readonly part: "call" | "result";
  readonly tool: string | null;
  readonly mcp_server: string | null;
  readonly status: string;
  readonly started_at: IsoTime | null;
  readonly duration_ms: number | null;
  readonly error: string | null;
  readonly summary: string | null;
  readonly file_path: string | null;
  readonly child_session_id: string | null;
  readonly call_event_id: string | null;
  readonly result_event_id: string | null;
}

export interface TimelineResponse {
  readonly response_id: string;
  readonly model: string;
  readonly input_tokens: number;
  readonly output_tokens: number;
  readonly cache_creation_input_tokens: number;
  readonly cache_read_input_tokens: number;
  readonly cost_usd: number | null;
  readonly stop_reason: string | null;
}

export interface TimelineRow {
  readonly id: number;
  readonly event_id: string;
  readonly ts: IsoTime | null;
  readonly type: string;
  readonly origin: string;
  readonly role: PresentRole;
  readonly blocks: readonly Block[];
  readonly tool_calls: readonly TimelineToolCall[];
  /** The first of `tool_calls`: most records hold one. */
  readonly tool_call: TimelineToolCall | null;
  /** The subagent that the record's tool call started. */
  readonly child_session_id: string | null;
  /** On the record whose usage counts for the response. */
  readonly response: TimelineResponse | null;
}

export interface TimelinePage {
  readonly rows: readonly TimelineRow[];
  /** Ids to page on with; null on an empty page. */
  readonly first_id: number | null;
  readonly last_id: number | null;
  readonly has_before: boolean;
  readonly has_after: boolean;
}

export interface TimelineQuestion {
  readonly sessionId: string;
  /** Events after this id, oldest first. */
  readonly afterId?: number;
  /** The last events before this id, oldest first. With neither: the session's first events. */
  readonly beforeId?: number;
  /** A page in whose middle this event stands. */
  readonly aroundEventId?: string;
  /** Default 100. */
  readonly limit?: number;
  /** Only these types; `*` at the end stands for any rest. */
  readonly types?: readonly string[];
}

interface EventRow extends PresentableEvent {
  readonly id: number;
  readonly event_id: string;
  readonly ts: number | null;
  readonly origin: string;
}

const COLUMNS = `e.id, e.event_id, e.ts, e.origin, ${PRESENT_COLUMNS}`;

/** What a main transcript repeats of a subagent is for the time that the subagent's own file is missing. */
const NO_REPEATS = `(e.type <> 'progress.agent' OR NOT EXISTS
  (SELECT 1 FROM sources s WHERE s.session_id = e.session_id AND s.kind = 'subagent'))`;

/** events_by_session holds the id too: a range of it, no sorting. */
export function timelineSql(direction: "after" | "before", types: readonly string[] | undefined): string {
  const typed =
    types === undefined ? ` AND ${NO_REPEATS}` : ` AND (${types.map(() => "e.type GLOB ?").join(" OR ") || "0"})`;
  return direction === "after"
    ? `SELECT ${COLUMNS} FROM events e WHERE e.session_id = ? AND e.id > ?${typed} ORDER BY e.id LIMIT ?`
    : `SELECT ${COLUMNS} FROM events e WHERE e.session_id = ? AND e.id < ?${typed} ORDER BY e.id DESC LIMIT ?`;
}

export function sessionTimeline(db: Reader, question: TimelineQuestion): TimelinePage {
  const limit = Math.max(1, question.limit ?? 100);
  const read = (direction: "after" | "before", id: number, count: number): EventRow[] => {
    const patterns = question.types?.map((type) => type.replace(/[[?]/gu, "[$&]")) ?? [];
    return rowsOf<EventRow>(db, timelineSql(direction, question.types), [question.sessionId, id, ...patterns, count]);
  };
  if (question.aroundEventId !== undefined) {
    const middle = rowOf<{ id: number }>(db, "SELECT id FROM events WHERE event_id = ? AND session_id = ?", [
      question.aroundEventId,
      question.sessionId,
    ]);
    if (!middle) return page(db, [], false, false);
    const half = Math.floor(limit / 2);
    const before = read("before", middle.id, half + 1);
    const after = read("after", middle.id - 1, limit - half + 1);
    const rows = [...before.slice(0, half).reverse(), ...after.slice(0, limit - half)];
    return page(db, rows, before.length > half, after.length > limit - half);
  }
  if (question.beforeId !== undefined) {
    const found = read("before", question.beforeId, limit + 1);
    const hasAfter = read("after", question.beforeId - 1, 1).length > 0;
    return page(db, found.slice(0, limit).reverse(), found.length > limit, hasAfter);
  }
  const afterId = question.afterId ?? Number.MIN_SAFE_INTEGER;
  const found = read("after", afterId, limit + 1);
  const hasBefore = question.afterId !== undefined && read("before", afterId + 1, 1).length > 0;
  return page(db, found.slice(0, limit), hasBefore, found.length > limit);
}

function page(db: Reader, events: readonly EventRow[], hasBefore: boolean, hasAfter: boolean): TimelinePage {
  return {
    rows: timelineRows(db, events),
    first_id: events[0]?.id ?? null,
    last_id: events.at(-1)?.id ?? null,
    has_before: hasBefore,
    has_after: hasAfter,
  };
}

const CALL_COLUMNS = `tool_use_id, tool, mcp_server, status, started_at, duration_ms, error, summary, file_path, child_session_id, call_event_id, result_event_id`;

/** All calls of the session: by tool_calls_by_session, then matched to the page in memory. */
export const SESSION_CALLS = `SELECT ${CALL_COLUMNS} FROM tool_calls WHERE session_id = ?`;
export const SESSION_RESPONSES = `SELECT response_id, event_id, model, input_tokens, output_tokens, cache_write_tokens, cache_read_tokens, cost_micros, stop_reason
  FROM responses WHERE session_id = ? AND counted = 1 AND event_id IS NOT NULL`;

interface CallRow extends Omit<TimelineToolCall, "part" | "started_at"> {
  readonly started_at: number | null;
}
interface ResponseRow {
  readonly response_id: string;
  readonly event_id: string;
  readonly model: string;
  readonly input_tokens: number;
  readonly output_tokens: number;
  readonly cache_write_tokens: number;
  readonly cache_read_tokens: number;
  readonly cost_micros: number | null;
  readonly stop_reason: string | null;
}

function timelineRows(db: Reader, events: readonly EventRow[]): TimelineRow[] {
  const first = events[0];
  if (!first) return [];
  const sessionId = rowOf<{ session_id: string }>(db, "SELECT session_id FROM events WHERE id = ?", [
    first.id,
  ])!.session_id;
  const onPage = new Set(events.map((event) => event.event_id));
  const calls = new Map<string, TimelineToolCall[]>();
  const add = (eventId: string | null, part: "call" | "result", row: CallRow): void => {
    if (eventId === null || !onPage.has(eventId)) return;
    const call = { ...row, part, started_at: isoTime(row.started_at) };
    const list = calls.get(eventId);
    if (list) list.push(call);
    else calls.set(eventId, [call]);
  };
  for (const row of rowsOf<CallRow>(db, SESSION_CALLS, [sessionId])) {
    add(row.call_event_id, "call", row);
    add(row.result_event_id, "result", row);
  }
  const responses = new Map<string, TimelineResponse>();
  for (const row of rowsOf<ResponseRow>(db, SESSION_RESPONSES, [sessionId])) {
    if (onPage.has(row.event_id)) responses.set(row.event_id, responseOf(row));
  }
  return events.map((event) => {
    const own = calls.get(event.event_id) ?? [];
    const { role, blocks } = presentedEvent(db, event);
    return {
      id: event.id,
      event_id: event.event_id,
      ts: isoTime(event.ts),
      type: event.type,
      origin: event.origin,
      role,
      blocks,
      tool_calls: own,
      tool_call: own[0] ?? null,
      child_session_id: own.find((call) => call.child_session_id !== null)?.child_session_id ?? null,
      response: responses.get(event.event_id) ?? null,
    };
  });
}

function responseOf(row: ResponseRow): TimelineResponse {
  return {
    response_id: row.response_id,
    model: row.model,
    input_tokens: row.input_tokens,
    output_tokens: row.output_tokens,
    cache_creation_input_tokens: row.cache_write_tokens,
    cache_read_input_tokens: row.cache_read_tokens,
    cost_usd: dollarsOf(row.cost_micros ?? 0, 1, row.cost_micros === null ? 1 : 0),
    stop_reason: row.stop_reason,
  };
}
