/** @module `clew resolve`: changes the status of one entry, and says why. */
import { ClewError } from "../../../base/error.ts";
import { ENTRY_STATUSES } from "../../../model/entry.ts";
import { type CliCommand, JSON_FLAG, textFlag } from "../command.ts";
import { assigneeFor, assigneeGiven, sayAssignee } from "./shared/assignee.ts";
import { entryMeant } from "./shared/entry-meant.ts";
import { authoringHere, sayOdd, sayWho } from "./shared/here.ts";

export const resolveCommand: CliCommand = {
  summary: "change the status of one entry, or hand it on, and say why",
  operands: "[ID]",
  arity: [0, 1],
  flags: {
    id: { type: "string", description: "the same as ID: the entry's id, or a beginning of it", valueHint: "ID" },
    "title-match": {
      type: "string",
      description: "instead of ID: words that all stand in its title; this project's entries go first",
      valueHint: "WORDS",
      alias: "t",
    },
    status: {
      type: "string",
      description: `${ENTRY_STATUSES.join(", ")}; default resolved`,
      valueHint: "WORD",
      alias: "s",
    },
    note: {
      type: "string",
      description: "what is to be said about it; stands below the others",
      valueHint: "TEXT",
      alias: "n",
    },
    assign: { type: "string", description: "who is to see to it", valueHint: "IDENTITY" },
    session: {
      type: "string",
      description: "the session it is done in, when it is not the one around",
      valueHint: "ID",
    },
    ...JSON_FLAG,
  },
  examples: [
    'clew resolve --title-match "refunds" --note "Fixed by the unique key"',
    "clew resolve e-7f3a --status blocked --note 'Waits for the export'",
    "clew resolve e-7f3a --status open --assign me",
  ],
  run: ({ context, flags, operands }) =>
    authoringHere(context, textFlag(flags, "session"), async (here) => {
      const { authoring, author } = here;
      const [{ assigneeWarnings, resolveEntry }, { entryDetail }, { oneOfWords }, { assigneeOf }] = await Promise.all([
        import("../../../authoring/entries.ts"),
        import("../../../query/entry-detail.ts"),
        import("../../../authoring/given-text.ts"),
        import("../../../authoring/recipient.ts"),
      ]);
      const id = textFlag(flags, "id");
      if (id !== undefined && operands[0] !== undefined) throw new ClewError("usage", "give either ID or --id");
      const entryId = await entryMeant(here, operands[0] ?? id, flags);
      const [note, word] = [textFlag(flags, "note"), assigneeGiven(flags)];
      const status = oneOfWords("status", textFlag(flags, "status") ?? "resolved", ENTRY_STATUSES);
      const person = word === undefined ? null : assigneeOf(authoring, word, author);
      const given = { status, ...(note !== undefined && { note }), ...(person && { assignee: person.id }) };
      const before = authoring.read((db) => entryDetail(db, entryId))?.entry.status ?? null;
      const written = await resolveEntry(authoring, entryId, given, author);
      const warnings = assigneeWarnings(person);
      if (flags.json)
        context.out.json({
          entry_id: entryId,
          status,
          before,
          changed: written !== null,
          assignee: assigneeFor(author, person?.id),
          change_id: written?.changeId ?? null,
          session_id: author.sessionId,
          why: author.why,
          identity: author.identity,
          stored: written?.isStored ?? true,
          warnings,
        });
      else {
        // A note, or somebody else to see to it.
        const moved = before === status ? ` stays ${status}` : ` ${before} → ${status}`;
        context.out.line(entryId, written ? moved : ` is ${status} already`);
        if (written) sayWho(context, author);
        sayAssignee(context, author, person?.id);
        sayOdd(context, written, warnings);
      }
      return 0;
    }),
};
