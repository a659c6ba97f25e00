/** @module `clew memory restore PATH --version ID`: an older version stands again, in the store and on the disk. */
import { ClewError } from "../../../../base/error.ts";
import { type Invocation, textFlag } from "../../command.ts";
import { canAsk, confirm } from "../../confirm.ts";
import { dim, styled } from "../../render/piece.ts";
import { sayWho } from "../shared/here.ts";
import { printDiffToDisk, warningsOfLong } from "./foreign-version.ts";
import { fileAnywhere, memoryHere, placeOf } from "./here.ts";

export async function restoreMemoryFile({ context, flags, operands }: Invocation): Promise<number> {
  const { out, err } = context;
  const [word = ""] = operands;
  const version = textFlag(flags, "version");
  if (version === undefined || version === "")
    throw new ClewError("usage", `clew memory restore needs --version: \`clew memory history ${word}\` shows them`);
  return memoryHere(context, textFlag(flags, "session"), async (here) => {
    const [{ restoreMemory }, { memoryVersion }, { whyForeignVersion }] = await Promise.all([
      import("../../../../authoring/memory-restore.ts"),
      import("../../../../query/memory-files.ts"),
      import("../../../../query/memory-offers.ts"),
    ]);
    const { authoring, author, reader } = here;
    const { id } = await fileAnywhere(here, word);
    const place = await placeOf(here, id);
    const dryRun = flags["dry-run"] === true;
    const found = authoring.read((db) => memoryVersion(db, id, version));
    const foreign =
      found?.kind === "one" ? authoring.read((db) => whyForeignVersion(db, reader, id, found.version)) : null;
    let isChosen = dryRun || flags.yes === true;
    if (foreign && author.origin === "human" && !isChosen && !flags.json && canAsk(context.isInteractive)) {
      const content = found?.kind === "one" ? found.content : "";
      await printDiffToDisk(context, place, content);
      for (const warning of warningsOfLong(content, foreign.why === "elsewhere"))
        err.line(styled("yellow", "warning:"), ` ${warning}`);
      isChosen = await confirm(err, `Bring back what ${foreign.author} wrote?`);
      if (!isChosen) {
        err.line("Nothing was changed.");
        return 1;
      }
    }
    const answer = await restoreMemory(here, { id, version, root: place?.root ?? null, dryRun, isChosen });
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
