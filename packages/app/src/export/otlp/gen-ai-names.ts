/**
 * @module Names of attributes that others read too: GenAI semantic conventions as @opentelemetry/semantic-conventions 1.45.0
 * has them, which are experimental and go on being renamed. What has no name there begins with `clew.`.
 */
export const GEN_AI = {
  operation: "gen_ai.operation.name",
  provider: "gen_ai.provider.name",
  conversation: "gen_ai.conversation.id",
  agentName: "gen_ai.agent.name",
  requestModel: "gen_ai.request.model",
  responseModel: "gen_ai.response.model",
  responseId: "gen_ai.response.id",
  finishReasons: "gen_ai.response.finish_reasons",
  /** Seconds. */
  firstChunk: "gen_ai.response.time_to_first_chunk",
  /** Those read from and written to a cache included. */
  inputTokens: "gen_ai.usage.input_tokens",
  outputTokens: "gen_ai.usage.output_tokens",
  reasoningTokens: "gen_ai.usage.reasoning.output_tokens",
  cacheWriteTokens: "gen_ai.usage.cache_creation.input_tokens",
  cacheReadTokens: "gen_ai.usage.cache_read.input_tokens",
  toolName: "gen_ai.tool.name",
  toolCallId: "gen_ai.tool.call.id",
  toolArguments: "gen_ai.tool.call.arguments",
  toolResult: "gen_ai.tool.call.result",
  inputMessages: "gen_ai.input.messages",
  outputMessages: "gen_ai.output.messages",
} as const;

export const SESSION_ID = "session.id";
export const ERROR_TYPE = "error.type";
export const SERVICE_NAME = "service.name";
export const SERVICE_VERSION = "service.version";
export const BRANCH = "vcs.ref.head.name";
export const MCP_METHOD = "mcp.method.name";
