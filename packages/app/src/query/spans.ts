/**
 * @module A session as a waterfall: a lane for it and for each session below it, spans for turns, responses and tool calls,
 * and for a program's session from its start to its end.
 */
import { WITH_TRANSCRIPT } from "./correlated-streams.ts";
import { type Reader, rowsOf } from "./reader.ts";
import { DESCENDANTS } from "./tree.ts";

export interface Lane {
  readonly lane: number;
  readonly session_id: string;
  readonly parent_session_id: string | null;
  /** "main", or what the subagent is for. */
  readonly title: string;
  readonly depth: number;
  /** Rows that its overlapping spans need, at least 1. */
  readonly rows: number;
  /** False: it is known from others alone, no record of its own is here. */
  readonly has_records: boolean;
}

export type SpanKind = "session" | "turn" | "response" | "tool";

export interface Span {
  readonly lane: number;
  /** Within the lane; two spans that overlap never share one. Row 0 holds the turns, or a program's session. */
  readonly row: number;
  readonly kind: SpanKind;
  /** session_id, tool_use_id, response_id or call's key, or the prompt's event id. */
  readonly id: string;
  /** Where it stands in the transcript. */
  readonly event_id: string | null;
  readonly name: string;
  /** Milliseconds UTC. */
  readonly start: number;
  readonly end: number;
  readonly status: string;
  /** The end is an upper bound or a guess: the record states no duration. */
  readonly estimated: boolean;
  readonly child_session_id: string | null;
}

export interface SpansAnswer {
  /** Milliseconds UTC; null when nothing is dated. */
  readonly start: number | null;
  readonly end: number | null;
  readonly lanes: readonly Lane[];
  readonly spans: readonly Span[];
}

const TREE = `${DESCENDANTS} SELECT s.session_id, s.parent_session_id, tree.depth, s.agent_type, s.agent_description, s.title, s.started_at, s.ended_at,
  NOT (${WITH_TRANSCRIPT}) AS isProgram, EXISTS (SELECT 1 FROM events e WHERE e.session_id = s.session_id) AS hasRecords
  FROM tree CROSS JOIN sessions s ON s.session_id = tree.session_id ORDER BY tree.depth > 0, s.started_at, s.session_id`;
export const TOOL_SPANS = `SELECT tool_use_id AS id, coalesce(call_event_id, result_event_id) AS event_id, coalesce(tool, '?') AS name, started_at, ended_at,
  duration_ms, duration_source, status, child_session_id FROM tool_calls WHERE session_id = ? AND started_at IS NOT NULL`;
/** A response that only a call's tellers know has the time at which the call began, not that of its answer. */
export const RESPONSE_SPANS = `SELECT r.response_id AS id, r.event_id, r.model AS name, r.ts, r.record = 'call' AS isCall,
  (SELECT max(c.duration_ms) FROM model_calls c INDEXED BY model_calls_by_response WHERE c.response_id = r.response_id) AS durationMs,
  EXISTS (SELECT 1 FROM model_calls c INDEXED BY model_calls_by_response WHERE c.response_id = r.response_id AND c.error IS NOT NULL) AS isFailed
  FROM responses r WHERE r.session_id = ? AND r.ts IS NOT NULL ORDER BY r.ts`;
/** Calls without usage, of which no response tells: those that failed, for the most part. */
export const CALL_SPANS = `SELECT call_key AS id, event_id, COALESCE(model, provider, '?') AS name, ts, 1 AS isCall, duration_ms AS durationMs,
  error IS NOT NULL AS isFailed FROM model_calls INDEXED BY model_calls_by_session
  WHERE session_id = ? AND ts IS NOT NULL AND response_id IS NULL ORDER BY ts`;
export const TURN_SPANS =
  "SELECT event_id AS id, text AS name, ts FROM turns WHERE session_id = ? AND ts IS NOT NULL ORDER BY ts";

interface TreeRow {
  readonly session_id: string;
  readonly parent_session_id: string | null;
  readonly depth: number;
  readonly agent_type: string | null;
  readonly agent_description: string | null;
  readonly title: string | null;
  readonly started_at: number | null;
  readonly ended_at: number | null;
  readonly isProgram: number;
  readonly hasRecords: number;
}
interface ToolRow {
  readonly id: string;
  readonly event_id: string | null;
  readonly name: string;
  readonly started_at: number;
  readonly ended_at: number | null;
  readonly duration_ms: number | null;
  readonly duration_source: string | null;
  readonly status: string;
  readonly child_session_id: string | null;
}
interface PointRow {
  readonly id: string;
  readonly event_id?: string | null;
  readonly name: string;
  readonly ts: number;
}
interface ResponseSpanRow extends PointRow {
  readonly event_id: string | null;
  /** `ts` is when it began, not when it was answered. */
  readonly isCall: number;
  readonly durationMs: number | null;
  readonly isFailed: number;
}

export function sessionSpans(db: Reader, question: { readonly sessionId: string }): SpansAnswer {
  const lanes: Lane[] = [];
  const spans: Span[] = [];
  for (const session of rowsOf<TreeRow>(db, TREE, [question.sessionId])) {
    const lane = lanes.length;
    const own = laneSpans(db, session, lane);
    spans.push(...own);
    const rows = own.reduce((most, span) => Math.max(most, span.row + 1), 1);
    const title =
      session.depth === 0
        ? "main"
        : (session.agent_description ?? session.agent_type ?? session.title ?? session.session_id);
    lanes.push({
      lane,
      session_id: session.session_id,
      parent_session_id: session.parent_session_id,
      title,
      depth: session.depth,
      rows,
      has_records: session.hasRecords > 0,
    });
  }
  let [start, end] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const span of spans) {
    start = Math.min(start, span.start);
    end = Math.max(end, span.end);
  }
  return spans.length === 0 ? { start: null, end: null, lanes, spans } : { start, end, lanes, spans };
}

function laneSpans(db: Reader, session: TreeRow, lane: number): Span[] {
  const tools = rowsOf<ToolRow>(db, TOOL_SPANS, [session.session_id]);
  const responses = [
    ...rowsOf<ResponseSpanRow>(db, RESPONSE_SPANS, [session.session_id]),
    ...rowsOf<ResponseSpanRow>(db, CALL_SPANS, [session.session_id]),
  ];
  const turns = rowsOf<PointRow>(db, TURN_SPANS, [session.session_id]);
  // Moments at which the agent waits for nothing any more: a response began at the latest of them before it.
  const causes = [
    ...turns.map((turn) => turn.ts),
    ...tools.flatMap((tool) => tool.ended_at ?? []),
    ...responses.map((one) => one.ts),
  ].sort((a, b) => a - b);
  const last = session.ended_at ?? causes.at(-1) ?? 0;
  const at = (span: Omit<Span, "lane" | "row" | "child_session_id" | "event_id"> & Partial<Span>): Span => ({
    lane,
    row: 0,
    child_session_id: null,
    event_id: null,
    ...span,
  });
  const turnSpans = turns.map((turn, index) =>
    at({
      kind: "turn",
      id: turn.id,
      event_id: turn.id,
      name: turn.name,
      start: turn.ts,
      end: Math.max(turn.ts, turns[index + 1]?.ts ?? last),
      status: "ok",
      estimated: true,
    }),
  );
  const work = [
    ...responses.map((response) =>
      at({
        kind: "response",
        id: response.id,
        event_id: response.event_id,
        name: response.name,
        ...timeOf(response, causes),
        status: response.isFailed > 0 ? "failed" : "ok",
      }),
    ),
    ...tools.map((tool) => {
      const end = tool.ended_at ?? tool.started_at + (tool.duration_ms ?? 0);
      return at({
        kind: "tool",
        id: tool.id,
        event_id: tool.event_id,
        name: tool.name,
        start: tool.started_at,
        end: Math.max(tool.started_at, end),
        status: tool.status,
        estimated: tool.duration_source === "timestamps" || tool.duration_source === null,
        child_session_id: tool.child_session_id,
      });
    }),
  ];
  // What a program does between its calls nobody else tells.
  const { started_at: start, ended_at: end } = session;
  const whole =
    session.isProgram > 0 && turnSpans.length === 0 && start !== null && end !== null && end > start
      ? [
          at({
            kind: "session",
            id: session.session_id,
            name: session.title ?? session.session_id,
            start,
            end,
            status: "ok",
            estimated: false,
          }),
        ]
      : [];
  const first = [...turnSpans, ...whole];
  return [...first, ...stacked(work, first.length > 0 ? 1 : 0)];
}

/** A call says how long it took; a transcript's response says when it was there, and what came before when it may have begun. */
function timeOf(
  { ts, isCall, durationMs }: ResponseSpanRow,
  causes: readonly number[],
): Pick<Span, "start" | "end" | "estimated"> {
  if (isCall > 0) return { start: ts, end: ts + (durationMs ?? 0), estimated: durationMs === null };
  if (durationMs !== null) return { start: ts - durationMs, end: ts, estimated: false };
  return { start: latestBefore(causes, ts), end: ts, estimated: true };
}

/** The last cause strictly before a moment; the moment itself when there is none. */
function latestBefore(causes: readonly number[], time: number): number {
  let [low, high] = [0, causes.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (causes[middle]! < time) low = middle + 1;
    else high = middle;
  }
  return causes[low - 1] ?? time;
}

/** Gives each span the first row in which nothing overlaps it. */
function stacked(spans: readonly Span[], firstRow: number): Span[] {
  const ends: number[] = [];
  return [...spans]
    .sort((a, b) => a.start - b.start || b.end - a.end)
    .map((span) => {
      let row = ends.findIndex((end) => end <= span.start);
      if (row < 0) row = ends.length;
      // A span without length still takes its place, else two of the same moment would lie on each other.
      ends[row] = Math.max(span.end, span.start + 1);
      return { ...span, row: row + firstRow };
    });
}
