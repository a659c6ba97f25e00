/** @module Looks whether resources that somebody subscribed to have changed; only as long as somebody has. */
import { latestSeq } from "../../query/changes.ts";
import type { Reader } from "../../query/reader.ts";
import { resourceStamp } from "./resource-stamp.ts";
import type { McpServices } from "./services.ts";

export type TellOfChange = (uri: string) => void;

export interface ResourceWatch {
  /** Tells of each change of one of these until the function that it returns is called. Addresses of nothing never change. */
  readonly watch: (uris: readonly string[], tell: TellOfChange) => () => void;
  readonly close: () => void;
}

/** A change is told this much later at most. Milliseconds. */
const LOOK_EVERY_MS = 1000;
/** Of all subscribers together: each of them is looked up after each commit. */
const MOST_WATCHED = 200;

interface Watched {
  stamp: string | null;
  readonly tell: Set<TellOfChange>;
}

export function resourceWatch({ ask, clock, onError }: McpServices, everyMs = LOOK_EVERY_MS): ResourceWatch {
  const watched = new Map<string, Watched>();
  let timer: NodeJS.Timeout | null = null;
  let seq: number | null = null;

  /** Null: there is no store, or it could not be asked, of which the next look will tell. */
  const asked = <Answer>(question: (db: Reader) => Answer): Answer | null => {
    try {
      return ask(question);
    } catch (error) {
      onError(error);
      return null;
    }
  };
  const stampOf = (uri: string): string | null => asked((db) => resourceStamp(db, uri, clock()));
  const look = (): void => {
    const newest = asked(latestSeq);
    if (newest === null || newest === seq) return;
    seq = newest;
    for (const [uri, one] of watched) {
      const stamp = stampOf(uri);
      if (stamp === one.stamp) continue;
      one.stamp = stamp;
      for (const tell of one.tell) tell(uri);
    }
  };
  const start = (): void => {
    seq = asked(latestSeq);
    timer ??= setInterval(look, everyMs);
    // Nobody waits for a server that has nothing but this left to do.
    timer.unref();
  };
  const stop = (): void => {
    if (timer !== null) clearInterval(timer);
    timer = null;
  };

  return {
    watch(uris, tell) {
      // What was committed until now is no change.
      if (timer === null) start();
      const own: TellOfChange = (uri) => tell(uri);
      const taken = new Set<string>();
      for (const uri of new Set(uris)) {
        let one = watched.get(uri);
        if (one === undefined) {
          if (watched.size >= MOST_WATCHED) break;
          one = { stamp: stampOf(uri), tell: new Set() };
          watched.set(uri, one);
        }
        one.tell.add(own);
        taken.add(uri);
      }
      return () => {
        for (const uri of taken) {
          const one = watched.get(uri);
          one?.tell.delete(own);
          if (one?.tell.size === 0) watched.delete(uri);
        }
        taken.clear();
        if (watched.size === 0) stop();
      };
    },
    close() {
      watched.clear();
      stop();
    },
  };
}
