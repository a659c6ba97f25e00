/** @module What a made-up response would have used: a context that grows, is read from the cache, and is written to it once. */
import type { Random } from "./random.ts";

/** The `usage` object of an assistant record, in the client's own words. */
export interface WireUsage {
  readonly input_tokens: number;
  readonly cache_creation_input_tokens: number;
  readonly cache_read_input_tokens: number;
  readonly output_tokens: number;
  readonly output_tokens_details: { readonly thinking_tokens: number };
  readonly server_tool_use: { readonly web_search_requests: number; readonly web_fetch_requests: number };
  readonly service_tier: "standard";
  readonly cache_creation: {
    readonly ephemeral_1h_input_tokens: number;
    readonly ephemeral_5m_input_tokens: number;
  };
  readonly inference_geo: "";
  readonly speed: "standard" | "fast";
}

export interface UsageMeter {
  /** Text entered the context: a prompt, a tool's output. */
  readonly add: (text: string) => void;
  /** A response of that much text and thinking; both enter the context. */
  readonly respond: (output: { readonly text: string; readonly thinking: string; readonly fast: boolean }) => WireUsage;
  /** The context as it stands, in tokens. */
  readonly size: () => number;
  /** The context was replaced by a summary. Returns the tokens it held before. */
  readonly compact: (summary: string) => number;
}

const tokensOf = (text: string): number => Math.ceil(text.length / 3.6);

/** Transcripts made up by hand are terse; the sessions they stand for read whole files and think at length. */
const terseness = 14;

/** `base` is what every request starts with: system prompt, tools, project instructions; in tokens. */
export function createUsageMeter(random: Random, base: number): UsageMeter {
  let cached = 0;
  let fresh = base;
  return {
    add: (text) => {
      fresh += tokensOf(text) * terseness + random.between(40, 900);
    },
    respond: ({ text, thinking, fast }) => {
      const thinkingTokens = tokensOf(thinking) * terseness;
      const output = tokensOf(text) * 3 + thinkingTokens + random.between(60, 400);
      const input = random.between(2, 12);
      const written = Math.max(fresh - input, 0);
      const usage: WireUsage = {
        input_tokens: input,
        cache_creation_input_tokens: written,
        cache_read_input_tokens: cached,
        output_tokens: output,
        output_tokens_details: { thinking_tokens: thinkingTokens },
        server_tool_use: { web_search_requests: 0, web_fetch_requests: 0 },
        service_tier: "standard",
        cache_creation: {
          ephemeral_1h_input_tokens: cached === 0 ? written : 0,
          ephemeral_5m_input_tokens: cached === 0 ? 0 : written,
        },
        inference_geo: "",
        speed: fast ? "fast" : "standard",
      };
      cached += written;
      fresh = output;
      return usage;
    },
    size: () => cached + fresh,
    compact: (summary) => {
      const before = cached + fresh;
      cached = 0;
      fresh = base + tokensOf(summary);
      return before;
    },
  };
}
