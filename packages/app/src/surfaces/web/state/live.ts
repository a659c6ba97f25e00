/** @module The live stream: one EventSource per visible page, resumed from the last number after any break. */
import { signal } from "@preact/signals";
import { useEffect, useState } from "preact/hooks";
import type { IndexProgress } from "../../http/live.ts";
import { signedOut } from "./api.ts";

export type Connection = "connecting" | "live" | "lost" | "paused";

export const connection = signal<Connection>("connecting");
export const progress = signal<IndexProgress | null>(null);
/** Time of the last change seen, for "updated … ago". Milliseconds. */
export const lastChangeAt = signal<number | null>(null);

type Listener = (sessions: readonly string[]) => void;
const listeners = new Set<Listener>();
const RETRY_MS = 1_500;
/** A change is told at once, the next ones at most this often; a backfill commits many times a second. Milliseconds. */
const GATHER_MS = 200;
const GATHER_INDEXING_MS = 1_000;

let source: EventSource | null = null;
let seq: number | null = null;
let retry: ReturnType<typeof setTimeout> | undefined;
/** Not null: something was told a moment ago, and this is what came since. */
let gathered: Set<string> | null = null;

function tell(sessions: readonly string[]): void {
  if (gathered) {
    for (const id of sessions) gathered.add(id);
    return;
  }
  gathered = new Set();
  const isIndexing = progress.peek() !== null && progress.peek()?.phase !== "idle";
  setTimeout(
    () => {
      const all = [...(gathered ?? [])];
      gathered = null;
      if (all.length > 0) tell(all);
    },
    isIndexing ? GATHER_INDEXING_MS : GATHER_MS,
  );
  lastChangeAt.value = Date.now();
  for (const listener of [...listeners]) listener(sessions);
}

function read<T>(event: Event): T | null {
  try {
    return JSON.parse((event as MessageEvent<string>).data) as T;
  } catch {
    return null;
  }
}

function connect(): void {
  if (source || document.hidden || signedOut.value) return;
  clearTimeout(retry);
  const stream = new EventSource(`/api/events${seq === null ? "" : `?after=${seq}`}`);
  source = stream;
  stream.addEventListener("hello", (event) => {
    const hello = read<{ seq: number; index: IndexProgress }>(event);
    connection.value = "live";
    if (!hello) return;
    seq = Math.max(seq ?? 0, hello.seq);
    progress.value = hello.index;
  });
  stream.addEventListener("change", (event) => {
    const change = read<{ seq: number; sessions: string[] }>(event);
    if (!change) return;
    seq = Math.max(seq ?? 0, change.seq);
    tell(change.sessions);
  });
  stream.addEventListener("progress", (event) => {
    progress.value = read<IndexProgress>(event) ?? progress.value;
  });
  // The browser's own retry keeps the query string's old cursor, so each connection is made anew here.
  stream.addEventListener("error", () => {
    disconnect();
    connection.value = "lost";
    retry = setTimeout(connect, RETRY_MS);
  });
}

function disconnect(): void {
  source?.close();
  source = null;
}

/** Starts the stream; a hidden tab gives its connection back and catches up when it is shown again. */
export function startLive(): void {
  connect();
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) return connect();
    clearTimeout(retry);
    disconnect();
    connection.value = "paused";
  });
}

/**
 * A number that grows when the named session, or any for "all", has changed; at most once in `every` milliseconds, and
 * then once more for what came meanwhile.
 */
export function useRevision(follow: string | undefined, every = 0): number {
  const [revision, setRevision] = useState(0);
  useEffect(() => {
    if (follow === undefined) return;
    let rest: ReturnType<typeof setTimeout> | undefined;
    let isMissed = false;
    const grow = () => {
      if (rest !== undefined) {
        isMissed = true;
        return;
      }
      setRevision((count) => count + 1);
      if (every === 0) return;
      rest = setTimeout(() => {
        rest = undefined;
        if (isMissed) grow();
        isMissed = false;
      }, every);
    };
    const listener: Listener = (sessions) => {
      if (follow === "all" || sessions.some((id) => id === follow || id.startsWith(`${follow}.`))) grow();
    };
    listeners.add(listener);
    return () => {
      clearTimeout(rest);
      listeners.delete(listener);
    };
  }, [follow, every]);
  return revision;
}
