/** @module Gemini's answers, whole and in pieces, as outcomes. */
import type { InteractionOutcome } from "./interaction.ts";
import type { StreamAssembler } from "./stream-assembler.ts";
import { asObject } from "./token-usage.ts";

type Fields = Readonly<Record<string, unknown>>;

const textOf = (value: unknown): string => (typeof value === "string" ? value : "");
const listOf = (value: unknown): readonly Fields[] => (Array.isArray(value) ? value.map(asObject) : []);

/** Of a whole answer. */
export function geminiOutcome(answer: unknown): InteractionOutcome {
  const { candidates, usageMetadata, modelVersion, responseId } = asObject(answer);
  const [first] = listOf(candidates);
  const parts = listOf(asObject(first?.content).parts);
  return {
    output: parts,
    usage: usageMetadata,
    finishReason: textOf(first?.finishReason) || null,
    toolCalls: parts
      .filter(({ functionCall }) => functionCall !== undefined)
      .map(({ functionCall }) => {
        const { id, name, args } = asObject(functionCall);
        return { id: textOf(id) || null, name: textOf(name), input: args };
      }),
    ...(typeof modelVersion === "string" && { model: modelVersion }),
    ...(typeof responseId === "string" && { responseId }),
  };
}

/** Of the answers of a stream; texts that follow each other become one. */
export function geminiAssembler(): StreamAssembler {
  const parts: Fields[] = [];
  let last: Fields = {};
  let finish: unknown;
  let error: unknown = null;
  return {
    push(piece) {
      const answer = asObject(piece);
      if (answer.error) error = answer.error;
      last = { ...last, ...answer };
      const [first] = listOf(answer.candidates);
      finish = first?.finishReason ?? finish;
      const added = listOf(asObject(first?.content).parts);
      for (const part of added) {
        const before = parts.at(-1);
        const isMore =
          typeof part.text === "string" && typeof before?.text === "string" && part.thought === before.thought;
        if (isMore) parts[parts.length - 1] = { ...before, text: `${before.text}${part.text}` };
        else parts.push(part);
      }
      return added.length > 0;
    },
    outcome: () => geminiOutcome({ ...last, candidates: [{ content: { parts }, finishReason: finish }] }),
    error: () => error,
  };
}
