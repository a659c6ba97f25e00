/** @module `clew index`: takes the writer lock, reads what is new, lets go. */
import { homedir } from "node:os";
import type { Clock } from "../base/clock.ts";
import { claudeConfigDirs, clewPaths, type Environment } from "../base/paths.ts";
import type { IndexAnswer } from "../model/answers.ts";
import type { Pricer } from "../model/usage.ts";
import { createIdentityResolver } from "../place/identity.ts";
import { createPlaceResolver } from "../place/place.ts";
import { createSessionTyper } from "../place/session-types.ts";
import { discoverAll } from "../sources/source.ts";
import type { WriteResult } from "../store/batch.ts";
import { acquireWriterLock } from "../store/lock.ts";
import { openStore, type Store, type StoreOptions } from "../store/store.ts";
import { drainSpool } from "./drain.ts";
import { createLogIntake } from "./logs/follow-logs.ts";
import { openPriceBook } from "./price/price-book.ts";
import type { OnProgress } from "./progress.ts";
import type { ReadFailure } from "./read-jobs.ts";
import { runOnce } from "./run.ts";

/** Interaction logs are looked for in workspaces whose sessions are not older. Milliseconds. */
export const WORKSPACES_SINCE_MS = 30 * 24 * 3600 * 1000;

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

/** Places, identities and types of sessions as this machine and its user's rules name them. */
export function whoAndWhere(environment: Environment): Pick<StoreOptions, "place" | "identify" | "sessionTypes"> {
  // Sessions bring the identity of their own surroundings: the writer's is not theirs.
  const { CLEW_IDENTITY: _, ...env } = environment;
  const userHome = env.HOME ?? homedir();
  return {
    place: createPlaceResolver(userHome),
    identify: createIdentityResolver({ env, rulesPath: clewPaths(env).identities, userHome }),
    sessionTypes: createSessionTyper({ rulesPath: clewPaths(env).sessionTypes }),
  };
}

/** Everything that the log files hold beyond what is known; answers how many lines. */
async function readLogs(store: Store, { env, clock, onCommit, onFailure }: IndexOptions): Promise<number> {
  const workspaces = () => store.recentWorkspaces(clock() - WORKSPACES_SINCE_MS);
  const logs = createLogIntake({ store, env, clock, workspaces, ...(onCommit && { onCommit }) });
  try {
    let lines = 0;
    for (let more = true; more; ) {
      const taken = await logs.takeIn({ everything: true });
      lines += taken.lines;
      for (const message of taken.problems) onFailure?.({ path: "a log", message });
      more = taken.more;
    }
    return lines;
  } finally {
    logs.close();
  }
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
      const logLines = options.paths ? 0 : await readLogs(store, options);
      return { ...answer, events: answer.events + recorded + logLines, recorded, log_lines: logLines };
    } finally {
      store.close();
    }
  } finally {
    lock.release();
  }
}
