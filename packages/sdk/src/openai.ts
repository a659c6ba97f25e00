/** @module OpenAI's SDK, and those of providers that copy its API, with every call written to an interaction logger. */
import type { InteractionLogger } from "./interaction-logger.ts";
import { completionAssembler, completionOutcome, responseAssembler, responseOutcome } from "./openai-response.ts";
import { tapCalls } from "./tap-call.ts";
import { type AnyMethod, wrapClient } from "./wrap-client.ts";

/** As much of the client as is used. */
export interface OpenaiLike {
  readonly chat?: { readonly completions: { readonly create: AnyMethod } };
  readonly responses?: { readonly create: AnyMethod };
}

export interface OpenaiOptions {
  /** Of a client that talks to somebody else; default: openai. */
  readonly provider?: string;
}

/**
 * The client to use instead: `chat.completions.create` and `responses.create`, with and without streaming, and `parse` of
 * both are written down. Everything else is the client's own.
 */
export function logOpenai<Client extends OpenaiLike>(
  client: Client,
  logger: InteractionLogger,
  { provider = "openai" }: OpenaiOptions = {},
): Client {
  const completion = tapCalls(logger, { provider, outcome: completionOutcome, assembler: completionAssembler });
  const response = tapCalls(logger, { provider, outcome: responseOutcome, assembler: responseAssembler });
  return wrapClient(client, {
    "chat.completions.create": completion,
    "chat.completions.parse": completion,
    "responses.create": response,
    "responses.parse": response,
  });
}
