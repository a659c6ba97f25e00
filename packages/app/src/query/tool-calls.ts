/** @module The tool calls of one session in the order in which they began, and the session of one call. */
import type { IsoTime } from "../model/answers.ts";
import { type Reader, rowOf, rowsOf } from "./reader.ts";
import { isoTime } from "./session-row.ts";

export interface SessionToolCall {
  readonly tool_use_id: string;
  readonly tool: string | null;
  readonly mcp_server: string | null;
  readonly status: string;
  readonly started_at: IsoTime | null;
  readonly duration_ms: number | null;
  /** The command, path, pattern or prompt, shortened: foreign text. */
  readonly summary: string | null;
  readonly error: string | null;
  readonly child_session_id: string | null;
  readonly call_event_id: string | null;
}

export interface ToolCallsQuestion {
  readonly sessionId: string;
  /** Default 50. */
  readonly limit?: number;
  readonly offset?: number;
  /** Only calls that failed, were denied or interrupted. */
  readonly failed?: boolean;
}

const NOT_OK = "('failed', 'denied', 'interrupted')";
/** Served by tool_calls_by_session; a session's calls are sorted, which are thousands at most. */
export function toolCallsSql(failed: boolean): string {
  return `SELECT tool_use_id, tool, mcp_server, status, started_at, duration_ms, summary, error, child_session_id, call_event_id
  FROM tool_calls WHERE session_id = ?${failed ? ` AND status IN ${NOT_OK}` : ""}
  ORDER BY started_at IS NULL, started_at, tool_use_id LIMIT ? OFFSET ?`;
}
const COUNT = `SELECT count(*) AS calls, coalesce(sum(status IN ${NOT_OK}), 0) AS failures FROM tool_calls WHERE session_id = ?`;
const SESSION_OF_CALL = "SELECT session_id AS sessionId FROM tool_calls WHERE tool_use_id = ?";

/** `total`: of all pages. */
export function sessionToolCalls(
  db: Reader,
  { sessionId, limit = 50, offset = 0, failed = false }: ToolCallsQuestion,
): { readonly rows: readonly SessionToolCall[]; readonly total: number } {
  const rows = rowsOf<Omit<SessionToolCall, "started_at"> & { started_at: number | null }>(db, toolCallsSql(failed), [
    sessionId,
    limit,
    offset,
  ]);
  const counts = rowOf<{ calls: number; failures: number }>(db, COUNT, [sessionId])!;
  return {
    rows: rows.map((row) => ({ ...row, started_at: isoTime(row.started_at) })),
    total: failed ? counts.failures : counts.calls,
  };
}

/** Null: nothing has told of the call yet. */
export function sessionOfToolCall(db: Reader, toolUseId: string): string | null {
  return rowOf<{ sessionId: string }>(db, SESSION_OF_CALL, [toolUseId])?.sessionId ?? null;
}
