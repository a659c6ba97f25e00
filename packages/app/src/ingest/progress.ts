/** @module What a long run reports while it works. */
import type { UsageTotals } from "./usage-totals.ts";

export interface Progress {
  /** Totalling usage, reading and indexing everything, done. */
  readonly phase: "usage" | "read" | "done";
  readonly bytesDone: number;
  readonly bytesTotal: number;
  readonly filesDone: number;
  readonly filesTotal: number;
  readonly secondsLeft?: number;
  /** With the last report of the usage phase. */
  readonly usage?: UsageTotals;
}

export type OnProgress = (progress: Progress) => void;
