/** @module Sends a message and says so. */
import type { GivenMessage } from "../../../../authoring/messages.ts";
import type { CliContext } from "../../context.ts";
import { dim } from "../../render/piece.ts";
import { type Here, sayOdd } from "./here.ts";

/** `replyTo` may be a beginning of the message's id. */
export async function send(
  context: CliContext,
  { authoring, author }: Here,
  asJson: boolean,
  given: GivenMessage,
): Promise<number> {
  const [{ sendMessage }, { findMessage }] = await Promise.all([
    import("../../../../authoring/messages.ts"),
    import("../../../../authoring/entries.ts"),
  ]);
  const answered = given.replyTo === undefined ? {} : { replyTo: findMessage(authoring, given.replyTo) };
  const sent = await sendMessage(authoring, { ...given, ...answered }, author);
  const { messageId: message_id, threadId: thread_id, toKind: to_kind, to, expiresAt, isStored, warnings } = sent;
  if (asJson)
    context.out.json({
      message_id,
      thread_id,
      to_kind,
      to,
      expires_at: expiresAt === null ? null : new Date(expiresAt).toISOString(),
      identity: author.identity,
      stored: isStored,
      warnings,
    });
  else {
    context.out.line(message_id);
    context.err.line(dim(`to ${to_kind === "all" ? "all" : to}, by ${author.identity}`));
    sayOdd(context, sent, warnings);
  }
  return 0;
}
