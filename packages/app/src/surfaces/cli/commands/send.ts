/** @module `clew send`: a message to an identity, a project, or everybody. */
import { ClewError } from "../../../base/error.ts";
import { type CliCommand, JSON_FLAG, textFlag } from "../command.ts";
import type { CliContext } from "../context.ts";
import { withText } from "./shared/body.ts";
import { durationFrom } from "./shared/duration.ts";
import { authoringHere } from "./shared/here.ts";
import { send } from "./shared/send.ts";

export const sendCommand: CliCommand = {
  summary: "send a message to an identity, to a project's people and agents, or to all",
  operands: "TEXT…|-",
  arity: [1, Number.POSITIVE_INFINITY],
  flags: {
    to: {
      type: "string",
      description: "an identity, a project, or all; identity: or project: before it says which",
      valueHint: "WHOM",
    },
    "reply-to": {
      type: "string",
      description: "the message that it answers; without --to it goes to who wrote that",
      valueHint: "ID",
    },
    expires: { type: "string", description: "when it is no longer shown, e.g. 30m, 12h, 7d, 2w", valueHint: "SPAN" },
    ...JSON_FLAG,
  },
  examples: [
    "clew send --to ana 'The export is done'",
    "clew send --to project:web --expires 2d 'Do not deploy before Monday'",
    "git diff --stat | clew send --to all -",
  ],
  run({ context, flags, operands }) {
    const to = textFlag(flags, "to");
    const replyTo = textFlag(flags, "reply-to");
    if (to === undefined && replyTo === undefined)
      throw new ClewError("usage", "clew send needs --to: an identity, a project, or all");
    if (to?.trim() === "") throw new ClewError("usage", "--to is empty: it takes an identity, a project, or all");
    const expires = textFlag(flags, "expires");
    const expiresIn = expires === undefined ? undefined : durationFrom("expires", expires);
    return withMessage(context, operands, (text) =>
      authoringHere(context, undefined, (here) =>
        send(context, here, flags.json === true, {
          text,
          ...(to !== undefined && { to }),
          ...(replyTo !== undefined && { replyTo }),
          ...(expiresIn !== undefined && { expiresIn }),
        }),
      ),
    );
  },
};

/** The words of the command line, or standard input for a lone dash. */
export function withMessage(
  context: CliContext,
  words: readonly string[],
  act: (text: string) => Promise<number>,
): Promise<number> {
  const isDash = words.length === 1 && words[0] === "-";
  return withText(context, "the message", isDash ? { path: "-" } : { inline: words.join(" ") }, (text) => act(text!));
}
