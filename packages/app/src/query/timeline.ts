/** @module Events of one session in order, paged by id, with what they say and which tool calls and responses they hold. */
import type { IsoTime } from "../model/answers.ts";
import type { Block, PresentRole } from "../model/present.ts";
import { presentedEvent } from "./event-body.ts";
import { type Reader, rowOf, rowsOf } from "./reader.ts";
import { dollarsOf, isoTime } from "./session-row.ts";
import {
  clockAt,
  hasRecords,
  liveBetween,
  merged,
  recordNear,
  TIMELINE_COLUMNS,
  type TimelineEventRow,
} from "./timeline-live.ts";
import { type Direction, readTimeline } from "./timeline-order.ts";

/** Which side told a part of a call; null: neither. */
export type ToolCallTeller = "transcript" | "hook" | "telemetry" | null;
export type ToolCallSources = Readonly<Record<"call" | "result" | "timing" | "status", ToolCallTeller>>;

export interface TimelineToolCall {
  readonly tool_use_id: string;
  /** call: this event asks for it; result: this event brings its result. */
  readonly part: "call" | "result";
  readonly tool: string | null;
  readonly mcp_server: string | null;
  readonly status: string;
  readonly started_at: IsoTime | null;
  readonly duration_ms: number | null;
  /** timestamps: the time between the records of call and result, an upper bound. */
  readonly duration_source: "hook" | "client" | "telemetry" | "timestamps" | null;
  /** Where hooks have spoken of the call: who told which part. Null: the transcript alone did. */
  readonly sources: ToolCallSources | null;
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
  /** It came live, beside a transcript: its place is by time, its id is not one to page with. */
  readonly is_live: boolean;
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
  /** Ids to page on with, of the page's own records: what came live stands between them by time. Null on an empty page. */
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

const EVENT = "SELECT id, ts, source_id AS sourceId FROM events WHERE event_id = ? AND session_id = ?";

export function sessionTimeline(db: Reader, question: TimelineQuestion): TimelinePage {
  const limit = Math.max(1, question.limit ?? 100);
  const { sessionId } = question;
  const patterns = question.types?.map((type) => type.replace(/[[?]/gu, "[$&]"));
  const records = hasRecords(db, sessionId);
  const walk = { sessionId, patterns, records };
  const read = (direction: Direction, id: number, count: number, nudge = 0): TimelineEventRow[] =>
    readTimeline(db, walk, direction, id, count, nudge);
  /** A page of records, with what came live from its first record on until the one after its last. */
  const page = (rows: readonly TimelineEventRow[], before: boolean, next: number | undefined, from?: number) => {
    const first = rows[0]?.id ?? from;
    const clock = records && first !== undefined ? clockAt(db, sessionId, first) : 0;
    const span = {
      from: before ? clock : Number.MIN_SAFE_INTEGER,
      to: next === undefined ? Number.MAX_SAFE_INTEGER : clockAt(db, sessionId, next),
    };
    const live = records ? liveBetween(db, sessionId, span, patterns) : [];
    return {
      rows: timelineRows(db, sessionId, merged(rows, live, clock), new Set(live)),
      first_id: rows[0]?.id ?? null,
      last_id: rows.at(-1)?.id ?? null,
      has_before: before,
      has_after: next !== undefined,
    };
  };
  if (question.aroundEventId !== undefined) {
    const event = rowOf<{ id: number; ts: number | null; sourceId: number | null }>(db, EVENT, [
      question.aroundEventId,
      sessionId,
    ]);
    const middle = event && records && event.sourceId === null ? recordNear(db, sessionId, event.ts) : event?.id;
    if (middle === undefined || middle === null) {
      return { rows: [], first_id: null, last_id: null, has_before: false, has_after: false };
    }
    const half = Math.floor(limit / 2);
    const before = read("before", middle, half + 1);
    const after = read("after", middle, limit - half + 1, -1);
    const rows = [...before.slice(0, half).reverse(), ...after.slice(0, limit - half)];
    return page(rows, before.length > half, after[limit - half]?.id);
  }
  if (question.beforeId !== undefined) {
    const found = read("before", question.beforeId, limit + 1);
    const next = read("after", question.beforeId, 1, -1)[0]?.id;
    return page(found.slice(0, limit).reverse(), found.length > limit, next);
  }
  const afterId = question.afterId ?? Number.MIN_SAFE_INTEGER;
  const found = read("after", afterId, limit + 1);
  const hasBefore = question.afterId !== undefined && read("before", afterId, 1, 1).length > 0;
  return page(found.slice(0, limit), hasBefore, found[limit]?.id, question.afterId);
}

const ONE = `SELECT e.session_id, ${TIMELINE_COLUMNS} FROM events e WHERE e.event_id = ?`;

/** One event as it stands in its session's timeline; null when there is none. */
export function timelineEvent(db: Reader, eventId: string): TimelineRow | null {
  const row = rowOf<TimelineEventRow & { session_id: string }>(db, ONE, [eventId]);
  return row ? (timelineRows(db, row.session_id, [row])[0] ?? null) : null;
}

const CALL_COLUMNS = `tool_use_id, tool, mcp_server, status, started_at, duration_ms, duration_source, sources, error, summary, file_path, child_session_id, call_event_id, result_event_id`;

/** All calls of the session: by tool_calls_by_session, then matched to the page in memory. */
export const SESSION_CALLS = `SELECT ${CALL_COLUMNS} FROM tool_calls WHERE session_id = ?`;
export const SESSION_RESPONSES = `SELECT response_id, event_id, model, input_tokens, output_tokens, cache_write_tokens, cache_read_tokens, cost_micros, stop_reason
  FROM responses WHERE session_id = ? AND counted = 1 AND event_id IS NOT NULL`;

interface CallRow extends Omit<TimelineToolCall, "part" | "started_at" | "sources"> {
  readonly started_at: number | null;
  readonly sources: string | null;
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

function timelineRows(
  db: Reader,
  sessionId: string,
  events: readonly TimelineEventRow[],
  live: ReadonlySet<TimelineEventRow> = new Set(),
): TimelineRow[] {
  if (events.length === 0) return [];
  const onPage = new Set(events.map((event) => event.event_id));
  const calls = new Map<string, TimelineToolCall[]>();
  const add = (eventId: string | null, part: "call" | "result", row: CallRow): void => {
    if (eventId === null || !onPage.has(eventId)) return;
    const sources = row.sources === null ? null : (JSON.parse(row.sources) as ToolCallSources);
    const call = { ...row, part, started_at: isoTime(row.started_at), sources };
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
      is_live: live.has(event),
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
