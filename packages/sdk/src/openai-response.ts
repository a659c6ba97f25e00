/** @module OpenAI's completions and responses, whole and in pieces, as outcomes. */
import { parseJson } from "./anthropic-message.ts";
import type { InteractionOutcome, ToolCall } from "./interaction.ts";
import type { StreamAssembler } from "./stream-assembler.ts";
import { asObject } from "./token-usage.ts";

type Fields = Record<string, unknown>;

const textOf = (value: unknown): string => (typeof value === "string" ? value : "");
const listOf = (value: unknown): readonly Readonly<Fields>[] => (Array.isArray(value) ? value.map(asObject) : []);
const idOf = (value: unknown): string | null => (typeof value === "string" ? value : null);

/** Of a whole chat completion. */
export function completionOutcome(completion: unknown): InteractionOutcome {
  const { choices, usage, model, id } = asObject(completion);
  const all = listOf(choices);
  const messages = all.map((choice) => asObject(choice.message));
  const toolCalls: readonly ToolCall[] = messages
    .flatMap((message) => listOf(message.tool_calls))
    .map((call) => {
      const { name, arguments: given } = asObject(call.function);
      return { id: idOf(call.id), name: textOf(name), input: parseJson(textOf(given)) };
    });
  return {
    output: messages.length === 1 ? messages[0] : messages,
    usage,
    finishReason: idOf(all[0]?.finish_reason),
    toolCalls,
    ...(typeof model === "string" && { model }),
    ...(typeof id === "string" && { responseId: id }),
  };
}

interface Choice {
  readonly message: Fields;
  readonly calls: Fields[];
  finish: unknown;
}

/** A delta's part of a call of a tool. */
function growCall(calls: Fields[], part: Readonly<Fields>): void {
  const index = typeof part.index === "number" && part.index >= 0 && part.index < 1000 ? part.index : calls.length;
  const given = asObject(part.function);
  const call = calls[index] ?? { id: null, type: "function", function: { name: "", arguments: "" } };
  const before = asObject(call.function);
  calls[index] = {
    ...call,
    id: call.id ?? part.id ?? null,
    function: {
      name: textOf(before.name) + textOf(given.name),
      arguments: textOf(before.arguments) + textOf(given.arguments),
    },
  };
}

/** Of the chunks of a chat completion. */
export function completionAssembler(): StreamAssembler {
  let head: Fields = {};
  let usage: unknown;
  let error: unknown = null;
  const choices: Choice[] = [];
  return {
    push(piece) {
      const chunk = asObject(piece);
      if (chunk.error) error = chunk.error;
      if (chunk.usage) usage = chunk.usage;
      head = { ...head, ...(chunk.model ? { model: chunk.model } : {}), ...(chunk.id ? { id: chunk.id } : {}) };
      let hasContent = false;
      for (const part of listOf(chunk.choices)) {
        const index = typeof part.index === "number" && part.index >= 0 && part.index < 1000 ? part.index : 0;
        choices[index] ??= { message: { role: "assistant" }, calls: [], finish: null };
        const choice = choices[index];
        const delta = asObject(part.delta);
        for (const name of ["content", "refusal", "reasoning_content"]) {
          if (!textOf(delta[name])) continue;
          choice.message[name] = textOf(choice.message[name]) + textOf(delta[name]);
          hasContent = true;
        }
        for (const call of listOf(delta.tool_calls)) {
          growCall(choice.calls, call);
          hasContent = true;
        }
        choice.finish = part.finish_reason ?? choice.finish;
      }
      return hasContent;
    },
    outcome: () =>
      completionOutcome({
        ...head,
        usage,
        choices: choices.filter(Boolean).map(({ message, calls, finish }) => ({
          message: calls.length > 0 ? { ...message, tool_calls: calls.filter(Boolean) } : message,
          finish_reason: finish,
        })),
      }),
    error: () => error,
  };
}

/** Of a whole response. */
export function responseOutcome(response: unknown): InteractionOutcome {
  const { output, usage, model, id, status, incomplete_details } = asObject(response);
  const items = listOf(output);
  return {
    output: output ?? null,
    usage,
    finishReason: idOf(asObject(incomplete_details).reason) ?? idOf(status),
    toolCalls: items
      .filter(({ type }) => type === "function_call" || type === "custom_tool_call")
      .map((call) => ({
        id: idOf(call.call_id),
        name: textOf(call.name),
        input: parseJson(textOf(call.arguments ?? call.input)),
      })),
    ...(typeof model === "string" && { model }),
    ...(typeof id === "string" && { responseId: id }),
  };
}

/** Of the events of a response; the last of them holds all of it. */
export function responseAssembler(): StreamAssembler {
  let response: Readonly<Fields> = {};
  let text = "";
  let isWhole = false;
  let error: unknown = null;
  return {
    push(piece) {
      const event = asObject(piece);
      const type = textOf(event.type);
      if (event.response) response = asObject(event.response);
      if (/^response\.(completed|incomplete|failed)$/.test(type)) isWhole = true;
      if (type === "response.failed") error = response.error ?? new Error("response.failed");
      if (type === "error") error = event.error ?? event;
      if (type === "response.output_text.delta") text += textOf(event.delta);
      return type.endsWith(".delta");
    },
    outcome() {
      const outcome = responseOutcome(response);
      return isWhole ? outcome : { ...outcome, output: text, finishReason: null };
    },
    error: () => error,
  };
}

/** Completions and responses tell themselves apart. */
export function openaiOutcome(answer: unknown): InteractionOutcome {
  return "choices" in asObject(answer) ? completionOutcome(answer) : responseOutcome(answer);
}
