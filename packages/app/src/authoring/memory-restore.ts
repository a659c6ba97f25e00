/** @module Puts an older version of a memory file back, in the store and on the disk. What stood there stays in the history. */
import { ClewError } from "../base/error.ts";
import { authorHandle } from "../base/fence.ts";
import { ForeignWordsError } from "../base/foreign-words-error.ts";
import { memoryVersion } from "../query/memory-files.ts";
import { memoryKey } from "../query/memory-key.ts";
import { whyForeignVersion } from "../query/memory-offers.ts";
import { hadContent, memoryStates } from "../query/memory-states.ts";
import { subjectState } from "../query/shared-subject.ts";
import { keptChange, textChange } from "./memory-change.ts";
import { putMemory } from "./memory-disk.ts";
import type { MemoryRoot } from "./memory-places.ts";
import { hashOf, readMemoryFile } from "./memory-read.ts";
import { seenVersions } from "./memory-seen.ts";
import type { MemorySyncServices } from "./memory-sync.ts";

export interface MemoryRestoreQuestion {
  readonly id: string;
  /** Id of the version, or a unique beginning of it. */
  readonly version: string;
  /** Where it lies on this machine; null: nowhere, then only the store has it. */
  readonly root: MemoryRoot | null;
  readonly dryRun: boolean;
  /** A person has chosen it, knowing whose it is. */
  readonly isChosen: boolean;
}

export interface MemoryRestoreAnswer {
  readonly id: string;
  readonly path: string;
  readonly location: string | null;
  /** The version that was asked for, and the new one that has its text; null with `dryRun`. */
  readonly from: string;
  readonly version: string | null;
  /** Version made of what lay on the disk and was in no version yet. */
  readonly kept: string | null;
}

/**
 * Throws `not_found`, `usage` for a version that could be several and for another's that no person has chosen, and `io` where the
 * disk's file cannot be replaced.
 */
export async function restoreMemory(
  { authoring, author, reader, bases, putFile }: MemorySyncServices,
  { id, version, root, dryRun, isChosen }: MemoryRestoreQuestion,
): Promise<MemoryRestoreAnswer> {
  const state = authoring.read((db) => subjectState(db, "memory", id));
  const known = authoring.read((db) => memoryStates(db, id))?.get(id);
  const found = authoring.read((db) => memoryVersion(db, id, version));
  if (!state || !known || !found)
    throw new ClewError("not_found", `no memory file ${id}: \`clew memory list\` shows them`);
  const { path, projectId } = known;
  if (found.kind !== "one") {
    const [code, problem] =
      found.kind === "none"
        ? ([
            "not_found",
            (name: string) => `${name} has no version ${version}: \`clew memory history ${name}\` shows them`,
          ] as const)
        : (["usage", (name: string) => `${version} could be several versions of ${name}; give more of it`] as const);
    throw new ForeignWordsError(code, problem(path), problem(memoryKey(id)));
  }
  const foreign = authoring.read((db) => whyForeignVersion(db, reader, id, found.version));
  if (foreign && author.origin !== "human") {
    const who = authorHandle(foreign.author);
    throw new ClewError("usage", `${who} wrote that version: only a person brings it back, in a terminal`);
  }
  if (foreign && !isChosen)
    throw new ClewError("usage", `${foreign.author} wrote that version: add --yes once you have read it`);
  const read = root ? readMemoryFile(root.path) : null;
  // Bytes that could not be kept are not replaced either.
  if (typeof read === "string") throw new ClewError("io", `nothing was changed: ${read}`);
  const answer = { id, path, location: root?.path ?? null, from: found.version };
  if (dryRun) return { ...answer, version: null, kept: null };
  const seen = root ? seenVersions(bases, { location: root.path, subject: id }, state) : [];
  const isNew = read !== null && authoring.read((db) => hadContent(db, id, read.content)) !== true;
  const kept = isNew ? authoring.newId() : null;
  if (root && read && kept !== null) {
    // What is cut short from here on has kept what lies there.
    bases.intend(root.path, kept);
    bases.save();
    await authoring.writeAll([{ ...keptChange(state, id, read.content, seen), changeId: kept }], author);
  }
  const over = [...(state.standing.content ?? []), ...seen, ...(kept === null ? [] : [kept])];
  const [written] = await authoring.writeAll(
    [textChange(state, { subject: id, projectId, path, content: found.content }, over)],
    author,
  );
  if (root) {
    const file = { location: root.path, root, disk: read };
    putMemory(putFile, file, Buffer.from(found.content), authoring.newId().replaceAll("-", ""));
    bases.set(root.path, { subject: id, version: written!, sha256: hashOf(found.content) });
    bases.save();
  }
  return { ...answer, version: written!, kept };
}
