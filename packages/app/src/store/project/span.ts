/** @module The spans projection, and the traces and processes that sessions name as their own. */
import type { ProcessFact } from "../../model/record.ts";
import type { SpanFact, TraceFact } from "../../model/telemetry.ts";
import type { WriteContext } from "../context.ts";

/** The same span told twice, by its exporter and by another way, is one row: the later end stands. */
const SPAN = `
  INSERT INTO spans (trace_id, span_id, parent_span_id, session_id, named_session, joined_by, fallback_session, event_id, name,
    kind, service, started_at, ended_at, status, status_message, tool_use_id)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT (trace_id, span_id) DO UPDATE SET parent_span_id = excluded.parent_span_id, session_id = excluded.session_id,
    named_session = excluded.named_session, joined_by = excluded.joined_by, fallback_session = excluded.fallback_session,
    event_id = excluded.event_id, name = excluded.name, kind = excluded.kind, service = excluded.service,
    started_at = excluded.started_at, ended_at = excluded.ended_at, status = excluded.status,
    status_message = excluded.status_message, tool_use_id = excluded.tool_use_id
  WHERE (COALESCE(excluded.ended_at, 0), excluded.event_id) > (COALESCE(ended_at, 0), event_id)`;
const TRACE = `
  INSERT INTO session_traces (session_id, trace_id, span_id, caller_span_id, ts) VALUES (?, ?, ?, ?, ?)
  ON CONFLICT (session_id, trace_id) DO UPDATE SET span_id = COALESCE(span_id, excluded.span_id),
    caller_span_id = COALESCE(caller_span_id, excluded.caller_span_id), ts = min(ts, excluded.ts)`;
const PROCESS = `
  INSERT INTO session_processes (session_id, pid, ts) VALUES (?, ?, ?)
  ON CONFLICT (session_id, pid) DO UPDATE SET ts = excluded.ts WHERE excluded.ts < ts`;

export interface SpanProjection {
  /** `sessionId`: the one it names, or where spans of none stand. */
  span(fact: SpanFact, sessionId: string, eventId: string): void;
  trace(fact: TraceFact): void;
  /** Answers whether this was news. */
  process(fact: Pick<ProcessFact, "sessionId" | "pid" | "ts">): boolean;
}

export function spanProjection({ db }: WriteContext): SpanProjection {
  const span = db.prepare(SPAN);
  const trace = db.prepare(TRACE);
  const process = db.prepare(PROCESS);
  return {
    span(fact, sessionId, eventId) {
      span.run(
        fact.traceId,
        fact.spanId,
        fact.parentSpanId,
        sessionId,
        fact.sessionId,
        fact.sessionId === null ? null : "id",
        fact.fallbackSession,
        eventId,
        fact.name,
        fact.spanKind,
        fact.service,
        Math.round(fact.startedAt),
        fact.endedAt === null ? null : Math.round(fact.endedAt),
        fact.status,
        fact.statusMessage,
        fact.toolUseId,
      );
    },
    trace({ sessionId, traceId, spanId, callerSpanId, ts }) {
      trace.run(sessionId, traceId, spanId, callerSpanId, ts);
    },
    process: ({ sessionId, pid, ts }) => process.run(sessionId, pid, ts).changes > 0,
  };
}
