/** @module Runs a program of the system to its end. */
import { spawnSync } from "node:child_process";

export interface ProcessOutcome {
  /** Null: it could not be started, or a signal ended it. */
  readonly code: number | null;
  /** What it printed, or why it could not be started. */
  readonly output: string;
}

export type RunProcess = (program: string, words: readonly string[]) => ProcessOutcome;

/** A manager that does not answer must not hold the user up. */
const TIMEOUT_MS = 30_000;

export const runProcess: RunProcess = (program, words) => {
  const { status, stdout, stderr, error } = spawnSync(program, words, { encoding: "utf8", timeout: TIMEOUT_MS });
  if (error) {
    const isMissing = "code" in error && error.code === "ENOENT";
    return { code: null, output: isMissing ? `${program} is not installed here` : error.message };
  }
  return { code: status, output: `${stdout}${stderr}`.trim() };
};
