/** @module `clew memory push`, `pull`, `sync`: from the disk into the store, back, or both ways. */
import type { MemoryDirection } from "../../../../authoring/memory-decide.ts";
import type { MemorySyncAnswer, MemorySyncRow } from "../../../../authoring/memory-sync.ts";
import { type Invocation, textFlag } from "../../command.ts";
import type { CliContext } from "../../context.ts";
import { dim, type Piece, styled } from "../../render/piece.ts";
import { sayWho } from "../shared/here.ts";
import { memoryHere } from "./here.ts";

export const pushMemory = (invocation: Invocation): Promise<number> => move(invocation, "push");
export const pullMemory = (invocation: Invocation): Promise<number> => move(invocation, "pull");
export const syncMemoryFiles = (invocation: Invocation): Promise<number> => move(invocation, "sync");

async function move({ context, flags, operands }: Invocation, direction: MemoryDirection): Promise<number> {
  const dryRun = flags["dry-run"] === true;
  return memoryHere(context, textFlag(flags, "session"), async (here) => {
    const [{ syncMemory }, { rootsNamed }, { memoryRoots }] = await Promise.all([
      import("../../../../authoring/memory-sync.ts"),
      import("../../../../authoring/memory-items.ts"),
      import("../../../../authoring/memory-places.ts"),
    ]);
    const { authoring, author, places } = here;
    const named = operands.length > 0;
    const roots = named
      ? rootsNamed(
          places,
          operands,
          authoring.read((db) => db),
        )
      : memoryRoots(places, flags["all-projects"] === true ? "all" : "here");
    const answer = await syncMemory(here, { direction, roots, named, dryRun });
    if (flags.json) context.out.json({ dry_run: dryRun, ...answer, identity: author.identity });
    else {
      print(context, answer, dryRun);
      if (!dryRun && answer.rows.length > 0) sayWho(context, author);
    }
    return answer.problems.length > 0 ? 1 : 0;
  });
}

const WORDS: Readonly<Record<MemorySyncRow["action"], string>> = {
  pushed: "kept in the store",
  pulled: "written from the store",
  deleted: "deleted in the store",
  removed: "removed from the disk",
};
const WOULD: Readonly<Record<MemorySyncRow["action"], string>> = {
  pushed: "would be kept in the store",
  pulled: "would be written from the store",
  deleted: "would be deleted in the store",
  removed: "would be removed from the disk",
};

function print({ out, err }: CliContext, answer: MemorySyncAnswer, dryRun: boolean): void {
  for (const row of answer.rows) {
    const parts: Piece[] = [row.location, `: ${(dryRun ? WOULD : WORDS)[row.action]}`];
    if (row.by !== null) parts.push(dim(`, by ${row.by}${row.tainted ? ", from elsewhere" : ""}`));
    if (row.kept !== null) parts.push(dim(`; what was there is version ${row.kept}`));
    out.line(...parts);
  }
  for (const { path, versions } of answer.conflicts)
    out.line(
      styled("yellow", "conflict: "),
      `${path} has ${versions.length} versions side by side, the newest stands: \`clew memory history ${path}\` shows them, restore or push settles it`,
    );
  const { same } = answer;
  if (answer.rows.length === 0 && answer.problems.length === 0)
    out.line(
      same === 0
        ? "No memory files here: --all-projects looks in every project."
        : `Nothing to do: ${same} ${same === 1 ? "file is" : "files are"} the same on both sides.`,
    );
  for (const { message } of answer.problems) err.line(styled("red", "clew:"), ` ${message}`);
}
