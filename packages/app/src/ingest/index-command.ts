/** @module `clew index`: takes the writer lock, reads what is new, lets go. */
import { homedir } from "node:os";
import type { Clock } from "../base/clock.ts";
import { claudeConfigDirs, clewPaths, type Environment } from "../base/paths.ts";
import type { IndexAnswer } from "../model/answers.ts";
import type { Pricer } from "../model/usage.ts";
import { createIdentityResolver } from "../place/identity.ts";
import { createPlaceResolver } from "../place/place.ts";
import { discoverAll } from "../sources/source.ts";
import type { WriteResult } from "../store/batch.ts";
import { acquireWriterLock } from "../store/lock.ts";
import { openStore, type Store, type StoreOptions } from "../store/store.ts";
import { drainSpool } from "./drain.ts";
import { openPriceBook } from "./price/price-book.ts";
import type { OnProgress } from "./progress.ts";
import type { ReadFailure } from "./read-jobs.ts";
import { runOnce } from "./run.ts";

export interface IndexOptions {
  readonly env: Environment;
  readonly clock: Clock;
  /** Directories that hold `projects/`; from the environment by default. */
  readonly paths?: readonly string[];
  readonly signal?: AbortSignal;
  readonly onProgress?: OnProgress;
  readonly onCommit?: (result: WriteResult) => void;
  readonly onFailure?: (failure: ReadFailure) => void;
}

export interface LocalStore {
  readonly store: Store;
  readonly price: Pricer;
}

/** Opens the store with the prices and places of this machine. The caller holds the writer lock. */
export function openLocalStore(env: Environment, clock: Clock): LocalStore {
  const paths = clewPaths(env);
  const prices = openPriceBook({ overridesPath: paths.prices });
  const store = openStore(paths.database, {
    clock,
    ...whoAndWhere(env),
    price: prices.price,
    prices: prices.fingerprint(),
  });
  return { store, price: prices.price };
}

/** Places and identities as this machine and its user's rules name them. */
export function whoAndWhere(environment: Environment): Pick<StoreOptions, "place" | "identify"> {
  // Sessions bring the identity of their own surroundings: the writer's is not theirs.
  const { CLEW_IDENTITY: _, ...env } = environment;
  const userHome = env.HOME ?? homedir();
  return {
    place: createPlaceResolver(userHome),
    identify: createIdentityResolver({ env, rulesPath: clewPaths(env).identities, userHome }),
  };
}

/** One indexing run in the foreground. Throws `locked` when another process is writing. */
export async function runIndex(options: IndexOptions): Promise<IndexAnswer> {
  const { env, clock } = options;
  const lock = acquireWriterLock(clewPaths(env).lock, "index");
  try {
    const { store, price } = openLocalStore(env, clock);
    try {
      const { files } = discoverAll(options.paths ?? claudeConfigDirs(env));
      const { events: recorded } = drainSpool({
        directory: clewPaths(env).spool,
        store,
        clock,
        ...(options.onCommit && { onCommit: options.onCommit }),
      });
      const answer = await runOnce({ ...options, store, price, files });
      return { ...answer, events: answer.events + recorded, recorded };
    } finally {
      store.close();
    }
  } finally {
    lock.release();
  }
}
