/** @module `clew memory push`, `pull`, `sync`: from the disk into the store, back, or both ways. */
import type { MemoryDirection } from "../../../../authoring/memory-decide.ts";
import type { MemoryGone, MemorySyncAnswer, MemorySyncRow } from "../../../../authoring/memory-sync-answer.ts";
import type { MemoryWaiting } from "../../../../authoring/memory-waiting.ts";
import { authorHandle } from "../../../../base/fence.ts";
import { type Invocation, textFlag } from "../../command.ts";
import type { CliContext } from "../../context.ts";
import type { Output } from "../../output.ts";
import { foreignJson, isForeign, type WrittenBy } from "../../render/foreign.ts";
import { localTime } from "../../render/formats.ts";
import { dim, type Piece, styled } from "../../render/piece.ts";
import { type Here, sayWho } from "../shared/here.ts";
import { memoryHere, whoFor, writtenIn } from "./here.ts";
import { inTurn } from "./turn.ts";

export const pushMemory = (invocation: Invocation): Promise<number> => move(invocation, "push");
export const pullMemory = (invocation: Invocation): Promise<number> => move(invocation, "pull");
export const syncMemoryFiles = (invocation: Invocation): Promise<number> => move(invocation, "sync");

async function move({ context, flags, operands }: Invocation, direction: MemoryDirection): Promise<number> {
  const dryRun = flags["dry-run"] === true;
  const act = () => moveHere({ context, flags, operands }, direction, dryRun);
  return dryRun ? act() : inTurn(context, act);
}

async function moveHere(
  { context, flags, operands }: Pick<Invocation, "context" | "flags" | "operands">,
  direction: MemoryDirection,
  dryRun: boolean,
): Promise<number> {
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
    if (flags.json) context.out.json({ dry_run: dryRun, ...forReader(answer, here), identity: author.identity });
    else {
      print(context, answer, dryRun, here);
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

/** A path is its author's words. */
function forReader(answer: MemorySyncAnswer, here: Here): object {
  const { conflicts, waiting, deleted } = answer;
  const [whose, whoWaits] = [inConflict(here), inWaiting(here)];
  return {
    ...answer,
    conflicts: conflicts.map((one) => foreignJson(one, here.author, whose(one))),
    waiting: waiting.map((one) => foreignJson(one, here.author, whoWaits(one))),
    deleted: deleted.map((one) => foreignJson(one, here.author, whoDeleted(here, one))),
  };
}

const inConflict =
  (here: Here) =>
  ({ id, authors }: MemorySyncAnswer["conflicts"][number]): WrittenBy => {
    const all = writtenIn(here, { id, changed_by: authors[0] ?? "", tainted: false });
    return { ...all, authors: [...new Set([...authors, ...all.authors])] };
  };

const inWaiting =
  (here: Here) =>
  ({ id, by, tainted }: MemoryWaiting): WrittenBy =>
    writtenIn(here, { id, changed_by: by, tainted });

const whoDeleted = (here: Here, { id, by }: MemoryGone): WrittenBy =>
  writtenIn(here, { id, changed_by: by, tainted: false });

const WHY: Readonly<Record<MemoryWaiting["why"], string>> = {
  other: "",
  import: ", brought in from elsewhere",
  elsewhere: ", written on another device after text from elsewhere was read",
};

function print({ out, err, timeZone }: CliContext, answer: MemorySyncAnswer, dryRun: boolean, here: Here): void {
  for (const row of answer.rows) {
    const parts: Piece[] = [row.location, `: ${(dryRun ? WOULD : WORDS)[row.action]}`];
    if (row.by !== null) parts.push(dim(`, by ${whoFor(here, row.by)}${row.tainted ? ", from elsewhere" : ""}`));
    if (row.kept !== null) parts.push(dim(`; what was there is version ${row.kept}`));
    out.line(...parts);
  }
  for (const one of answer.conflicts) {
    const { key, path, versions } = one;
    const name = isForeign(here.author, inConflict(here)(one)) ? key : path;
    out.line(
      styled("yellow", "conflict: "),
      `${name} has ${versions.length} versions side by side: \`clew memory history ${name}\` shows them, restore or push settles it`,
    );
  }
  printWaiting(out, answer.waiting, here);
  for (const one of answer.deleted) {
    const name = isForeign(here.author, whoDeleted(here, one)) ? one.key : one.location;
    const at = one.at === null ? "" : ` on ${localTime(one.at, timeZone)}`;
    out.line(`${name}: deleted${at} by ${whoFor(here, one.by)}: \`clew memory restore ${one.key}\` brings it back`);
  }
  const { same } = answer;
  const isNothing = answer.waiting.length === 0 && answer.deleted.length === 0;
  if (answer.rows.length === 0 && answer.problems.length === 0 && (same > 0 || isNothing))
    out.line(
      same === 0
        ? "No memory files here: --all-projects looks in every project."
        : `Nothing to do: ${same} ${same === 1 ? "file is" : "files are"} the same on both sides.`,
    );
  for (const { message } of answer.problems) err.line(styled("red", "clew:"), ` ${message}`);
}

/** What others wrote is counted and named; its text comes to the disk by a person's word alone. */
function printWaiting(out: Output, waiting: readonly MemoryWaiting[], here: Here): void {
  const byAuthor = new Map<string, MemoryWaiting[]>();
  for (const one of waiting) byAuthor.set(one.by, [...(byAuthor.get(one.by) ?? []), one]);
  for (const [author, list] of byAuthor) {
    const count = list.length === 1 ? "1 version" : `${list.length} versions`;
    const verb = list.length === 1 ? "waits" : "wait";
    out.line(
      styled("yellow", "waiting: "),
      `${count} by @${authorHandle(author.replace(/^person:/, ""))} ${verb} for \`clew memory approve KEY\``,
    );
    for (const one of list) {
      const { key, path, what, why } = one;
      const name = isForeign(here.author, inWaiting(here)(one)) ? "" : `  ${path}`;
      out.line(`  ${key}${name}`, dim(`${what === "deleted" ? ", deleted" : ""}${WHY[why]}`));
    }
  }
}
