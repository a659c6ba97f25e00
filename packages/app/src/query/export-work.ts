/** @module What one session did, as an export needs it: turns, responses, calls that failed, tool calls, recorded traces. */
import { type Reader, rowsOf } from "./reader.ts";

export interface ExportedTurn {
  readonly event_id: string;
  readonly prompt_id: string | null;
  /** Milliseconds UTC; so are all times here. */
  readonly ts: number | null;
}

export interface ExportedResponse {
  readonly response_id: string;
  readonly event_id: string | null;
  readonly message_id: string | null;
  readonly request_id: string | null;
  /** Of its first record, which is written when its first block is complete. */
  readonly ts: number | null;
  readonly model: string;
  readonly input_tokens: number;
  readonly output_tokens: number;
  readonly cache_5m_tokens: number;
  readonly cache_1h_tokens: number;
  readonly cache_write_tokens: number;
  readonly cache_read_tokens: number;
  readonly thinking_tokens: number | null;
  readonly stop_reason: string | null;
  readonly cost_micros: number | null;
  /** As its caller tells; null where only a transcript does. */
  readonly began_at: number | null;
  readonly duration_ms: number | null;
  readonly first_token_ms: number | null;
  readonly provider: string | null;
  readonly requested_model: string | null;
  readonly query_source: string | null;
  readonly error: string | null;
}

export interface ExportedFailure {
  readonly call_key: string;
  readonly ts: number | null;
  readonly duration_ms: number | null;
  readonly provider: string | null;
  readonly model: string | null;
  readonly request_id: string | null;
  readonly query_source: string | null;
  readonly error: string | null;
}

export interface ExportedToolCall {
  readonly tool_use_id: string;
  readonly name: string | null;
  readonly tool: string | null;
  readonly mcp_server: string | null;
  readonly started_at: number | null;
  readonly ended_at: number | null;
  readonly duration_ms: number | null;
  readonly duration_source: string | null;
  readonly status: "pending" | "ok" | "failed" | "denied" | "interrupted";
  readonly result_bytes: number | null;
  /** Content, as the next two. */
  readonly error: string | null;
  readonly summary: string | null;
  readonly file_path: string | null;
}

/** Another trace in which the session, or a part of it, is recorded. 32 and 16 lower-case hex digits. */
export interface RecordedTrace {
  readonly trace_id: string;
  readonly span_id: string;
}

/** Each served by an index on session_id. A response that replays another session's is that one's. */
export const EXPORTED_TURNS = "SELECT event_id, prompt_id, ts FROM turns WHERE session_id = ? ORDER BY ts, event_id";
export const EXPORTED_RESPONSES = `SELECT r.response_id, r.event_id, r.message_id, r.request_id, r.ts, r.model, r.input_tokens, r.output_tokens,
    r.cache_5m_tokens, r.cache_1h_tokens, r.cache_write_tokens, r.cache_read_tokens, r.thinking_tokens, r.stop_reason, r.cost_micros,
    m.ts AS began_at, m.duration_ms, m.first_token_ms, m.provider, m.model AS requested_model, m.query_source, m.error
  FROM responses r LEFT JOIN model_calls m ON m.call_key = (SELECT min(n.call_key) FROM model_calls n WHERE n.response_id = r.response_id)
  WHERE r.session_id = ? AND r.counted = 1 ORDER BY r.ts, r.response_id`;
export const EXPORTED_FAILURES = `SELECT m.call_key, m.ts, m.duration_ms, m.provider, m.model, m.request_id, m.query_source, m.error
  FROM model_calls m LEFT JOIN responses r ON r.response_id = m.response_id
  WHERE m.session_id = ? AND r.response_id IS NULL AND m.error IS NOT NULL ORDER BY m.ts, m.call_key`;
export const EXPORTED_TOOL_CALLS = `SELECT tool_use_id, name, tool, mcp_server, started_at, ended_at, duration_ms, duration_source, status,
    result_bytes, error, summary, file_path
  FROM tool_calls WHERE session_id = ? ORDER BY started_at, tool_use_id`;
/** As its program says, else as the first span of each trace that is the session's. */
export const RECORDED_TRACES = `SELECT trace_id, span_id FROM (
    SELECT trace_id, coalesce(span_id, caller_span_id) AS span_id, ts * 1000 AS at, 0 AS rank FROM session_traces WHERE session_id = ?
    UNION ALL
    SELECT trace_id, span_id, min(started_at), 1 FROM spans WHERE session_id = ? GROUP BY trace_id)
  WHERE span_id IS NOT NULL ORDER BY at, rank`;

export function exportedTurns(db: Reader, sessionId: string): ExportedTurn[] {
  return rowsOf<ExportedTurn>(db, EXPORTED_TURNS, [sessionId]);
}

export function exportedResponses(db: Reader, sessionId: string): ExportedResponse[] {
  return rowsOf<ExportedResponse>(db, EXPORTED_RESPONSES, [sessionId]);
}

/** Calls of a model that brought no response. */
export function exportedFailures(db: Reader, sessionId: string): ExportedFailure[] {
  return rowsOf<ExportedFailure>(db, EXPORTED_FAILURES, [sessionId]);
}

export function exportedToolCalls(db: Reader, sessionId: string): ExportedToolCall[] {
  return rowsOf<ExportedToolCall>(db, EXPORTED_TOOL_CALLS, [sessionId]);
}

/** One span of each trace, earliest first. */
export function recordedTraces(db: Reader, sessionId: string): RecordedTrace[] {
  const traces = new Map<string, RecordedTrace>();
  for (const row of rowsOf<RecordedTrace>(db, RECORDED_TRACES, [sessionId, sessionId]))
    if (!traces.has(row.trace_id)) traces.set(row.trace_id, row);
  return [...traces.values()];
}
