/** @module The entry that a command's flags mean. */
import type { ParsedArgs } from "citty";
import { ClewError } from "../../../../base/error.ts";
import { textFlag } from "../../command.ts";
import type { Here } from "./here.ts";

/**
 * By its id, else by --title-match: among the first kind that has one with these words. Throws `usage` with the candidates,
 * `not_found`.
 */
export async function entryMeant(
  { authoring, author }: Here,
  id: string | undefined,
  flags: ParsedArgs,
  kinds: readonly ("living" | "deleted")[] = ["living"],
): Promise<string> {
  const { findEntry } = await import("../../../../authoring/entries.ts");
  const title = textFlag(flags, "title-match");
  if ((id === undefined) === (title === undefined))
    throw new ClewError("usage", "name one entry: by its id, or by words of its title with --title-match");
  const [kind, ...others] = kinds;
  try {
    return findEntry(authoring, id === undefined ? { title: title! } : { id }, author, kind);
  } catch (error) {
    if (others.length > 0 && id === undefined && error instanceof ClewError && error.code === "not_found")
      return entryMeant({ authoring, author }, id, flags, others);
    throw error;
  }
}
