/** @module `clew show` of what is written for others: an entry by its id or words of its title, a message by its id. */
import { ClewError } from "../../../../base/error.ts";
import type { HistoryRow } from "../../../../model/entry.ts";
import { type Invocation, textFlag } from "../../command.ts";
import { approvalTexts, entryLines } from "../../render/entry.ts";
import { foreignJson, printLines, type WrittenBy } from "../../render/foreign.ts";
import { localTime } from "../../render/formats.ts";
import { historyPart } from "../../render/history.ts";
import { messageLines } from "../../render/message.ts";
import { dim } from "../../render/piece.ts";
import { entryMeant } from "../shared/entry-meant.ts";
import { authoringHere, type Here } from "../shared/here.ts";

export function showShared(invocation: Invocation): Promise<number> {
  return authoringHere(invocation.context, undefined, (here) =>
    invocation.operands[0]?.startsWith("m-") ? showMessage(invocation, here) : showEntry(invocation, here),
  );
}

async function showEntry({ context, flags, operands }: Invocation, here: Here): Promise<number> {
  const { clock, out, timeZone } = context;
  const { entryDetail } = await import("../../../../query/entry-detail.ts");
  const id = await entryMeant(here, operands[0], flags, ["living", "deleted"]);
  const detail = here.authoring.read((db) => entryDetail(db, id));
  if (!detail) throw new ClewError("not_found", `no entry ${id}: \`clew list\` shows them`);
  const by = everWritten(detail.entry, detail.history);
  if (flags.json) out.json(foreignJson(detail, here.author, by));
  else {
    printLines(out, entryLines(detail, { width: out.width, now: clock(), timeZone }), here.author, by);
    if (detail.deleted) out.line(dim(`clew edit ${id} --undelete brings it back.`));
  }
  return 0;
}

/** The history is shown, too: also what was replaced, by whomever. */
function everWritten({ authors, tainted }: WrittenBy, history: readonly HistoryRow[]): WrittenBy {
  return {
    authors: [...new Set([...authors, ...history.map(({ author }) => author)])],
    tainted: tainted || history.some((row) => row.tainted),
  };
}

async function showMessage({ context, flags, operands }: Invocation, { authoring, author }: Here): Promise<number> {
  const { clock, out, timeZone } = context;
  if (textFlag(flags, "title-match") !== undefined)
    throw new ClewError("usage", "a message has no title: name it by its id");
  const [{ messageDetail }, { findMessage }, { lookerOf }] = await Promise.all([
    import("../../../../query/messages.ts"),
    import("../../../../authoring/entries.ts"),
    import("../../../../authoring/messages.ts"),
  ]);
  const id = findMessage(authoring, operands[0]!);
  const detail = authoring.read((db) => messageDetail(db, id, author.identity, clock()));
  if (!detail) throw new ClewError("not_found", `no message ${id}: \`clew messages\` shows them`);
  const { message, history } = detail;
  const by = everWritten(message, history);
  if (flags.json) out.json(foreignJson(detail, author, by));
  else {
    const looker = lookerOf(author);
    const lines = messageLines(message, { width: out.width, now: clock(), timeZone, looker });
    const approved = approvalTexts(detail, (time) => localTime(time, timeZone));
    const told = approved.map((text) => [dim("approved  "), text]);
    printLines(out, [...lines, ...told, ...historyPart(history, timeZone)], author, by);
  }
  return 0;
}
