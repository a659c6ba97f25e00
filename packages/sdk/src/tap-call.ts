/** @module One call of a provider's method, from its arguments to what it answers, as an interaction. */
import type { InteractionOutcome } from "./interaction.ts";
import type { InteractionLogger } from "./interaction-logger.ts";
import { guard, report } from "./problems.ts";
import { requestIdOf } from "./request-id.ts";
import { observeStream, type StreamAssembler, tapIterable } from "./stream-assembler.ts";
import { tapPromise } from "./tap-promise.ts";
import { asObject } from "./token-usage.ts";
import type { AnyMethod } from "./wrap-client.ts";

export interface CallKind {
  readonly provider: string;
  readonly outcome: (answer: unknown) => InteractionOutcome;
  readonly assembler: () => StreamAssembler;
}

export function modelOf(input: unknown): string | null {
  const { model } = asObject(input);
  return typeof model === "string" ? model : null;
}

async function later(find: () => unknown, use: (found: unknown) => void): Promise<void> {
  try {
    use(await find());
  } catch (error) {
    report("adapter", "read a response", error);
  }
}

/** Makes a method whose every call is written down; what it is given and what it answers stay the same. */
export function tapCalls(
  logger: InteractionLogger,
  { provider, outcome, assembler }: CallKind,
): (original: AnyMethod) => AnyMethod {
  return (original) =>
    function callAndLog(input: unknown, ...rest: unknown[]): unknown {
      const isStreaming = asObject(input).stream === true;
      const call = logger.start({ provider, model: modelOf(input), input, isStreaming });
      let answer: unknown;
      try {
        answer = original(input, ...rest);
      } catch (error) {
        call.fail(error);
        throw error;
      }
      return tapPromise(answer, {
        rejected: call.fail,
        resolved(value, response) {
          let requestId: string | undefined;
          const isStream = isStreaming && value !== null && typeof value === "object";
          if (isStream) {
            // Known long before the stream has ended.
            void later(response, (raw) => {
              requestId = requestIdOf(raw);
            });
            const observer = observeStream(call, assembler(), () => ({ requestId }));
            guard("adapter", "watch a stream", () => tapIterable(value, observer), value);
            return;
          }
          const read = (): InteractionOutcome => {
            const raw = value === undefined ? response() : undefined;
            return { ...outcome(value), requestId: requestIdOf(value) ?? requestIdOf(raw) };
          };
          call.finish(guard("adapter", "read an answer", read, {}));
        },
      });
    };
}
