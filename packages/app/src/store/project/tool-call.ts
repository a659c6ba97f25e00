/**
 * @module The tool_calls projection: one row per call, whoever speaks of it. Call and result meet on the tool-use id, in
 * whichever order they are read, and so do the transcript, the hooks and telemetry: each side's word is kept apart, and the
 * row is what they say together (tool-call-merge.ts).
 */
import type { HookToolFact, ToolCallFact, ToolResultFact, WebSearchFact } from "../../model/record.ts";
import type { KnownSession, WriteContext } from "../context.ts";
import {
  emptyHookSide,
  emptyTranscriptSide,
  type HookSide,
  mergedCall,
  STORED_COLUMNS,
  type StoredCall,
  type TranscriptSide,
  transcriptSideOf,
} from "./tool-call-merge.ts";

const FIND = `SELECT session_id, web_searches, transcript, hook, telemetry, ${STORED_COLUMNS.join(", ")} FROM tool_calls WHERE tool_use_id = ?`;
const COLUMNS = [
  "tool_use_id",
  "session_id",
  "web_searches",
  "transcript",
  "hook",
  "telemetry",
  "sources",
  ...STORED_COLUMNS,
];
const PUT = `
  INSERT INTO tool_calls (${COLUMNS.join(", ")}) VALUES (${COLUMNS.map(() => "?").join(", ")})
  ON CONFLICT (tool_use_id) DO UPDATE SET ${COLUMNS.slice(1)
    .map((name) => `${name} = excluded.${name}`)
    .join(", ")}`;

interface Row extends StoredCall {
  readonly session_id: string;
  readonly web_searches: number;
  readonly transcript: string | null;
  readonly hook: string | null;
  readonly telemetry: string | null;
}

/** A call as this transaction will leave it. */
interface PendingCall {
  sessionId: string;
  webSearches: number;
  transcript: TranscriptSide;
  /** Null: no hook has spoken. */
  hook: HookSide | null;
  /** Null: the client's telemetry has not spoken. */
  telemetry: HookSide | null;
}

export interface ToolCallProjection {
  /** `isCopy`: an agent_progress record says it, whose own file may say it too, and better. */
  call(fact: ToolCallFact, session: KnownSession, eventId: string, isCopy: boolean): void;
  result(fact: ToolResultFact, session: KnownSession, eventId: string, isCopy: boolean): void;
  hook(fact: HookToolFact, session: KnownSession, eventId: string): void;
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
  const find = context.db.prepare<[string], Row>(FIND);
  const put = context.db.prepare(PUT);
  const pending = new Map<string, PendingCall>();

  function load(toolUseId: string, session: KnownSession): PendingCall {
    const row = find.get(toolUseId);
    if (!row) {
      const transcript = emptyTranscriptSide();
      return { sessionId: session.sessionId, webSearches: 0, transcript, hook: null, telemetry: null };
    }
    const side = (text: string | null): HookSide | null => (text === null ? null : (JSON.parse(text) as HookSide));
    return {
      sessionId: row.session_id,
      webSearches: row.web_searches,
      // Until another speaks the columns are the transcript's own words.
      transcript: row.transcript === null ? transcriptSideOf(row) : (JSON.parse(row.transcript) as TranscriptSide),
      hook: side(row.hook),
      telemetry: side(row.telemetry),
    };
  }

  /** Telemetry knows a call's session least well: it owns only what nobody else speaks of. */
  const isTelemetrysAlone = ({ transcript, hook, telemetry }: PendingCall): boolean =>
    telemetry !== null && hook === null && transcript.call_event_id === null && transcript.result_event_id === null;

  /** The call, owned by the earliest of the sessions that speak of it. */
  function callOf(toolUseId: string, session: KnownSession, isTelemetry = false): PendingCall {
    touch(session.sessionId);
    const call = pending.get(toolUseId) ?? load(toolUseId, session);
    if (call.sessionId !== session.sessionId) {
      touch(call.sessionId);
      const gives = isTelemetrysAlone(call);
      const takes = gives === isTelemetry ? isEarlier(session, sessionOf(call.sessionId)) : gives;
      if (takes && (gives || !isTelemetry)) call.sessionId = session.sessionId;
    }
    pending.set(toolUseId, call);
    return call;
  }

  return {
    call(fact, session, eventId, isCopy) {
      const { transcript } = callOf(fact.toolUseId, session);
      transcript.started_at = earliest(transcript.started_at, fact.ts);
      if (isCopy && transcript.call_event_id !== null) return;
      transcript.call_event_id = eventId;
      transcript.name = fact.name;
      transcript.tool = fact.tool;
      transcript.mcp_server = fact.mcpServer;
      transcript.summary = fact.summary;
      transcript.file_path = fact.filePath;
    },
    result(fact, session, eventId, isCopy) {
      const { transcript } = callOf(fact.toolUseId, session);
      transcript.ended_at = earliest(transcript.ended_at, fact.ts);
      if (isCopy && transcript.result_event_id !== null) return;
      transcript.result_event_id = eventId;
      transcript.status = fact.status;
      transcript.error = fact.error;
      transcript.result_bytes = fact.resultBytes;
      transcript.child_session_id = fact.childSessionId ?? transcript.child_session_id;
      if (fact.durationMs !== null) transcript.client_ms = fact.durationMs;
    },
    hook(fact, session, eventId) {
      const call = callOf(fact.toolUseId, session, fact.by === "telemetry");
      const side = fact.by ?? "hook";
      call[side] ??= emptyHookSide();
      const hook = call[side];
      hook.name ??= fact.name;
      hook.tool ??= fact.tool;
      hook.mcp_server ??= fact.mcpServer;
      hook.summary ??= fact.summary;
      hook.file_path ??= fact.filePath;
      hook.child_session_id = fact.childSessionId ?? hook.child_session_id;
      if (fact.phase === "pre") {
        hook.started_at = earliest(hook.started_at, fact.ts);
        hook.call_event_id = eventId;
      } else if (fact.phase === "batch") {
        hook.batched_at = earliest(hook.batched_at, fact.ts);
      } else {
        hook.ended_at = earliest(hook.ended_at, fact.ts);
        hook.result_event_id = eventId;
        hook.client_ms = fact.durationMs ?? hook.client_ms;
        hook.error = fact.error ?? hook.error;
        hook.status = fact.phase === "post" ? "ok" : fact.interrupted ? "interrupted" : fact.phase;
      }
    },
    searches(fact, session) {
      callOf(fact.toolUseId, session).webSearches = fact.searches;
    },
    flush() {
      for (const [toolUseId, { sessionId, webSearches, transcript, hook, telemetry }] of pending) {
        const { call, sources } = mergedCall(transcript, hook, telemetry);
        put.run(
          toolUseId,
          sessionId,
          webSearches,
          (hook ?? telemetry) && JSON.stringify(transcript),
          hook && JSON.stringify(hook),
          telemetry && JSON.stringify(telemetry),
          sources && JSON.stringify(sources),
          ...STORED_COLUMNS.map((name) => call[name]),
        );
      }
      pending.clear();
    },
    reset: () => pending.clear(),
  };
}
