/** @module Anthropic's SDK, with every message that it makes written to an interaction logger. */
import { anthropicAssembler, anthropicOutcome } from "./anthropic-message.ts";
import type { InteractionOutcome } from "./interaction.ts";
import type { InteractionLogger } from "./interaction-logger.ts";
import { guard } from "./problems.ts";
import { requestIdOf } from "./request-id.ts";
import { modelOf, tapCalls } from "./tap-call.ts";
import { type AnyMethod, wrapClient } from "./wrap-client.ts";

/** As much of the client as is used. */
export interface AnthropicLike {
  readonly messages: { readonly create: AnyMethod };
}

/** What `messages.stream` answers. */
interface MessageStreamLike {
  readonly on?: (event: string, listener: (...args: readonly unknown[]) => void) => unknown;
}

function tapStreams(logger: InteractionLogger): (original: AnyMethod) => AnyMethod {
  return (original) =>
    function streamAndLog(input: unknown, ...rest: unknown[]): unknown {
      const call = logger.start({ provider: "anthropic", model: modelOf(input), input, isStreaming: true });
      let stream: MessageStreamLike;
      try {
        stream = original(input, ...rest) as MessageStreamLike;
      } catch (error) {
        call.fail(error);
        throw error;
      }
      guard("adapter", "watch a stream", () => watch(stream), undefined);
      return stream;

      function watch({ on }: MessageStreamLike): void {
        if (typeof on !== "function") {
          call.finish({});
          return;
        }
        const assembler = anthropicAssembler();
        const withId = (outcome: InteractionOutcome): InteractionOutcome => ({
          ...outcome,
          requestId: guard("adapter", "read a request id", () => requestIdOf(stream), undefined),
        });
        const listen = (event: string, listener: (value: unknown) => void): unknown => on.call(stream, event, listener);
        listen("streamEvent", (event) => {
          if (guard("adapter", "read a piece of a stream", () => assembler.push(event), false)) call.firstToken();
        });
        listen("finalMessage", (message) => call.finish(withId(anthropicOutcome(message))));
        listen("error", (error) => call.fail(error, withId(assembler.outcome())));
        listen("abort", (error) => call.fail(error, withId(assembler.outcome())));
        listen("end", () => call.finish(withId(assembler.outcome())));
      }
    };
}

/**
 * The client to use instead: `messages.create`, with and without streaming, `parse` and `stream` are written down, also
 * under `beta`. Everything else is the client's own.
 */
export function logAnthropic<Client extends AnthropicLike>(client: Client, logger: InteractionLogger): Client {
  const create = tapCalls(logger, { provider: "anthropic", outcome: anthropicOutcome, assembler: anthropicAssembler });
  const stream = tapStreams(logger);
  return wrapClient(client, {
    "messages.create": create,
    "messages.parse": create,
    "messages.stream": stream,
    "beta.messages.create": create,
    "beta.messages.parse": create,
    "beta.messages.stream": stream,
  });
}
