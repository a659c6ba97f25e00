/** @module One at a time keeps memory files or brings them to the disk: two at once would make two versions of the same text. */
import { join } from "node:path";
import type { Alone } from "../../../../authoring/memory-bases.ts";
import { ClewError } from "../../../../base/error.ts";
import { clewPaths, type Environment } from "../../../../base/paths.ts";
import type { CliContext } from "../../context.ts";

/** Longer than the one before may take. What does not get its turn goes on without: twice is better than never. */
const TURN_WITHIN_MS = 10_000;
/** Longer than it takes to write a file. */
const ALONE_WITHIN_MS = 5000;
const LOOK_EVERY_MS = 25;

type Lock = { release(): void };

/** Not within another turn of the same process. */
export async function inTurn<Answer>({ env }: Pick<CliContext, "env">, act: () => Promise<Answer>): Promise<Answer> {
  const { acquireWriterLock } = await import("../../../../store/lock.ts");
  const path = join(clewPaths(env).home, "memory-turn.lock");
  const take = (): Lock | null => unlessTaken(() => acquireWriterLock(path, "memory"));
  let turn = take();
  for (const until = performance.now() + TURN_WITHIN_MS; !turn && performance.now() < until; turn = take())
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  try {
    return await act();
  } finally {
    turn?.release();
  }
}

/** For what the processes of one data directory read, change and write at once. It throws `locked` for one that hangs. */
export async function aloneIn(env: Environment, withinMs: number = ALONE_WITHIN_MS): Promise<Alone> {
  const { acquireWriterLock } = await import("../../../../store/lock.ts");
  const path = join(clewPaths(env).home, "memory-sync.lock");
  const sleeper = new Int32Array(new SharedArrayBuffer(4));
  return (act) => {
    const take = (): Lock => acquireWriterLock(path, "memory");
    let lock = unlessTaken(take);
    for (const until = performance.now() + withinMs; !lock && performance.now() < until; lock = unlessTaken(take))
      Atomics.wait(sleeper, 0, 0, LOOK_EVERY_MS * Math.random());
    lock ??= take();
    try {
      act();
    } finally {
      lock.release();
    }
  };
}

function unlessTaken(take: () => Lock): Lock | null {
  try {
    return take();
  } catch (error) {
    if (error instanceof ClewError && error.code === "locked") return null;
    throw error;
  }
}
