/** @module `clew resolve`: changes the status of one entry, and says why. */
import { ENTRY_STATUSES } from "../../../model/entry.ts";
import { type CliCommand, JSON_FLAG, textFlag } from "../command.ts";
import { entryMeant } from "./shared/entry-meant.ts";
import { authoringHere, sayOdd, sayWho } from "./shared/here.ts";

export const resolveCommand: CliCommand = {
  summary: "change the status of one entry, or hand it on, and say why",
  operands: "",
  arity: [0, 0],
  flags: {
    id: { type: "string", description: "the entry's id, or a beginning of it", valueHint: "ID" },
    "title-match": {
      type: "string",
      description: "words that all stand in its title; this project's entries go first",
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
    "clew resolve --id e-7f3a --status blocked --note 'Waits for the export'",
    "clew resolve --id e-7f3a --status open --assign me",
  ],
  run: ({ context, flags }) =>
    authoringHere(context, textFlag(flags, "session"), async (here) => {
      const { authoring, author } = here;
      const { resolveEntry } = await import("../../../authoring/entries.ts");
      const { entryDetail } = await import("../../../query/entry-detail.ts");
      const entryId = await entryMeant(here, textFlag(flags, "id"), flags);
      const [note, assignee] = [textFlag(flags, "note"), textFlag(flags, "assign")];
      const status = textFlag(flags, "status") ?? "resolved";
      const given = { status, ...(note !== undefined && { note }), ...(assignee !== undefined && { assignee }) };
      const before = authoring.read((db) => entryDetail(db, entryId))?.entry.status ?? null;
      const written = await resolveEntry(authoring, entryId, given, author);
      if (flags.json)
        context.out.json({
          entry_id: entryId,
          status,
          before,
          changed: written !== null,
          change_id: written?.changeId ?? null,
          session_id: author.sessionId,
          why: author.why,
          identity: author.identity,
          stored: written?.isStored ?? true,
        });
      else {
        // A note, or somebody else to see to it.
        const moved = before === status ? ` stays ${status}` : ` ${before} → ${status}`;
        context.out.line(entryId, written ? moved : ` is ${status} already`);
        if (written) sayWho(context, author);
        sayOdd(context, written);
      }
      return 0;
    }),
};
