/** @module Log lines that ran under the tool calls of the records on screen, gathered by call. */
import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { LogRow, LogsAnswer, TimelineRow } from "../../http/answers.ts";
import { ask } from "../state/api.ts";
import { useRevision } from "../state/live.ts";

const PAGE_ROWS = 500;
/** More pages of lines are not counted: what is shown is then the least that there is. */
const MOST_PAGES = 6;
/** Scrolling moves the window often; it is asked for once it rests. */
const PAUSE_MS = 250;
const EVERY_MS = 3_000;

export interface SpawnedLines {
  readonly lines: number;
  /** There are more lines than were counted. */
  readonly isLeast: boolean;
  readonly sessions: ReadonlySet<string>;
  readonly services: ReadonlySet<string>;
}

/** By tool-use id. */
export const spawnedLines = signal<ReadonlyMap<string, SpawnedLines>>(new Map());

export interface SpawnedLinesOptions {
  readonly sessionId: string;
  readonly rows: readonly TimelineRow[];
  readonly hasAfter: boolean;
  /** It goes on: a program that it runs tells of itself under a session of its own. */
  readonly isLive: boolean;
}

/** Asks for the lines of the time that the records stand for; the call that each ran under comes with it. */
export function useSpawnedLines({ sessionId, rows, hasAfter, isLive }: SpawnedLinesOptions): void {
  const revision = useRevision(isLive ? "all" : sessionId, EVERY_MS);
  const hasCalls = rows.some((row) => row.tool_calls.length > 0);
  const times = rows.flatMap((row) => row.ts ?? []);
  const since = hasCalls ? (times[0] ?? "") : "";
  const until = hasAfter ? (times.at(-1) ?? "") : "";
  useEffect(() => {
    if (since === "") return;
    const abort = new AbortController();
    const timer = setTimeout(() => {
      linesBetween(sessionId, since, until, abort.signal).then(
        ({ lines, isLeast }) => {
          if (!abort.signal.aborted) spawnedLines.value = byCall(lines, isLeast);
        },
        // The transcript reads as well without them.
        () => undefined,
      );
    }, PAUSE_MS);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [sessionId, since, until, revision]);
  useEffect(
    () => () => {
      spawnedLines.value = new Map();
    },
    [sessionId],
  );
}

async function linesBetween(session: string, since: string, until: string, abort: AbortSignal) {
  const lines: LogRow[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < MOST_PAGES; page++) {
    const answer = await ask<LogsAnswer>(
      "logs",
      { session, since, until, order: "oldest", limit: PAGE_ROWS, cursor },
      abort,
    );
    lines.push(...answer.rows);
    if (answer.next === null) return { lines, isLeast: false };
    cursor = answer.next;
  }
  return { lines, isLeast: true };
}

export function byCall(lines: readonly LogRow[], isLeast: boolean): ReadonlyMap<string, SpawnedLines> {
  const calls = new Map<string, { lines: number; isLeast: boolean; sessions: Set<string>; services: Set<string> }>();
  for (const line of lines) {
    if (line.tool_use_id === null) continue;
    const known = calls.get(line.tool_use_id) ?? { lines: 0, isLeast, sessions: new Set(), services: new Set() };
    known.lines++;
    if (line.session_id !== null) known.sessions.add(line.session_id);
    if (line.service !== null) known.services.add(line.service);
    calls.set(line.tool_use_id, known);
  }
  return calls;
}
