/** @module Anthropic's messages, whole and in pieces, as outcomes. */
import type { InteractionOutcome, ToolCall } from "./interaction.ts";
import type { StreamAssembler } from "./stream-assembler.ts";
import { asObject } from "./token-usage.ts";

type Block = Record<string, unknown>;

const textOf = (value: unknown): string => (typeof value === "string" ? value : "");

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text; // Cut off, or never JSON.
  }
}

function toolCallsIn(content: unknown): readonly ToolCall[] {
  if (!Array.isArray(content)) return [];
  return content
    .map(asObject)
    .filter(({ type }) => type === "tool_use" || type === "server_tool_use")
    .map(({ id, name, input }) => ({ id: typeof id === "string" ? id : null, name: textOf(name), input }));
}

/** Of a whole message. */
export function anthropicOutcome(message: unknown): InteractionOutcome {
  const { content, usage, stop_reason, model, id } = asObject(message);
  return {
    output: content ?? null,
    usage,
    finishReason: typeof stop_reason === "string" ? stop_reason : null,
    toolCalls: toolCallsIn(content),
    ...(typeof model === "string" && { model }),
    ...(typeof id === "string" && { responseId: id }),
  };
}

/** A delta repeats the counts that it knows, and has null for the others. */
function said(usage: unknown): Block {
  return Object.fromEntries(Object.entries(asObject(usage)).filter(([, value]) => value !== null));
}

/** Adds to a block what a delta brings. */
function grow(block: Block, delta: Block): void {
  const append = (name: string, text: unknown): void => {
    block[name] = textOf(block[name]) + textOf(text);
  };
  if (delta.type === "text_delta") append("text", delta.text);
  else if (delta.type === "thinking_delta") append("thinking", delta.thinking);
  else if (delta.type === "signature_delta") block.signature = delta.signature;
  else if (delta.type === "input_json_delta") append("partial", delta.partial_json);
}

/** Of the events of a stream. */
export function anthropicAssembler(): StreamAssembler {
  let message: Block = {};
  const blocks: Block[] = [];
  let error: unknown = null;
  return {
    push(piece) {
      const event = asObject(piece);
      const index = typeof event.index === "number" && event.index >= 0 && event.index < 10_000 ? event.index : -1;
      if (event.type === "message_start") message = { ...asObject(event.message) };
      else if (event.type === "content_block_start" && index >= 0) blocks[index] = { ...asObject(event.content_block) };
      else if (event.type === "content_block_delta" && index >= 0) {
        blocks[index] ??= {};
        grow(blocks[index], asObject(event.delta));
        return true;
      } else if (event.type === "message_delta") {
        message = {
          ...message,
          ...asObject(event.delta),
          usage: { ...asObject(message.usage), ...said(event.usage) },
        };
      } else if (event.type === "error") error = event.error ?? event;
      return false;
    },
    outcome() {
      const content = blocks
        .filter(Boolean)
        .map(({ partial, ...block }) =>
          partial === undefined ? block : { ...block, input: parseJson(textOf(partial)) },
        );
      return anthropicOutcome({ ...message, content });
    },
    error: () => error,
  };
}
