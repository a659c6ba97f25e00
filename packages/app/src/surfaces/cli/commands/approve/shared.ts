/** @module `clew approve` of an entry or a message: shows it, names what may be meant for an agent, and asks. */
import type { ParsedArgs } from "citty";
import { ClewError } from "../../../../base/error.ts";
import { warningsOf } from "../../../../base/suspicious.ts";
import type { EntryDetail, MessageDetail } from "../../../../model/entry.ts";
import { canAsk, confirm } from "../../confirm.ts";
import type { CliContext } from "../../context.ts";
import { entryLines } from "../../render/entry.ts";
import { printLines } from "../../render/foreign.ts";
import { messageLines } from "../../render/message.ts";
import { authoringHere, type Here, sayOdd } from "../shared/here.ts";

interface Subject {
  readonly target: "entry" | "message";
  readonly id: string;
  readonly hash: string;
  readonly author: string;
  readonly isApproved: boolean;
  readonly warnings: readonly string[];
  readonly print: () => void;
}

export function approveShared(context: CliContext, word: string, flags: ParsedArgs): Promise<number> {
  return asPerson(context, async (here) => {
    const { out, err, isInteractive } = context;
    const { approve } = await import("../../../../authoring/approval.ts");
    const subject = await subjectOf(word, here, context);
    const { target, id, hash, author, isApproved, warnings } = subject;
    if (!flags.json) {
      subject.print();
      for (const warning of warnings) err.line({ text: "warning:", style: "yellow" }, ` ${warning}`);
    }
    const isAsked = !isApproved && flags.yes !== true;
    if (isAsked && !canAsk(isInteractive))
      throw new ClewError("usage", "nobody can be asked here: add --yes once you have read it");
    if (isAsked && !(await confirm(err, `Approve what ${author} wrote, as it stands above?`))) {
      err.line("Not approved.");
      return 1;
    }
    // Of what was shown: what has changed meanwhile is not approved.
    const written = await approve(here.authoring, target, id, hash, here.author);
    const { identity } = here.author;
    if (flags.json) out.json({ id, content_hash: hash, approved: true, changed: written !== null, identity, warnings });
    else out.line(id, " is approved as it stands.");
    sayOdd(context, written);
    return 0;
  });
}

export function revokeShared(context: CliContext, word: string, flags: ParsedArgs): Promise<number> {
  return asPerson(context, async (here) => {
    const { revokeApproval } = await import("../../../../authoring/approval.ts");
    const { target, id, hash } = await subjectOf(word, here, context);
    const written = await revokeApproval(here.authoring, target, id, here.author);
    const { identity } = here.author;
    if (flags.json)
      context.out.json({ id, content_hash: hash, approved: false, changed: written !== null, identity, warnings: [] });
    else context.out.line(id, written ? " is no longer approved by you." : " was not approved by you.");
    sayOdd(context, written);
    return 0;
  });
}

function asPerson(context: CliContext, act: (here: Here) => Promise<number>): Promise<number> {
  return authoringHere(context, undefined, (here) => {
    if (here.author.origin !== "human")
      throw new ClewError("usage", "only a person approves what others wrote: run this in a terminal of your own");
    return act(here);
  });
}

async function subjectOf(word: string, here: Here, { clock, out, timeZone }: CliContext): Promise<Subject> {
  const { authoring, author } = here;
  const [{ findEntry, findMessage }, { entryDetail }, { messageDetail }, { lookerOf }] = await Promise.all([
    import("../../../../authoring/entries.ts"),
    import("../../../../query/entry-detail.ts"),
    import("../../../../query/messages.ts"),
    import("../../../../authoring/messages.ts"),
  ]);
  const options = { width: out.width, now: clock(), timeZone, looker: lookerOf(author) };
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
