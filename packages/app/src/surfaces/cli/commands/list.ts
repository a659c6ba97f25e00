/** @module `clew list`: entries, the newest change first. */
import type { ParsedArgs } from "citty";
import { ClewError } from "../../../base/error.ts";
import { severalError } from "../../../base/foreign-words-error.ts";
import { ENTRY_CATEGORIES, ENTRY_STATUSES, OPEN_STATUSES } from "../../../model/entry.ts";
import type { EntriesPage } from "../../../query/entries.ts";
import { listFlag, wholeNumber } from "../arguments.ts";
import { type CliCommand, type Invocation, JSON_FLAG, textFlag } from "../command.ts";
import { entryTable } from "../render/entry.ts";
import { foreignJson, printLines } from "../render/foreign.ts";
import { count } from "../render/formats.ts";
import { dim } from "../render/piece.ts";
import { authoringHere, type Here } from "./shared/here.ts";

export const listCommand: CliCommand = {
  summary: "list entries of this project, the newest change first; with words those in which all of them stand",
  operands: "[WORDS…]",
  arity: [0, Number.POSITIVE_INFINITY],
  flags: {
    category: { type: "string", description: ENTRY_CATEGORIES.join(", "), valueHint: "WORD", alias: "c" },
    status: {
      type: "string",
      description: `${ENTRY_STATUSES.join(", ")}; may be repeated`,
      valueHint: "WORD…",
      alias: "s",
    },
    open: { type: "boolean", description: "those that are open, in progress or blocked" },
    mine: { type: "boolean", description: "those that you wrote, or that are assigned to you" },
    project: { type: "string", description: "those of another project, by its name or id", valueHint: "PROJECT" },
    all: { type: "boolean", description: "those of all projects" },
    deleted: { type: "boolean", description: "those that were deleted, instead" },
    limit: { type: "string", description: "how many; default 50", valueHint: "N", alias: "n" },
    after: { type: "string", description: "go on where a page ended (`next` in --json)", valueHint: "CURSOR" },
    ...JSON_FLAG,
  },
  examples: [
    "clew list --open",
    "clew list --category issue --mine --all",
    "clew list refunds staging",
    "clew list --project web --status blocked --status 'in progress'",
    "clew list --deleted",
  ],
  run: (invocation) => authoringHere(invocation.context, undefined, (here) => list(invocation, here)),
};

async function list({ context, flags, operands }: Invocation, here: Here): Promise<number> {
  const { authoring, author } = here;
  const { clock, out, timeZone } = context;
  const [{ countEntries, listEntries, parseEntryCursor }, { entryWords }, { namesOf }, { oneOfWords }] =
    await Promise.all([
      import("../../../query/entries.ts"),
      import("../../../query/entry-words.ts"),
      import("../../../query/names.ts"),
      import("../../../authoring/given-text.ts"),
    ]);
  const [category, after] = ["category", "after"].map((name) => textFlag(flags, name));
  const statuses = listFlag(flags, "status").map((word) => oneOfWords("--status", word, ENTRY_STATUSES));
  if (flags.open && statuses.length > 0) throw new ClewError("usage", "give either --open or --status");
  if (flags.all && flags.project !== undefined) throw new ClewError("usage", "give either --project or --all");
  if (after !== undefined && !parseEntryCursor(after))
    throw new ClewError("usage", `--after ${after}: it takes the cursor that the page before ended with`);
  const question = {
    limit: wholeNumber("limit", textFlag(flags, "limit"), 50, 1),
    ...(category !== undefined && { category: oneOfWords("--category", category, ENTRY_CATEGORIES) }),
    ...(statuses.length > 0 && { statuses: [...new Set(statuses)] }),
    words: entryWords(operands.join(" ")),
    ...(flags.open === true && { statuses: OPEN_STATUSES }),
    deleted: flags.deleted === true,
    ...(flags.mine === true && { mine: namesOf(author.identity) }),
    ...(flags.all !== true && { projectId: await projectOf(here, textFlag(flags, "project")) }),
    ...(after !== undefined && { after }),
  };
  const answer: EntriesPage = authoring.read((db) => listEntries(db, question)) ?? { rows: [], next: null };
  const written = {
    authors: answer.rows.flatMap(({ authors }) => authors),
    tainted: answer.rows.some(({ tainted }) => tainted),
  };
  if (flags.json) out.json(foreignJson(answer, author, written));
  else if (answer.rows.length === 0) out.line(dim(nothingFor(flags, operands)));
  else {
    const options = { width: out.width, now: clock(), timeZone };
    printLines(out, entryTable(answer.rows, options, question.deleted), author, written);
    if (question.deleted) out.line(dim("clew edit ID --undelete brings one back."));
    if (answer.next !== null) {
      const all = authoring.read((db) => countEntries(db, question)) ?? 0;
      out.line(dim(`${count(answer.rows.length)} of ${count(all)}; more: the same with --after ${answer.next}`));
    }
  }
  return 0;
}

/** What to do when there is none. */
function nothingFor(flags: ParsedArgs, words: readonly string[]): string {
  if (words.length > 0) {
    const elsewhere = flags.all ? "" : "; `--all` looks in all projects";
    return `No entry has all of these words: ${words.join(" ")}${elsewhere}.`;
  }
  if (flags.deleted) return "No entries were deleted here.";
  const isNarrowed = ["category", "status", "open", "mine", "after"].some(
    (name) => flags[name] !== undefined && flags[name] !== false,
  );
  if (isNarrowed) return `No such entries: \`clew list${flags.all ? " --all" : ""}\` lists them all.`;
  const elsewhere = flags.all ? "" : ", `clew list --all` looks everywhere";
  return `No entries: \`clew log --category note --title TEXT\` writes one down${elsewhere}.`;
}

async function projectOf({ authoring }: Here, word: string | undefined): Promise<string> {
  if (word === undefined) return authoring.place.projectId;
  const { recipientsOf } = await import("../../../query/recipients.ts");
  const found = authoring.read((db) => recipientsOf(db, `project:${word}`)) ?? [];
  const [only, other] = found;
  if (!only) throw new ClewError("not_found", `no project ${word}: \`clew stats\` counts those that are known`);
  if (other)
    throw severalError(
      `${word} could be several projects; name one of them:`,
      found.map(({ id }) => ({ id: id!, line: id! })),
    );
  return only.id!;
}
