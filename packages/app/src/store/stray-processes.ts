/** @module Processes whose lines nothing joins to a session yet, and the session that a process runs. For who writes. */
import { UNCORRELATED_SESSION } from "../base/ids.ts";
import type { Database } from "./db.ts";
import { hereOf } from "./machine.ts";

export interface StrayProcess {
  readonly pid: number;
  /** Of its first line that nothing joins, milliseconds UTC. */
  readonly ts: number;
}

export interface StrayProcesses {
  /** Processes with lines from `since` on that belong to no session; at most 100. */
  list(since: number): readonly StrayProcess[];
  /** The session that runs in a process now; of several the newest. */
  sessionOf(pid: number): { readonly sessionId: string; readonly workspaceId: string } | null;
}

const STRAY = `
  SELECT pid, host, min(ts) AS ts FROM log_lines
  WHERE session_id = '${UNCORRELATED_SESSION}' AND ts >= ? AND pid IS NOT NULL AND is_outside = 0
  GROUP BY pid, host LIMIT 100`;
const RUNNING = `
  SELECT s.session_id AS sessionId, s.workspace_id AS workspaceId
  FROM session_processes p CROSS JOIN sessions s ON s.session_id = p.session_id
  WHERE p.pid = ? AND s.activity NOT IN ('ended', 'lost') ORDER BY p.ts DESC LIMIT 1`;

export function openStrayProcesses(db: Database): StrayProcesses {
  const stray = db.prepare<[number], StrayProcess & { readonly host: string | null }>(STRAY);
  const isHere = hereOf(db);
  const running = db.prepare<[number], { sessionId: string; workspaceId: string }>(RUNNING);
  return {
    list: (since) =>
      stray
        .all(since)
        .filter(({ host }) => isHere(host))
        .map(({ pid, ts }) => ({ pid, ts })),
    sessionOf: (pid) => running.get(pid) ?? null,
  };
}
