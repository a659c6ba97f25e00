/** @module The one channel on which the SDK says that it failed. It never throws and cannot call itself. */
import { state } from "./state.ts";

export interface SdkProblem {
  /** Stable word: "spool", "processor", "adapter", "encode", "file", "settings". */
  readonly code: string;
  /** What was tried. */
  readonly message: string;
  readonly cause?: unknown;
}

export type ProblemHandler = (problem: SdkProblem) => void;

/** Where problems go; null: to standard error with CLEW_SDK=debug, else nowhere. They are counted either way. */
export function onProblem(handler: ProblemHandler | null): void {
  state().problemHandler = handler;
}

/** Tells the channel. What the handler itself causes, now or later, records nothing and reports nothing. */
export function report(code: string, message: string, cause?: unknown): void {
  const shared = state();
  shared.problems++;
  if (shared.storage.getStore()?.isQuiet) return;
  const quiet = { ...(shared.storage.getStore() ?? shared.outside), isQuiet: true, fields: null, slots: [] };
  try {
    const handler = shared.problemHandler ?? (shared.settings.env.CLEW_SDK === "debug" ? print : null);
    if (handler) shared.storage.run(quiet, handler, { code, message, ...(cause !== undefined && { cause }) });
  } catch {
    // There is nobody left to tell.
  }
}

/** Runs something of ours whose failure is ours alone; `fallback` is its answer then. */
export function guard<Value>(code: string, action: string, run: () => Value, fallback: Value): Value {
  try {
    return run();
  } catch (error) {
    report(code, action, error);
    return fallback;
  }
}

function print({ code, message, cause }: SdkProblem): void {
  const reason = cause instanceof Error ? `: ${cause.message}` : "";
  process.stderr.write(`clew-sdk: ${code}: ${message}${reason}\n`);
}
