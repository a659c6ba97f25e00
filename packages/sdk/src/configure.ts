/** @module Settings that a program or a test injects, and the end of everything that waits. */
import { currentSink } from "./record.ts";
import { defaultSettings, newFrame, type RecordSink, type Settings, state } from "./state.ts";

export interface ConfigureOptions extends Partial<Settings> {
  /** Where records go instead of the spool; null: the spool again. */
  readonly sink?: RecordSink | null;
}

/** Replaces settings. Sessions that run keep what they have. */
export function configure({ sink, ...given }: ConfigureOptions): void {
  const shared = state();
  shared.settings = { ...shared.settings, ...given };
  if (sink !== undefined) shared.isSinkGiven = sink !== null;
  if (sink !== undefined) shared.sink = sink;
  else if (given.env && !shared.isSinkGiven) shared.sink = null;
  if (given.env || given.cwd) {
    shared.hasAdopted = false;
    shared.outside = newFrame(null);
  }
}

/** Back to what the SDK begins with. */
export function resetSettings(): void {
  const shared = state();
  void shared.sink?.close();
  shared.processors.clear();
  shared.problemHandler = null;
  shared.problems = 0;
  configure({ ...defaultSettings(), sink: null });
}

/** Answers when everything recorded so far is in the spool or has been given up. Never rejects. */
export function flush(): Promise<void> {
  return state().sink?.flush() ?? Promise.resolve();
}

/** flush(), and nothing is recorded afterwards. For a SIGTERM handler, before process.exit. Never rejects. */
export function close(): Promise<void> {
  return currentSink().close();
}

/** How many problems the SDK had in this thread. */
export function problemCount(): number {
  return state().problems;
}
