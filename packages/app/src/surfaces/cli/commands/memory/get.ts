/** @module `clew memory get`: a memory file as it stands, or one of its versions. */
import { ClewError } from "../../../../base/error.ts";
import { type Invocation, textFlag } from "../../command.ts";
import { foreignJson, isForeign, printLines } from "../../render/foreign.ts";
import { when } from "../../render/formats.ts";
import { bold, dim, type Piece, styled } from "../../render/piece.ts";
import { fileMeant, memoryHere, nameFor, projectName, scopeFrom, versionFor, whoFor, writtenIn } from "./here.ts";

export async function getMemoryFile({ context, flags, operands }: Invocation): Promise<number> {
  const { out, err, clock, timeZone } = context;
  const [word = ""] = operands;
  return memoryHere(context, undefined, async (here) => {
    const { authoring, author } = here;
    const { memoryFile, memoryHistory, memoryVersion } = await import("../../../../query/memory-files.ts");
    const { id } = await fileMeant(here, word, scopeFrom(here, flags));
    const file = authoring.read((db) => memoryFile(db, id))!;
    const name = nameFor(here, file);
    const wanted = textFlag(flags, "version");
    const found = wanted === undefined ? null : authoring.read((db) => memoryVersion(db, id, wanted));
    if (found && found.kind !== "one")
      throw new ClewError(
        found.kind === "none" ? "not_found" : "usage",
        `${name} has ${found.kind === "none" ? "no" : "more than one"} version ${wanted}: \`clew memory history ${name}\` shows them`,
      );
    const version = found?.version ?? file.version;
    const content = found?.content ?? file.content;
    const change = authoring.read((db) => memoryHistory(db, id))?.find((one) => one.version === version);
    const written = writtenIn(here, file);
    if (flags.json) {
      out.json(foreignJson({ ...file, version, content }, author, written));
      return 0;
    }
    if (file.problem !== null)
      err.line(
        styled("yellow", "warning:"),
        ` ${name}: ${isForeign(author, written) ? "its front matter says nothing" : file.problem}`,
      );
    const about = [file.type, file.description].filter((one) => one !== null).join(": ");
    const by = change ? `, ${when(change.ts, clock(), timeZone)} by ${whoFor(here, change.author)}` : "";
    const header: (readonly Piece[])[] = [
      [bold(file.title ?? file.path), dim(`  ${projectName(file)}/${file.path}, version ${version}${by}`)],
      ...(about === "" ? [] : [[dim(about)]]),
    ];
    if (file.deleted)
      err.line(styled("yellow", "It was deleted: "), `\`clew memory restore ${file.key}\` brings it back.`);
    // Standard output is the file, byte by byte, for whoever sends it on; an agent's fence says whose words are in it.
    if (isForeign(author, written))
      printLines(out, [...header, [""], ...content.split("\n").map((line) => [line])], author, written);
    else {
      for (const line of header) err.line(...line);
      out.file(content);
    }
    for (const other of file.others)
      err.line(
        styled("yellow", "conflict: "),
        `version ${versionFor(here, other.version)} by ${whoFor(here, other.author)} stands beside it: \`clew memory restore ${name} --version ID\` settles it`,
      );
    return 0;
  });
}
