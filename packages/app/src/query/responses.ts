/** @module One response explained: its records, the rule that chose between them, and the price behind its cost. */
import { BODY_COLUMNS, type BodyPlace, eventBody } from "./event-body.ts";
import { type Reader, rowOf, rowsOf } from "./reader.ts";
import { isoTime } from "./session-row.ts";

export interface ResponseRecord {
  readonly event_id: string;
  readonly session_id: string;
  readonly ts: string | null;
  readonly path: string | null;
  /** Byte at which the line begins. */
  readonly offset: number | null;
  /** The record's own usage, as it stands there. */
  readonly usage: Readonly<Record<string, unknown>> | null;
  readonly chosen: boolean;
}

export interface ResponseExplanation {
  readonly response_id: string;
  readonly session_id: string;
  readonly session_title: string | null;
  readonly ts: string | null;
  readonly model: string;
  readonly counted: boolean;
  readonly input_tokens: number;
  readonly output_tokens: number;
  readonly cache_creation_5m_input_tokens: number;
  readonly cache_creation_1h_input_tokens: number;
  readonly cache_creation_input_tokens: number;
  readonly cache_read_input_tokens: number;
  readonly web_searches: number;
  readonly service_tier: string | null;
  readonly speed: string | null;
  readonly inference_geo: string | null;
  readonly output_undercounted: boolean;
  /** Null: no price is known. */
  readonly cost_usd: number | null;
  readonly price_version: string | null;
  /** In words: why this record's figures count, and where the price is from. */
  readonly rules: readonly string[];
  readonly records: readonly ResponseRecord[];
}

interface StoredResponse {
  readonly response_id: string;
  readonly message_id: string | null;
  readonly request_id: string | null;
  readonly session_id: string;
  readonly event_id: string | null;
  readonly record: string;
  readonly counted: number;
  readonly ts: number | null;
  readonly model: string;
  readonly input_tokens: number;
  readonly output_tokens: number;
  readonly cache_5m_tokens: number;
  readonly cache_1h_tokens: number;
  readonly cache_write_tokens: number;
  readonly cache_read_tokens: number;
  readonly web_searches: number;
  readonly service_tier: string | null;
  readonly speed: string | null;
  readonly inference_geo: string | null;
  readonly output_undercounted: number;
  readonly cost_micros: number | null;
  readonly price_version: string | null;
}

/** By the primary key, by message id (responses_by_message), or by the event that holds the usage. */
export const RESPONSE_BY_ID = "SELECT * FROM responses WHERE response_id = ?";
export const RESPONSE_BY_MESSAGE = "SELECT * FROM responses WHERE message_id = ? ORDER BY counted DESC LIMIT 1";
export const RESPONSE_BY_EVENT = `SELECT r.* FROM events e CROSS JOIN responses r ON r.session_id = e.session_id AND r.event_id = e.event_id WHERE e.event_id = ? LIMIT 1`;
/** The session's and its files' events; each body that names the message is a record of the response. */
export const SESSION_EVENTS = `SELECT e.event_id, e.session_id, e.ts, src.path, e.source_offset AS offset, ${BODY_COLUMNS}
  FROM events e LEFT JOIN sources src ON src.source_id = e.source_id WHERE e.session_id = ? ORDER BY e.id`;

/** Finds a response by its id, its message id or the id of an event that holds it; null when there is none. */
export function explainResponse(db: Reader, question: { readonly responseId: string }): ResponseExplanation | null {
  const id = question.responseId;
  const stored =
    rowOf<StoredResponse>(db, RESPONSE_BY_ID, [id]) ??
    rowOf<StoredResponse>(db, RESPONSE_BY_ID, [`${id}|`]) ??
    rowOf<StoredResponse>(db, RESPONSE_BY_MESSAGE, [id]) ??
    rowOf<StoredResponse>(db, RESPONSE_BY_EVENT, [id]);
  if (!stored) return null;
  const records = recordsOf(db, stored);
  const session = rowOf<{ title: string | null }>(db, "SELECT title FROM sessions WHERE session_id = ?", [
    stored.session_id,
  ]);
  return {
    response_id: stored.response_id,
    session_id: stored.session_id,
    session_title: session?.title ?? null,
    ts: isoTime(stored.ts),
    model: stored.model,
    counted: stored.counted === 1,
    input_tokens: stored.input_tokens,
    output_tokens: stored.output_tokens,
    cache_creation_5m_input_tokens: stored.cache_5m_tokens,
    cache_creation_1h_input_tokens: stored.cache_1h_tokens,
    cache_creation_input_tokens: stored.cache_write_tokens,
    cache_read_input_tokens: stored.cache_read_tokens,
    web_searches: stored.web_searches,
    service_tier: stored.service_tier,
    speed: stored.speed,
    inference_geo: stored.inference_geo,
    output_undercounted: stored.output_undercounted === 1,
    cost_usd: stored.cost_micros === null ? null : stored.cost_micros / 1e6,
    price_version: stored.price_version,
    rules: rulesOf(stored, records.length),
    records,
  };
}

function rulesOf(stored: StoredResponse, records: number): string[] {
  const key =
    stored.request_id === null
      ? "its message id alone, because its records have no request id"
      : "its message id and request id";
  const rules = [`One response, one count: all records with ${key} are this response, in whatever file they stand.`];
  if (records > 1) {
    rules.push(
      "Of its records the one counts that is an assistant record rather than agent progress, then the one with most output tokens, then with most tokens.",
    );
  }
  if (stored.record === "agent_progress")
    rules.push("Its usage stands only in an agent's progress records: the agent's own file is missing.");
  if (stored.counted === 0)
    rules.push("It is not counted: its message is counted already in the session that it replays.");
  if (stored.output_undercounted === 1) {
    rules.push("The client wrote only the placeholder count of the message's start, so the output tokens are too low.");
  }
  rules.push(
    stored.cost_micros === null
      ? "No price is known for this model: it is unpriced, not free. Add one in prices.json."
      : `Priced by ${stored.price_version ?? "an unnamed list"}, rounded to the micro-dollar.`,
  );
  return rules;
}

function recordsOf(db: Reader, stored: StoredResponse): ResponseRecord[] {
  const needle = stored.message_id ?? stored.event_id;
  if (needle === null) return [];
  const records: ResponseRecord[] = [];
  for (const row of rowsOf<Omit<ResponseRecord, "usage" | "chosen" | "ts"> & BodyPlace & { ts: number | null }>(
    db,
    SESSION_EVENTS,
    [stored.session_id],
  )) {
    const body = eventBody(db, row);
    if (row.event_id !== stored.event_id && !body.includes(needle)) continue;
    const usage = usageIn(body, stored);
    if (usage === null && row.event_id !== stored.event_id) continue;
    const { event_id, session_id, path, offset } = row;
    records.push({
      event_id,
      session_id,
      ts: isoTime(row.ts),
      path,
      offset,
      usage,
      chosen: event_id === stored.event_id,
    });
  }
  return records;
}

/** Usage of the message with the response's id, on the record itself or inside a progress record. */
function usageIn(body: Buffer, stored: StoredResponse): Readonly<Record<string, unknown>> | null {
  let record: unknown;
  try {
    record = JSON.parse(body.toString("utf8"));
  } catch {
    return null;
  }
  for (let depth = 0; depth < 4 && isObject(record); depth++) {
    const message = record.message;
    if (
      isObject(message) &&
      (stored.message_id === null || message.id === stored.message_id) &&
      isObject(message.usage)
    )
      return message.usage;
    record = isObject(message) && message.message !== undefined ? message : record.data;
  }
  return null;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
