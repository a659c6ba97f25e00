/** @module Calls of models, whoever told of them: interaction logs, telemetry events, spans, joined to transcripts' responses. */
import { UNCORRELATED_SESSION } from "../base/ids.ts";
import type { IsoTime } from "../model/answers.ts";
import { prepared, type Reader, rowOf, rowsOf } from "./reader.ts";
import { sessionFamily } from "./session-family.ts";
import { isoTime } from "./session-row.ts";

export interface ModelCallRow {
  /** Null: a response of a transcript that nothing else tells of. */
  readonly call_key: string | null;
  /** Null: it has no usage. */
  readonly response_id: string | null;
  /** Null: uncorrelated. */
  readonly session_id: string | null;
  /** When it began; of a transcript's response when it was written. */
  readonly ts: IsoTime | null;
  readonly provider: string | null;
  readonly model: string | null;
  readonly input_tokens: number | null;
  readonly output_tokens: number | null;
  readonly cache_read_input_tokens: number | null;
  readonly cache_creation_input_tokens: number | null;
  /** What counts, US dollars; null: unpriced. */
  readonly cost_usd: number | null;
  readonly duration_ms: number | null;
  readonly first_token_ms: number | null;
  readonly finish_reason: string | null;
  readonly error: string | null;
  /** transcript, interaction, api_request, span. */
  readonly told_by: readonly string[];
  readonly message_id: string | null;
  readonly request_id: string | null;
  readonly trace_id: string | null;
  readonly span_id: string | null;
  /** Its line in an interaction log. */
  readonly interaction: { readonly file: string | null; readonly number: number } | null;
  readonly event_id: string | null;
  /** What the client made it for: compact, agent:..., ... */
  readonly query_source: string | null;
}

export interface ModelCallsAnswer {
  /** Oldest first. */
  readonly rows: readonly ModelCallRow[];
  /** There are more than were asked for. */
  readonly more: boolean;
}

export interface ModelCallsQuestion {
  readonly sessionId: string;
  /** Only the session's own; default: its descendants' too. */
  readonly alone?: boolean;
  /** Default 1,000. */
  readonly limit?: number;
}

const CALL_COLUMNS = `c.call_key, c.response_id, c.session_id, c.ts, c.provider, c.model, r.input_tokens, r.output_tokens,
  r.cache_read_tokens, r.cache_write_tokens, CASE WHEN r.response_id IS NULL THEN c.cost_micros ELSE r.cost_micros END AS cost_micros,
  c.duration_ms, c.first_token_ms, c.finish_reason, c.error, r.record, c.told, c.message_id, c.request_id, c.trace_id,
  c.span_id, c.interaction, c.event_id, c.query_source`;
const WITH_RESPONSE = "LEFT JOIN responses r ON r.response_id = c.response_id";
const RESPONSE_COLUMNS = `NULL AS call_key, r.response_id, r.session_id, r.ts, NULL AS provider, r.model, r.input_tokens,
  r.output_tokens, r.cache_read_tokens, r.cache_write_tokens, r.cost_micros, NULL AS duration_ms, NULL AS first_token_ms,
  r.stop_reason AS finish_reason, NULL AS error, r.record, '{}' AS told, r.message_id, r.request_id, NULL AS trace_id,
  NULL AS span_id, NULL AS interaction, r.event_id, NULL AS query_source`;
/** Responses that count, and of which no call tells. */
export const UNTOLD = `r.counted = 1 AND r.record <> 'call' AND NOT EXISTS (SELECT 1 FROM model_calls c WHERE c.response_id = r.response_id)`;

/** `by`: root for all that is filed under a session at the top. */
export const callsSql = (by: "root" | "session"): string =>
  by === "root"
    ? `SELECT ${CALL_COLUMNS} FROM model_calls c INDEXED BY model_calls_by_root ${WITH_RESPONSE} WHERE c.root_session_id = ?
       ORDER BY c.ts, c.call_key LIMIT ?`
    : `SELECT ${CALL_COLUMNS} FROM json_each(?) f CROSS JOIN model_calls c INDEXED BY model_calls_by_session ON c.session_id = f.value
       ${WITH_RESPONSE} ORDER BY c.ts, c.call_key LIMIT ?`;
export const untoldSql = (by: "root" | "session"): string => {
  const sessions =
    by === "root"
      ? "sessions f INDEXED BY sessions_by_top CROSS JOIN responses r INDEXED BY responses_by_session ON r.session_id = f.session_id"
      : "json_each(?) f CROSS JOIN responses r INDEXED BY responses_by_session ON r.session_id = f.value";
  const where = by === "root" ? "f.top_session_id = ? AND f.responses > 0 AND" : "";
  return `SELECT ${RESPONSE_COLUMNS} FROM ${sessions} WHERE ${where} ${UNTOLD} ORDER BY r.ts, r.response_id LIMIT ?`;
};
export const CALL_BY_KEY = `SELECT ${CALL_COLUMNS} FROM model_calls c ${WITH_RESPONSE} WHERE c.call_key = ?`;
export const RESPONSE_BY_ID = `SELECT ${RESPONSE_COLUMNS} FROM responses r WHERE r.response_id = ?`;
export const KEY_OF_RESPONSE = "SELECT call_key AS key FROM model_calls WHERE response_id = ? LIMIT 1";

interface StoredCall {
  readonly call_key: string | null;
  readonly response_id: string | null;
  readonly session_id: string;
  readonly ts: number | null;
  readonly provider: string | null;
  readonly model: string | null;
  readonly input_tokens: number | null;
  readonly output_tokens: number | null;
  readonly cache_read_tokens: number | null;
  readonly cache_write_tokens: number | null;
  readonly cost_micros: number | null;
  readonly duration_ms: number | null;
  readonly first_token_ms: number | null;
  readonly finish_reason: string | null;
  readonly error: string | null;
  readonly record: string | null;
  readonly told: string;
  readonly message_id: string | null;
  readonly request_id: string | null;
  readonly trace_id: string | null;
  readonly span_id: string | null;
  readonly interaction: string | null;
  readonly event_id: string | null;
  readonly query_source: string | null;
}

/** Calls of a session in the order in which they were made; empty when there is no such session. */
export function modelCalls(db: Reader, { sessionId, alone, limit = 1000 }: ModelCallsQuestion): ModelCallsAnswer {
  const family = sessionFamily(db, sessionId, alone ?? false);
  if (!family) return { rows: [], more: false };
  const by = family.kind === "top" ? "root" : "session";
  const whose = family.kind === "top" ? sessionId : JSON.stringify(family.below);
  const stored = [
    ...rowsOf<StoredCall>(db, callsSql(by), [whose, limit + 1]),
    ...rowsOf<StoredCall>(db, untoldSql(by), [whose, limit + 1]),
  ];
  stored.sort((a, b) => (a.ts ?? 0) - (b.ts ?? 0));
  return { rows: stored.slice(0, limit).map(modelCallRow), more: stored.length > limit };
}

/** One call by its key; null: there is none. */
export function modelCall(db: Reader, key: string): ModelCallRow | null {
  const stored = prepared<StoredCall>(db, CALL_BY_KEY).get(key);
  return stored ? modelCallRow(stored) : null;
}

/** The call of a response, or the response itself where no call tells of it; null: there is no such response. */
export function callOfResponse(db: Reader, responseId: string): ModelCallRow | null {
  const key = rowOf<{ key: string }>(db, KEY_OF_RESPONSE, [responseId])?.key;
  if (key !== undefined) return modelCall(db, key);
  const stored = prepared<StoredCall>(db, RESPONSE_BY_ID).get(responseId);
  return stored ? modelCallRow(stored) : null;
}

function modelCallRow(stored: StoredCall): ModelCallRow {
  const { record, told, interaction, cost_micros, cache_read_tokens, cache_write_tokens, ...row } = stored;
  const isTranscript = record !== null && record !== "call";
  return {
    ...row,
    session_id: row.session_id === UNCORRELATED_SESSION ? null : row.session_id,
    ts: isoTime(row.ts),
    cache_read_input_tokens: cache_read_tokens,
    cache_creation_input_tokens: cache_write_tokens,
    cost_usd: cost_micros === null ? null : cost_micros / 1e6,
    told_by: [...(isTranscript ? ["transcript"] : []), ...Object.keys(JSON.parse(told) as object)],
    interaction: interaction === null ? null : (JSON.parse(interaction) as ModelCallRow["interaction"]),
  };
}
