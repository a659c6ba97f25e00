/** @module Claude Code's words for a call of a model: its events api_request and api_error, and its span llm_request. */
import type { ModelCallFact, SpanFact } from "../../../model/telemetry.ts";
import type { TokenUsage } from "../../../model/usage.ts";
import { firstLine } from "../../claude/clean-text.ts";
import { countOf, shortString } from "../../claude/json.ts";
import type { Attributes } from "../attributes.ts";
import { GEN_AI } from "../gen-ai-names.ts";
import { spanMillis } from "../span-fact.ts";

const ERROR_LIMIT = 300;
/** No call lasts longer. */
const LONGEST_MS = 30 * 24 * 3600 * 1000;
const MOST_MICROS = 1e12;

export interface CallScope {
  /** Of the event that tells it. */
  readonly eventId: string;
  readonly sessionId: string | null;
  readonly traceId: string | null;
  readonly spanId: string | null;
}

/** Its input tokens are those that no cache was read or written for. Older clients do not split what was written. */
function usageOf(own: Attributes): TokenUsage | null {
  const counts = ["input_tokens", "output_tokens", "cache_read_tokens", "cache_creation_tokens"] as const;
  if (counts.every((name) => own.number(name) === undefined)) return null;
  const hour = countOf(own.number("cache_creation_1h_tokens"));
  const short = own.number("cache_creation_5m_tokens");
  const written = countOf(own.number("cache_creation_tokens") ?? countOf(short) + hour);
  return {
    inputTokens: countOf(own.number("input_tokens")),
    outputTokens: countOf(own.number("output_tokens")),
    cache5mTokens: short === undefined ? Math.max(0, written - hour) : countOf(short),
    cache1hTokens: hour,
    cacheWriteTokens: written,
    cacheReadTokens: countOf(own.number("cache_read_tokens")),
  };
}

function costOf(own: Attributes): number | null {
  const dollars = own.number("cost_usd");
  const micros = own.number("cost_usd_micros") ?? (dollars === undefined ? undefined : dollars * 1e6);
  return micros !== undefined && micros >= 0 && micros < MOST_MICROS ? Math.round(micros) : null;
}

function millis(value: number | undefined): number | null {
  return value !== undefined && value >= 0 && value < LONGEST_MS ? value : null;
}

/** Without the suffix for the size of the context, which transcripts leave out. */
function modelOf(own: Attributes): string | null {
  return (
    shortString(own.text("model", ...GEN_AI.responseModel, ...GEN_AI.requestModel), 128)?.replace(/\[1m\]$/, "") ?? null
  );
}

function common(own: Attributes, { sessionId, traceId, spanId }: CallScope) {
  return {
    kind: "model_call",
    messageId: null,
    // The client calls it a response's id in its spans; it is the request's.
    requestId: shortString(own.text("request_id", ...GEN_AI.responseId)) ?? null,
    sessionId,
    fallbackSession: null,
    provider: "anthropic",
    model: modelOf(own),
    firstTokenMs: millis(own.number("ttft_ms")),
    finishReason: shortString(own.text("stop_reason"), 64) ?? null,
    querySource: shortString(own.text("query_source", "query_source_safe"), 200) ?? null,
    traceId,
    spanId,
    interaction: null,
  } as const;
}

/** An api_request, or the api_error that a request ended in. `ts`: of the event, which is written when the call is over. */
export function callOfEvent(own: Attributes, scope: CallScope, ts: number | null, failed: boolean): ModelCallFact {
  const durationMs = millis(own.number("duration_ms"));
  const error = firstLine(own.text("error", "status_code") ?? "error", ERROR_LIMIT);
  return {
    ...common(own, scope),
    by: "api_request",
    ownKey: `event:${scope.eventId}`,
    ts: ts === null ? null : Math.max(0, Math.round(ts - (durationMs ?? 0))),
    usage: failed ? null : usageOf(own),
    costMicros: failed ? null : costOf(own),
    durationMs,
    error: failed ? error : null,
  };
}

/** An llm_request; its attempts are one call, under the id of the last. */
export function callOfSpan(own: Attributes, scope: CallScope, span: SpanFact): ModelCallFact {
  const failed = own.flag("success") === false || span.status === "error";
  return {
    ...common(own, scope),
    by: "span",
    ownKey: `span:${span.traceId}:${span.spanId}`,
    ts: Math.floor(span.startedAt / 1000),
    usage: failed ? null : usageOf(own),
    costMicros: null,
    durationMs: millis(own.number("duration_ms")) ?? spanMillis(span),
    error: failed ? firstLine(own.text("error") ?? span.statusMessage ?? "error", ERROR_LIMIT) : null,
  };
}
