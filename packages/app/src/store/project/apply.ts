/** @module Applies the facts of one event to the projections, in the event's own transaction; also used by rebuild. */
import type { Fact, ParsedRecord } from "../../model/record.ts";
import type { KnownSession, WriteContext } from "../context.ts";
import { ownershipRule } from "../ownership.ts";
import { detailProjection } from "./detail.ts";
import { responseProjection } from "./response.ts";
import { sessionProjection } from "./session.ts";
import { toolCallProjection } from "./tool-call.ts";
import { rollups } from "./usage.ts";

/** Where an event stands in its file; null parts for events that come from no file. */
export interface EventPlace {
  readonly sourceId: number | null;
  readonly offset: number;
  /** The transcript directory's name, for sessions that never say where they ran. */
  readonly slug: string;
  readonly agent: string;
}

/** Main transcripts repeat what their subagents say, for the time that the subagent's own file is missing. */
function isCopy(record: ParsedRecord): boolean {
  return record.type === "progress.agent";
}

/** All projections of one writer. */
export function openProjections(context: WriteContext) {
  const usage = rollups(context);
  const touch = usage.takeOut;
  const sessions = sessionProjection(context, touch);
  const isEarlier = ownershipRule(context);
  const sessionOf = (sessionId: string): KnownSession =>
    sessions.ensure(sessionId, sessionId, "unknown", null, "unknown");
  const responses = responseProjection(context, touch, sessionOf, isEarlier);
  const toolCalls = toolCallProjection(context, touch, sessionOf, isEarlier);
  const details = detailProjection(context);

  /** The session that a fact names; a subagent's is made under the root of the session that speaks. */
  function named(sessionId: string, speaker: KnownSession, place: EventPlace): KnownSession {
    return sessionId === speaker.sessionId
      ? speaker
      : sessions.ensure(sessionId, speaker.rootSessionId, place.agent, null, place.slug);
  }

  function apply(fact: Fact, record: ParsedRecord, session: KnownSession, place: EventPlace): void {
    const { sessionId } = session;
    const { eventId, ts } = record;
    switch (fact.kind) {
      case "session": {
        const subject = named(fact.sessionId, session, place);
        if (fact.parentSessionId && fact.parentSessionId !== sessionId) named(fact.parentSessionId, session, place);
        sessions.say(subject, fact, place.slug, place.agent, subject === session);
        break;
      }
      case "title":
        sessions.title(session, fact);
        break;
      case "prompt":
        details.turn(fact, sessionId, eventId, ts);
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
        details.detail(fact, sessionId, eventId, ts);
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
    }
  }

  /** Writes what the projections gathered in memory. Before the aggregates are computed. */
  function flush(): void {
    context.counts.responses += responses.flush();
    toolCalls.flush();
  }

  function reset(): void {
    responses.reset();
    toolCalls.reset();
  }

  return { flush, reset, sessions, responses, details, usage, touch, isEarlier, sessionOf, apply };
}

export type Projections = ReturnType<typeof openProjections>;
