/** @module A middleware for the Vercel AI SDK's language models that writes every call to an interaction logger. */

import { parseJson } from "./anthropic-message.ts";
import type { InteractionOutcome, OpenInteraction, ToolCall } from "./interaction.ts";
import type { InteractionLogger } from "./interaction-logger.ts";
import { guard } from "./problems.ts";
import { requestIdIn } from "./request-id.ts";
import { observeStream, type StreamAssembler, tapReadable } from "./stream-assembler.ts";
import { asObject } from "./token-usage.ts";

interface Around {
  readonly params: unknown;
  readonly model: { readonly provider?: string; readonly modelId?: string };
}

/** As much of the middleware's interface as is implemented; it is the same in its versions 1, 2 and 3. */
export interface AiSdkMiddleware {
  /** What version 6 of the AI SDK asks for; older ones do not look. */
  readonly specificationVersion: "v3";
  wrapGenerate<Result>(options: Around & { readonly doGenerate: () => PromiseLike<Result> }): Promise<Result>;
  wrapStream<Result extends { readonly stream: ReadableStream }>(
    options: Around & { readonly doStream: () => PromiseLike<Result> },
  ): Promise<Result>;
}

const textOf = (value: unknown): string => (typeof value === "string" ? value : "");

function finishOf(reason: unknown): string | null {
  return textOf(reason) || textOf(asObject(reason).unified) || null;
}

function toolCall(part: Readonly<Record<string, unknown>>): ToolCall {
  const input = part.input ?? part.args;
  return {
    id: textOf(part.toolCallId) || null,
    name: textOf(part.toolName),
    input: typeof input === "string" ? parseJson(input) : input,
  };
}

function generated(result: unknown): InteractionOutcome {
  const { content, text, toolCalls, usage, finishReason, response } = asObject(result);
  const parts = Array.isArray(content) ? content.map(asObject) : [];
  const calls = Array.isArray(toolCalls) ? toolCalls.map(asObject) : parts.filter(({ type }) => type === "tool-call");
  const { id, modelId, headers } = asObject(response);
  return {
    output: content ?? text ?? null,
    usage,
    finishReason: finishOf(finishReason),
    toolCalls: calls.map(toolCall),
    ...(typeof modelId === "string" && { model: modelId }),
    ...(typeof id === "string" && { responseId: id }),
    requestId: requestIdIn(headers),
  };
}

const headersOf = (result: unknown): unknown => asObject(asObject(result).response).headers;

/** Of the parts of a stream. */
function partAssembler(): StreamAssembler {
  let text = "";
  let reasoning = "";
  const calls: ToolCall[] = [];
  let finish: Readonly<Record<string, unknown>> = {};
  let response: Readonly<Record<string, unknown>> = {};
  let error: unknown = null;
  return {
    push(piece) {
      const part = asObject(piece);
      switch (part.type) {
        case "text-delta":
          text += textOf(part.delta ?? part.textDelta);
          return true;
        case "reasoning":
        case "reasoning-delta":
          reasoning += textOf(part.delta ?? part.textDelta);
          return true;
        case "tool-call":
          calls.push(toolCall(part));
          return true;
        case "response-metadata":
          response = part;
          return false;
        case "finish":
          finish = part;
          return false;
        case "error":
          error = part.error ?? part;
          return false;
        default:
          return false;
      }
    },
    outcome: () => ({
      output: reasoning ? { text, reasoning } : text,
      usage: finish.usage,
      finishReason: finishOf(finish.finishReason),
      toolCalls: calls,
      ...(typeof response.modelId === "string" && { model: response.modelId }),
      ...(typeof response.id === "string" && { responseId: response.id }),
    }),
    error: () => error,
  };
}

/** For `wrapLanguageModel({ model, middleware })`. */
export function interactionMiddleware(logger: InteractionLogger): AiSdkMiddleware {
  const start = ({ params, model }: Around, isStreaming: boolean): OpenInteraction => {
    const provider = textOf(model?.provider) || "ai-sdk";
    return logger.start({ provider, model: textOf(model?.modelId) || null, input: params, isStreaming });
  };
  return {
    specificationVersion: "v3",
    async wrapGenerate({ doGenerate, ...around }) {
      const call = start(around, false);
      try {
        const result = await doGenerate();
        call.finish(guard("adapter", "read an answer", () => generated(result), {}));
        return result;
      } catch (error) {
        call.fail(error);
        throw error;
      }
    },
    async wrapStream({ doStream, ...around }) {
      const call = start(around, true);
      try {
        const result = await doStream();
        const requestId = guard("adapter", "read headers", () => requestIdIn(headersOf(result)), undefined);
        const observer = observeStream(call, partAssembler(), () => ({ requestId }));
        return { ...result, stream: tapReadable(result.stream, observer) };
      } catch (error) {
        call.fail(error);
        throw error;
      }
    },
  };
}
