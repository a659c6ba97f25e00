/** @module Session details, happenings, the client's own cost, and problems: projections of one row per record or key. */
import type { ClientCostFact, CountFact, ProblemFact, SessionDetailFact } from "../../model/record.ts";
import type { WriteContext } from "../context.ts";

/** A detail that a hook tells gives way to what the transcript says of it, except that the newest of hooks counts. */
const LIVE_DETAIL = `
  INSERT INTO session_facts (session_id, kind, key, event_id, ts, detail) VALUES (?, ?, ?, ?, ?, ?)
  ON CONFLICT (session_id, kind, key) DO UPDATE SET
    event_id = excluded.event_id, ts = excluded.ts, detail = excluded.detail
  WHERE kind = 'instruction' AND COALESCE(ts, 0) <= COALESCE(excluded.ts, 0)`;
const DETAIL = `
  INSERT INTO session_facts (session_id, kind, key, event_id, ts, detail) VALUES (?, ?, ?, ?, ?, ?)
  ON CONFLICT (session_id, kind, key) DO UPDATE SET
    event_id = excluded.event_id, ts = excluded.ts, detail = excluded.detail`;
/** When it was over: each time, since a session may be resumed. */
const ENDED = `
  INSERT INTO session_facts (session_id, kind, key, event_id, ts) VALUES (?, 'ended', ?, ?, ?)
  ON CONFLICT (session_id, kind, key) DO UPDATE SET event_id = min(event_id, excluded.event_id)`;
const FORGET = "DELETE FROM session_facts WHERE session_id = ? AND event_id = ?";
const CLIENT_COST = "UPDATE sessions SET client_cost_micros = ? WHERE session_id = ?";
const PROBLEM = `
  INSERT INTO problems (event_id, session_id, source_id, source_offset, reason, message) VALUES (?, ?, ?, ?, ?, ?)
  ON CONFLICT (event_id) DO UPDATE SET session_id = excluded.session_id`; // of several problems of a record the first stays

export interface DetailProjection {
  /** `live`: a hook or a program of ours says it, not the transcript. */
  detail(fact: SessionDetailFact, sessionId: string, eventId: string, ts: number | null, live: boolean): void;
  /** It was over at that time. */
  ended(sessionId: string, ts: number, eventId: string): void;
  count(fact: CountFact, sessionId: string, eventId: string, ts: number | null): void;
  clientCost(fact: ClientCostFact, sessionId: string): void;
  problem(fact: ProblemFact, sessionId: string, eventId: string, sourceId: number | null, offset: number): void;
  /** Takes away what an event said about a session that turned out not to own it. */
  forget(sessionId: string, eventId: string): void;
}

export function detailProjection(context: WriteContext): DetailProjection {
  const detail = context.db.prepare(DETAIL);
  const liveDetail = context.db.prepare(LIVE_DETAIL);
  const ended = context.db.prepare(ENDED);
  const forget = context.db.prepare(FORGET);
  const clientCost = context.db.prepare(CLIENT_COST);
  const problem = context.db.prepare(PROBLEM);
  return {
    detail(fact, sessionId, eventId, ts, live) {
      const json = fact.detail ? JSON.stringify(fact.detail) : null;
      // Each record that says so counts: which of them stays must not depend on which was read first.
      const key = fact.detailKind === "foreign" ? `${fact.key} ${eventId}` : fact.key;
      (live ? liveDetail : detail).run(sessionId, fact.detailKind, key, eventId, ts, json);
    },
    ended: (sessionId, ts, eventId) => void ended.run(sessionId, String(ts), eventId, ts),
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
