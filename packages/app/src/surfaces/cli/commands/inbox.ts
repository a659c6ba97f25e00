/** @module `clew inbox`: what others changed since one looked last. */
import { ClewError } from "../../../base/error.ts";
import type { InboxCount, InboxItem } from "../../../model/entry.ts";
import { type CliCommand, type Invocation, JSON_FLAG } from "../command.ts";
import { foreignJson, printLines } from "../render/foreign.ts";
import { when } from "../render/formats.ts";
import { bold, dim, type Piece, styled } from "../render/piece.ts";
import { authoringHere } from "./shared/here.ts";

export const inboxCommand: CliCommand = {
  summary:
    "what others wrote and changed since you looked last, on this machine: messages, assignments, mentions, changes",
  operands: "",
  arity: [0, 0],
  flags: {
    count: { type: "boolean", description: "only how much it is; prints nothing when there is nothing" },
    peek: { type: "boolean", description: "look, and leave it new" },
    all: { type: "boolean", description: "also what you have seen before" },
    ...JSON_FLAG,
  },
  examples: ["clew inbox", "clew inbox --count", "clew inbox --peek --json"],
  run: (invocation) => (invocation.flags.count ? count(invocation) : look(invocation)),
};

/** For prompts and status lines: one look into the database, and nothing is written. */
async function count({ context, flags }: Invocation): Promise<number> {
  if (flags.all || flags.peek) throw new ClewError("usage", "--count goes with neither --all nor --peek");
  const found = await authoringHere(context, undefined, async ({ authoring, author }) => {
    const { countNew } = await import("../../../authoring/inbox.ts");
    return countNew(authoring, author);
  });
  if (flags.json) context.out.json(found);
  else {
    const text = countText(found);
    if (text !== "") context.out.line(text);
  }
  return 0;
}

/** "2 messages, 1 mention, 4 changes"; "" for nothing. */
export function countText({ messages, assigned, mentions, changes, more }: InboxCount): string {
  const parts = [
    ...(messages > 0 ? [`${messages} message${messages === 1 ? "" : "s"}`] : []),
    ...(assigned > 0 ? [`${assigned} assigned`] : []),
    ...(mentions > 0 ? [`${mentions} mention${mentions === 1 ? "" : "s"}`] : []),
    ...(changes > 0 ? [`${changes} change${changes === 1 ? "" : "s"}`] : []),
  ];
  return parts.length === 0 ? "" : `${parts.join(", ")}${more ? " and more" : ""}`;
}

const HEADINGS: Readonly<Record<InboxItem["kind"], string>> = {
  message: "Messages",
  assigned: "Assigned to you",
  mention: "Mentions of you",
  change: "Changes",
};

function look({ context, flags }: Invocation): Promise<number> {
  return authoringHere(context, undefined, async ({ authoring, author }) => {
    const { clock, out, timeZone } = context;
    const { lookAtInbox } = await import("../../../authoring/inbox.ts");
    const answer = await lookAtInbox(authoring, author, { peek: flags.peek === true, all: flags.all === true });
    const { items, more, last_looked_at: before } = answer;
    const written = { authors: items.flatMap(({ by }) => by), tainted: items.some(({ tainted }) => tainted) };
    if (flags.json) out.json(foreignJson(answer, author, written));
    else if (items.length === 0) {
      const since = before === null ? "" : ` since ${when(before, clock(), timeZone)}`;
      out.line(dim(`Nothing new for ${author.identity}${flags.all ? "" : since}.`));
    } else {
      const kinds = Object.keys(HEADINGS) as InboxItem["kind"][];
      const lines = kinds.flatMap((kind) => {
        const own = items.filter((item) => item.kind === kind);
        return own.length === 0
          ? []
          : [[bold(HEADINGS[kind])], ...own.map((item) => itemLine(item, clock(), timeZone))];
      });
      printLines(out, lines, author, written);
      if (items.some(({ target }) => target === "message"))
        out.line(dim("clew messages --unread shows what they say."));
      if (more) out.line(dim(flags.all ? "Only the newest changes are shown." : "There is more: clew inbox again."));
    }
    return 0;
  });
}

function itemLine(item: InboxItem, now: number, timeZone: string): readonly Piece[] {
  const { id, title, by, at, changed, category, status } = item;
  const what = item.target === "message" ? "" : ` ${title === "" ? "(no title)" : title}`;
  const kind = category === null ? "" : dim(`  ${category}, ${status}`);
  const details = [by.join(", "), when(at, now, timeZone), ...(item.kind === "message" ? [] : [changed.join(", ")])];
  return ["  ", styled("cyan", id), what, kind, dim(`  ${details.join(" · ")}`)];
}
