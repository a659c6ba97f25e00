/** @module The responses projection: many records, one row; the best record's usage stands. */
import type { ResponseFact } from "../../model/record.ts";
import type { KnownSession, WriteContext } from "../context.ts";

interface ResponseRow {
  readonly session_id: string;
  readonly event_id: string | null;
  readonly record: "assistant" | "agent_progress";
  readonly is_sidechain: number;
  readonly ts: number | null;
  readonly output_tokens: number;
  readonly total: number;
  readonly stop_reason: string | null;
}

const FIND = `
  SELECT session_id, event_id, record, is_sidechain, ts, output_tokens, stop_reason,
         input_tokens + output_tokens + cache_write_tokens + cache_read_tokens AS total
  FROM responses WHERE response_id = ?`;
const PUT = `
  INSERT INTO responses (response_id, message_id, request_id, session_id, event_id, record, is_sidechain, counted, ts, model,
    input_tokens, output_tokens, cache_5m_tokens, cache_1h_tokens, cache_write_tokens, cache_read_tokens, thinking_tokens,
    web_searches, service_tier, speed, inference_geo, stop_reason, output_undercounted, cost_micros, price_version)
  VALUES (?, ?, ?, ?, ?, ?, ?, 1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT (response_id) DO UPDATE SET
    session_id = excluded.session_id, event_id = excluded.event_id, record = excluded.record,
    is_sidechain = excluded.is_sidechain, ts = excluded.ts, model = excluded.model, input_tokens = excluded.input_tokens,
    output_tokens = excluded.output_tokens, cache_5m_tokens = excluded.cache_5m_tokens,
    cache_1h_tokens = excluded.cache_1h_tokens, cache_write_tokens = excluded.cache_write_tokens,
    cache_read_tokens = excluded.cache_read_tokens, thinking_tokens = excluded.thinking_tokens,
    web_searches = excluded.web_searches, service_tier = excluded.service_tier, speed = excluded.speed,
    inference_geo = excluded.inference_geo, stop_reason = excluded.stop_reason,
    output_undercounted = excluded.output_undercounted, cost_micros = excluded.cost_micros,
    price_version = excluded.price_version`;
const KEEP = "UPDATE responses SET session_id = ?, is_sidechain = ?, ts = ? WHERE response_id = ?";
const SAME_MESSAGE =
  "SELECT response_id, session_id, is_sidechain FROM responses WHERE message_id = ? AND record <> 'call'";
const COUNT = "UPDATE responses SET counted = ? WHERE response_id = ?";

export interface ResponseProjection {
  /** `eventId` is null for the usage scan, which runs before the events are stored. */
  apply(fact: ResponseFact, session: KnownSession, eventId: string | null): void;
  /** Writes what was applied since the last flush; returns how many responses were new. Before the transaction ends. */
  flush(): number;
  /** Forgets what was applied since the last flush. */
  reset(): void;
}

/** The best of a response's records, as far as they have been seen. */
interface Candidate {
  fact: ResponseFact;
  eventId: string | null;
  owner: KnownSession;
  ts: number | null;
  isSidechain: boolean;
  stopReason: string | null;
}

/** What decides between two records of one response. */
interface Rank {
  readonly record: "assistant" | "agent_progress";
  readonly output: number;
  readonly total: number;
  readonly isFinal: boolean;
}

/** The rule of docs/sources.md, "One response, many records". Of equal records the first stays. */
function isBetter(a: Rank, b: Rank): boolean {
  if (a.record !== b.record) return a.record === "assistant";
  if (a.output !== b.output) return a.output > b.output;
  return a.total === b.total ? a.isFinal && !b.isFinal : a.total > b.total;
}

function rankOf(fact: ResponseFact): Rank {
  const { record, inputTokens, outputTokens: output, cacheWriteTokens, cacheReadTokens, stopReason } = fact;
  return {
    record,
    output,
    total: inputTokens + output + cacheWriteTokens + cacheReadTokens,
    isFinal: stopReason !== null,
  };
}

function earliest(a: number | null, b: number | null): number | null {
  if (a === null || b === null) return a ?? b;
  return Math.min(a, b);
}

export function responseProjection(
  context: WriteContext,
  touch: (sessionId: string) => void,
  sessionOf: (sessionId: string) => KnownSession,
  isEarlier: (a: KnownSession, b: KnownSession) => boolean,
  onNew: (sessionId: string, messageId: string | null, requestId: string | null) => void,
): ResponseProjection {
  const find = context.db.prepare<[string], ResponseRow>(FIND);
  const insert = context.db.prepare(PUT);
  const keep = context.db.prepare(KEEP);
  const sameMessage = context.db.prepare<[string], { response_id: string; session_id: string; is_sidechain: number }>(
    SAME_MESSAGE,
  );
  const count = context.db.prepare(COUNT);

  /** A side question's file can replay its parent's messages under other request ids: the parent's row counts alone. */
  function settleReplays(messageId: string): void {
    const rows = sameMessage.all(messageId);
    if (rows.length < 2) return;
    const hasParent = rows.some((row) => !row.is_sidechain);
    for (const row of rows) {
      touch(row.session_id);
      count.run(hasParent && row.is_sidechain ? 0 : 1, row.response_id);
    }
  }

  const pending = new Map<string, Candidate>();

  function put(candidate: Candidate): boolean {
    const { fact, eventId } = candidate;
    const row = find.get(fact.responseId);
    let { owner } = candidate;
    if (row && row.session_id !== owner.sessionId) {
      const other = sessionOf(row.session_id);
      touch(other.sessionId);
      if (isEarlier(other, owner)) owner = other;
    }
    const ts = earliest(candidate.ts, row?.ts ?? null);
    const sidechain = candidate.isSidechain && (row?.is_sidechain ?? 1) ? 1 : 0;
    const stored = row && {
      record: row.record,
      output: row.output_tokens,
      total: row.total,
      isFinal: row.stop_reason !== null,
    };
    // The usage scan's rows know no event: the record they came from claims them.
    const claims = row?.event_id === null && eventId !== null;
    if (row && stored && !isBetter(rankOf(fact), stored) && !(claims && !isBetter(stored, rankOf(fact)))) {
      const same = owner.sessionId === row.session_id && sidechain === row.is_sidechain && ts === row.ts;
      if (!same) keep.run(owner.sessionId, sidechain, ts, fact.responseId);
    } else {
      const price = context.price({ ...fact, ts });
      insert.run(
        fact.responseId,
        fact.messageId,
        fact.requestId,
        owner.sessionId,
        eventId,
        fact.record,
        sidechain,
        ts,
        fact.model,
        fact.inputTokens,
        fact.outputTokens,
        fact.cache5mTokens,
        fact.cache1hTokens,
        fact.cacheWriteTokens,
        fact.cacheReadTokens,
        fact.thinkingTokens,
        fact.webSearches,
        fact.serviceTier,
        fact.speed,
        fact.inferenceGeo,
        candidate.stopReason ?? row?.stop_reason ?? null,
        fact.outputUndercounted ? 1 : 0,
        price.costMicros,
        price.priceVersion,
      );
    }
    if (!row || owner.sessionId !== row.session_id) onNew(owner.sessionId, fact.messageId, fact.requestId);
    if (fact.messageId && (!row || sidechain !== row.is_sidechain)) settleReplays(fact.messageId);
    return !row;
  }

  return {
    apply(fact, session, eventId) {
      touch(session.sessionId);
      const candidate = pending.get(fact.responseId);
      if (!candidate) {
        const { ts, isSidechain, stopReason } = fact;
        pending.set(fact.responseId, { fact, eventId, owner: session, ts, isSidechain, stopReason });
        return;
      }
      candidate.ts = earliest(candidate.ts, fact.ts);
      candidate.isSidechain &&= fact.isSidechain;
      if (candidate.owner !== session && isEarlier(session, candidate.owner)) candidate.owner = session;
      if (isBetter(rankOf(fact), rankOf(candidate.fact))) Object.assign(candidate, { fact, eventId });
      candidate.stopReason = candidate.fact.stopReason ?? candidate.stopReason ?? fact.stopReason;
    },
    flush() {
      let added = 0;
      for (const candidate of pending.values()) if (put(candidate)) added++;
      pending.clear();
      return added;
    },
    reset: () => pending.clear(),
  };
}
