/** @module `clew-sdk/interactions`: the logger of model calls, and what connects it to the SDKs that make them. */
export { type AiSdkMiddleware, interactionMiddleware } from "./ai-sdk.ts";
export { type AnthropicLike, logAnthropic } from "./anthropic.ts";
export { ENDPOINTS, type Endpoint } from "./endpoints.ts";
export { type Fetch, type LogFetchOptions, logFetch } from "./fetch.ts";
export type {
  InteractionLine,
  InteractionOutcome,
  InteractionStart,
  OpenInteraction,
  TokenUsage,
  ToolCall,
} from "./interaction.ts";
export { type FinishedInteraction, InteractionLogger, type InteractionLoggerOptions } from "./interaction-logger.ts";
export { logOpenai, type OpenaiLike, type OpenaiOptions } from "./openai.ts";
export { createRedactor, REDACTION_RULES, type RedactionRule, type Redactor } from "./redact.ts";
export { tokenUsage } from "./token-usage.ts";
