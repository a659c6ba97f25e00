/** @module What a call of a model that our SDK tells of says: announced through the spool, or as a line of its log file. */
import type { Fact } from "../../model/record.ts";
import type { ModelCallFact } from "../../model/telemetry.ts";
import type { TokenUsage } from "../../model/usage.ts";
import { clipText } from "../claude/clean-text.ts";
import { countOf, isObject, type JsonObject, shortString } from "../claude/json.ts";

const ERROR_LIMIT = 300;
const LONGEST_MS = 30 * 24 * 3600 * 1000;
const MOST_MICROS = 10 ** 12;
const TRACE_ID = /^(?!0{32})[0-9a-f]{32}$/;
const SPAN_ID = /^(?!0{16})[0-9a-f]{16}$/;

/** A trace's or a span's id; null for everything else. */
export const traceIdOf = (value: unknown): string | null =>
  typeof value === "string" && TRACE_ID.test(value) ? value : null;
export const spanIdOf = (value: unknown): string | null =>
  typeof value === "string" && SPAN_ID.test(value) ? value : null;

/** Tokens as the SDK writes them (packages/sdk, interaction.ts); null when none are said. */
export function sdkUsageOf(value: unknown): TokenUsage | null {
  if (!isObject(value)) return null;
  const written = countOf(value.cache_creation_input_tokens);
  const hours = Math.min(written, countOf(value.cache_creation_1h_input_tokens));
  const usage = {
    inputTokens: countOf(value.input_tokens),
    outputTokens: countOf(value.output_tokens),
    cache5mTokens: written - hours,
    cache1hTokens: hours,
    cacheWriteTokens: written,
    cacheReadTokens: countOf(value.cache_read_input_tokens),
  };
  return Object.values(usage).some((count) => count > 0) ? usage : null;
}

/** US dollars as micro-dollars; null for what is no amount. */
export function microsOf(value: unknown): number | null {
  return typeof value === "number" && value >= 0 && value * 1e6 < MOST_MICROS ? Math.round(value * 1e6) : null;
}

function milliseconds(value: unknown): number | null {
  return typeof value === "number" && value >= 0 && value < LONGEST_MS ? value : null;
}

export interface InteractionScope {
  readonly sessionId: string;
  /** When it began, milliseconds UTC. */
  readonly ts: number | null;
  /** Its log file, where the record does not name it. */
  readonly file: string | null;
}

/** The call; both ways of telling it name the same one. */
export function interactionCall(data: JsonObject, { sessionId, ts, file }: InteractionScope): ModelCallFact {
  const number = countOf(data.interaction_id);
  const error = isObject(data.error) ? [data.error.name, data.error.message].filter(Boolean).join(": ") : "";
  return {
    kind: "model_call",
    by: "interaction",
    ownKey: `interaction:${sessionId}:${number}:${ts ?? 0}`,
    messageId: shortString(data.response_id) ?? null,
    requestId: shortString(data.request_id) ?? null,
    sessionId,
    fallbackSession: null,
    ts,
    provider: shortString(data.provider, 64) ?? null,
    model: shortString(data.model, 128) ?? null,
    usage: sdkUsageOf(data.usage),
    costMicros: microsOf(data.cost),
    durationMs: milliseconds(data.latency_ms),
    firstTokenMs: milliseconds(data.time_to_first_token_ms),
    finishReason: shortString(data.finish_reason, 64) ?? null,
    error: error ? clipText(error.split("\n")[0]!, ERROR_LIMIT) : null,
    querySource: null,
    traceId: traceIdOf(data.trace_id),
    spanId: spanIdOf(data.span_id),
    interaction: { file: shortString(data.file, 4096) ?? file, number },
  };
}

/** Facts of the announced record. */
export function readInteraction(data: JsonObject, scope: Omit<InteractionScope, "file">, facts: Fact[]): void {
  facts.push(interactionCall(data, { ...scope, file: null }));
}

/** Facts of the sum that an import brought in (sources/imports/usage-record.ts). `data.key` names whose sum it is. */
export function readImportedUsage(
  data: JsonObject,
  { sessionId, ts }: Omit<InteractionScope, "file">,
  facts: Fact[],
): void {
  const key = shortString(data.key, 512);
  if (key === undefined) return;
  const call = interactionCall(
    { usage: data, cost: data.cost_usd, model: data.model ?? "unknown" },
    { sessionId, ts, file: null },
  );
  // A session that cost something and says no tokens is counted with its cost.
  const none = {
    inputTokens: 0,
    outputTokens: 0,
    cache5mTokens: 0,
    cache1hTokens: 0,
    cacheWriteTokens: 0,
    cacheReadTokens: 0,
  };
  facts.push({ ...call, usage: call.usage ?? none, by: "import", ownKey: `import:${key}`, interaction: null });
}
