/** @module Builds a transcript record by record, in the shapes that Claude Code 2.1.2xx to 2.1.3xx writes. */
import type { Random } from "./random.ts";
import type { ToolUse } from "./tool-use.ts";
import { createUsageMeter, type UsageMeter } from "./usage-meter.ts";

export type WireRecord = Readonly<Record<string, unknown>>;

export interface TranscriptOptions {
  readonly sessionId: string;
  readonly cwd: string;
  readonly gitBranch: string;
  readonly version: string;
  readonly model: string;
  /** Milliseconds UTC. */
  readonly startedAt: number;
  readonly random: Random;
  readonly entrypoint?: "cli" | "sdk-cli";
  /** Only of a subagent. */
  readonly agent?: { readonly agentId: string; readonly promptId: string };
  /** What every request starts with, in tokens. */
  readonly baseTokens?: number;
  /** Of a fork: the uuid of the record that its own first one follows. */
  readonly continues?: string;
}

/** One response of the model. */
export interface Turn {
  readonly thinking?: string;
  readonly say?: string;
  readonly tools?: readonly ToolUse[];
  readonly model?: string;
  readonly fast?: boolean;
}

export interface Transcript {
  readonly options: TranscriptOptions;
  /** A person types. */
  readonly prompt: (text: string) => void;
  /** The model answers; its tools run one after the other, subagents of one answer side by side. */
  readonly turn: (turn: Turn) => void;
  /** Time passes, in minutes. */
  readonly pause: (minutes: number) => void;
  /** Time passes until then; never backwards. */
  readonly pauseUntil: (at: number) => void;
  readonly interrupt: () => void;
  /** The API refuses; `retried` attempts go before. */
  readonly apiError: (message: string, status: number, retried?: number) => void;
  readonly compact: (summary: string) => void;
  /** The turn is over: what the client notes then. */
  readonly endTurn: () => void;
  /** A record without an envelope, e.g. a title; `sessionId` is added. */
  readonly note: (record: WireRecord) => void;
  /** A record with the envelope; returns its uuid. */
  readonly enveloped: (record: WireRecord) => string;
  readonly now: () => number;
  /** What the next request would read, in tokens. */
  readonly contextTokens: () => number;
  readonly records: () => readonly WireRecord[];
}

/** Starts an empty transcript. Nothing is written to disk. */
export function createTranscript(options: TranscriptOptions): Transcript {
  const { random, agent } = options;
  const meter: UsageMeter = createUsageMeter(random, options.baseTokens ?? 17_400);
  const records: WireRecord[] = [];
  let clock = options.startedAt;
  let parent: string | null = options.continues ?? null;
  let promptId = agent?.promptId ?? random.uuid();
  let turnStartedAt = clock;
  let lastPrompt = "";

  const note = (record: WireRecord): void => {
    records.push({ ...record, sessionId: options.sessionId });
  };

  const enveloped = (record: WireRecord): string => {
    const uuid = random.uuid();
    records.push({
      parentUuid: parent,
      isSidechain: agent !== undefined,
      ...(agent ? { agentId: agent.agentId } : {}),
      ...record,
      uuid,
      timestamp: new Date(clock).toISOString(),
      userType: "external",
      entrypoint: options.entrypoint ?? "cli",
      cwd: options.cwd,
      sessionId: options.sessionId,
      version: options.version,
      gitBranch: options.gitBranch,
    });
    parent = uuid;
    return uuid;
  };

  const prompt = (text: string): void => {
    turnStartedAt = clock;
    if (!agent) {
      promptId = random.uuid();
      lastPrompt = text;
      const timestamp = new Date(clock).toISOString();
      note({ type: "queue-operation", operation: "enqueue", timestamp, content: text });
      note({ type: "queue-operation", operation: "dequeue", timestamp });
    }
    const origin = agent ? {} : { permissionMode: "default", promptSource: "typed", origin: { kind: "human" } };
    enveloped({ type: "user", promptId, message: { role: "user", content: text }, ...origin });
    meter.add(text);
  };

  const turn = ({ thinking = "", say = "", tools = [], model = options.model, fast = false }: Turn): void => {
    const calls = tools.map((tool) => ({ tool, id: random.id("toolu_") }));
    const blocks: WireRecord[] = [
      ...(thinking ? [{ type: "thinking", thinking, signature: random.hex(64) }] : []),
      ...(say ? [{ type: "text", text: say }] : []),
      ...calls.map(({ tool, id }) => ({ type: "tool_use", id, name: tool.name, input: tool.input })),
    ];
    const usage = meter.respond({ text: say + JSON.stringify(calls.map(({ tool }) => tool.input)), thinking, fast });
    const message = { id: random.id("msg_"), type: "message", role: "assistant", model };
    const ending = {
      stop_reason: calls.length > 0 ? "tool_use" : "end_turn",
      stop_sequence: null,
      usage,
      stop_details: null,
    };
    const requestId = random.id("req_");
    clock += random.between(1400, 5200);
    const callers = blocks.map((block, apiBlockIndex) => {
      clock += Math.round((usage.output_tokens / blocks.length / 70) * 1000);
      const content = [block];
      return enveloped({ type: "assistant", message: { ...message, content, ...ending }, apiBlockIndex, requestId });
    });
    const startedAt = clock;
    for (const [index, { tool, id }] of calls.entries()) {
      const beside = tool.start !== undefined;
      const duration = tool.start?.(id, startedAt + index * 40) ?? tool.duration;
      clock = beside ? Math.max(clock, startedAt + duration) : clock + duration + random.between(5, 60);
      const content = { tool_use_id: id, type: "tool_result", content: tool.output, is_error: tool.outcome !== "ok" };
      enveloped({
        type: "user",
        promptId,
        message: { role: "user", content: [content] },
        toolUseResult: tool.result,
        sourceToolAssistantUUID: callers[callers.length - calls.length + index],
        ...(tool.outcome === "denied" ? { toolDenialKind: "user-rejected" } : {}),
      });
      meter.add(tool.output);
    }
  };

  const endTurn = (): void => {
    if (agent) return;
    const durationMs = clock - turnStartedAt;
    enveloped({ type: "system", subtype: "turn_duration", durationMs, messageCount: records.length, isMeta: false });
    note({ type: "last-prompt", lastPrompt: lastPrompt.slice(0, 200), leafUuid: parent });
  };

  const interrupt = (): void => {
    clock += 1800;
    const content = [{ type: "text", text: "[Request interrupted by user]" }];
    enveloped({ type: "user", promptId, message: { role: "user", content } });
  };

  const apiError = (text: string, status: number, retried = 0): void => {
    for (let retryAttempt = 1; retryAttempt <= retried; retryAttempt++) {
      const retryInMs = 500 * 2 ** retryAttempt;
      clock += retryInMs;
      const error = { status, message: text };
      enveloped({
        type: "system",
        subtype: "api_error",
        level: "error",
        error,
        retryInMs,
        retryAttempt,
        maxRetries: 10,
      });
    }
    const usage = { input_tokens: 0, output_tokens: 0, cache_creation_input_tokens: 0, cache_read_input_tokens: 0 };
    const content = [{ type: "text", text: `API Error: ${status} ${text}` }];
    const message = { id: random.uuid(), type: "message", role: "assistant", model: "<synthetic>", content };
    const ending = { stop_reason: "stop_sequence", stop_sequence: "", usage };
    enveloped({
      type: "assistant",
      message: { ...message, ...ending },
      isApiErrorMessage: true,
      apiErrorStatus: status,
      error: "overloaded",
    });
  };

  const compact = (summary: string): void => {
    clock += 21_000;
    const logicalParentUuid = parent;
    const preTokens = meter.compact(summary);
    parent = null;
    const compactMetadata = { trigger: "auto", preTokens, durationMs: 20_400 };
    const boundary = {
      type: "system",
      subtype: "compact_boundary",
      content: "Conversation compacted",
      isMeta: false,
      level: "info",
    };
    enveloped({ ...boundary, logicalParentUuid, compactMetadata });
    const message = { role: "user", content: summary };
    enveloped({ type: "user", message, isCompactSummary: true, isVisibleInTranscriptOnly: true });
  };

  const pause = (minutes: number): void => {
    clock += Math.round(minutes * 60_000);
  };

  const pauseUntil = (at: number): void => {
    clock = Math.max(clock, at);
  };

  return {
    options,
    prompt,
    turn,
    pause,
    pauseUntil,
    interrupt,
    apiError,
    compact,
    endTurn,
    note,
    enveloped,
    now: () => clock,
    contextTokens: meter.size,
    records: () => records,
  };
}
