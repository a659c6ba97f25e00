/** @module `clew edit`: changes one entry's fields, tags and links, takes it away, or brings it back. */
import { ClewError } from "../../../base/error.ts";
import { ENTRY_CATEGORIES } from "../../../model/entry.ts";
import { listFlag } from "../arguments.ts";
import { type CliCommand, type Invocation, JSON_FLAG, textFlag } from "../command.ts";
import { assigneeFor, assigneeGiven, sayAssignee } from "./shared/assignee.ts";
import { withText } from "./shared/body.ts";
import { entryMeant } from "./shared/entry-meant.ts";
import { authoringHere, type Here, sayOdd, sayWho, workingDirectory } from "./shared/here.ts";

export const editCommand: CliCommand = {
  summary: "change one entry: title, body, category, who it is for, tags, links; delete it or bring it back",
  operands: "[ID]",
  arity: [0, 1],
  flags: {
    "title-match": {
      type: "string",
      description: "instead of ID: words that all stand in its title; this project's entries go first",
      valueHint: "WORDS",
    },
    title: { type: "string", description: "the new title, in at most 200 characters", valueHint: "TEXT", alias: "t" },
    body: { type: "string", description: 'the new body, at most 256 KB; "" for none', valueHint: "TEXT", alias: "b" },
    "body-file": { type: "string", description: "the same from a file, or - for standard input", valueHint: "FILE" },
    category: { type: "string", description: ENTRY_CATEGORIES.join(", "), valueHint: "WORD", alias: "c" },
    assign: { type: "string", description: "who is to see to it; me is yourself", valueHint: "IDENTITY" },
    unassign: { type: "boolean", description: "it is for nobody in particular" },
    tag: { type: "string", description: "one more tag; may be repeated", valueHint: "TAG…" },
    untag: { type: "string", description: "a tag that it has and is to lose; may be repeated", valueHint: "TAG…" },
    link: {
      type: "string",
      description: "one more thing that it is about, as with `clew log`; may be repeated",
      valueHint: "LINK…",
    },
    unlink: { type: "string", description: "a link that it has and is to lose; may be repeated", valueHint: "LINK…" },
    delete: { type: "boolean", description: "take it out of lists and inboxes; its history stays" },
    undelete: { type: "boolean", description: "bring it back" },
    session: {
      type: "string",
      description: "the session it is done in, when it is not the one around",
      valueHint: "ID",
    },
    ...JSON_FLAG,
  },
  examples: [
    'clew edit e-7f3a --title "Refunds are counted twice on staging" --tag staging',
    "clew edit --title-match refunds --assign ana --link src/refunds.ts",
    "clew edit e-7f3a --delete",
    "git log -1 --format=%B | clew edit e-7f3a --body-file -",
  ],
  run(invocation) {
    const { context, flags } = invocation;
    for (const [one, other] of [
      ["body", "body-file"],
      ["assign", "unassign"],
      ["delete", "undelete"],
    ] as const)
      if (isGiven(flags[one]) && isGiven(flags[other]))
        throw new ClewError("usage", `give either --${one} or --${other}`);
    const names = ["title", "body", "body-file", "category", "assign", "unassign", "tag", "untag", "link", "unlink"];
    if (![...names, "delete", "undelete"].some((name) => isGiven(flags[name])))
      throw new ClewError("usage", "clew edit needs what is to change, like --title: see `clew edit --help`");
    const text = { inline: textFlag(flags, "body"), path: textFlag(flags, "body-file") };
    return withText(context, "the body", text, (body) =>
      authoringHere(context, textFlag(flags, "session"), (here) => edit(invocation, here, body)),
    );
  },
};

const isGiven = (value: unknown): boolean => value !== undefined && value !== false;

async function edit({ context, flags, operands }: Invocation, here: Here, body: string | undefined): Promise<number> {
  const { authoring, author } = here;
  const { editEntry } = await import("../../../authoring/edit-entry.ts");
  const entryId = await entryMeant(here, operands[0], flags, flags.undelete === true ? ["deleted"] : ["living"]);
  const [title, category] = ["title", "category"].map((name) => textFlag(flags, name));
  const assign = assigneeGiven(flags);
  const given = {
    ...(title !== undefined && { title }),
    ...(body !== undefined && { body }),
    ...(category !== undefined && { category }),
    ...(assign !== undefined && { assignee: assign }),
    ...(flags.unassign === true && { assignee: null }),
    tags: listFlag(flags, "tag"),
    untags: listFlag(flags, "untag"),
    links: listFlag(flags, "link"),
    unlinks: listFlag(flags, "unlink"),
    directory: workingDirectory(context),
    ...(flags.delete === true && { deleted: true }),
    ...(flags.undelete === true && { deleted: false }),
  };
  const { written, changed, assignee, warnings } = await editEntry(authoring, entryId, given, author);
  if (flags.json)
    context.out.json({
      entry_id: entryId,
      changed: written !== null,
      fields: changed,
      assignee: assigneeFor(author, assignee),
      change_id: written?.changeId ?? null,
      session_id: author.sessionId,
      why: author.why,
      identity: author.identity,
      stored: written?.isStored ?? true,
      warnings,
    });
  else {
    context.out.line(entryId, written ? ` ${said(changed, flags.delete === true)}` : " is so already");
    if (written) sayWho(context, author);
    sayAssignee(context, author, assignee);
    sayOdd(context, written, warnings);
  }
  return 0;
}

/** "deleted", "brought back; title, tags changed" */
function said(changed: readonly string[], isDeletion: boolean): string {
  const rest = changed.filter((name) => name !== "deleted");
  const parts = [
    ...(rest.length < changed.length ? [isDeletion ? "deleted" : "brought back"] : []),
    ...(rest.length > 0 ? [`${rest.join(", ")} changed`] : []),
  ];
  return parts.join("; ");
}
