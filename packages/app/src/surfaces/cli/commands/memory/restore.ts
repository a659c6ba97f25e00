/** @module `clew memory restore PATH --version ID`: an older version stands again, in the store and on the disk. */
import { ClewError } from "../../../../base/error.ts";
import { type Invocation, textFlag } from "../../command.ts";
import { dim } from "../../render/piece.ts";
import { sayWho } from "../shared/here.ts";
import { fileMeant, memoryHere } from "./here.ts";

export async function restoreMemoryFile({ context, flags, operands }: Invocation): Promise<number> {
  const { out } = context;
  const [word = ""] = operands;
  const version = textFlag(flags, "version");
  if (version === undefined || version === "")
    throw new ClewError("usage", `clew memory restore needs --version: \`clew memory history ${word}\` shows them`);
  return memoryHere(context, textFlag(flags, "session"), async (here) => {
    const [{ restoreMemory }, { rootsNamed }] = await Promise.all([
      import("../../../../authoring/memory-restore.ts"),
      import("../../../../authoring/memory-items.ts"),
    ]);
    const { authoring, author, places } = here;
    const { id } = await fileMeant(here, word, { projectId: authoring.place.projectId }).catch((error: unknown) => {
      if (error instanceof ClewError && error.code === "not_found") return fileMeant(here, word, { projectId: null });
      throw error;
    });
    let root = null;
    try {
      [root = null] = rootsNamed(
        places,
        [id],
        authoring.read((db) => db),
      );
    } catch (error) {
      // A file of a project that is not on this machine.
      if (!(error instanceof ClewError) || error.code !== "not_found") throw error;
    }
    const dryRun = flags["dry-run"] === true;
    const answer = await restoreMemory(here, { id, version, root, dryRun });
    if (flags.json) out.json({ dry_run: dryRun, ...answer, identity: author.identity });
    else {
      const where = answer.location ?? "in the store alone, as its project is not on this machine";
      out.line(`${answer.path}: version ${answer.from} ${dryRun ? "would stand" : "stands"} again, ${where}`);
      if (answer.kept !== null) out.line(dim(`what lay there is version ${answer.kept}`));
      if (!dryRun) sayWho(context, author);
    }
    return 0;
  });
}
