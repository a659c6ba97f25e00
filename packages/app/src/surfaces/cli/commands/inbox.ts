/** @module `clew inbox`: what others changed since one looked last. */
import { ClewError } from "../../../base/error.ts";
import { type CliCommand, type Invocation, JSON_FLAG } from "../command.ts";
import { foreignJson, printLines } from "../render/foreign.ts";
import { when } from "../render/formats.ts";
import { dim } from "../render/piece.ts";
import { authoringHere } from "./shared/here.ts";

export const inboxCommand: CliCommand = {
  summary:
    "what others wrote and changed since you looked last, on this machine: messages, assignments, mentions, changes, memory",
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
    const { countText } = await import("../render/inbox.ts");
    const text = countText(found);
    if (text !== "") context.out.line(text);
  }
  return 0;
}

function look({ context, flags }: Invocation): Promise<number> {
  return authoringHere(context, undefined, async ({ authoring, author }) => {
    const { clock, out, timeZone } = context;
    const [{ lookAtInbox }, { inboxLines }, { inboxWords }] = await Promise.all([
      import("../../../authoring/inbox.ts"),
      import("../render/inbox.ts"),
      import("../../../query/inbox-words.ts"),
    ]);
    const answer = await lookAtInbox(authoring, author, { peek: flags.peek === true, all: flags.all === true });
    const { items, memory, graph, more, last_looked_at: before } = answer;
    const news = [...items, ...memory, ...graph];
    const written = { authors: news.flatMap(({ by }) => by), tainted: news.some(({ tainted }) => tainted) };
    if (flags.json) out.json(foreignJson(answer, author, written));
    else if (news.length === 0) {
      const since = before === null ? "" : ` since ${when(before, clock(), timeZone)}`;
      out.line(dim(`Nothing new for ${author.identity}${flags.all ? "" : since}.`));
      if (!flags.all && before !== null) out.line(dim("clew inbox --all shows what you have seen before."));
    } else {
      const words = author.origin === "human" ? authoring.read((db) => inboxWords(db, items)) : null;
      const options = { width: out.width, now: clock(), timeZone, ...(words && { words }) };
      printLines(out, inboxLines(answer, options), author, written);
      const hints = [
        ...(items.some(({ kind }) => kind === "message")
          ? ["clew messages --unread shows them whole; they stay here until they are read."]
          : []),
        ...(memory.length > 0 ? ["clew memory history PATH shows a file's versions."] : []),
        ...(more ? [flags.all ? "Only the newest changes are shown." : "There is more: clew inbox again."] : []),
      ];
      for (const hint of hints) out.line(dim(hint));
    }
    return 0;
  });
}
