/** @module What all copies of the SDK in one thread share: a program may load it as ESM, as CommonJS and in a bundle at once. */
import type { AsyncLocalStorage } from "node:async_hooks";
import { builtin } from "./builtin.ts";
import { newUuid } from "./ids.ts";
import type { ProblemHandler } from "./problems.ts";
import type { Processor } from "./processors.ts";
import type { Session } from "./session.ts";
import type { ClewRecord } from "./wire.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

/** What a piece of code runs in: its session, and the fields bound to it. Frames are replaced, not changed. */
export interface Frame {
  /** Null outside any session. */
  readonly session: Session | null;
  readonly bound: Readonly<Record<string, unknown>>;
  /** Inside a problem handler or a processor: nothing is recorded. */
  readonly isQuiet: boolean;
  /** Log fields, made when first asked for. */
  fields: LogFields | null;
  /** What adapters keep for this frame, each at its own number: a child logger, for instance. */
  readonly slots: unknown[];
}

/** What every structured log line carries, in this order. */
export interface LogFields {
  readonly session_id: string;
  readonly correlation_id: string;
  /** Workspace id. */
  readonly workspace: string;
  readonly phase?: string;
  readonly tags?: readonly string[];
  readonly trace_id?: string;
  readonly span_id?: string;
  readonly [bound: string]: unknown;
}

export interface Settings {
  readonly env: Environment;
  readonly cwd: () => string;
  /** Milliseconds UTC. */
  readonly clock: () => number;
  readonly newId: () => string;
}

/** Takes finished records; never throws, never waits. */
export interface RecordSink {
  readonly send: (record: ClewRecord) => void;
  /** Takes what clewSpanExporter exports: one item of span-item.ts each. */
  readonly sendSpan?: (item: string) => void;
  readonly flush: () => Promise<void>;
  readonly close: () => Promise<void>;
}

export interface SharedState {
  readonly storage: AsyncLocalStorage<Frame>;
  settings: Settings;
  /** Frame of code that no session was opened around; `outside.session` is the adopted one, if any. */
  outside: Frame;
  /** Whether the environment was looked at for a session to adopt. */
  hasAdopted: boolean;
  /** Null: not made yet. */
  sink: RecordSink | null;
  /** It is the program's own, so that other settings leave it alone. */
  isSinkGiven: boolean;
  readonly processors: Set<Processor>;
  problemHandler: ProblemHandler | null;
  problems: number;
  slots: number;
  /** Of the ids of records; null: none was made yet. */
  recordPrefix: string | null;
  records: number;
}

/** Changes whenever the shape of SharedState does, so that two versions in one process do not meet. */
const KEY: unique symbol = Symbol.for("clew-sdk.state.1");
const holder = globalThis as { [KEY]?: SharedState };

export function newFrame(
  session: Session | null,
  bound: Readonly<Record<string, unknown>> = {},
  isQuiet = false,
): Frame {
  return { session, bound, isQuiet, fields: null, slots: [] };
}

function currentDirectory(): string {
  try {
    return process.cwd();
  } catch {
    return "/"; // The directory is gone.
  }
}

export function defaultSettings(): Settings {
  return { env: process.env, cwd: currentDirectory, clock: Date.now, newId: newUuid };
}

function create(): SharedState {
  const { AsyncLocalStorage } = builtin("node:async_hooks");
  return {
    storage: new AsyncLocalStorage(),
    settings: defaultSettings(),
    outside: newFrame(null),
    hasAdopted: false,
    sink: null,
    isSinkGiven: false,
    processors: new Set(),
    problemHandler: null,
    problems: 0,
    slots: 0,
    recordPrefix: null,
    records: 0,
  };
}

export function state(): SharedState {
  holder[KEY] ??= create();
  return holder[KEY];
}
