/** @module What is said of one call of a model. */
import type { ErrorData } from "./describe-error.ts";

export interface ToolCall {
  readonly id: string | null;
  readonly name: string;
  readonly input: unknown;
}

/** Tokens by kind; null: not said. `input_tokens` leaves out what was read from or written to a cache. */
export interface TokenUsage {
  readonly input_tokens: number | null;
  readonly output_tokens: number | null;
  readonly cache_read_input_tokens: number | null;
  readonly cache_creation_input_tokens: number | null;
  /** Of those, by how long the cache keeps them; only where the provider says it. */
  readonly cache_creation_5m_input_tokens?: number;
  readonly cache_creation_1h_input_tokens?: number;
  readonly reasoning_tokens: number | null;
}

export interface InteractionStart {
  /** "anthropic", "openai", ... */
  readonly provider: string;
  readonly model: string | null;
  /** What was asked, as it was sent. It is copied at once. */
  readonly input: unknown;
  readonly isStreaming?: boolean;
}

export interface InteractionOutcome {
  /** Model that answered, where it says so. */
  readonly model?: string | null | undefined;
  readonly output?: unknown;
  /** As the provider gives it. */
  readonly usage?: unknown;
  /** US dollars; default: what the logger's `price` says. */
  readonly cost?: number | null | undefined;
  readonly finishReason?: string | null | undefined;
  readonly toolCalls?: readonly ToolCall[] | undefined;
  readonly responseId?: string | undefined;
  /** Default: what the error says, if there is one. */
  readonly requestId?: string | undefined;
}

/** A call that was begun. Each of its ends counts once; what comes afterwards changes nothing. */
export interface OpenInteraction {
  readonly id: number;
  /** Of a stream: the first content is there. */
  readonly firstToken: () => void;
  readonly finish: (outcome: InteractionOutcome) => void;
  /** What had come until then may be given along. */
  readonly fail: (error: unknown, outcome?: InteractionOutcome) => void;
}

/** One line of the file. */
export interface InteractionLine {
  readonly session_id: string;
  readonly correlation_id: string;
  readonly workspace: string;
  /** 1, 2, 3, ... within the file. */
  readonly interaction_id: number;
  /** When it began, ISO 8601 UTC. */
  readonly timestamp: string;
  readonly provider: string;
  readonly model: string | null;
  readonly input: unknown;
  readonly output: unknown;
  readonly usage: TokenUsage | null;
  /** US dollars. */
  readonly cost: number | null;
  readonly latency_ms: number;
  readonly time_to_first_token_ms: number | null;
  readonly finish_reason: string | null;
  readonly error: ErrorData | null;
  readonly tool_calls: readonly ToolCall[];
  readonly streaming: boolean;
  /** The provider's names for what it answered, and for what it was asked. */
  readonly response_id: string | null;
  readonly request_id: string | null;
  readonly trace_id: string | null;
  readonly span_id: string | null;
  /** What else the provider said of tokens. */
  readonly raw_usage?: unknown;
}
