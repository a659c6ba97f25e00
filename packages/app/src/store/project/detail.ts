/** @module Turns, session details, happenings, the client's own cost, and problems: projections of one row per record or key. */
import type { ClientCostFact, CountFact, ProblemFact, PromptFact, SessionDetailFact } from "../../model/record.ts";
import type { WriteContext } from "../context.ts";

const TURN = `
  INSERT INTO turns (event_id, session_id, prompt_id, ts, text) VALUES (?, ?, ?, ?, ?)
  ON CONFLICT (event_id) DO UPDATE SET session_id = excluded.session_id`;
const DETAIL = `
  INSERT INTO session_facts (session_id, kind, key, event_id, ts, detail) VALUES (?, ?, ?, ?, ?, ?)
  ON CONFLICT (session_id, kind, key) DO UPDATE SET
    event_id = excluded.event_id, ts = excluded.ts, detail = excluded.detail`;
const FORGET = "DELETE FROM session_facts WHERE session_id = ? AND event_id = ?";
const CLIENT_COST = "UPDATE sessions SET client_cost_micros = ? WHERE session_id = ?";
const PROBLEM = `
  INSERT INTO problems (event_id, session_id, source_id, source_offset, reason, message) VALUES (?, ?, ?, ?, ?, ?)
  ON CONFLICT (event_id) DO UPDATE SET session_id = excluded.session_id`; // of several problems of a record the first stays

export interface DetailProjection {
  turn(fact: PromptFact, sessionId: string, eventId: string, ts: number | null): void;
  detail(fact: SessionDetailFact, sessionId: string, eventId: string, ts: number | null): void;
  count(fact: CountFact, sessionId: string, eventId: string, ts: number | null): void;
  clientCost(fact: ClientCostFact, sessionId: string): void;
  problem(fact: ProblemFact, sessionId: string, eventId: string, sourceId: number | null, offset: number): void;
  /** Takes away what an event said about a session that turned out not to own it. */
  forget(sessionId: string, eventId: string): void;
}

export function detailProjection(context: WriteContext): DetailProjection {
  const turn = context.db.prepare(TURN);
  const detail = context.db.prepare(DETAIL);
  const forget = context.db.prepare(FORGET);
  const clientCost = context.db.prepare(CLIENT_COST);
  const problem = context.db.prepare(PROBLEM);
  return {
    turn(fact, sessionId, eventId, ts) {
      turn.run(eventId, sessionId, fact.promptId, ts, fact.text);
    },
    detail(fact, sessionId, eventId, ts) {
      detail.run(sessionId, fact.detailKind, fact.key, eventId, ts, fact.detail ? JSON.stringify(fact.detail) : null);
    },
    count(fact, sessionId, eventId, ts) {
      const json = fact.durationMs === undefined ? null : JSON.stringify({ duration_ms: fact.durationMs });
      detail.run(sessionId, `${fact.what}`, eventId, eventId, ts, json);
    },
    clientCost(fact, sessionId) {
      clientCost.run(fact.costMicros, sessionId);
    },
    problem(fact, sessionId, eventId, sourceId, offset) {
      problem.run(eventId, sessionId, sourceId, offset, fact.reason, fact.message);
    },
    forget(sessionId, eventId) {
      forget.run(sessionId, eventId);
    },
  };
}
