/** @module What a client's log is told (notifications/message), in words that are all the server's own. */
import type { LoggingLevel, ServerContext } from "@modelcontextprotocol/server";
import { ClewError } from "../../base/error.ts";
import { MOST_MAX_TOKENS } from "./answer.ts";
import type { McpServices } from "./services.ts";
import { NothingRecorded, TooManyCalls } from "./tool.ts";

export interface Notice {
  readonly level: LoggingLevel;
  /** A sentence; nothing stored stands in it. */
  readonly text: string;
}

const LOGGER = "clew";

/** `tool`: its name. */
export function noticeOfAnswer(tool: string, maxTokens: number): Notice {
  const more = maxTokens < MOST_MAX_TOKENS ? `; max_tokens up to ${MOST_MAX_TOKENS} gives more at once` : "";
  return { level: "notice", text: `${tool}: the answer was cut to ${maxTokens} tokens${more}` };
}

/** Null: the answer itself says what is wrong with the question, and nothing is wrong here. */
export function noticeOfFailure(tool: string, error: unknown): Notice | null {
  if (error instanceof NothingRecorded || error instanceof TooManyCalls)
    return { level: "warning", text: `${tool}: ${error.message}` };
  if (error instanceof ClewError && error.code !== "internal") return null;
  return { level: "error", text: `${tool} failed inside Clew; its own log says why` };
}

/**
 * Tells the client, if it wants to hear of this level: the one that it has set, or that its request names since 2026-07-28.
 * A client that cannot be told changes nothing about the answer.
 */
export async function notify(
  { mcpReq }: ServerContext,
  { level, text }: Notice,
  { onError }: Pick<McpServices, "onError">,
): Promise<void> {
  await mcpReq.log(level, text, LOGGER).catch(onError);
}
