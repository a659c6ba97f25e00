/** @module Plug-ins that are told of sessions and events. What one does harms neither the others nor the program. */
import { report } from "./problems.ts";
import type { Session } from "./session.ts";
import { newFrame, state } from "./state.ts";
import type { ClewRecord } from "./wire.ts";

/** Called where it happens, so each call should be short; a promise that is returned is not waited for. */
export interface Processor {
  /** Named in problems. */
  readonly name?: string;
  readonly onSessionStart?: (session: Session) => unknown;
  /** `session.status`, `session.durationMs` and `session.error` are set. */
  readonly onSessionEnd?: (session: Session) => unknown;
  /** Every record, those of starts and ends included. */
  readonly onEvent?: (record: ClewRecord, session: Session) => unknown;
}

type Hook = "onSessionStart" | "onSessionEnd" | "onEvent";

/** One that hangs is not called again until some of its promises have settled. */
const MOST_PENDING = 1000;
const pending = new WeakMap<Processor, number>();

/** Adds a processor; the answer removes it. */
export function addProcessor(processor: Processor): () => void {
  const { processors } = state();
  processors.add(processor);
  return () => void processors.delete(processor);
}

export function notify(hook: "onSessionStart" | "onSessionEnd", session: Session): void;
export function notify(hook: "onEvent", record: ClewRecord, session: Session): void;
export function notify(hook: Hook, ...args: readonly unknown[]): void {
  const { processors, storage, outside } = state();
  if (processors.size === 0) return;
  const frame = storage.getStore() ?? outside;
  if (frame.isQuiet) return;
  // Its own events come to no processor: it could feed itself for ever.
  const quiet = newFrame(frame.session, frame.bound, true);
  for (const processor of processors) {
    if (!processor[hook]) continue;
    // What it fails with is told from outside, where telling is allowed.
    const failed = (error: unknown): void =>
      storage.run(frame, report, "processor", `${processor.name ?? "a processor"}.${hook}`, error);
    try {
      storage.run(quiet, call, processor, hook, args, failed);
    } catch (error) {
      failed(error);
    }
  }
}

function call(processor: Processor, hook: Hook, args: readonly unknown[], failed: (error: unknown) => void): void {
  const waiting = pending.get(processor) ?? 0;
  if (waiting >= MOST_PENDING) return;
  const answer = (processor[hook] as (...given: readonly unknown[]) => unknown)(...args);
  if (typeof (answer as PromiseLike<unknown> | undefined)?.then !== "function") return;
  pending.set(processor, waiting + 1);
  const settled = (): void => void pending.set(processor, (pending.get(processor) ?? 1) - 1);
  Promise.resolve(answer).then(settled, (error) => {
    settled();
    failed(error);
  });
}
