/** @module What belongs to an id of any kind: calls of models, log lines, and of a session its interleaved timeline. */
import type { CorrelatedSource } from "./correlated-row.ts";
import { type CorrelatedPage, correlatedTimeline } from "./correlated-timeline.ts";
import type { FoundId } from "./find-id.ts";
import { logContext } from "./log-context.ts";
import { findLogs } from "./log-lines.ts";
import type { LogRow } from "./log-row.ts";
import { callOfResponse, type ModelCallRow, modelCall, modelCalls } from "./model-calls.ts";
import { CALLS_OF_SPAN, type CallsOfLine, callsOfLine, linesOfCall } from "./model-calls-of-line.ts";
import { type Reader, rowsOf } from "./reader.ts";
import { toolCallChildren } from "./spawned-by-children.ts";

export interface Correlation {
  readonly found: FoundId;
  /** The call itself, the calls that a line is about, or those of a trace, span or tool call. */
  readonly calls: readonly ModelCallRow[];
  /** By what calls came to a line; null: they are not a line's. */
  readonly calls_by: CallsOfLine["by"];
  /** Of a line those around it, of a call those while it ran and some around, else those that belong to it. Oldest first. */
  readonly lines: readonly LogRow[];
  /** Index of the line asked for, and of a call the first line that is not before it; null: neither. */
  readonly at: number | null;
  /** Of a session, and of an event that is neither a line nor a call. */
  readonly timeline: CorrelatedPage | null;
}

export interface CorrelationQuestion {
  /** Lines on either side of a line or a call. Default 5. */
  readonly around?: number;
  /** Rows of a timeline, or lines. Default 100. */
  readonly limit?: number;
  /** Of a timeline. Default calls and lines. */
  readonly sources?: readonly CorrelatedSource[] | undefined;
  /** Cursors of a timeline: correlated-timeline.ts. */
  readonly after?: string | undefined;
  readonly before?: string | undefined;
}

export const CALLS_OF_TRACE =
  "SELECT call_key AS key FROM model_calls INDEXED BY model_calls_by_trace WHERE trace_id = ? ORDER BY ts LIMIT ?";
/** Sessions that one call started and whose calls of models are listed. */
const MOST_SESSIONS = 100;

export function correlationOf(db: Reader, found: FoundId, question: CorrelationQuestion = {}): Correlation {
  return { found, calls: [], calls_by: null, lines: [], at: null, timeline: null, ...partsOf(db, found, question) };
}

function partsOf(db: Reader, found: FoundId, question: CorrelationQuestion): Partial<Correlation> {
  const { around = 5, limit = 100 } = question;
  switch (found.kind) {
    case "session":
      return { timeline: timelineOf(db, found.id, question) };
    case "event":
      return found.session_id === null
        ? {}
        : { timeline: correlatedTimeline(db, { sessionId: found.session_id, aroundEventId: found.id, limit }) };
    case "log_line": {
      const context = logContext(db, { eventId: found.id, before: around, after: around });
      const { rows, by } = callsOfLine(db, found.id);
      return { lines: context?.rows ?? [], at: context?.at ?? null, calls: rows, calls_by: by };
    }
    case "model_call":
    case "response": {
      const call = found.kind === "response" ? callOfResponse(db, found.id) : modelCall(db, found.id);
      if (!call) return {};
      const { rows, at } = linesOfCall(db, call, { before: around, after: around });
      return { calls: [call], lines: rows, at };
    }
    case "tool_call": {
      const started = toolCallChildren(db, found.id)?.rows.slice(0, MOST_SESSIONS) ?? [];
      const calls = started.flatMap(({ session_id }) => modelCalls(db, { sessionId: session_id, limit }).rows);
      return {
        calls: calls.slice(0, limit),
        lines: findLogs(db, { toolUseId: found.id, order: "oldest", limit }).rows,
      };
    }
    case "trace": {
      const keys = rowsOf<{ key: string }>(db, CALLS_OF_TRACE, [found.id, limit]);
      return {
        calls: keys.flatMap(({ key }) => modelCall(db, key) ?? []),
        lines: findLogs(db, { traceId: found.id, order: "oldest", limit }).rows,
      };
    }
    case "span": {
      const [traceId, spanId] = found.id.split(":", 2) as [string, string];
      const keys = rowsOf<{ key: string }>(db, CALLS_OF_SPAN, [traceId, spanId]);
      const lines = findLogs(db, { traceId, order: "oldest", limit: 10_000 }).rows;
      return {
        calls: keys.flatMap(({ key }) => modelCall(db, key) ?? []),
        lines: lines.filter((line) => line.span_id === spanId).slice(0, limit),
      };
    }
  }
}

function timelineOf(db: Reader, sessionId: string, question: CorrelationQuestion): CorrelatedPage {
  const { limit = 100, sources = ["llm", "log"], after, before } = question;
  return correlatedTimeline(db, {
    sessionId,
    sources,
    limit,
    ...(after !== undefined && { after }),
    ...(before !== undefined && { before }),
  });
}
