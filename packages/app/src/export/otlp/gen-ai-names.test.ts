import { expect, test } from "vitest";
import { GEN_AI as READ } from "../../sources/otlp/gen-ai-names.ts";
import { GEN_AI } from "./gen-ai-names.ts";

test("what is written is what is read first", () => {
  const pairs = [
    [GEN_AI.operation, READ.operation],
    [GEN_AI.provider, READ.provider],
    [GEN_AI.conversation, READ.conversation],
    [GEN_AI.requestModel, READ.requestModel],
    [GEN_AI.responseModel, READ.responseModel],
    [GEN_AI.responseId, READ.responseId],
    [GEN_AI.finishReasons, READ.finishReasons],
    [GEN_AI.firstChunk, READ.firstChunk],
    [GEN_AI.inputTokens, READ.inputTokens],
    [GEN_AI.outputTokens, READ.outputTokens],
    [GEN_AI.cacheReadTokens, READ.cacheRead],
    [GEN_AI.cacheWriteTokens, READ.cacheWrite],
    [GEN_AI.toolName, READ.toolName],
    [GEN_AI.toolCallId, READ.toolCallId],
  ] as const;
  for (const [written, [first]] of pairs) expect(written).toBe(first);
  for (const written of [GEN_AI.inputMessages, GEN_AI.outputMessages, GEN_AI.toolArguments, GEN_AI.toolResult])
    expect(READ.content).toContain(written);
});
