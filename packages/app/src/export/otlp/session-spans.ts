/** @module One session as spans: itself, its turns, and in them its responses and tool calls. A subagent is a session of its own. */
import { type ExportedContent, exportedContent } from "../../query/export-content.ts";
import { type ExportedSession, exportedSession, startedBy } from "../../query/export-sessions.ts";
import {
  type ExportedToolCall,
  exportedFailures,
  exportedResponses,
  exportedToolCalls,
  exportedTurns,
  recordedTraces,
} from "../../query/export-work.ts";
import type { Reader } from "../../query/reader.ts";
import {
  contentOfCall,
  contentOfResponse,
  contentOfTurn,
  failureAttributes,
  resourceOf,
  responseAttributes,
  sessionAttributes,
  toolAttributes,
  turnAttributes,
} from "./attributes.ts";
import { type OutgoingSpan, type SessionSpans, type SpanLink, type SpanSubject, spanIdOf, traceIdOf } from "./span.ts";

export interface SpansQuestion {
  readonly sessionId: string;
  /** Milliseconds UTC. */
  readonly now: number;
  /** Take prompts, answers, arguments and results along. */
  readonly content: boolean;
}

/** What a session is made of, before it has a place in the trace. Milliseconds UTC. */
interface Work {
  readonly span: Omit<OutgoingSpan, "traceId" | "parentSpanId" | "start" | "end" | "links">;
  readonly start: number | null;
  readonly end: number | null;
  /** Moment that decides to which turn it belongs. */
  readonly at: number | null;
}

/** More links than this say no more. */
const MOST_LINKS = 32;

/** Null: there is no such session, or nothing of it has a time. */
export function sessionSpans(db: Reader, question: SpansQuestion): SessionSpans | null {
  const session = exportedSession(db, question.sessionId, question.now);
  if (!session) return null;
  const root = session.top_session_id;
  const common = { traceId: traceIdOf(root), links: [] };
  const content = question.content ? exportedContent(db, session.session_id) : null;
  const turns = exportedTurns(db, session.session_id);
  const work = workOf(
    db,
    session,
    content,
    turns.flatMap((turn) => turn.ts ?? []),
  );
  const known = [
    session.started_at,
    session.ended_at,
    ...turns.map((turn) => turn.ts),
    ...work.flatMap(timesOf),
  ].filter((time) => time !== null);
  if (known.length === 0) return null;
  const begin = earliest(known);
  const sessionSpanId = spanIdOf(root, "session", session.session_id);

  // What has no time stands at the session's begin, before any turn.
  const dated = turns.map((turn) => ({ ...turn, at: turn.ts ?? begin })).sort((a, b) => a.at - b.at);
  const ends = dated.map((turn) => turn.at);
  const placed = work.map((one) => {
    const start = one.start ?? one.end ?? begin;
    const end = Math.max(start, one.end ?? start);
    const turn = one.at === null ? -1 : lastAtOrBefore(dated, one.at);
    if (turn >= 0) ends[turn] = Math.max(ends[turn]!, end);
    return { ...one, start, end, turn };
  });
  const spans: OutgoingSpan[] = [];
  spans.push({
    ...common,
    spanId: sessionSpanId,
    parentSpanId: parentOf(db, session),
    name:
      session.agent === "claude-code"
        ? `invoke_agent ${session.agent_type ?? session.agent}`
        : `session ${session.agent}`,
    kind: "internal",
    start: begin,
    end: latest([...known, ...placed.map((one) => one.end)]),
    status: session.status === "failed" ? "error" : "unset",
    statusMessage: null,
    attributes: sessionAttributes(session, question.content),
    links: linksOf(db, session),
  });
  for (const [index, turn] of dated.entries()) {
    const prompt = content?.prompts.get(turn.event_id);
    spans.push({
      ...common,
      spanId: spanIdOf(root, "turn", turn.event_id),
      parentSpanId: sessionSpanId,
      name: "turn",
      kind: "internal",
      start: turn.at,
      end: ends[index]!,
      status: "unset",
      statusMessage: null,
      attributes: { ...turnAttributes(session, turn, index + 1), ...contentOfTurn(prompt) },
    });
  }
  for (const { span, start, end, turn } of placed) {
    const parentSpanId = turn < 0 ? sessionSpanId : spanIdOf(root, "turn", dated[turn]!.event_id);
    spans.push({ ...common, ...span, parentSpanId, start, end });
  }
  return { sessionId: session.session_id, resource: resourceOf(session), spans };
}

/** A response's beginning is the last thing before it that its agent had waited for, where its caller does not tell. */
function workOf(
  db: Reader,
  session: ExportedSession,
  content: ExportedContent | null,
  prompts: readonly number[],
): Work[] {
  const { session_id: sessionId, top_session_id: root } = session;
  const calls = exportedToolCalls(db, sessionId);
  const responses = exportedResponses(db, sessionId);
  const causes = [
    ...prompts,
    ...calls.flatMap((call) => endOf(call) ?? []),
    ...responses.flatMap((one) => one.ts ?? []),
  ];
  causes.sort((a, b) => a - b);
  const id = (subject: SpanSubject, key: string): string => spanIdOf(root, subject, key);
  const answered = responses.map((response): Work => {
    const told = response.began_at !== null;
    const start = told ? response.began_at : response.ts === null ? null : latestBefore(causes, response.ts);
    const end = told && response.duration_ms !== null ? response.began_at! + response.duration_ms : response.ts;
    return {
      span: {
        spanId: id("response", response.response_id),
        name: `chat ${response.requested_model ?? response.model}`,
        kind: "client",
        status: response.error === null ? "unset" : "error",
        statusMessage: content ? response.error : null,
        attributes: { ...responseAttributes(session, response, !told), ...contentOfResponse(content, response) },
      },
      start,
      end,
      at: response.ts ?? response.began_at,
    };
  });
  const failed = exportedFailures(db, sessionId).map(
    (failure): Work => ({
      span: {
        spanId: id("failure", failure.call_key),
        name: failure.model === null ? "chat" : `chat ${failure.model}`,
        kind: "client",
        status: "error",
        statusMessage: content ? failure.error : null,
        attributes: failureAttributes(session, failure),
      },
      start: failure.ts,
      end: failure.ts === null ? null : failure.ts + (failure.duration_ms ?? 0),
      at: failure.ts,
    }),
  );
  const called = calls.map(
    (call): Work => ({
      span: {
        spanId: id("tool", call.tool_use_id),
        name: `execute_tool ${call.name ?? call.tool ?? "unknown"}`,
        kind: "internal",
        status: ["failed", "denied", "interrupted"].includes(call.status) ? "error" : "unset",
        statusMessage: content ? call.error : null,
        attributes: { ...toolAttributes(session, call), ...contentOfCall(content, call) },
      },
      start: call.started_at,
      end: endOf(call),
      at: call.started_at ?? call.ended_at,
    }),
  );
  return [...answered, ...failed, ...called];
}

/** Null: it has not ended, or does not say when. */
function endOf(call: ExportedToolCall): number | null {
  if (call.ended_at !== null) return call.ended_at;
  return call.started_at !== null && call.duration_ms !== null ? call.started_at + call.duration_ms : null;
}

function timesOf({ start, end }: Work): readonly (number | null)[] {
  return [start, end];
}

/** The call or the session that started it; null for a root. */
function parentOf(db: Reader, session: ExportedSession): string | null {
  const { session_id, parent_session_id, top_session_id } = session;
  if (session_id === top_session_id) return null;
  const call = startedBy(db, session_id);
  if (call !== null) return spanIdOf(top_session_id, "tool", call);
  return spanIdOf(top_session_id, "session", parent_session_id ?? top_session_id);
}

/** To the traces in which it was recorded, and to the session whose history it starts with. */
function linksOf(db: Reader, session: ExportedSession): readonly SpanLink[] {
  const recorded = recordedTraces(db, session.session_id)
    .slice(0, MOST_LINKS)
    .map(({ trace_id, span_id }) => ({ traceId: trace_id, spanId: span_id, attributes: { "clew.link": "recorded" } }));
  const origin = session.forked_from === null ? null : exportedSession(db, session.forked_from, 0);
  if (!origin) return recorded;
  const fork = {
    traceId: traceIdOf(origin.top_session_id),
    spanId: spanIdOf(origin.top_session_id, "session", origin.session_id),
    attributes: { "clew.link": "forked_from" },
  };
  return [fork, ...recorded];
}

/** Index of the last turn that had begun; -1: none had. */
function lastAtOrBefore(turns: readonly { readonly at: number }[], time: number): number {
  let [low, high] = [0, turns.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (turns[middle]!.at <= time) low = middle + 1;
    else high = middle;
  }
  return low - 1;
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

/** Not Math.min(...times): a long session has more of them than a call takes arguments. */
function earliest(times: readonly number[]): number {
  return times.reduce((least, time) => Math.min(least, time));
}

function latest(times: readonly number[]): number {
  return times.reduce((most, time) => Math.max(most, time));
}
