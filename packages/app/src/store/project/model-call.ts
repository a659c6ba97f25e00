/**
 * @module The model_calls projection. Interaction logger, telemetry events and spans tell of the same call: each teller's
 * word is kept, the row is what they say together. A call joins the transcript's response on the provider's ids; one that
 * no transcript holds makes a response of its own, so that it is counted, and counted once.
 */
import { UNCORRELATED_SESSION } from "../../base/ids.ts";
import type { JoinedBy, ModelCallFact } from "../../model/telemetry.ts";
import type { TokenUsage } from "../../model/usage.ts";
import type { WriteContext } from "../context.ts";

type Teller = ModelCallFact["by"];
/** What one teller says, with the event that says it. */
type Telling = Omit<ModelCallFact, "kind" | "by" | "ownKey"> & { readonly eventId: string };
type Tellings = Partial<Record<Teller, Telling>>;

/** Who is believed before whom. The client's own event knows the price that was paid. */
const TELLERS: readonly Teller[] = ["interaction", "api_request", "span", "import"];

const FIND = `
  SELECT session_id AS sessionId, joined_by AS joinedBy, response_id AS responseId, trace_id AS traceId, told FROM model_calls WHERE call_key = ?`;
const COLUMNS = [
  "call_key",
  "session_id",
  "named_session",
  "fallback_session",
  "joined_by",
  "response_id",
  "event_id",
  "told",
  "ts",
  "provider",
  "model",
  "message_id",
  "request_id",
  "trace_id",
  "span_id",
  "duration_ms",
  "first_token_ms",
  "finish_reason",
  "error",
  "query_source",
  "interaction",
  "cost_micros",
];
const PUT = `
  INSERT INTO model_calls (root_session_id, ${COLUMNS.join(", ")})
  VALUES ((SELECT top_session_id FROM sessions WHERE session_id = ?), ${COLUMNS.map(() => "?").join(", ")})
  ON CONFLICT (call_key) DO UPDATE SET ${["root_session_id", ...COLUMNS.slice(1)]
    .map((name) => `${name} = excluded.${name}`)
    .join(", ")}`;
/** The transcript's response for a call; of several the one that counts. */
const RESPONSE_BY_REQUEST = `
  SELECT response_id AS id FROM responses WHERE request_id = ? AND record <> 'call' ORDER BY counted DESC, response_id LIMIT 1`;
const RESPONSE_BY_MESSAGE = `
  SELECT response_id AS id FROM responses WHERE message_id = ? AND record <> 'call' ORDER BY counted DESC, response_id LIMIT 1`;
const DROP_OWN = "DELETE FROM responses WHERE response_id = ? AND record = 'call' RETURNING session_id AS sessionId";
const OWN_SESSION = "SELECT session_id AS sessionId FROM responses WHERE response_id = ?";
const PUT_OWN = `
  INSERT INTO responses (response_id, message_id, request_id, session_id, event_id, record, ts, model, input_tokens,
    output_tokens, cache_5m_tokens, cache_1h_tokens, cache_write_tokens, cache_read_tokens, stop_reason, cost_micros, price_version)
  VALUES (?, ?, ?, ?, ?, 'call', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT (response_id) DO UPDATE SET session_id = excluded.session_id, event_id = excluded.event_id, ts = excluded.ts,
    model = excluded.model, input_tokens = excluded.input_tokens, output_tokens = excluded.output_tokens,
    cache_5m_tokens = excluded.cache_5m_tokens, cache_1h_tokens = excluded.cache_1h_tokens,
    cache_write_tokens = excluded.cache_write_tokens, cache_read_tokens = excluded.cache_read_tokens,
    stop_reason = excluded.stop_reason, cost_micros = excluded.cost_micros, price_version = excluded.price_version`;
const KEYS_BY_REQUEST = "SELECT call_key AS key FROM model_calls WHERE request_id = ?";
const KEYS_BY_MESSAGE = "SELECT call_key AS key FROM model_calls WHERE message_id = ?";
const IMPORTED_OF_SESSION = "SELECT call_key AS key FROM model_calls WHERE session_id = ? AND call_key GLOB 'import:*'";
/** Whether anything but sums that were brought in tells what a session used. */
const HAS_OWN_RESPONSES = `
  SELECT 1 FROM responses WHERE session_id = ? AND response_id NOT GLOB 'call:import:*' LIMIT 1`;
const ANY = "SELECT 1 FROM model_calls LIMIT 1";

/** A call as this transaction will leave it. */
interface PendingCall {
  /** Where spans and traces put it; null: nothing has. */
  joined: { readonly sessionId: string; readonly joinedBy: JoinedBy; readonly traceId: string | null } | null;
  responseId: string | null;
  readonly told: Tellings;
}

interface Row {
  readonly sessionId: string;
  readonly joinedBy: JoinedBy | null;
  readonly responseId: string | null;
  readonly traceId: string | null;
  readonly told: string;
}

export interface ModelCallProjection {
  apply(fact: ModelCallFact, eventId: string): void;
  /** A session's transcript has brought a response: calls that tell of it, and sums brought in for it, look again. */
  responseCame(sessionId: string, messageId: string | null, requestId: string | null): void;
  /** Puts a call under the session that its span or trace came to. */
  join(key: string, sessionId: string, joinedBy: JoinedBy, traceId: string): void;
  /** Writes what was applied. Before the usage is summed. */
  flush(): void;
  reset(): void;
}

/** Id under which all who tell of a call meet. */
export function callKeyOf({ messageId, requestId, ownKey }: ModelCallFact): string {
  if (messageId !== null) return `message:${messageId}`;
  return requestId === null ? ownKey : `request:${requestId}`;
}

const total = (usage: TokenUsage | null): number =>
  usage === null ? -1 : usage.inputTokens + usage.outputTokens + usage.cacheWriteTokens + usage.cacheReadTokens;

/** Of two words of one teller, a retry's say, the fuller one; of equal ones the same, whichever came first. */
function isBetter(a: Telling, b: Telling): boolean {
  const difference = total(a.usage) - total(b.usage);
  return difference === 0 ? a.eventId < b.eventId : difference > 0;
}

export function modelCallProjection(
  context: WriteContext,
  touch: (sessionId: string) => void,
  ensure: (sessionId: string) => void,
): ModelCallProjection {
  const { db, price } = context;
  const find = db.prepare<[string], Row>(FIND);
  const put = db.prepare(PUT);
  const byRequest = db.prepare<[string], { id: string }>(RESPONSE_BY_REQUEST);
  const byMessage = db.prepare<[string], { id: string }>(RESPONSE_BY_MESSAGE);
  const dropOwn = db.prepare<[string], { sessionId: string }>(DROP_OWN);
  const ownSession = db.prepare<[string], { sessionId: string }>(OWN_SESSION);
  const putOwn = db.prepare(PUT_OWN);
  const keysByRequest = db.prepare<[string], { key: string }>(KEYS_BY_REQUEST);
  const keysByMessage = db.prepare<[string], { key: string }>(KEYS_BY_MESSAGE);
  const importedOf = db.prepare<[string], { key: string }>(IMPORTED_OF_SESSION);
  const hasOwnResponses = db.prepare(HAS_OWN_RESPONSES);
  const any = db.prepare(ANY);
  const dropCall = db.prepare("DELETE FROM model_calls WHERE call_key = ?");
  const aliases = new Map<string, string>();
  const pending = new Map<string, PendingCall>();
  const arrived = new Map<string, { readonly messageId: string | null; readonly requestId: string | null }>();
  /** Sessions that have got a response other than by import. */
  const grown = new Set<string>();
  let hasCalls = false;

  function load(key: string): PendingCall {
    const known = pending.get(key);
    if (known) return known;
    const row = find.get(key);
    const joined =
      row && row.joinedBy !== null && row.joinedBy !== "id"
        ? { sessionId: row.sessionId, joinedBy: row.joinedBy, traceId: row.traceId }
        : null;
    const told = row ? (JSON.parse(row.told) as Tellings) : {};
    const call: PendingCall = { joined, responseId: row?.responseId ?? null, told };
    pending.set(key, call);
    return call;
  }

  /** A call that one teller names by its request and another by its message too is one call. */
  function keyFor(fact: ModelCallFact): string {
    const key = callKeyOf(fact);
    if (fact.requestId === null) return key;
    if (fact.messageId === null) {
      const other =
        aliases.get(fact.requestId) ?? keysByRequest.all(fact.requestId).find(({ key: k }) => k !== key)?.key;
      return other ?? key;
    }
    aliases.set(fact.requestId, key);
    const old = `request:${fact.requestId}`;
    if (pending.has(old) || find.get(old)) {
      const from = load(old);
      const to = load(key);
      for (const by of TELLERS) {
        const told = from.told[by];
        const mine = to.told[by];
        if (told && (!mine || isBetter(told, mine))) to.told[by] = told;
      }
      to.joined ??= from.joined;
      pending.delete(old);
      const row = find.get(old);
      if (row) {
        touch(row.sessionId);
        dropOwn.get(`call:${old}`);
        dropCall.run(old);
      }
    }
    return key;
  }

  function write(key: string, { joined: found, told }: PendingCall): void {
    const tellings = TELLERS.flatMap((teller) => told[teller] ?? []);
    const first = <Name extends keyof Telling>(name: Name): Telling[Name] | null => {
      for (const telling of tellings) if (telling[name] !== null) return telling[name];
      return null;
    };
    // What another trace said is nothing of this one.
    const joined = found?.traceId === first("traceId") ? found : null;
    const named = first("sessionId");
    const fallback = first("fallbackSession");
    const sessionId = named ?? joined?.sessionId ?? fallback ?? UNCORRELATED_SESSION;
    const joinedBy = named ? "id" : (joined?.joinedBy ?? (fallback ? "trace" : null));
    ensure(sessionId);
    touch(sessionId);
    const messageId = first("messageId");
    const requestId = first("requestId");
    const transcript =
      (requestId === null ? undefined : byRequest.get(requestId)) ??
      (messageId === null ? undefined : byMessage.get(messageId));
    const own = `call:${key}`;
    const usage = first("usage");
    const model = first("model");
    const eventId = tellings[0]!.eventId;
    let responseId: string | null = null;
    if (transcript) {
      responseId = transcript.id;
      const dropped = dropOwn.get(own);
      if (dropped) touch(dropped.sessionId);
    } else if (told.import && hasOwnResponses.get(sessionId)) {
      const dropped = dropOwn.get(own);
      if (dropped) touch(dropped.sessionId);
    } else if (usage && model !== null) {
      if (!told.import) grown.add(sessionId);
      responseId = own;
      const before = ownSession.get(own);
      if (before && before.sessionId !== sessionId) touch(before.sessionId);
      const ts = first("ts");
      const reported = first("costMicros");
      const { costMicros, priceVersion } =
        reported === null
          ? price({ ...usage, model, ts, webSearches: 0, speed: null, serviceTier: null, inferenceGeo: null })
          : { costMicros: reported, priceVersion: "reported" };
      putOwn.run(
        own,
        messageId,
        requestId,
        sessionId,
        eventId,
        ts,
        model,
        usage.inputTokens,
        usage.outputTokens,
        usage.cache5mTokens,
        usage.cache1hTokens,
        usage.cacheWriteTokens,
        usage.cacheReadTokens,
        first("finishReason"),
        costMicros,
        priceVersion,
      );
      if (!before) context.counts.responses++;
    }
    const interaction = first("interaction");
    put.run(
      sessionId,
      key,
      sessionId,
      named,
      fallback,
      joinedBy,
      responseId,
      eventId,
      JSON.stringify(Object.fromEntries(TELLERS.flatMap((by) => (told[by] ? [[by, told[by]]] : [])))),
      first("ts"),
      first("provider"),
      model,
      messageId,
      requestId,
      first("traceId"),
      first("spanId"),
      rounded(first("durationMs")),
      rounded(first("firstTokenMs")),
      first("finishReason"),
      first("error"),
      first("querySource"),
      interaction && JSON.stringify(interaction),
      first("costMicros"),
    );
  }

  return {
    apply(fact, eventId) {
      const { kind: _, by, ownKey: __, ...said } = fact;
      const call = load(keyFor(fact));
      const telling = { ...said, eventId };
      const before = call.told[by];
      if (!before || isBetter(telling, before)) call.told[by] = telling;
    },
    responseCame(sessionId, messageId, requestId) {
      grown.add(sessionId);
      if (messageId !== null || requestId !== null) arrived.set(`${messageId}|${requestId}`, { messageId, requestId });
    },
    join(key, sessionId, joinedBy, traceId) {
      const before = find.get(key);
      if (before) grown.add(before.sessionId);
      const call = load(key);
      call.joined = { sessionId, joinedBy, traceId };
    },
    flush() {
      hasCalls ||= grown.size > 0 && any.get() !== undefined;
      for (const { messageId, requestId } of hasCalls ? arrived.values() : []) {
        if (requestId !== null) for (const { key } of keysByRequest.all(requestId)) load(key);
        if (messageId !== null) for (const { key } of keysByMessage.all(messageId)) load(key);
      }
      arrived.clear();
      const isSum = (key: string): boolean => key.startsWith("import:");
      for (const [key, call] of pending) if (!isSum(key)) write(key, call);
      for (const sessionId of hasCalls ? grown : []) for (const { key } of importedOf.all(sessionId)) load(key);
      grown.clear();
      for (const [key, call] of pending) if (isSum(key)) write(key, call);
      if (pending.size > 0) hasCalls = true;
      pending.clear();
      aliases.clear();
    },
    reset() {
      aliases.clear();
      arrived.clear();
      grown.clear();
      pending.clear();
      hasCalls = false;
    },
  };
}

const rounded = (value: number | null): number | null => (value === null ? null : Math.round(value));
