/** @module Token counts of any provider under the same names. */
import type { TokenUsage } from "./interaction.ts";

type Counts = Readonly<Record<string, unknown>>;

export function asObject(value: unknown): Counts {
  return value !== null && typeof value === "object" ? (value as Counts) : {};
}

function first(...values: readonly unknown[]): number | null {
  const found = values.find((value) => typeof value === "number" && Number.isFinite(value));
  return typeof found === "number" ? found : null;
}

/** Providers that count what a cache gave as input too: the rest is what was left. */
function less(total: number | null, cached: number | null): number | null {
  return total === null ? null : Math.max(0, total - (cached ?? 0));
}

/** Anthropic, OpenAI (both APIs), Gemini, and the AI SDK's versions; null when nothing is said. */
export function tokenUsage(raw: unknown): TokenUsage | null {
  const usage = asObject(raw);
  if (Object.keys(usage).length === 0) return null;
  const input = asObject(usage.inputTokens);
  const output = asObject(usage.outputTokens);
  const inputDetails = asObject(usage.input_tokens_details ?? usage.prompt_tokens_details);
  const outputDetails = asObject(usage.output_tokens_details ?? usage.completion_tokens_details);
  const read = first(
    usage.cache_read_input_tokens,
    inputDetails.cached_tokens,
    usage.cachedContentTokenCount,
    usage.cachedInputTokens,
    input.cacheRead,
  );
  const written = first(usage.cache_creation_input_tokens, input.cacheWrite);
  const { ephemeral_5m_input_tokens, ephemeral_1h_input_tokens } = asObject(
    usage.cache_creation ?? asObject(usage.raw).cache_creation,
  );
  const fiveMinutes = first(ephemeral_5m_input_tokens);
  const oneHour = first(ephemeral_1h_input_tokens);
  const isAnthropic = "cache_read_input_tokens" in usage || "cache_creation_input_tokens" in usage;
  const total = first(
    usage.input_tokens,
    usage.prompt_tokens,
    usage.promptTokenCount,
    usage.inputTokens,
    usage.promptTokens,
  );
  return {
    input_tokens: first(input.noCache) ?? (isAnthropic ? total : less(total ?? first(input.total), read)),
    output_tokens: first(
      usage.output_tokens,
      usage.completion_tokens,
      usage.candidatesTokenCount,
      usage.outputTokens,
      usage.completionTokens,
      output.total,
    ),
    cache_read_input_tokens: read,
    cache_creation_input_tokens: written,
    ...(fiveMinutes !== null && { cache_creation_5m_input_tokens: fiveMinutes }),
    ...(oneHour !== null && { cache_creation_1h_input_tokens: oneHour }),
    reasoning_tokens: first(
      outputDetails.reasoning_tokens,
      usage.thoughtsTokenCount,
      usage.reasoningTokens,
      output.reasoning,
    ),
  };
}
