/**
 * @module Figures of sessions that grow by many small events and nothing else: added up, where computing them anew would
 * read all that is there at each batch.
 */
import { UNCORRELATED_SESSION } from "../../base/ids.ts";
import type { Fact } from "../../model/record.ts";
import type { WriteContext } from "../context.ts";

const IS_OVER =
  "SELECT activity IN ('ended', 'lost') AS isOver, started_at AS startedAt, ended_at AS endedAt FROM sessions WHERE session_id = ?";
const ADD = `
  UPDATE sessions SET events = events + $events, log_lines = log_lines + $lines,
    ended_at = max(COALESCE(ended_at, $last), $last)
  WHERE session_id = $session`;

interface Growth {
  events: number;
  lines: number;
  first: number | null;
  last: number | null;
}

export interface Counted {
  add(sessionId: string, event: { readonly ts: number | null; readonly facts: readonly Pick<Fact, "kind">[] }): void;
  /** Writes what was added to sessions that are not computed anew anyway; those that are over go there, too. Answers all. */
  put(): readonly string[];
  reset(): void;
}

export function countedProjection(
  { db, touched }: Pick<WriteContext, "db" | "touched">,
  touch: (sessionId: string) => void,
): Counted {
  const isOver = db.prepare<[string], { isOver: number | null; startedAt: number | null; endedAt: number | null }>(
    IS_OVER,
  );
  const add = db.prepare(ADD);
  const grown = new Map<string, Growth>();
  return {
    add(sessionId, { ts, facts }) {
      // What nothing joins is no session whose figures anybody sees.
      if (sessionId === UNCORRELATED_SESSION) return;
      const growth = grown.get(sessionId) ?? { events: 0, lines: 0, first: null, last: null };
      growth.events++;
      growth.lines += facts.filter(({ kind }) => kind === "log_line").length;
      if (ts !== null) {
        growth.first = Math.min(growth.first ?? ts, ts);
        growth.last = Math.max(growth.last ?? ts, ts);
      }
      grown.set(sessionId, growth);
    },
    put() {
      for (const [session, { events, lines, first, last }] of grown) {
        if (touched.has(session)) continue;
        const row = isOver.get(session);
        const isWithin =
          first !== null &&
          last !== null &&
          first >= (row?.startedAt ?? Number.POSITIVE_INFINITY) &&
          last >= (row?.endedAt ?? 0);
        if (isWithin && !row?.isOver) add.run({ session, events, lines, last });
        else touch(session);
      }
      const sessions = [...grown.keys()];
      grown.clear();
      return sessions;
    },
    reset: () => grown.clear(),
  };
}
