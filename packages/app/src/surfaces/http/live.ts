/** @module What has just been written and how far indexing is, from the daemon to every open page. */

/** One commit of the writer. */
export interface Change {
  /** Commit order of its last event: the cursor that a reconnecting page resumes from. */
  readonly seq: number;
  readonly sessionIds: readonly string[];
}

/** Where a backfill is. Bytes are of transcripts. */
export interface IndexProgress {
  /** usage: token totals first. text: everything readable and searchable. idle: nothing to do. */
  readonly phase: "usage" | "text" | "idle";
  readonly files_done: number;
  readonly files: number;
  readonly bytes_done: number;
  readonly bytes: number;
  readonly bytes_per_second: number;
  readonly seconds_left: number | null;
}

export const IDLE: IndexProgress = {
  phase: "idle",
  files_done: 0,
  files: 0,
  bytes_done: 0,
  bytes: 0,
  bytes_per_second: 0,
  seconds_left: null,
};

export type LiveMessage =
  | { readonly kind: "change"; readonly change: Change }
  | { readonly kind: "progress"; readonly progress: IndexProgress };

export interface LiveHub {
  /** Called by the daemon after each commit. */
  publish(change: Change): void;
  /** Called by the daemon while it indexes; the last one given is kept. */
  progress(progress: IndexProgress): void;
  /** Newest commit seen since start; 0 before the first. */
  readonly seq: number;
  readonly lastProgress: IndexProgress;
  /** Gives every later message to `listener`; returns the function that ends it. */
  subscribe(listener: (message: LiveMessage) => void): () => void;
  readonly listeners: number;
}

/** `seq` is the newest commit in the database at start. */
export function createLiveHub(seq = 0): LiveHub {
  const listeners = new Set<(message: LiveMessage) => void>();
  let newest = seq;
  let last = IDLE;
  const tell = (message: LiveMessage) => {
    for (const listener of [...listeners]) listener(message);
  };
  return {
    publish(change) {
      newest = Math.max(newest, change.seq);
      tell({ kind: "change", change });
    },
    progress(progress) {
      last = progress;
      tell({ kind: "progress", progress });
    },
    get seq() {
      return newest;
    },
    get lastProgress() {
      return last;
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    get listeners() {
      return listeners.size;
    },
  };
}
