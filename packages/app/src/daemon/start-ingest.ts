/**
 * @module Starts the writing: in a process of its own while much waits to be read, then in a thread. Waits a little for a
 * command that holds the writer's lock only for its own run.
 */
import { ClewError } from "../base/error.ts";
import { backlogBytes, startCatchUp } from "./catch-up.ts";
import type { IngestInput } from "./ingest-thread.ts";
import { type IngestListener, type IngestWorker, startIngest } from "./ingest-worker.ts";

const AGAIN_AFTER_MS = 250;
/** From here on reading takes so much memory that it is worth a process of its own. Bytes of transcripts. */
const MUCH = 32 * 1024 * 1024;
/** While one writer hands over to the next, another command may have been quicker. Milliseconds. */
const HANDOVER_WAIT_MS = 600_000;

export interface LockPatience {
  /** Milliseconds; 0: not at all. */
  readonly waitMs: number;
  /** Called once, with who holds the lock. */
  readonly onWait: (message: string) => void;
  /** Ends the waiting: true when a daemon answers, which will not let go. */
  readonly isHopeless: () => Promise<boolean>;
}

/** As startIngest; throws `locked` when the lock was not let go of in time. */
export async function startIngestPatiently(
  input: IngestInput,
  listener: IngestListener,
  patience: LockPatience,
): Promise<IngestWorker> {
  if (backlogBytes(input) < MUCH) return patiently(() => startIngest(input, listener), patience);
  const catchUp = await patiently(() => startCatchUp(input, listener), patience);
  let stopped = false;
  const following = catchUp.ended.then(async (): Promise<IngestWorker | null> => {
    if (stopped) return null;
    const handover = { ...patience, waitMs: HANDOVER_WAIT_MS, isHopeless: async () => stopped };
    try {
      return await patiently(() => startIngest(input, listener), handover);
    } catch (error) {
      if (!stopped) listener.onFailed(error as ClewError);
      return null;
    }
  });
  return {
    async stop() {
      stopped = true;
      await catchUp.stop();
      await (await following)?.stop();
    },
  };
}

async function patiently<Worker>(start: () => Promise<Worker>, patience: LockPatience): Promise<Worker> {
  const until = performance.now() + patience.waitMs;
  for (let told = false; ; told = true) {
    try {
      return await start();
    } catch (error) {
      const isLocked = error instanceof ClewError && error.code === "locked";
      if (!isLocked || performance.now() >= until || (await patience.isHopeless())) throw error;
      if (!told) patience.onWait(error.message);
      await new Promise((resolve) => setTimeout(resolve, AGAIN_AFTER_MS));
    }
  }
}
