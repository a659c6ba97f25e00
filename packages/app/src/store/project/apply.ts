/** @module Applies the facts of one event to the projections, in the event's own transaction; also used by rebuild. */
import { UNCORRELATED_SESSION } from "../../base/ids.ts";
import type { Fact, ParsedRecord, SessionFact } from "../../model/record.ts";
import type { KnownSession, WriteContext } from "../context.ts";
import { ownershipRule } from "../ownership.ts";
import { activityProjection } from "./activity.ts";
import { changeProjection, type EventStamp } from "./change.ts";
import { correlation } from "./correlate.ts";
import { countedProjection } from "./counted.ts";
import { detailProjection } from "./detail.ts";
import { labelProjection } from "./label.ts";
import { logLineProjection } from "./log-line.ts";
import { modelCallProjection } from "./model-call.ts";
import { outcomeProjection } from "./outcome.ts";
import { responseProjection } from "./response.ts";
import { sessionProjection } from "./session.ts";
import { spanProjection } from "./span.ts";
import { toolCallProjection } from "./tool-call.ts";
import { turnProjection } from "./turn.ts";
import { rollups } from "./usage.ts";

/** Where an event stands in its file; null parts for events that come from no file. */
export interface EventPlace {
  readonly sourceId: number | null;
  readonly offset: number;
  /** The transcript directory's name, for sessions that never say where they ran. */
  readonly slug: string;
  readonly agent: string;
  /** A hook or a program of ours tells it as it happens; not a file of the agent's. */
  readonly live: boolean;
  /** events.id, where a projection shares it. */
  readonly row?: number;
  /** Where the event stands in this device's log; of live events. */
  readonly stamp?: EventStamp;
}

/** Whether a session is another one, or was started from it, over however many steps. */
const IS_BELOW = `
  WITH RECURSIVE up (session_id) AS (
    SELECT $session UNION SELECT s.parent_session_id FROM up CROSS JOIN sessions s ON s.session_id = up.session_id
    WHERE s.parent_session_id IS NOT NULL)
  SELECT 1 FROM up WHERE session_id = $ancestor`;

/** Main transcripts repeat what their subagents say, for the time that the subagent's own file is missing. */
function isCopy(record: ParsedRecord): boolean {
  return record.type === "progress.agent";
}

/** All projections of one writer. */
export function openProjections(context: WriteContext) {
  const isBelow = context.db.prepare(IS_BELOW);
  const usage = rollups(context);
  const touch = usage.takeOut;
  const sessions = sessionProjection(context, touch);
  const isEarlier = ownershipRule(context);
  const sessionOf = (sessionId: string): KnownSession =>
    sessions.ensure(sessionId, sessionId, "unknown", null, "unknown");
  const ensure = (sessionId: string, agent = "unknown"): KnownSession =>
    sessions.ensure(sessionId, sessionId, agent, null, "unknown");
  const calls = modelCallProjection(context, touch, ensure);
  const counted = countedProjection(context, touch);
  const correlated = correlation(context, calls, { touch, ensure, grow: counted.add });
  const changes = changeProjection(context);
  const labels = labelProjection(context, touch);
  const spans = spanProjection(context);
  const putLogLine = logLineProjection(context);
  const responses = responseProjection(context, touch, sessionOf, isEarlier, calls.responseCame);
  const toolCalls = toolCallProjection(context, touch, sessionOf, isEarlier);
  const turns = turnProjection(context);
  const details = detailProjection(context);
  const activities = activityProjection(context, touch);
  const outcomes = outcomeProjection(context, touch);

  /** The session that a fact names; a subagent's is made under the root of the session that speaks. */
  function named(sessionId: string, speaker: KnownSession, place: EventPlace): KnownSession {
    return sessionId === speaker.sessionId
      ? speaker
      : sessions.ensure(sessionId, speaker.rootSessionId, place.agent, null, place.slug);
  }

  /**
   * Makes a session's parent, or drops it from the fact where it would close a circle. A subagent's parent is of its own
   * tree; one that the environment names heads a tree of its own.
   */
  function withParent(fact: SessionFact, subject: KnownSession, speaker: KnownSession, place: EventPlace): SessionFact {
    const { parentSessionId, ...rest } = fact;
    if (parentSessionId === undefined) return fact;
    if (subject.rootSessionId !== subject.sessionId) {
      if (parentSessionId !== speaker.sessionId) named(parentSessionId, speaker, place);
      return fact;
    }
    if (isBelow.get({ session: parentSessionId, ancestor: subject.sessionId })) return rest;
    sessions.ensure(parentSessionId, parentSessionId, "unknown", null, place.slug, subject);
    return fact;
  }

  function apply(fact: Fact, record: ParsedRecord, session: KnownSession, place: EventPlace): void {
    const { sessionId } = session;
    const { eventId, ts } = record;
    switch (fact.kind) {
      case "session": {
        const subject = named(fact.sessionId, session, place);
        const said = withParent(fact, subject, session, place);
        sessions.say(subject, said, place.slug, place.agent, subject === session, place.live);
        if (said.parentSessionId) correlated.sessionChanged(subject.sessionId);
        break;
      }
      case "title":
        sessions.title(session, fact);
        break;
      case "prompt":
        turns.turn(fact, sessionId, eventId, ts);
        break;
      case "response":
        responses.apply(fact, named(fact.sessionId, session, place), eventId);
        break;
      case "tool_call":
        toolCalls.call(fact, named(fact.sessionId, session, place), eventId, isCopy(record));
        break;
      case "tool_result":
        toolCalls.result(fact, named(fact.sessionId, session, place), eventId, isCopy(record));
        break;
      case "web_search":
        toolCalls.searches(fact, session);
        break;
      case "detail":
        details.detail(fact, sessionId, eventId, ts, place.live);
        break;
      case "count":
        details.count(fact, sessionId, eventId, ts);
        break;
      case "client_cost":
        details.clientCost(fact, sessionId);
        break;
      case "problem":
        context.counts.problems++;
        details.problem(fact, sessionId, eventId, place.sourceId, place.offset);
        break;
      case "hook_tool":
        toolCalls.hook(fact, named(fact.sessionId, session, place), eventId);
        break;
      case "activity":
        named(fact.sessionId, session, place);
        activities.activity(fact);
        if (fact.activity === "ended" || fact.activity === "lost") {
          details.ended(fact.sessionId, fact.ts, eventId);
          correlated.sessionChanged(fact.sessionId);
        }
        break;
      case "process":
        if (!fact.isChild) activities.process(fact);
        if (spans.process(fact)) correlated.processChanged(fact.pid, fact.ts);
        break;
      case "log_line":
        if (place.row === undefined) break;
        putLogLine(fact, sessionId, place.row);
        if (fact.sessionId === null) correlated.lineCame(place.row);
        break;
      case "span":
        spans.span(fact, fact.sessionId === null ? UNCORRELATED_SESSION : sessionId, eventId);
        correlated.traceChanged(fact.traceId);
        break;
      case "trace":
        spans.trace(fact);
        correlated.traceChanged(fact.traceId);
        break;
      case "model_call":
        calls.apply(fact, eventId);
        if (fact.traceId !== null && fact.sessionId === null) correlated.traceChanged(fact.traceId);
        break;
      case "metric":
        labels.metric(fact);
        break;
      case "session_label":
        labels.label(fact, eventId, ts);
        break;
      case "change":
        if (place.stamp) changes.change(fact, eventId, place.stamp);
        break;
      case "inbox_seen":
        changes.seen(fact.identity, fact.seq, fact.ts);
        break;
      case "identity":
        sessions.identity(session, fact);
        break;
      case "agent_result":
        named(fact.sessionId, session, place);
        activities.result(fact);
        break;
      case "outcome":
        outcomes.outcome(fact, eventId);
        break;
      case "state":
        outcomes.state(fact, eventId);
        break;
      case "injected":
        outcomes.injected(fact, eventId);
        break;
    }
  }

  /** Writes what the projections gathered in memory. Before the aggregates are computed. */
  function flush(): void {
    context.counts.responses += responses.flush();
    toolCalls.flush();
    calls.flush();
  }

  /** Joins lines, spans and calls to their sessions, once everything of the transaction is known. Before the aggregates. */
  function settle(): void {
    correlated.settle();
    calls.flush();
    correlated.finish();
    changes.settle();
  }

  function reset(): void {
    responses.reset();
    toolCalls.reset();
    calls.reset();
    correlated.reset();
    changes.reset();
  }

  return {
    flush,
    settle,
    reset,
    sessions,
    responses,
    turns,
    details,
    outcomes,
    callsLookAgain: calls.responseCame,
    counted,
    usage,
    touch,
    isEarlier,
    sessionOf,
    apply,
  };
}

export type Projections = ReturnType<typeof openProjections>;
