/** @module `clew memory restore PATH`: an older version stands again, or a file that was deleted, in the store and on the disk. */
import { ClewError } from "../../../../base/error.ts";
import { type Invocation, textFlag } from "../../command.ts";
import { canAsk, confirm } from "../../confirm.ts";
import { foreignJson } from "../../render/foreign.ts";
import { dim, styled } from "../../render/piece.ts";
import { sayWho } from "../shared/here.ts";
import { printDiffToDisk, warningsOfLong } from "./foreign-version.ts";
import { basesNow, fileAnywhere, isOfOthers, memoryHere, nameFor, placeOf, versionFor, writtenIn } from "./here.ts";
import { inTurn } from "./turn.ts";

export async function restoreMemoryFile({ context, flags, operands }: Invocation): Promise<number> {
  const { out, err } = context;
  const [word = ""] = operands;
  const given = textFlag(flags, "version");
  return memoryHere(context, textFlag(flags, "session"), async (here) => {
    const [{ restoreMemory }, { memoryVersion }, { whyForeignVersion }] = await Promise.all([
      import("../../../../authoring/memory-restore.ts"),
      import("../../../../query/memory-files.ts"),
      import("../../../../query/memory-offers.ts"),
    ]);
    const { authoring, author, reader } = here;
    const file = await fileAnywhere(here, word);
    const { id } = file;
    // What was deleted comes back as it was.
    const version = given || (file.deleted ? file.version : "");
    if (version === "")
      throw new ClewError(
        "usage",
        `clew memory restore needs --version: \`clew memory history ${nameFor(here, file)}\` shows them`,
      );
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
    const question = { id, version, root: place?.root ?? null, dryRun, isChosen };
    // What was the same on both sides may be another version by now: a person may have thought about it for long.
    const answer = dryRun
      ? await restoreMemory(here, question)
      : await inTurn(context, async () => restoreMemory({ ...here, bases: await basesNow(context) }, question));
    if (flags.json) {
      const said = foreignJson(answer, author, writtenIn(here, file)) as object;
      out.json({ dry_run: dryRun, ...said, identity: author.identity });
    } else {
      const there = answer.location !== null && isOfOthers(here, file) ? "on the disk" : answer.location;
      const where = there ?? "in the store alone, as its project is not on this machine";
      const from = versionFor(here, answer.from);
      out.line(`${nameFor(here, file)}: version ${from} ${dryRun ? "would stand" : "stands"} again, ${where}`);
      if (answer.kept !== null) out.line(dim(`what lay there is version ${answer.kept}`));
      if (!dryRun) sayWho(context, author);
    }
    return 0;
  });
}
