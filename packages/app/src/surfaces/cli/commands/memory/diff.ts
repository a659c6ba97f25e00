/** @module `clew memory diff`: what differs between two versions of a memory file, or between one and what lies on the disk. */
import { ClewError } from "../../../../base/error.ts";
import type { MemoryFileRow } from "../../../../query/memory-files.ts";
import type { Invocation } from "../../command.ts";
import { foreignJson, isForeign, printLines } from "../../render/foreign.ts";
import { dim } from "../../render/piece.ts";
import { printDiff } from "../../render/unified-diff.ts";
import { fileMeant, type MemoryHere, memoryHere, nameFor, placeOf, safelyRead, scopeFrom, writtenIn } from "./here.ts";

interface Side {
  /** Null: the disk's. */
  readonly version: string | null;
  /** Null: there is no file. */
  readonly text: string | null;
  readonly name: string;
}

/** Of one version, else of what stands in the store, to another version, else to the disk. */
export async function diffMemoryFile({ context, flags, operands }: Invocation): Promise<number> {
  const { out } = context;
  const [word = "", first, second] = operands;
  return memoryHere(context, undefined, async (here) => {
    const { author } = here;
    const { diffText, unifiedDiff } = await import("../../../../setup/unified-diff.ts");
    const file = await fileMeant(here, word, scopeFrom(here, flags));
    const from = await versionOf(here, file, first ?? file.version);
    const to = second === undefined ? await diskOf(here, file) : await versionOf(here, file, second);
    const lines = unifiedDiff(from.text ?? "", to.text ?? "", {
      before: from.name,
      after: to.text === null ? null : to.name,
    });
    const written = writtenIn(here, file);
    if (flags.json) {
      const { id, key, path } = file;
      const answer = { id, key, path, from: from.version, to: to.version, diff: diffText(lines) };
      out.json(foreignJson(answer, author, written));
    } else if (lines.length === 0)
      out.line(dim(second === undefined ? "The same lies on the disk." : "Both versions have the same text."));
    else if (isForeign(author, written))
      printLines(
        out,
        lines.map(({ text }) => [text]),
        author,
        written,
      );
    else printDiff(out, lines);
    return 0;
  });
}

async function versionOf(here: MemoryHere, file: MemoryFileRow, version: string): Promise<Side> {
  const { memoryVersion } = await import("../../../../query/memory-files.ts");
  const found = here.authoring.read((db) => memoryVersion(db, file.id, version));
  const name = nameFor(here, file);
  if (found?.kind !== "one")
    throw new ClewError(
      found?.kind === "many" ? "usage" : "not_found",
      `${name} has ${found?.kind === "many" ? "more than one" : "no"} version ${version}: \`clew memory history ${name}\` shows them`,
    );
  return { version: found.version, text: found.content, name: `${name} ${found.version.slice(0, 12)}` };
}

async function diskOf(here: MemoryHere, file: MemoryFileRow): Promise<Side> {
  const place = await placeOf(here, file.id);
  if (!place)
    throw new ClewError("not_found", `${nameFor(here, file)} has no place on this machine: give two versions of it`);
  return { version: null, text: await safelyRead(place), name: place.location };
}
