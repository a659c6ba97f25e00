/** @module Whom `--assign` means, said before anything is written down, and who it came to be afterwards. */
import type { ParsedArgs } from "citty";
import type { Author } from "../../../../authoring/author.ts";
import { ClewError } from "../../../../base/error.ts";
import { authorHandle } from "../../../../base/fence.ts";
import { textFlag } from "../../command.ts";
import type { CliContext } from "../../context.ts";
import { dim } from "../../render/piece.ts";

/** Throws `usage` for a name that is none: an unset variable is no way to hand something to nobody. */
export function assigneeGiven(flags: ParsedArgs): string | undefined {
  const word = textFlag(flags, "assign");
  if (word?.trim() === "") throw new ClewError("usage", "--assign is empty: it takes an identity, or me");
  return word;
}

/** Who it came to be, as whoever runs the command may read it: what others call themselves are words, too. */
export function assigneeFor({ origin }: Author, assignee: string | null | undefined): string | null {
  return !assignee ? null : origin === "agent" ? authorHandle(assignee) : assignee;
}

/** A word may mean an address, a user's name, oneself. */
export function sayAssignee({ err }: CliContext, author: Author, assignee: string | null | undefined): void {
  const shown = assigneeFor(author, assignee);
  if (shown !== null) err.line(dim(`for ${shown}`));
}
