/** @module A session: one run of a piece of a program, from its start to its end. */
import { describeError, type ErrorData } from "./describe-error.ts";
import { correlationOf, isSessionId, safeSessionId } from "./ids.ts";
import { guard } from "./problems.ts";
import { processStart } from "./process-start.ts";
import { notify } from "./processors.ts";
import { emit, isHeard, type RecordOptions } from "./record.ts";
import { type Frame, newFrame, state } from "./state.ts";
import { parseTraceParent, spanIdOf, traceIdOf } from "./trace.ts";
import type { ClewSeverity } from "./wire.ts";
import { currentWorkspace, type Workspace, workspaceFrom } from "./workspace.ts";

/** Headers of an incoming request: Node's object, or the web's Headers. */
export type IncomingHeaders =
  | { readonly get: (name: string) => string | null }
  | Readonly<Record<string, string | readonly string[] | undefined>>;

export interface SessionOptions {
  /** What it is called; shown in lists. */
  readonly name?: string;
  /** What set it off: "http", "cron", "queue", ... */
  readonly trigger?: string;
  readonly tags?: readonly string[];
  /** Part of a larger plan; nested sessions inherit it. */
  readonly phase?: string;
  /** A directory, or a workspace id; default: the parent's, else that of the working directory. */
  readonly workspace?: string;
  /** Who acts; default: what Clew's rules say. */
  readonly identity?: string;
  /** Default: a new one. Letters, digits and `. _ -`, at most 128; another one is replaced by its hash. */
  readonly id?: string;
  /** Default: the session around. Null: none. */
  readonly parent?: Session | string | null;
  /** Trace that a caller started, as the `traceparent` header has it. */
  readonly traceparent?: string;
  /** Headers of the request: `traceparent` and `clew-correlation-id` make the caller's session the parent. */
  readonly headers?: IncomingHeaders;
  /** More to record of its start. */
  readonly data?: Readonly<Record<string, unknown>>;
  /** False: its id is in the logs, but neither it nor its events are handed to Clew. Nested sessions inherit it. */
  readonly record?: boolean;
}

export interface EndOptions {
  readonly status?: "completed" | "failed";
  /** What it came to, in a sentence. */
  readonly result?: string;
  readonly data?: Readonly<Record<string, unknown>>;
}

interface Origin {
  readonly parent: Session | null;
  readonly parentId: string | null;
  readonly traceId: string | null;
  readonly callerSpanId: string | null;
}

/** Types with which Clew itself says what becomes of a session, or who wrote what. */
const OWN_TYPES = /^(?:(?:session|context|import|inbox|usage)(?:\.|$)|(?:change|interaction)$|.*\.imported$)/;

export interface SessionParts {
  readonly id: string;
  readonly origin: Origin;
  readonly workspace: Workspace;
  readonly options: SessionOptions;
  readonly isAdopted: boolean;
  readonly frame: Frame;
}

export class Session {
  readonly id: string;
  readonly parentId: string | null;
  readonly workspace: Workspace;
  readonly name: string | null;
  readonly trigger: string | null;
  readonly phase: string | null;
  readonly tags: readonly string[];
  /** Milliseconds UTC. */
  readonly startedAt: number;
  /** Somebody else's, which this process runs in: it is neither started nor ended here. */
  readonly isAdopted: boolean;
  readonly isRecorded: boolean;
  readonly #origin: Origin;
  readonly #frame: Frame;
  #traceId: string | null;
  #spanId: string | null = null;
  #endedAt: number | null = null;
  #status: "active" | "completed" | "failed" = "active";
  #error: ErrorData | null = null;

  constructor({ id, origin, workspace, options, isAdopted, frame }: SessionParts) {
    this.id = id;
    this.parentId = origin.parentId;
    this.workspace = workspace;
    this.name = options.name ?? null;
    this.trigger = options.trigger ?? null;
    this.phase = options.phase ?? origin.parent?.phase ?? null;
    this.tags = [...(options.tags ?? [])];
    this.startedAt = state().settings.clock();
    this.isAdopted = isAdopted;
    this.isRecorded = options.record ?? origin.parent?.isRecorded ?? true;
    this.#origin = origin;
    this.#traceId = origin.traceId;
    this.#frame = newFrame(this, frame.bound, frame.isQuiet);
  }

  /** `<workspace id>:<session id>` */
  get correlationId(): string {
    return correlationOf(this.workspace.id, this.id);
  }

  /** 32 hex digits; the same in every session below one root. */
  get traceId(): string {
    this.#traceId ??= this.#origin.parent?.traceId ?? traceIdOf(this.parentId ?? this.id);
    return this.#traceId;
  }

  /** 16 hex digits. */
  get spanId(): string {
    this.#spanId ??= spanIdOf(this.id);
    return this.#spanId;
  }

  get status(): "active" | "completed" | "failed" {
    return this.#status;
  }

  /** Null while it is active. */
  get durationMs(): number | null {
    return this.#endedAt === null ? null : Math.max(0, this.#endedAt - this.startedAt);
  }

  /** What it failed with. */
  get error(): ErrorData | null {
    return this.#error;
  }

  /** Frame that code of this session runs in. */
  get frame(): Frame {
    return this.#frame;
  }

  /** Calls a function inside this session; the session goes on afterwards. */
  run<Value>(call: () => Value): Value {
    return state().storage.run(this.#frame, call);
  }

  /** Records something that happened. A type that is Clew's own word gets `event.` before it: it has to be said otherwise. */
  event(type: string, options: RecordOptions = {}): void {
    emit(this, OWN_TYPES.test(type) ? `event.${type}` : type, options);
  }

  /** Records a log line. */
  log(severity: ClewSeverity, message: string, data?: Readonly<Record<string, unknown>>): void {
    emit(this, "log", { severity, message, ...(data && { data }) });
  }

  /** Ends it as completed. A second end changes nothing. Code that still runs in it goes on under its id. */
  end(options: EndOptions = {}): void {
    if (this.#status !== "active" || this.isAdopted) return;
    const { status = "completed", result, data } = options;
    this.#status = status;
    this.#endedAt = state().settings.clock();
    this.#leave();
    guard("settings", "record a session's end", () => this.#recordEnd(status, result, data), undefined);
    notify("onSessionEnd", this);
  }

  #recordEnd(status: string, result: string | undefined, data: EndOptions["data"]): void {
    if (!isHeard(this)) return;
    const error = this.#error;
    const said = result ?? (error ? `${error.name}: ${error.message}` : undefined);
    emit(this, "session.end", {
      data: {
        ...data,
        status,
        duration_ms: this.durationMs,
        ...(said !== undefined && { result: String(said).slice(0, 2000) }),
        ...(error && { error }),
      },
    });
  }

  /** Ends it as failed. The error is described, not kept. */
  fail(error: unknown): void {
    if (this.#status !== "active" || this.isAdopted) return;
    this.#error = describeError(error);
    this.end({ status: "failed" });
  }

  /** `using session = startSession(...)` ends it with its block. */
  [Symbol.dispose](): void {
    this.end();
  }

  /** Where startSession entered it, the frame before comes back. */
  #leave(): void {
    const { storage } = state();
    if (storage.getStore()?.session === this && entered.has(this)) storage.enterWith(entered.get(this) as Frame);
    entered.delete(this);
  }
}

/** Frames that sessions were entered from, without a function around them. */
const entered = new WeakMap<Session, Frame | undefined>();

/** Makes the rest of the code that runs now, and what it starts, part of a session. */
export function enter(session: Session): void {
  const { storage } = state();
  entered.set(session, storage.getStore());
  storage.enterWith(session.frame);
}

function headerOf(headers: IncomingHeaders | undefined, name: string): string | undefined {
  if (!headers) return undefined;
  const value =
    typeof headers.get === "function"
      ? (headers as { get: (name: string) => unknown }).get(name)
      : (headers as Readonly<Record<string, unknown>>)[name];
  return typeof value === "string" ? value : undefined;
}

function originOf(options: SessionOptions, around: Session | null): Origin {
  const trace = parseTraceParent(options.traceparent ?? headerOf(options.headers, "traceparent"));
  const caller = headerOf(options.headers, "clew-correlation-id")?.split(":")[1];
  const given = options.parent !== undefined ? options.parent : isSessionId(caller) ? caller : around;
  const parent = typeof given === "object" ? given : around?.id === given ? around : null;
  const parentId = typeof given === "string" ? safeSessionId(given) : (given?.id ?? null);
  // A trace that this process was started in goes on, whoever began it.
  const outer =
    trace ?? (parentId === null || parent?.isAdopted ? parseTraceParent(state().settings.env.TRACEPARENT) : null);
  return { parent, parentId, traceId: outer?.traceId ?? null, callerSpanId: outer?.spanId ?? null };
}

function open(options: SessionOptions, frame: Frame): Session {
  const { newId } = state().settings;
  // Programs without types give numbers, too.
  const id = options.id === undefined ? newId() : safeSessionId(String(options.id));
  const given = originOf(options, frame.session);
  // A request is where a trace begins, unless its caller began one: what serves many requests has no trace in common.
  const origin = { ...given, traceId: given.traceId ?? (options.headers ? traceIdOf(id) : null) };
  const session = new Session({
    id,
    origin,
    workspace: options.workspace ? workspaceFrom(options.workspace) : (origin.parent?.workspace ?? currentWorkspace()),
    options,
    isAdopted: false,
    frame,
  });
  recordStart(session, options, origin);
  return session;
}

/** A new session inside a frame; its start is recorded. With options that cannot be read, a session without them. */
export function openSession(options: SessionOptions, frame: Frame): Session {
  const session = guard("settings", "read a session's options", () => open(options, frame), null) ?? open({}, frame);
  notify("onSessionStart", session);
  return session;
}

function recordStart(session: Session, options: SessionOptions, origin: Origin): void {
  if (!isHeard(session)) return;
  const { cwd } = state().settings;
  const started = session.isRecorded ? processStart() : null;
  const { name, trigger, phase, tags } = session;
  emit(session, "session.start", {
    at: session.startedAt,
    data: {
      ...options.data,
      ...(session.parentId !== null && { parent_session_id: session.parentId }),
      cwd: (options.workspace && session.workspace.path) || cwd(),
      agent: "script",
      ...(trigger !== null && { trigger }),
      ...(name !== null && { name }),
      ...(options.identity !== undefined && { identity: options.identity }),
      pid: process.pid,
      ...(started !== null && { process_started_at: started }),
      ...(phase !== null && { phase }),
      ...(tags.length > 0 && { tags: session.tags }),
      trace_id: session.traceId,
      span_id: session.spanId,
      ...(origin.callerSpanId !== null && { caller_span_id: origin.callerSpanId }),
    },
  });
}
