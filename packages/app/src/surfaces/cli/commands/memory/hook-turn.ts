/** @module One hook at a time keeps memory files: two that are told of the same write make one version of it. */
import { join } from "node:path";
import { ClewError } from "../../../../base/error.ts";
import { clewPaths } from "../../../../base/paths.ts";
import type { CliContext } from "../../context.ts";

/** Longer than the one before may take. What does not get its turn goes on without: twice is better than never. */
const TURN_WITHIN_MS = 10_000;
const LOOK_EVERY_MS = 25;

export async function inTurn<Answer>({ env }: CliContext, act: () => Promise<Answer>): Promise<Answer> {
  const { acquireWriterLock } = await import("../../../../store/lock.ts");
  const path = join(clewPaths(env).home, "memory-hook.lock");
  const take = (): { release(): void } | null => {
    try {
      return acquireWriterLock(path, "memory hook");
    } catch (error) {
      if (error instanceof ClewError && error.code === "locked") return null;
      throw error;
    }
  };
  let turn = take();
  for (const until = performance.now() + TURN_WITHIN_MS; !turn && performance.now() < until; turn = take())
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  try {
    return await act();
  } finally {
    turn?.release();
  }
}
