/** @module Log lines, spans, calls of models and of tools in a test's database. */
import { TEST_NOW, type TestDatabase } from "./testing.ts";

export interface TestLine {
  readonly session?: string;
  readonly ts?: number;
  readonly message?: string;
  readonly level?: string;
  readonly service?: string | null;
  readonly logger?: string | null;
  readonly joinedBy?: "id" | "trace" | "process" | null;
  readonly traceId?: string;
  readonly spanId?: string;
  readonly path?: string;
  readonly offset?: number;
  readonly eventId?: string;
}

export interface TestTelemetry {
  /** Answers the line's event id. */
  readonly line: (line: TestLine) => string;
  readonly toolCall: (id: string, row: Readonly<Record<string, unknown>>) => void;
  readonly modelCall: (key: string, row: Readonly<Record<string, unknown>>) => void;
  /** Times in milliseconds. */
  readonly span: (row: Readonly<Record<string, unknown>> & { readonly span_id: string }) => void;
  readonly turn: (eventId: string, sessionId: string, ts: number, text: string) => void;
  /** What makes the session's events records of a file. */
  readonly transcript: (sessionId: string) => void;
}

export const TRACE = "0af7651916cd43dd8448eb211c80319c";

export function testTelemetry(base: TestDatabase): TestTelemetry {
  const { db, insert } = base;
  const topOf = (session: string): string =>
    (db.prepare("SELECT top_session_id AS top FROM sessions WHERE session_id = ?").get(session) as { top: string }).top;
  return {
    line(line) {
      const { session = "uncorrelated", ts = TEST_NOW, message = "hello", eventId } = line;
      const id = base.event(session, {
        type: "log.line",
        text: message,
        body: { message },
        ts,
        ...(eventId !== undefined && { eventId }),
      });
      db.prepare("UPDATE events SET source = 'log' WHERE id = ?").run(id);
      const isJoined = session !== "uncorrelated";
      const joinedBy = line.joinedBy === undefined ? (isJoined ? "id" : null) : line.joinedBy;
      insert("log_lines", {
        id,
        session_id: session,
        root_session_id: topOf(session),
        named_session: joinedBy === "id" ? session : null,
        joined_by: joinedBy,
        ts,
        level: line.level ?? "info",
        logger: line.logger ?? null,
        service: line.service ?? null,
        message,
        trace_id: line.traceId ?? null,
        span_id: line.spanId ?? null,
        path: line.path ?? null,
        file_offset: line.offset ?? null,
        format: "pino",
      });
      db.prepare("UPDATE sessions SET log_lines = log_lines + 1 WHERE session_id = ?").run(session);
      return eventId ?? `event-${id}`;
    },
    toolCall(id, row) {
      insert("tool_calls", { tool_use_id: id, name: row.tool ?? "Bash", tool: "Bash", status: "ok", ...row });
      db.prepare("UPDATE sessions SET tool_calls = tool_calls + 1 WHERE session_id = ?").run(row.session_id);
    },
    modelCall(key, row) {
      const session = String(row.session_id);
      insert("model_calls", {
        call_key: key,
        root_session_id: topOf(session),
        joined_by: "id",
        event_id: `call-of-${key}`,
        told: JSON.stringify({ interaction: {} }),
        ts: TEST_NOW,
        ...row,
      });
      db.prepare("UPDATE sessions SET model_calls = model_calls + 1 WHERE session_id = ?").run(session);
    },
    span({ started_at, ended_at, ...row }) {
      insert("spans", {
        trace_id: TRACE,
        session_id: "uncorrelated",
        event_id: `span-${row.span_id}`,
        name: "GET /",
        kind: "server",
        status: "unset",
        started_at: Number(started_at ?? TEST_NOW) * 1000,
        ended_at: ended_at === undefined ? null : Number(ended_at) * 1000,
        ...row,
      });
    },
    turn(eventId, sessionId, ts, text) {
      insert("turns", { event_id: eventId, session_id: sessionId, ts, text });
      db.prepare("UPDATE sessions SET prompts = prompts + 1 WHERE session_id = ?").run(sessionId);
    },
    transcript(sessionId) {
      const path = `/home/ada/.claude/projects/web/${sessionId}.jsonl`;
      insert("sources", {
        path,
        agent: "claude-code",
        kind: "transcript",
        session_id: sessionId,
        device: "1",
        inode: "1",
        head_hash: Buffer.alloc(0),
        head_length: 0,
        size: 0,
        mtime_ms: 0,
      });
      db.prepare(
        "UPDATE events SET source_id = (SELECT source_id FROM sources WHERE path = ?) WHERE session_id = ? AND source = 'claude-code'",
      ).run(path, sessionId);
    },
  };
}

/** The session of lines that belong to none, as the store makes it. */
export function uncorrelatedSession(base: TestDatabase): void {
  base.session("uncorrelated", { agent: "script", started_at: null, ended_at: null });
}
