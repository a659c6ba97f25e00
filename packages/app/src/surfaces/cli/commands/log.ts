/** @module `clew log`: writes an entry down: a finding, a task, a decision, an issue, a note. */
import { ClewError } from "../../../base/error.ts";
import { ENTRY_CATEGORIES, ENTRY_STATUSES } from "../../../model/entry.ts";
import { listFlag } from "../arguments.ts";
import { type CliCommand, JSON_FLAG, textFlag } from "../command.ts";
import { textFrom } from "./shared/body.ts";
import { authoringHere, sayOdd, sayWho } from "./shared/here.ts";

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
      description: "what it is about: event:, file:, commit: or url: and its target; may be repeated",
      valueHint: "KIND:TARGET…",
    },
    assign: { type: "string", description: "who is to see to it; me is yourself", valueHint: "IDENTITY" },
    ...JSON_FLAG,
  },
  examples: [
    'clew log --category issue --title "Refunds are counted twice"',
    'clew log -c finding -t "The lock is slow on NFS" --body-file notes.md --tag lock --link file:src/lock.ts',
    'clew log -c task -t "Measure it" --assign claude-code@web',
    'git log -1 --format=%B | clew log -c decision -t "One lock file" --body-file - --link commit:$(git rev-parse HEAD)',
  ],
  async run({ context, flags }) {
    const [category, title, body, file] = ["category", "title", "body", "body-file"].map((name) =>
      textFlag(flags, name),
    );
    if (category === undefined)
      throw new ClewError("usage", `clew log needs --category: ${ENTRY_CATEGORIES.join(", ")}`);
    if (title === undefined) throw new ClewError("usage", "clew log needs --title");
    if (body !== undefined && file !== undefined) throw new ClewError("usage", "give either --body or --body-file");
    const text = file === undefined ? body : await textFrom("the body", file);
    const [status, assignee] = [textFlag(flags, "status"), textFlag(flags, "assign")];
    return authoringHere(context, textFlag(flags, "session"), async ({ authoring, author }) => {
      const { addEntry } = await import("../../../authoring/entries.ts");
      const given = {
        category,
        title,
        tags: listFlag(flags, "tag"),
        links: listFlag(flags, "link"),
        ...(text !== undefined && { body: text }),
        ...(status !== undefined && { status }),
        ...(assignee !== undefined && { assignee }),
      };
      const added = await addEntry(authoring, given, author);
      const { sessionId: session_id, why, identity, origin } = author;
      const { entryId: entry_id, isStored: stored, warnings } = added;
      if (flags.json)
        context.out.json({
          entry_id,
          category: added.category,
          status: added.status,
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
        sayOdd(context, added, warnings);
      }
      return 0;
    });
  },
};
