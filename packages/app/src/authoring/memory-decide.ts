/** @module What is to be done with one memory file, from three sides: the disk, the store, and what both last agreed on. Pure. */

/** The file as the store has it. */
export interface StoredMemory {
  readonly deleted: boolean;
  /** Change that wrote the text that stands. */
  readonly version: string;
  readonly sha256: string;
  /** The version that both sides agreed on has come to the store: a busy writer may take its time. */
  readonly hasBase: boolean;
  /** What lies on the disk is a version in the history. */
  readonly hasDisk: boolean;
}

export interface MemorySides {
  /** Null: there is no file. */
  readonly disk: { readonly sha256: string } | null;
  /** Null: it was never the same on both sides. */
  readonly base: { readonly version: string; readonly sha256: string } | null;
  /** Null: the store has never had it. */
  readonly stored: StoredMemory | null;
}

export type MemoryDirection = "push" | "pull" | "sync";

/**
 * - `push`: the text on the disk becomes a version. `sees` says which versions it was written after: "base" only what both
 *   had, so that another version of the store stands beside it; "all" what stands; "none" nothing, as it was made apart.
 * - `pull`: the store's text goes to the disk; with `keep`, what lies there becomes a version before.
 * - `remove`: the file goes; with `keep` likewise. `forget`: it is gone on both sides. `agree`: both are the same already.
 */
export type MemoryAction =
  | { readonly do: "nothing" }
  | { readonly do: "agree" }
  | { readonly do: "forget" }
  | { readonly do: "delete" }
  | { readonly do: "push"; readonly sees: "base" | "all" | "none" }
  | { readonly do: "pull" | "remove"; readonly keep: boolean };

const NOTHING: MemoryAction = { do: "nothing" };

export function decideMemory({ disk, base, stored }: MemorySides, direction: MemoryDirection): MemoryAction {
  if (!stored) return disk ? (direction === "pull" ? NOTHING : { do: "push", sees: "none" }) : NOTHING;
  if (!disk) return withoutFile(base, stored, direction);
  if (!stored.deleted && disk.sha256 === stored.sha256) {
    return base?.version === stored.version && base.sha256 === disk.sha256 ? NOTHING : { do: "agree" };
  }
  // What both agreed on and the store does not show yet is on its way there.
  const isWaiting = base !== null && !stored.hasBase;
  const storeChanged = !isWaiting && (base === null || stored.deleted || stored.version !== base.version);
  const diskChanged = base === null ? !stored.hasDisk : disk.sha256 !== base.sha256;
  const push: MemoryAction = { do: "push", sees: base === null ? "none" : "base" };
  const take = (keep: boolean): MemoryAction => ({ do: stored.deleted ? "remove" : "pull", keep });
  if (direction === "push") return diskChanged ? push : NOTHING;
  if (direction === "pull") return storeChanged || diskChanged ? take(!stored.hasDisk) : NOTHING;
  if (diskChanged) return push;
  return storeChanged ? take(false) : NOTHING;
}

function withoutFile(base: MemorySides["base"], stored: StoredMemory, direction: MemoryDirection): MemoryAction {
  if (stored.deleted) return base ? { do: "forget" } : NOTHING;
  // Never here, or asked for: only a push has nothing to say of it.
  if (direction === "pull" || base === null) return direction === "push" ? NOTHING : { do: "pull", keep: false };
  if (!stored.hasBase) return NOTHING;
  // Somebody has written it since: that is not thrown away with the file.
  if (stored.version !== base.version) return direction === "sync" ? { do: "pull", keep: false } : NOTHING;
  return { do: "delete" };
}
