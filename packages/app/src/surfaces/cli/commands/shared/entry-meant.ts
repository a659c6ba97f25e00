/** @module The entry that a command's flags mean. */
import type { ParsedArgs } from "citty";
import { ClewError } from "../../../../base/error.ts";
import { fenceForeign } from "../../../../base/fence.ts";
import { textFlag } from "../../command.ts";
import type { Here } from "./here.ts";

/** By --id, else by --title-match. Throws `usage` with the candidates, `not_found`. */
export async function entryMeant(
  { authoring, author }: Here,
  id: string | undefined,
  flags: ParsedArgs,
): Promise<string> {
  const { findEntry, SeveralError } = await import("../../../../authoring/entries.ts");
  const title = textFlag(flags, "title-match");
  if ((id === undefined) === (title === undefined))
    throw new ClewError("usage", "name one entry: by its id, or by words of its title with --title-match");
  try {
    return findEntry(authoring, id === undefined ? { title: title! } : { id }, author);
  } catch (error) {
    if (!(error instanceof SeveralError) || author.origin === "human") throw error;
    // Titles are anybody's words, and what a command says an agent reads.
    const ids = error.candidates.map(({ entry_id }) => `  ${entry_id}`).join("\n");
    const titles = error.candidates.map((one) => `${one.entry_id} ${one.title}`).join("\n");
    const quoted = fenceForeign(titles, { author: "several", trust: "peer", limit: 4000 });
    throw new ClewError("usage", `there are several such entries; name one of them:\n${ids}\n${quoted}`);
  }
}
