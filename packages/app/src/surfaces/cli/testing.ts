/** @module Runs the command line inside a test, with its streams in memory and a directory of its own. */
import { main } from "./main.ts";
import type { Sink } from "./output.ts";

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly home: string;
  readonly now?: number;
  readonly env?: Readonly<Record<string, string>>;
  readonly isTerminal?: boolean;
  readonly columns?: number;
}

/** `run(["sessions", "--json"], …)` is `clew sessions --json`. */
export async function run(words: readonly string[], options: RunOptions): Promise<Ran> {
  const text = { stdout: "", stderr: "" };
  const sink = (name: "stdout" | "stderr"): Sink => ({
    write: (part) => {
      text[name] += part;
    },
    isTTY: options.isTerminal ?? false,
    ...(options.columns !== undefined && { columns: options.columns }),
  });
  const code = await main({
    words,
    env: { HOME: options.home, CLEW_HOME: options.home, CLAUDE_CONFIG_DIR: `${options.home}/claude`, ...options.env },
    clock: () => options.now ?? Date.UTC(2026, 2, 10, 12),
    stdout: sink("stdout"),
    stderr: sink("stderr"),
    version: "0.0.0",
    stopped: new Promise(() => {}),
    isInteractive: false,
    timeZone: "UTC",
  });
  return { code, ...text };
}
