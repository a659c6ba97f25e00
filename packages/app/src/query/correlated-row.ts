/** @module One row of a session's interleaved timeline, whoever told it. */
import type { IsoTime } from "../model/answers.ts";
import type { LogLevel } from "../model/telemetry.ts";
import type { Placed } from "./correlated-page.ts";
import { PRESENT_COLUMNS, type PresentableEvent, presentedEvent } from "./event-body.ts";
import { type LogRow, logRowsById } from "./log-row.ts";
import { callOfResponse, type ModelCallRow, modelCall } from "./model-calls.ts";
import { prepared, type Reader } from "./reader.ts";
import { isoTime } from "./session-row.ts";
import { type SpawnFinder, spawnFinder } from "./spawned-by.ts";

/** transcript: prompts, answers, tool calls. llm: calls of models. other: what else programs told. */
export const CORRELATED_SOURCES = ["transcript", "hook", "llm", "log", "span", "other"] as const;
export type CorrelatedSource = (typeof CORRELATED_SOURCES)[number];

export interface CorrelatedRow {
  /** Unique among the rows of a session and its descendants, and the same at each question. */
  readonly key: string;
  /** The event that tells it; null: none is stored yet. */
  readonly event_id: string | null;
  readonly ts: IsoTime | null;
  readonly source: CorrelatedSource;
  /** prompt, answer, tool_call, response, model_call, log, span; of all others the event's own type. */
  readonly type: string;
  readonly session_id: string;
  readonly session_title: string | null;
  readonly service: string | null;
  /** Of log lines only. */
  readonly level: LogLevel | null;
  /** One line of foreign text. */
  readonly text: string;
  /** The tool call that this row is. */
  readonly tool_use_id: string | null;
  /** The tool call of a session above, or of its own, under which it happened. */
  readonly under_tool_use_id: string | null;
  /** With `source` llm. */
  readonly call: ModelCallRow | null;
  /** With `source` log. */
  readonly log: LogRow | null;
  readonly duration_ms: number | null;
  /** Of tool calls and spans. */
  readonly status: string | null;
}

const MOST_TEXT = 300;
const oneLine = (text: string): string => {
  const line = text
    .slice(0, MOST_TEXT * 4)
    .replace(/\s+/gu, " ")
    .trim();
  return line.length <= MOST_TEXT ? line : `${line.slice(0, MOST_TEXT - 1).replace(/\p{Cs}$/u, "")}…`;
};

const TURN =
  "SELECT session_id AS sessionId, COALESCE(hook_event_id, event_id) AS hook, event_id AS eventId, text FROM turns WHERE event_id = ?";
const EVENT = `SELECT e.event_id AS eventId, e.session_id AS sessionId, e.ts, ${PRESENT_COLUMNS} FROM events e WHERE e.id = ?`;
const TOOL_CALL = `SELECT session_id AS sessionId, COALESCE(call_event_id, result_event_id) AS eventId, name, tool, mcp_server AS server,
  summary, error, status, duration_ms AS durationMs FROM tool_calls WHERE tool_use_id = ?`;
const SPAN = `SELECT session_id AS sessionId, event_id AS eventId, name, service, status, status_message AS message,
  started_at AS startedAt, ended_at AS endedAt, trace_id AS traceId, span_id AS spanId FROM spans WHERE trace_id = ? AND span_id = ?`;
const TITLE = "SELECT title FROM sessions WHERE session_id = ?";

interface ToolCall {
  readonly sessionId: string;
  readonly eventId: string | null;
  readonly name: string | null;
  readonly tool: string | null;
  readonly server: string | null;
  readonly summary: string | null;
  readonly error: string | null;
  readonly status: string;
  readonly durationMs: number | null;
}
interface SpanOfTrace {
  readonly sessionId: string;
  readonly eventId: string;
  readonly name: string;
  readonly service: string | null;
  readonly status: string;
  readonly message: string | null;
  readonly startedAt: number;
  readonly endedAt: number | null;
  readonly traceId: string;
  readonly spanId: string;
}
interface StoredEvent extends PresentableEvent {
  readonly eventId: string;
  readonly sessionId: string;
  readonly ts: number | null;
}

type Rest = Partial<CorrelatedRow> & Pick<CorrelatedRow, "source" | "type" | "session_id" | "text">;

/** The whole rows of places, in their order. */
export function correlatedRows(db: Reader, places: readonly Placed[]): CorrelatedRow[] {
  const spawns = spawnFinder(db);
  const titles = new Map<string, string | null>();
  const titleOf = (sessionId: string): string | null => {
    const known = titles.get(sessionId);
    if (known !== undefined) return known;
    const title = prepared<{ title: string | null }>(db, TITLE).get(sessionId)?.title ?? null;
    titles.set(sessionId, title);
    return title;
  };
  return places.flatMap((place) => {
    const rest = restOf(db, place, spawns);
    if (!rest) return [];
    return {
      key: `${place.stream}:${place.key}`,
      event_id: null,
      ts: isoTime(place.ts),
      session_title: titleOf(rest.session_id),
      service: null,
      level: null,
      tool_use_id: null,
      under_tool_use_id: spawns.ofSession(rest.session_id)?.tool_use_id ?? null,
      call: null,
      log: null,
      duration_ms: null,
      status: null,
      ...rest,
    };
  });
}

function restOf(db: Reader, { stream, key, ts }: Placed, spawns: SpawnFinder): Rest | null {
  switch (stream) {
    case "prompt": {
      const turn = prepared<{ sessionId: string; eventId: string; text: string }>(db, TURN).get(key);
      return turn
        ? {
            source: "transcript",
            type: "prompt",
            session_id: turn.sessionId,
            event_id: turn.eventId,
            text: oneLine(turn.text),
          }
        : null;
    }
    case "tool_call":
      return toolCallRest(prepared<ToolCall>(db, TOOL_CALL).get(key), String(key));
    case "response":
      return callRest(callOfResponse(db, String(key)), "response", spawns, ts);
    case "model_call":
      return callRest(modelCall(db, String(key)), "model_call", spawns, ts);
    case "log": {
      const log = logRowsById(db, [Number(key)], spawns)[0];
      return log ? logRest(log) : null;
    }
    case "span": {
      const span = prepared<SpanOfTrace>(db, SPAN).get(...String(key).split(":", 2));
      return span ? spanRest(span, spawns) : null;
    }
    case "record":
    case "live": {
      const event = prepared<StoredEvent>(db, EVENT).get(key);
      return event ? eventRest(db, event, stream === "record", spawns) : null;
    }
  }
}

function toolCallRest(call: ToolCall | undefined, id: string): Rest | null {
  if (!call) return null;
  const name = call.server === null ? (call.tool ?? call.name ?? "?") : `${call.server}/${call.tool ?? "?"}`;
  return {
    source: "transcript",
    type: "tool_call",
    session_id: call.sessionId,
    event_id: call.eventId,
    text: oneLine([name, call.summary, call.error].filter(Boolean).join("  ")),
    tool_use_id: id,
    duration_ms: call.durationMs,
    status: call.status,
  };
}

function callRest(
  call: ModelCallRow | null,
  type: "response" | "model_call",
  spawns: SpawnFinder,
  ts: number,
): Rest | null {
  if (!call || call.session_id === null) return null;
  const { session_id: sessionId, trace_id: traceId, span_id: spanId } = call;
  // An agent's own calls are under none of its tools; a program's that names the agent's session is.
  const spawn = call.told_by.includes("interaction")
    ? spawns.ofHappening({ sessionId, ts, traceId, spanId })
    : (spawns.ofSpan(traceId, spanId) ?? spawns.ofSession(sessionId));
  const tokens =
    call.input_tokens === null && call.output_tokens === null
      ? null
      : `${call.input_tokens ?? 0} in, ${call.output_tokens ?? 0} out`;
  return {
    source: "llm",
    type,
    session_id: sessionId,
    event_id: call.event_id,
    text: oneLine([call.model ?? call.provider ?? "?", tokens, call.error].filter(Boolean).join("  ")),
    under_tool_use_id: spawn?.tool_use_id ?? null,
    call,
    duration_ms: call.duration_ms,
  };
}

function logRest(log: LogRow): Rest {
  return {
    source: "log",
    type: "log",
    session_id: log.session_id ?? "",
    event_id: log.event_id,
    service: log.service,
    level: log.level,
    text: oneLine(log.message),
    under_tool_use_id: log.tool_use_id,
    log,
  };
}

function spanRest(span: SpanOfTrace, spawns: SpawnFinder): Rest {
  const { sessionId, traceId, spanId } = span;
  return {
    source: "span",
    type: "span",
    session_id: sessionId,
    event_id: span.eventId,
    service: span.service,
    text: oneLine([span.name, span.message].filter(Boolean).join("  ")),
    under_tool_use_id: (spawns.ofSpan(traceId, spanId) ?? spawns.ofSession(sessionId))?.tool_use_id ?? null,
    duration_ms: span.endedAt === null ? null : Math.max(0, span.endedAt - span.startedAt) / 1000,
    status: span.status,
  };
}

function eventRest(db: Reader, event: StoredEvent, isRecord: boolean, spawns: SpawnFinder): Rest {
  const { sessionId, ts } = event;
  const { blocks } = presentedEvent(db, event);
  const texts = blocks.flatMap((block) =>
    block.kind === "tool_call" ? block.name : "label" in block ? `${block.label} ${block.text}` : block.text,
  );
  return {
    source: isRecord ? "transcript" : event.source === "hook" ? "hook" : "other",
    type: event.type === "assistant.text" ? "answer" : event.type,
    session_id: sessionId,
    event_id: event.eventId,
    text: oneLine(texts.join("  ")),
    // What a script says of the session around it, it says under the call that runs it.
    ...(event.type.startsWith("event.") && {
      under_tool_use_id: spawns.ofHappening({ sessionId, ts })?.tool_use_id ?? null,
    }),
  };
}
