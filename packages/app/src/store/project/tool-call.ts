/** @module The tool_calls projection: call and result meet on the tool-use id, in whichever order they are read. */
import type { ToolCallFact, ToolResultFact, WebSearchFact } from "../../model/record.ts";
import type { KnownSession, WriteContext } from "../context.ts";

interface ToolCallRow {
  readonly tool_use_id: string;
  session_id: string;
  call_event_id: string | null;
  result_event_id: string | null;
  name: string | null;
  tool: string | null;
  mcp_server: string | null;
  started_at: number | null;
  ended_at: number | null;
  duration_ms: number | null;
  duration_source: "client" | "timestamps" | null;
  status: string;
  error: string | null;
  summary: string | null;
  file_path: string | null;
  result_bytes: number | null;
  web_searches: number;
  child_session_id: string | null;
}

const COLUMNS = [
  "tool_use_id",
  "session_id",
  "call_event_id",
  "result_event_id",
  "name",
  "tool",
  "mcp_server",
  "started_at",
  "ended_at",
  "duration_ms",
  "duration_source",
  "status",
  "error",
  "summary",
  "file_path",
  "result_bytes",
  "web_searches",
  "child_session_id",
] as const;
const FIND = `SELECT ${COLUMNS.join(", ")} FROM tool_calls WHERE tool_use_id = ?`;
const PUT = `
  INSERT INTO tool_calls (${COLUMNS.join(", ")}) VALUES (${COLUMNS.map(() => "?").join(", ")})
  ON CONFLICT (tool_use_id) DO UPDATE SET ${COLUMNS.slice(1)
    .map((name) => `${name} = excluded.${name}`)
    .join(", ")}`;

export interface ToolCallProjection {
  /** `isCopy`: an agent_progress record says it, whose own file may say it too, and better. */
  call(fact: ToolCallFact, session: KnownSession, eventId: string, isCopy: boolean): void;
  result(fact: ToolResultFact, session: KnownSession, eventId: string, isCopy: boolean): void;
  searches(fact: WebSearchFact, session: KnownSession): void;
  /** Writes what was applied since the last flush. Before the transaction ends. */
  flush(): void;
  /** Forgets what was applied since the last flush. */
  reset(): void;
}

function earliest(a: number | null, b: number | null): number | null {
  if (a === null || b === null) return a ?? b;
  return Math.min(a, b);
}

export function toolCallProjection(
  context: WriteContext,
  touch: (sessionId: string) => void,
  sessionOf: (sessionId: string) => KnownSession,
  isEarlier: (a: KnownSession, b: KnownSession) => boolean,
): ToolCallProjection {
  const find = context.db.prepare<[string], ToolCallRow>(FIND);
  const put = context.db.prepare(PUT);
  const pending = new Map<string, ToolCallRow>();

  /** The row of a call as this transaction will leave it, owned by the earliest of the sessions that speak of it. */
  function rowOf(toolUseId: string, session: KnownSession): ToolCallRow {
    touch(session.sessionId);
    let row = pending.get(toolUseId) ?? find.get(toolUseId);
    if (!row) {
      row = {
        tool_use_id: toolUseId,
        session_id: session.sessionId,
        call_event_id: null,
        result_event_id: null,
        name: null,
        tool: null,
        mcp_server: null,
        started_at: null,
        ended_at: null,
        duration_ms: null,
        duration_source: null,
        status: "pending",
        error: null,
        summary: null,
        file_path: null,
        result_bytes: null,
        web_searches: 0,
        child_session_id: null,
      };
    } else if (row.session_id !== session.sessionId) {
      touch(row.session_id);
      if (isEarlier(session, sessionOf(row.session_id))) row.session_id = session.sessionId;
    }
    pending.set(toolUseId, row);
    return row;
  }

  /** Where the client does not say how long a call took, the records' times do. */
  function measure(row: ToolCallRow): void {
    if (row.duration_source === "client" || row.started_at === null || row.ended_at === null) return;
    row.duration_ms = Math.max(0, row.ended_at - row.started_at);
    row.duration_source = "timestamps";
  }

  return {
    call(fact, session, eventId, isCopy) {
      const row = rowOf(fact.toolUseId, session);
      row.started_at = earliest(row.started_at, fact.ts);
      measure(row);
      if (isCopy && row.call_event_id !== null) return;
      row.call_event_id = eventId;
      row.name = fact.name;
      row.tool = fact.tool;
      row.mcp_server = fact.mcpServer;
      row.summary = fact.summary;
      row.file_path = fact.filePath;
    },
    result(fact, session, eventId, isCopy) {
      const row = rowOf(fact.toolUseId, session);
      row.ended_at = earliest(row.ended_at, fact.ts);
      measure(row);
      if (isCopy && row.result_event_id !== null) return;
      row.result_event_id = eventId;
      row.status = fact.status;
      row.error = fact.error;
      row.result_bytes = fact.resultBytes;
      row.child_session_id = fact.childSessionId ?? row.child_session_id;
      if (fact.durationMs !== null) {
        row.duration_ms = fact.durationMs;
        row.duration_source = "client";
      }
    },
    searches(fact, session) {
      rowOf(fact.toolUseId, session).web_searches = fact.searches;
    },
    flush() {
      for (const row of pending.values()) put.run(...COLUMNS.map((name) => row[name]));
      pending.clear();
    },
    reset: () => pending.clear(),
  };
}
