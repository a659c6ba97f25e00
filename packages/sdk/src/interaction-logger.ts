/** @module Writes every call of a model to a file of its own session, redacted, one line a call. Nothing is sent anywhere. */
import { join, resolve } from "node:path";
import { currentFrame } from "./adoption.ts";
import { describeError } from "./describe-error.ts";
import type {
  InteractionLine,
  InteractionOutcome,
  InteractionStart,
  OpenInteraction,
  TokenUsage,
} from "./interaction.ts";
import { createInteractionFile, type InteractionFile, sessionStamp } from "./interaction-file.ts";
import { type LineFile, openLineFile } from "./line-file.ts";
import { logFields } from "./log-fields.ts";
import { plainCopy } from "./plain-copy.ts";
import { guard } from "./problems.ts";
import { emit } from "./record.ts";
import { createRedactor, type Redactor } from "./redact.ts";
import { renderInteraction } from "./render-interaction.ts";
import { renderLater, renderNow } from "./render-later.ts";
import { requestIdOf } from "./request-id.ts";
import { enter, openSession, type Session, type SessionOptions } from "./session.ts";
import { type Frame, state } from "./state.ts";
import { tokenUsage } from "./token-usage.ts";

export interface InteractionLoggerOptions {
  /** Default: `logs/llm_interactions` in the working directory. */
  readonly directory?: string;
  /** False: neither a file nor a session; every call does nothing. */
  readonly enabled?: boolean;
  /** Default: rules for common keys. Null: none, everything is written as it is. */
  readonly redactor?: Redactor | null;
  /** Characters that are kept of one text; default: 100,000. */
  readonly maxText?: number;
  /** Characters of a line, above which input and output are cut harder; default: 1,000,000. */
  readonly maxLine?: number;
  /** US dollars of a call; null: not known. */
  readonly price?: (model: string, usage: TokenUsage, provider: string) => number | null;
  /** More about the session that the logger opens. */
  readonly session?: Omit<SessionOptions, "id">;
}

/** A call that is over, with a duration of the caller's own in milliseconds. */
export type FinishedInteraction = InteractionStart &
  Omit<InteractionOutcome, "model"> & { readonly latencyMs?: number; readonly error?: unknown };

/** Room for a secret that begins before the cut and ends behind it. */
const OVERLAP = 16_384;
const MAX_TEXT = 100_000;
const MAX_LINE = 1_000_000;

interface Call extends InteractionStart {
  readonly id: number;
  /** Milliseconds UTC. */
  readonly startedAt: number;
  readonly frame: Frame;
  firstTokenAt: number | null;
}

/**
 * Opens `session_<YYYYMMDD_HHMMSS>.jsonl` and a session of that id, which the rest of the code that runs now, and what it
 * starts, is part of. A call is written under the session that makes it. Where no file can be made, that is a problem of
 * the SDK (onProblem) and nothing is written.
 */
export class InteractionLogger {
  /** Null when it is not enabled. */
  readonly session: Session | null;
  /** Null when there is no file. */
  readonly path: string | null;
  readonly #file: LineFile | null;
  readonly #options: InteractionLoggerOptions;
  readonly #redactor: Redactor | null;
  #count = 0;

  constructor(options: InteractionLoggerOptions = {}) {
    const { enabled = true, redactor = createRedactor(), directory } = options;
    const { cwd, clock } = state().settings;
    this.#options = options;
    this.#redactor = redactor;
    const folder = directory ?? join("logs", "llm_interactions");
    const make = (): InteractionFile => createInteractionFile(resolve(cwd(), folder), clock());
    const made = enabled ? guard<InteractionFile | null>("file", `make a file in ${String(folder)}`, make, null) : null;
    this.path = made?.path ?? null;
    this.#file = made && openLineFile(made.path);
    this.session = enabled ? openOwnSession(made?.sessionId ?? sessionStamp(clock()), options.session) : null;
  }

  /** Begins a call. For code that no adapter fits. */
  start(given: InteractionStart): OpenInteraction {
    const { clock } = state().settings;
    const id = ++this.#count;
    if (!this.#file) return { id, firstToken() {}, finish() {}, fail() {} };
    const call = this.#call(given, id, clock());
    let isOpen = true;
    const end = (outcome: InteractionOutcome, error: unknown): void => {
      if (!isOpen) return;
      isOpen = false;
      guard("adapter", "record a call", () => this.#end(call, outcome, error), undefined);
    };
    return {
      id,
      firstToken: () => {
        call.firstTokenAt ??= clock();
      },
      finish: (outcome) => end(outcome, null),
      fail: (error, outcome = {}) => end(outcome, error ?? new Error("failed without an error")),
    };
  }

  /** Writes a call that is over. */
  record(given: FinishedInteraction): void {
    if (!this.#file) return;
    const call = this.#call(given, ++this.#count, state().settings.clock() - (given.latencyMs ?? 0));
    guard("adapter", "record a call", () => this.#end(call, given, given.error ?? null), undefined);
  }

  #call({ provider, model, input, isStreaming = false }: InteractionStart, id: number, startedAt: number): Call {
    const { maxText = MAX_TEXT } = this.#options;
    const copy = guard("adapter", "copy an input", () => plainCopy(input, { maxString: maxText + OVERLAP }), null);
    return { provider, model, input: copy, isStreaming, id, startedAt, frame: currentFrame(), firstTokenAt: null };
  }

  #end(call: Call, outcome: InteractionOutcome, error: unknown): void {
    const line = this.#line(call, outcome, error);
    this.#announce(call, line);
    const { maxText = MAX_TEXT, maxLine = MAX_LINE } = this.#options;
    const redactor = this.#redactor;
    if (this.#file) renderLater(this.#file, () => renderInteraction(line, { redactor, maxText, maxLine }));
  }

  #line(call: Call, outcome: InteractionOutcome, error: unknown): InteractionLine {
    const endedAt = state().settings.clock();
    const { maxText = MAX_TEXT, price } = this.#options;
    const model = outcome.model ?? call.model;
    const usage = tokenUsage(outcome.usage);
    const priced = (): number | null => (price && usage && model ? price(model, usage, call.provider) : null);
    const said = { output: outcome.output ?? null, tool_calls: outcome.toolCalls ?? [], raw_usage: outcome.usage };
    const { output, tool_calls, raw_usage } = plainCopy(said, {
      maxString: maxText + OVERLAP,
      maxValues: 200_000,
    }) as Pick<InteractionLine, "output" | "tool_calls" | "raw_usage">;
    const { session_id, correlation_id, workspace, trace_id = null, span_id = null } = logFields(call.frame);
    return {
      session_id,
      correlation_id,
      workspace,
      interaction_id: call.id,
      timestamp: new Date(call.startedAt).toISOString(),
      provider: call.provider,
      model,
      input: call.input,
      output,
      usage,
      cost: outcome.cost ?? guard("adapter", "price a call", priced, null),
      latency_ms: Math.max(0, endedAt - call.startedAt),
      time_to_first_token_ms: call.firstTokenAt === null ? null : Math.max(0, call.firstTokenAt - call.startedAt),
      finish_reason: outcome.finishReason ?? null,
      error: error === null ? null : describeError(error),
      tool_calls,
      streaming: call.isStreaming ?? false,
      response_id: outcome.responseId ?? null,
      request_id:
        outcome.requestId ?? guard("adapter", "read a request id", () => requestIdOf(error), undefined) ?? null,
      trace_id,
      span_id,
      ...(raw_usage !== undefined && { raw_usage }),
    };
  }

  /** Tells Clew of the call, without what was said in it. */
  #announce(call: Call, line: InteractionLine): void {
    const session = call.frame.session ?? this.session;
    if (!session) return;
    const { interaction_id, provider, model, usage, cost, latency_ms, time_to_first_token_ms, finish_reason, error } =
      line;
    const { response_id, request_id, trace_id, span_id } = line;
    emit(session, "interaction", {
      at: call.startedAt,
      ...(error && { severity: "error" as const }),
      message: `${provider} ${model ?? ""}`.trim(),
      data: {
        file: this.path,
        interaction_id,
        provider,
        model,
        usage,
        cost,
        latency_ms,
        time_to_first_token_ms,
        finish_reason,
        response_id,
        request_id,
        trace_id,
        span_id,
        tools: line.tool_calls.map(({ name }) => name).slice(0, 100),
        ...(error && { error: { name: error.name, message: this.#safe(error.message) } }),
      },
    });
  }

  #safe(text: string): string {
    return guard("adapter", "redact", () => this.#redactor?.text(text) ?? text, "[redaction failed]").slice(0, 1000);
  }

  /** Answers when all calls that ended so far are in the file, or given up. Never rejects. */
  async flush(): Promise<void> {
    renderNow();
    await this.#file?.flush();
  }

  /** flush(), and the end of its session. */
  async close(): Promise<void> {
    this.session?.end();
    renderNow();
    await this.#file?.close();
  }
}

function openOwnSession(id: string, options: Omit<SessionOptions, "id"> | undefined): Session | null {
  const open = (): Session => {
    const session = openSession({ name: "LLM interactions", ...options, id }, currentFrame());
    enter(session);
    return session;
  };
  return guard<Session | null>("adapter", "open a session", open, null);
}
