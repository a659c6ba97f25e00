/** @module `clew memory approve`: a person's word that a version which another wrote may be written to the disk, as it stands. */
import type { ParsedArgs } from "citty";
import { ClewError } from "../../../../base/error.ts";
import type { MemoryFileRow } from "../../../../query/memory-files.ts";
import type { WaitingVersion } from "../../../../query/memory-offers.ts";
import { type Invocation, textFlag } from "../../command.ts";
import { canAsk, confirm } from "../../confirm.ts";
import type { CliContext } from "../../context.ts";
import { when } from "../../render/formats.ts";
import { bold, dim, styled } from "../../render/piece.ts";
import { sayOdd } from "../shared/here.ts";
import { printDiffToDisk, warningsOfLong } from "./foreign-version.ts";
import { fileAnywhere, type MemoryHere, memoryHere, placeOf, projectName } from "./here.ts";

export const approveMemoryFile = ({ context, flags, operands }: Invocation): Promise<number> =>
  approveMemory(context, operands[0] ?? "", flags);

/** `key`: as `clew memory sync` gives it, or a path or id. Flags: `version`, `yes`, `revoke`, `json`. */
export async function approveMemory(context: CliContext, key: string, flags: ParsedArgs): Promise<number> {
  return memoryHere(context, undefined, async (here) => {
    if (here.author.origin !== "human")
      throw new ClewError("usage", "only a person approves what others wrote: run this in a terminal of your own");
    const file = await fileAnywhere(here, key);
    return flags.revoke === true ? revoke(context, here, file, flags) : approveOne(context, here, file, flags);
  });
}

async function approveOne(
  context: CliContext,
  here: MemoryHere,
  file: MemoryFileRow,
  flags: ParsedArgs,
): Promise<number> {
  const { out, err, isInteractive } = context;
  const [{ waitingVersions }, { approve }] = await Promise.all([
    import("../../../../authoring/memory-waiting.ts"),
    import("../../../../authoring/approval.ts"),
  ]);
  const one = chosen(waitingVersions(here, file.id), file, textFlag(flags, "version"));
  if (!one) {
    if (flags.json) out.json({ ...answerOf(file, null, here), approved: true, changed: false, warnings: [] });
    else out.line(`${file.path}: nothing of it waits.`);
    return 0;
  }
  const warnings = warningsOfLong(one.what === "deleted" ? "" : one.content, one.tainted);
  if (!flags.json) {
    await show(context, here, file, one);
    for (const warning of warnings) err.line(styled("yellow", "warning:"), ` ${warning}`);
  }
  if (flags.yes !== true) {
    if (!canAsk(isInteractive))
      throw new ClewError("usage", "nobody can be asked here: add --yes once you have read it");
    const question =
      one.what === "deleted" ? `Let it go, as ${one.author} has it?` : `Approve what ${one.author} wrote?`;
    if (!(await confirm(err, question))) {
      err.line("Not approved.");
      return 1;
    }
  }
  // Of what was shown: what has changed meanwhile is not approved.
  const written = await approve(here.authoring, "memory", file.id, one.hash, here.author);
  if (flags.json) out.json({ ...answerOf(file, one, here), approved: true, changed: written !== null, warnings });
  else out.line(`${file.path}: approved as it stands; \`clew memory pull\` brings it to the disk`);
  sayOdd(context, written);
  return 0;
}

/** Null: nothing waits. Throws `not_found` for a version that does not. */
function chosen(
  waiting: readonly WaitingVersion[],
  { path }: MemoryFileRow,
  version: string | undefined,
): WaitingVersion | null {
  if (version === undefined) return waiting[0] ?? null;
  const found = waiting.filter((one) => one.version.startsWith(version));
  if (found.length === 1) return found[0]!;
  const problem = found.length === 0 ? "no version of it waits that begins with" : "several versions begin with";
  throw new ClewError(found.length === 0 ? "not_found" : "usage", `${path}: ${problem} ${version}`);
}

async function show(context: CliContext, here: MemoryHere, file: MemoryFileRow, one: WaitingVersion): Promise<void> {
  const { out, clock, timeZone } = context;
  const did = one.what === "deleted" ? "deleted" : "wrote";
  out.line(bold(file.path), dim(`  ${projectName(file)}, version ${one.version}`));
  out.line(`${one.author} ${did} it, ${when(one.ts, clock(), timeZone)}`);
  await printDiffToDisk(context, await placeOf(here, file.id), one.what === "deleted" ? null : one.content);
}

async function revoke(context: CliContext, here: MemoryHere, file: MemoryFileRow, flags: ParsedArgs): Promise<number> {
  const { revokeApproval } = await import("../../../../authoring/approval.ts");
  const written = await revokeApproval(here.authoring, "memory", file.id, here.author);
  if (flags.json)
    context.out.json({ ...answerOf(file, null, here), approved: false, changed: written !== null, warnings: [] });
  else context.out.line(`${file.path} ${written ? "is no longer approved by you" : "was not approved by you"}.`);
  sayOdd(context, written);
  return 0;
}

function answerOf({ id, key, path }: MemoryFileRow, one: WaitingVersion | null, { author }: MemoryHere) {
  return {
    id,
    key,
    path,
    version: one?.version ?? null,
    what: one?.what ?? null,
    author: one?.author ?? null,
    content_hash: one?.hash ?? null,
    identity: author.identity,
  };
}
