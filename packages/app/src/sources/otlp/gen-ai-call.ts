/** @module The call of a model that a span tells of, in the words of the GenAI conventions, old and new. */
import type { ModelCallFact, SpanFact } from "../../model/telemetry.ts";
import type { TokenUsage } from "../../model/usage.ts";
import { firstLine } from "../claude/clean-text.ts";
import { countOf, shortString } from "../claude/json.ts";
import type { Attributes } from "./attributes.ts";
import { COUNTS_CACHE_APART, GEN_AI, MODEL_OPERATIONS, OTHER_OPERATIONS } from "./gen-ai-names.ts";
import { spanMillis } from "./span-fact.ts";

const ERROR_LIMIT = 300;

/** Null: the span is no call of a model. An agent's span, which may sum up the calls below it, is none. */
export function genAiCall(attributes: Attributes, span: SpanFact): ModelCallFact | null {
  const operation = attributes.text(...GEN_AI.operation);
  if (OTHER_OPERATIONS.has(operation)) return null;
  const usage = genAiUsage(attributes);
  const responseModel = attributes.text(...GEN_AI.responseModel);
  if (!MODEL_OPERATIONS.has(operation) && !usage && responseModel === undefined) return null;
  const said = attributes.text(...GEN_AI.responseId);
  // Some write the id of the HTTP request where the message's belongs.
  const isRequest = said?.startsWith("req_") ?? false;
  const firstChunk = attributes.number(...GEN_AI.firstChunk);
  return {
    kind: "model_call",
    by: "span",
    ownKey: `span:${span.traceId}:${span.spanId}`,
    messageId: isRequest ? null : (shortString(said) ?? null),
    requestId: isRequest ? (shortString(said) ?? null) : null,
    sessionId: span.sessionId,
    fallbackSession: span.fallbackSession,
    ts: Math.floor(span.startedAt / 1000),
    provider: shortString(attributes.text(...GEN_AI.provider), 64) ?? null,
    model: shortString(responseModel ?? attributes.text(...GEN_AI.requestModel), 128) ?? null,
    usage,
    costMicros: null,
    durationMs: spanMillis(span),
    firstTokenMs: firstChunk === undefined || firstChunk < 0 ? null : firstChunk * 1000,
    finishReason: finishReason(attributes),
    error: errorOf(attributes, span),
    querySource: null,
    traceId: span.traceId,
    spanId: span.spanId,
    interaction: null,
  };
}

/**
 * Tokens as our tables count them, each once: `inputTokens` are those that no cache was read or written for. The conventions
 * say that their input tokens include the cached ones; under the older names that depends on the provider's API, whose count
 * was passed on. A cached count that is larger than the input cannot be a part of it. Null: no tokens are said.
 */
export function genAiUsage(attributes: Attributes): TokenUsage | null {
  const input = attributes.number(...GEN_AI.inputTokens);
  const output = attributes.number(...GEN_AI.outputTokens);
  const named = attributes.number(...GEN_AI.cacheRead, ...GEN_AI.cacheWrite) !== undefined;
  const cacheRead = countOf(attributes.number(...GEN_AI.cacheRead, ...GEN_AI.olderCacheRead));
  const cacheWrite = countOf(attributes.number(...GEN_AI.cacheWrite, ...GEN_AI.olderCacheWrite));
  if (input === undefined && output === undefined && cacheRead + cacheWrite === 0) return null;
  const total = countOf(input);
  const apart = !named && COUNTS_CACHE_APART.has(attributes.text(...GEN_AI.provider)?.toLowerCase());
  const isPart = !apart && cacheRead + cacheWrite <= total;
  return {
    inputTokens: isPart ? total - cacheRead - cacheWrite : total,
    outputTokens: countOf(output),
    cache5mTokens: cacheWrite,
    cache1hTokens: 0,
    cacheWriteTokens: cacheWrite,
    cacheReadTokens: cacheRead,
  };
}

function finishReason(attributes: Attributes): string | null {
  const list = attributes.value(...GEN_AI.finishReasons);
  const first = Array.isArray(list) ? list.find((reason) => typeof reason === "string" && reason !== "") : list;
  return shortString(first ?? attributes.text(...GEN_AI.finishReason), 64) ?? null;
}

/** What failed, where it did: the status of the span, or the kind of its error. */
export function errorOf(attributes: Attributes, { status, statusMessage }: SpanFact): string | null {
  const type = attributes.text("error.type");
  if (status !== "error" && type === undefined) return null;
  return firstLine(
    attributes.text("error.message", "exception.message") ?? statusMessage ?? type ?? "error",
    ERROR_LIMIT,
  );
}
