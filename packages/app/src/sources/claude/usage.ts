/** @module The usage that a response's records repeat, as a ResponseFact (docs/sources.md, "One response, many records"). */
import { responseIdOf } from "../../base/ids.ts";
import type { ResponseFact } from "../../model/record.ts";
import type { TokenUsage } from "../../model/usage.ts";
import { countOf, type JsonObject, objectOf, shortString } from "./json.ts";
import { isOutputUndercounted } from "./undercount.ts";

/** Model name of messages that the client made up itself: no response. */
const SYNTHETIC = "<synthetic>";

/** Tokens by kind. A missing or empty `cache_creation` split means that all writes live five minutes. */
export function readTokens(usage: JsonObject): TokenUsage {
  const split = objectOf(usage.cache_creation);
  const cacheWriteTokens = countOf(usage.cache_creation_input_tokens);
  const hasSplit = split !== undefined && Object.keys(split).length > 0;
  return {
    inputTokens: countOf(usage.input_tokens),
    outputTokens: countOf(usage.output_tokens),
    cache5mTokens: hasSplit ? countOf(split.ephemeral_5m_input_tokens) : cacheWriteTokens,
    cache1hTokens: hasSplit ? countOf(split.ephemeral_1h_input_tokens) : 0,
    cacheWriteTokens,
    cacheReadTokens: countOf(usage.cache_read_input_tokens),
  };
}

/** Where a message stands. */
export interface MessagePlace {
  readonly record: "assistant" | "agent_progress";
  readonly sessionId: string;
  readonly uuid: string;
  readonly requestId: unknown;
  readonly isSidechain: boolean;
  readonly ts: number | null;
}

/** The response that a message belongs to; null when it states no usage or no model gave it. */
export function readResponse(message: JsonObject, place: MessagePlace): ResponseFact | null {
  const usage = objectOf(message.usage);
  if (!usage || message.model === SYNTHETIC) return null;
  const messageId = shortString(message.id) ?? null;
  const requestId = shortString(place.requestId) ?? null;
  const stopReason = shortString(message.stop_reason, 64) ?? null;
  const tokens = readTokens(usage);
  const thinking = objectOf(usage.output_tokens_details)?.thinking_tokens;
  return {
    kind: "response",
    responseId: responseIdOf(messageId, requestId, place.uuid),
    messageId,
    requestId,
    sessionId: place.sessionId,
    record: place.record,
    isSidechain: place.isSidechain,
    ts: place.ts,
    model: shortString(message.model) ?? "unknown",
    ...tokens,
    thinkingTokens: typeof thinking === "number" ? countOf(thinking) : null,
    webSearches: countOf(objectOf(usage.server_tool_use)?.web_search_requests),
    serviceTier: shortString(usage.service_tier, 64) ?? null,
    speed: shortString(usage.speed, 64) ?? null,
    inferenceGeo: shortString(usage.inference_geo, 64) ?? null,
    stopReason,
    outputUndercounted: isOutputUndercounted(stopReason, tokens.outputTokens),
  };
}
