/** @module `clew messages`: those to whoever asks; read, acknowledged, answered. */
import { ClewError } from "../../../base/error.ts";
import { closestOf } from "../../../query/filter/closest.ts";
import { wholeNumber } from "../arguments.ts";
import { type CliCommand, type Invocation, JSON_FLAG, textFlag } from "../command.ts";
import { foreignJson, printLines } from "../render/foreign.ts";
import { messageLines } from "../render/message.ts";
import { dim, type Piece } from "../render/piece.ts";
import { withMessage } from "./send.ts";
import { authoringHere, type Here, sayOdd } from "./shared/here.ts";
import { send } from "./shared/send.ts";

const SUB_COMMANDS = ["read", "ack", "reply"] as const;
type SubCommand = (typeof SUB_COMMANDS)[number];

export const messagesCommand: CliCommand = {
  summary: "messages to you, the newest first; read, acknowledge or answer one",
  operands: "[read ID | ack ID | reply ID TEXT…]",
  arity: [0, Number.POSITIVE_INFINITY],
  flags: {
    unread: { type: "boolean", description: "those that you have not read" },
    thread: {
      type: "string",
      description: "a thread, the oldest first, by the id of one of its messages",
      valueHint: "ID",
    },
    all: {
      type: "boolean",
      description: "everybody's, your own, and those that have expired; with --thread those of it",
    },
    limit: { type: "string", description: "how many; default 20", valueHint: "N", alias: "n" },
    after: { type: "string", description: "go on where a page ended (`next` in --json)", valueHint: "CURSOR" },
    ...JSON_FLAG,
  },
  examples: [
    "clew messages --unread",
    "clew messages read m-7f3a",
    "clew messages reply m-7f3a 'Done in 1a2b3c4'",
    "clew messages --thread m-7f3a",
  ],
  run: (invocation) =>
    authoringHere(invocation.context, undefined, (here) => {
      const [name, ...operands] = invocation.operands;
      if (name === undefined) return list(invocation, here);
      const sub = SUB_COMMANDS.find((one) => one === name);
      if (!sub) {
        const near = closestOf(name, SUB_COMMANDS);
        const hint = near ? `did you mean \`clew messages ${near}\`?` : `use ${SUB_COMMANDS.join(", ")}`;
        throw new ClewError("usage", `clew messages ${name} is unknown: ${hint}`);
      }
      for (const flag of ["unread", "thread", "all", "limit", "after"])
        if (invocation.flags[flag] !== undefined && invocation.flags[flag] !== false)
          throw new ClewError("usage", `--${flag} does not go with \`clew messages ${sub}\``);
      return one(sub, { ...invocation, operands }, here);
    }),
};

async function list({ context, flags }: Invocation, { authoring, author }: Here): Promise<number> {
  const { clock, out, timeZone } = context;
  const [{ listMessages, messageDetail, parseMessageCursor }, { lookerOf }, { findMessage }] = await Promise.all([
    import("../../../query/messages.ts"),
    import("../../../authoring/messages.ts"),
    import("../../../authoring/entries.ts"),
  ]);
  const [thread, after] = [textFlag(flags, "thread"), textFlag(flags, "after")];
  if (flags.unread && flags.all) throw new ClewError("usage", "give either --unread or --all");
  for (const flag of ["unread", "after", "limit"])
    if (thread !== undefined && flags[flag] !== undefined && flags[flag] !== false)
      throw new ClewError("usage", `--${flag} does not go with --thread, which shows all of it`);
  if (after !== undefined && !parseMessageCursor(after))
    throw new ClewError("usage", `--after ${after}: it takes the cursor that the page before ended with`);
  const now = clock();
  const id = thread === undefined ? null : findMessage(authoring, thread);
  const threadId =
    id === null ? undefined : authoring.read((db) => messageDetail(db, id, author.identity, now))?.message.thread_id;
  const looker = lookerOf(author);
  const question = {
    looker,
    which: flags.all ? ("all" as const) : ("mine" as const),
    unreadOnly: flags.unread === true,
    now,
    limit: wholeNumber("limit", textFlag(flags, "limit"), 20, 1),
    ...(threadId !== undefined && { threadId }),
    ...(after !== undefined && { after }),
  };
  const answer = authoring.read((db) => listMessages(db, question)) ?? { rows: [], next: null };
  const { rows, next } = answer;
  const written = { authors: rows.flatMap(({ authors }) => authors), tainted: rows.some(({ tainted }) => tainted) };
  if (flags.json) out.json(foreignJson(answer, author, written));
  else if (rows.length === 0) {
    const more = flags.all ? "`clew send` writes one" : "`clew messages --all` shows everybody's and what has expired";
    out.line(dim(`No ${flags.unread ? "unread " : ""}messages${flags.all ? "" : ` for ${author.identity}`}: ${more}.`));
  } else {
    const lines = rows.flatMap((row, index): readonly (readonly Piece[])[] => [
      ...(index === 0 ? [] : [[""]]),
      ...messageLines(row, { width: out.width, now, timeZone, looker }),
    ]);
    printLines(out, lines, author, written);
    if (next !== null) out.line(dim(`more: the same with --after ${next}`));
  }
  return 0;
}

async function one(sub: SubCommand, { context, flags, operands }: Invocation, here: Here): Promise<number> {
  const { authoring, author } = here;
  const { clock, out, timeZone } = context;
  const [word, ...words] = operands;
  if (word === undefined) throw new ClewError("usage", `clew messages ${sub} needs a message's id`);
  if (sub === "reply") {
    if (words.length === 0) throw new ClewError("usage", "clew messages reply needs a text, or - for standard input");
    return withMessage(context, words, (text) => send(context, here, flags.json === true, { text, replyTo: word }));
  }
  if (words.length > 0) throw new ClewError("usage", `clew messages ${sub} takes one message, found ${words[0]}`);
  const [{ messageDetail }, { lookerOf, markMessage }, { findMessage }] = await Promise.all([
    import("../../../query/messages.ts"),
    import("../../../authoring/messages.ts"),
    import("../../../authoring/entries.ts"),
  ]);
  const id = findMessage(authoring, word);
  const written = await markMessage(authoring, id, sub === "ack" ? "acknowledged" : "read", author);
  const detail = authoring.read((db) => messageDetail(db, id, author.identity, clock()));
  if (!detail) throw new ClewError("not_found", `no message ${word}: \`clew messages\` shows them`);
  const { message } = detail;
  if (flags.json) out.json(foreignJson({ ...message, changed: written !== null }, author, message));
  else if (sub === "ack") out.line(id, written ? " is acknowledged" : " was acknowledged before");
  else
    printLines(
      out,
      messageLines(message, { width: out.width, now: clock(), timeZone, looker: lookerOf(author) }),
      author,
      message,
    );
  sayOdd(context, written);
  return 0;
}
