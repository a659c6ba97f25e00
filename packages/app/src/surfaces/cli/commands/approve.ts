/** @module `clew approve`: a person's word that what another wrote may be relied on, as it stands, to the byte. */
import { ClewError } from "../../../base/error.ts";
import type { EntryDetail, MessageDetail } from "../../../model/entry.ts";
import { type CliCommand, JSON_FLAG } from "../command.ts";
import { canAsk, confirm } from "../confirm.ts";
import type { CliContext } from "../context.ts";
import { entryLines, messageLines } from "../render/entry.ts";
import { printLines } from "../render/foreign.ts";
import { authoringHere, type Here, sayOdd } from "./shared/here.ts";
import { warningsOf } from "./shared/suspicious.ts";

interface Subject {
  readonly target: "entry" | "message";
  readonly id: string;
  readonly hash: string;
  readonly author: string;
  readonly isApproved: boolean;
  readonly warnings: readonly string[];
  readonly print: (context: CliContext, here: Here) => void;
}

export const approveCommand: CliCommand = {
  summary: "approve an entry or a message of another, as it stands; a changed byte takes that back",
  operands: "ID",
  arity: [1, 1],
  flags: { yes: { type: "boolean", description: "do not ask", alias: "y" }, ...JSON_FLAG },
  examples: ["clew approve e-7f3a", "clew approve m-7f3a --yes"],
  run: ({ context, flags, operands }) =>
    authoringHere(context, undefined, async (here) => {
      const { out, err, isInteractive } = context;
      if (here.author.origin !== "human")
        throw new ClewError("usage", "only a person approves what others wrote: run this in a terminal of your own");
      const { approve } = await import("../../../authoring/entries.ts");
      const subject = await subjectOf(operands[0]!, here, context);
      if (!flags.json) {
        subject.print(context, here);
        for (const warning of subject.warnings) err.line({ text: "warning:", style: "yellow" }, ` ${warning}`);
      }
      const isAsked = !subject.isApproved && flags.yes !== true;
      if (isAsked && !canAsk(isInteractive))
        throw new ClewError("usage", "nobody can be asked here: add --yes once you have read it");
      if (isAsked && !(await confirm(err, `Approve what ${subject.author} wrote, as it stands above?`))) {
        err.line("Not approved.");
        return 1;
      }
      // Of what was shown: what has changed meanwhile is not approved.
      const written = await approve(here.authoring, subject.target, subject.id, subject.hash, here.author);
      if (flags.json)
        out.json({
          id: subject.id,
          content_hash: subject.hash,
          approved: true,
          changed: written !== null,
          identity: here.author.identity,
          warnings: subject.warnings,
        });
      else out.line(subject.id, " is approved as it stands.");
      sayOdd(context, written);
      return 0;
    }),
};

async function subjectOf(word: string, here: Here, { clock, out, timeZone }: CliContext): Promise<Subject> {
  const { authoring, author } = here;
  const [{ findEntry, findMessage }, { entryDetail }, { messageDetail }] = await Promise.all([
    import("../../../authoring/entries.ts"),
    import("../../../query/entry-detail.ts"),
    import("../../../query/messages.ts"),
  ]);
  const options = { width: out.width, now: clock(), timeZone };
  const isApproved = ({ approvals }: EntryDetail | MessageDetail): boolean =>
    approvals.some(({ by }) => by === author.identity);
  if (word.startsWith("m-")) {
    const id = findMessage(authoring, word);
    const detail = authoring.read((db) => messageDetail(db, id, author.identity, clock()))!;
    const { message } = detail;
    const by = { authors: [message.from], tainted: message.tainted };
    return {
      target: "message",
      id,
      hash: detail.content_hash,
      author: message.from,
      isApproved: isApproved(detail),
      warnings: warningsOf([message.text], message.tainted),
      print: () => printLines(out, messageLines(message, options), author, by),
    };
  }
  const id = findEntry(authoring, { id: word }, author);
  const detail = authoring.read((db) => entryDetail(db, id))!;
  const { entry, body, notes, links } = detail;
  const texts = [
    entry.title,
    body,
    ...notes.map(({ text }) => text),
    ...entry.tags,
    ...links.map(({ target }) => target),
  ];
  return {
    target: "entry",
    id,
    hash: detail.content_hash,
    author: entry.authors.filter((one) => one !== author.identity).join(", ") || entry.created_by,
    isApproved: isApproved(detail),
    warnings: warningsOf(texts, entry.tainted),
    print: () => printLines(out, entryLines(detail, options), author, entry),
  };
}
