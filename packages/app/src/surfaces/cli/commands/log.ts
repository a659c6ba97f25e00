/** @module `clew log`: writes an entry down: a finding, a task, a decision, an issue, a note. */
import { ClewError } from "../../../base/error.ts";
import { ENTRY_CATEGORIES, ENTRY_STATUSES } from "../../../model/entry.ts";
import { listFlag } from "../arguments.ts";
import { type CliCommand, type Invocation, JSON_FLAG, textFlag } from "../command.ts";
import { dim } from "../render/piece.ts";
import { assigneeFor, assigneeGiven, sayAssignee } from "./shared/assignee.ts";
import { withText } from "./shared/body.ts";
import { authoringHere, type Here, sayOdd, sayWho, workingDirectory } from "./shared/here.ts";

export const logCommand: CliCommand = {
  summary: "write an entry down: a finding, a task, a decision, an issue, a note",
  operands: "",
  arity: [0, 0],
  flags: {
    category: { type: "string", description: ENTRY_CATEGORIES.join(", "), valueHint: "WORD", alias: "c" },
    title: { type: "string", description: "what it is, in at most 200 characters", valueHint: "TEXT", alias: "t" },
    body: { type: "string", description: "all there is to say, at most 256 KB", valueHint: "TEXT", alias: "b" },
    "body-file": { type: "string", description: "the same from a file, or - for standard input", valueHint: "FILE" },
    status: {
      type: "string",
      description: `${ENTRY_STATUSES.join(", ")}; default: info for decisions and notes, else open`,
      valueHint: "WORD",
    },
    session: {
      type: "string",
      description: "the session it came up in, when it is not the one around",
      valueHint: "ID",
    },
    tag: { type: "string", description: "a word to find it by; may be repeated", valueHint: "TAG…" },
    link: {
      type: "string",
      description:
        "what it is about: an event's id, a file, a commit, an address; event:, file:, commit: or url: before it says which; may be repeated",
      valueHint: "LINK…",
    },
    assign: { type: "string", description: "who is to see to it; me is yourself", valueHint: "IDENTITY" },
    ...JSON_FLAG,
  },
  examples: [
    'clew log --category issue --title "Refunds are counted twice"',
    'clew log -c finding -t "The lock is slow on NFS" --body-file notes.md --tag lock --link src/lock.ts',
    'clew log -c task -t "Measure it" --assign claude-code@web',
    'git log -1 --format=%B | clew log -c decision -t "One lock file" --body-file - --link $(git rev-parse HEAD)',
  ],
  run(invocation) {
    const { context, flags } = invocation;
    const [category, title, inline, path] = ["category", "title", "body", "body-file"].map((name) =>
      textFlag(flags, name),
    );
    if (category === undefined)
      throw new ClewError("usage", `clew log needs --category: ${ENTRY_CATEGORIES.join(", ")}`);
    if (title === undefined) throw new ClewError("usage", "clew log needs --title");
    if (inline !== undefined && path !== undefined) throw new ClewError("usage", "give either --body or --body-file");
    return withText(context, "the body", { inline, path }, (body) =>
      authoringHere(context, textFlag(flags, "session"), (here) =>
        log(invocation, here, { category, title, ...(body !== undefined && { body }) }),
      ),
    );
  },
};

async function log(
  { context, flags }: Invocation,
  { authoring, author }: Here,
  text: { readonly category: string; readonly title: string; readonly body?: string },
): Promise<number> {
  const [{ addEntry }, { linkText }] = await Promise.all([
    import("../../../authoring/entries.ts"),
    import("../../../authoring/entry-link.ts"),
  ]);
  const [status, assignee] = [textFlag(flags, "status"), assigneeGiven(flags)];
  const named = listFlag(flags, "link");
  const given = {
    ...text,
    tags: listFlag(flags, "tag"),
    links: named,
    directory: workingDirectory(context),
    ...(status !== undefined && { status }),
    ...(assignee !== undefined && { assignee }),
  };
  const added = await addEntry(authoring, given, author);
  const { sessionId: session_id, why, identity, origin } = author;
  const { entryId: entry_id, isStored: stored, warnings, links } = added;
  if (flags.json)
    context.out.json({
      entry_id,
      category: added.category,
      status: added.status,
      links,
      assignee: assigneeFor(author, added.assignee),
      session_id,
      why,
      identity,
      origin,
      stored,
      warnings,
    });
  else {
    context.out.line(entry_id);
    sayWho(context, author);
    sayAssignee(context, author, added.assignee);
    const recognised = links
      .map(linkText)
      .filter((link, index) => link !== named[index] && link !== `url:${named[index]}`);
    if (recognised.length > 0) context.err.line(dim(`about ${recognised.join(", ")}`));
    sayOdd(context, added, warnings);
  }
  return 0;
}
