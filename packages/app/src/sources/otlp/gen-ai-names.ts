/**
 * @module Names under which programs say what they asked a model and what it used, best first: the GenAI conventions as
 * @opentelemetry/semantic-conventions 1.45.0 has them, then what earlier releases and instrumentations wrote.
 */
export const GEN_AI = {
  prefix: "gen_ai.",
  operation: ["gen_ai.operation.name", "llm.request.type"],
  provider: ["gen_ai.provider.name", "gen_ai.system"],
  conversation: ["gen_ai.conversation.id"],
  requestModel: ["gen_ai.request.model"],
  responseModel: ["gen_ai.response.model"],
  responseId: ["gen_ai.response.id"],
  finishReasons: ["gen_ai.response.finish_reasons"],
  finishReason: ["gen_ai.response.finish_reason", "gen_ai.completion.0.finish_reason"],
  /** Seconds. */
  firstChunk: ["gen_ai.response.time_to_first_chunk", "gen_ai.server.time_to_first_token"],
  inputTokens: ["gen_ai.usage.input_tokens", "gen_ai.usage.prompt_tokens"],
  outputTokens: ["gen_ai.usage.output_tokens", "gen_ai.usage.completion_tokens"],
  /** The conventions' own: these are part of the input tokens. */
  cacheRead: ["gen_ai.usage.cache_read.input_tokens"],
  cacheWrite: ["gen_ai.usage.cache_creation.input_tokens"],
  /** What was there before the conventions named them: whether they are part of the input tokens hangs on the provider. */
  olderCacheRead: [
    "gen_ai.usage.cache_read_input_tokens",
    "gen_ai.usage.cached_tokens",
    "gen_ai.usage.input_tokens.cached",
  ],
  olderCacheWrite: [
    "gen_ai.usage.cache_creation_input_tokens",
    "gen_ai.usage.cache_write_input_tokens",
    "gen_ai.usage.cache_write.input_tokens",
    "gen_ai.usage.input_tokens.cache_write",
  ],
  toolName: ["gen_ai.tool.name"],
  toolCallId: ["gen_ai.tool.call.id"],
  /** What was said: a reader searches it. */
  content: [
    "gen_ai.input.messages",
    "gen_ai.output.messages",
    "gen_ai.prompt",
    "gen_ai.completion",
    "gen_ai.tool.call.arguments",
    "gen_ai.tool.call.result",
  ],
} as const;

/** Operations that are one call of a model. */
export const MODEL_OPERATIONS: ReadonlySet<unknown> = new Set([
  "chat",
  "text_completion",
  "completion",
  "generate_content",
]);

/** Operations that are none, though their spans may carry the sum of the calls below them. */
export const OTHER_OPERATIONS: ReadonlySet<unknown> = new Set([
  "create_agent",
  "invoke_agent",
  "invoke_workflow",
  "plan",
  "execute_tool",
  "retrieval",
  "embeddings",
]);

/** Providers whose own counts of input tokens leave out what was read from and written to a cache. */
export const COUNTS_CACHE_APART: ReadonlySet<unknown> = new Set(["anthropic", "aws.bedrock", "bedrock"]);
