/** @module The OpenTelemetry spans of a session, as its programs told them. */
import type { IsoTime } from "../model/answers.ts";
import type { JoinedBy } from "../model/telemetry.ts";
import { type Reader, rowsOf } from "./reader.ts";
import { isoTime } from "./session-row.ts";

export interface SpanRow {
  readonly trace_id: string;
  readonly span_id: string;
  readonly parent_span_id: string | null;
  readonly event_id: string;
  readonly name: string;
  readonly kind: "internal" | "server" | "client" | "producer" | "consumer";
  readonly service: string | null;
  readonly started_at: IsoTime | null;
  /** Null: it has not ended, or does not say. */
  readonly duration_ms: number | null;
  readonly status: "unset" | "ok" | "error";
  readonly status_message: string | null;
  readonly joined_by: JoinedBy | null;
  readonly tool_use_id: string | null;
}

export interface SpansOfSession {
  /** By their start. */
  readonly rows: readonly SpanRow[];
  readonly more: boolean;
}

const COLUMNS = `trace_id, span_id, parent_span_id, event_id, name, kind, service, started_at, ended_at, status,
  status_message, joined_by, tool_use_id`;
export const SPANS = `SELECT ${COLUMNS} FROM spans INDEXED BY spans_by_session WHERE session_id = ?
  ORDER BY started_at, trace_id, span_id LIMIT ?`;

type StoredSpan = Omit<SpanRow, "started_at" | "duration_ms"> & {
  readonly started_at: number;
  readonly ended_at: number | null;
};

/** `limit`: default 1,000. */
export function spansOfSession(
  db: Reader,
  { sessionId, limit = 1000 }: { readonly sessionId: string; readonly limit?: number },
): SpansOfSession {
  const stored = rowsOf<StoredSpan>(db, SPANS, [sessionId, limit + 1]);
  return {
    rows: stored.slice(0, limit).map(({ started_at, ended_at, ...row }) => ({
      ...row,
      started_at: isoTime(Math.floor(started_at / 1000)),
      duration_ms: ended_at === null ? null : Math.max(0, ended_at - started_at) / 1000,
    })),
    more: stored.length > limit,
  };
}
