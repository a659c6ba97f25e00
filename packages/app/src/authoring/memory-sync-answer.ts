/** @module What became of memory files in a push, a pull or a sync. */
import type { MemoryProblem } from "./memory-scan.ts";
import type { MemoryWaiting } from "./memory-waiting.ts";

/** pushed: the disk's text is the newest version. pulled: the store's is on the disk. deleted: in the store. removed: from the disk. */
export type MemoryDone = "pushed" | "pulled" | "deleted" | "removed";

export interface MemorySyncRow {
  readonly id: string;
  readonly path: string;
  readonly project_id: string | null;
  readonly location: string;
  readonly action: MemoryDone;
  /** The version that was written, or that was put on the disk. */
  readonly version: string | null;
  /** Version made of what lay on the disk, before it was replaced. */
  readonly kept: string | null;
  /** Of a version that is put on the disk: who wrote it, and whether it came from elsewhere. */
  readonly by: string | null;
  readonly tainted: boolean;
}

/** A file with several versions that stand side by side. */
export interface MemoryConflict {
  readonly id: string;
  readonly key: string;
  readonly path: string;
  /** Newest first. */
  readonly versions: readonly string[];
  readonly authors: readonly string[];
}

/** A file that was deleted in the store, and about which nothing was done. */
export interface MemoryGone {
  readonly id: string;
  readonly key: string;
  readonly path: string;
  readonly location: string;
  readonly by: string;
  readonly at: string | null;
}

export interface MemorySyncAnswer {
  readonly rows: readonly MemorySyncRow[];
  /** Files that are the same on both sides. */
  readonly same: number;
  /** Files that a word names, or that lie here, though the store has them as deleted. */
  readonly deleted: readonly MemoryGone[];
  readonly conflicts: readonly MemoryConflict[];
  /** Versions by others that no person has approved: they are in the store, and not on the disk. */
  readonly waiting: readonly MemoryWaiting[];
  readonly problems: readonly MemoryProblem[];
}
