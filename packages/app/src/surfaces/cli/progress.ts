/** @module Progress of a long run: one line that moves on a terminal, a line now and then elsewhere. */
import type { Clock } from "../../base/clock.ts";
import type { Output } from "./output.ts";
import { bytes, count, duration, money, tokens } from "./render/formats.ts";

/** What runs report; ingest/progress.ts has the same shape. */
export interface ProgressReport {
  readonly phase: "usage" | "read" | "done";
  readonly bytesDone: number;
  readonly bytesTotal: number;
  readonly filesDone: number;
  readonly filesTotal: number;
  readonly secondsLeft?: number;
  /** What the quick scan of a large archive adds up to. */
  readonly usage?: {
    readonly responses: number;
    readonly tokens: number;
    readonly costMicros: number;
    readonly unpriced: number;
  };
}

const TERMINAL_MS = 80;
const PLAIN_MS = 5000;
const PHASES = {
  usage: "totalling usage",
  read: "reading",
  done: "done",
} as const;

export function progressPrinter(
  err: Output,
  clock: Clock,
): { readonly show: (progress: ProgressReport) => void; readonly end: () => void } {
  const started = clock();
  let last = started;
  return {
    show(progress) {
      const now = clock();
      if (progress.usage) err.line(usageLine(progress.usage, (now - started) / 1000));
      if (now - last < (err.isTerminal ? TERMINAL_MS : PLAIN_MS) || progress.phase === "done") return;
      last = now;
      const line = progressLine(progress, (now - started) / 1000);
      if (err.isTerminal) err.status(line.slice(0, err.width - 1));
      else err.line(line);
    },
    end: () => err.clearStatus(),
  };
}

/** "12,345 responses, 1.37G tokens, $1,141.03 after 0.4 s; reading the text now" */
export function usageLine(usage: NonNullable<ProgressReport["usage"]>, seconds: number): string {
  const { responses, tokens: used, costMicros, unpriced } = usage;
  const without = unpriced === 0 ? "" : ` and ${count(unpriced)} unpriced responses`;
  return `${count(responses)} responses, ${tokens(used)} tokens, ${money(costMicros / 1e6)}${without} after ${seconds.toFixed(1)} s; reading the text now`;
}

/** "reading 93.0 MB of 182 MB (51%), 120 of 212 files, 36.1 MB/s, 2.5 s left" */
export function progressLine(progress: ProgressReport, seconds: number): string {
  const { phase, bytesDone, bytesTotal, filesDone, filesTotal, secondsLeft } = progress;
  if (bytesTotal === 0) return PHASES[phase];
  const share = Math.floor((bytesDone / bytesTotal) * 100);
  const parts = [
    `${PHASES[phase]} ${bytes(bytesDone)} of ${bytes(bytesTotal)} (${share}%)`,
    `${filesDone} of ${filesTotal} files`,
  ];
  if (seconds > 0.2 && bytesDone > 0) parts.push(`${bytes(Math.round(bytesDone / seconds))}/s`);
  if (secondsLeft !== undefined && secondsLeft > 0) parts.push(`${duration(secondsLeft * 1000)} left`);
  return parts.join(", ");
}
