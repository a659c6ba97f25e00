/** @module What a running daemon says of itself: the answer of `clew daemon status`. */
import type { LiveCounts } from "../query/active.ts";
import type { IndexProgress } from "../surfaces/http/live.ts";

export interface DaemonStatus {
  readonly pid: number;
  readonly version: string;
  /** daemon: `clew daemon`. up: `clew up` in a terminal. */
  readonly mode: "daemon" | "up";
  /** ISO 8601 UTC. */
  readonly started_at: string;
  /** The dashboard's address, without a sign-in code. */
  readonly url: string;
  readonly home: string;
  /** It shows the made-up workspace. */
  readonly demo: boolean;
  readonly spool: SpoolStatus;
  readonly sessions: LiveCounts;
  /** Resident memory, bytes. */
  readonly memory_bytes: number;
  readonly index: IndexProgress;
}

export interface SpoolStatus {
  /** Records that wait. */
  readonly files: number;
  /** When records were last taken out of it; null: not since the daemon's start. */
  readonly drained_at: string | null;
}
