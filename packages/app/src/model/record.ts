/** @module What a source says about one piece of foreign input: an event header, facts for projections, text to search. */
import type { ChangeFact } from "./change.ts";
import type { TelemetryFact } from "./telemetry.ts";
import type { TokenUsage } from "./usage.ts";

/** Who caused a record: typed by a person, written by an agent, printed by a tool, or brought in from elsewhere. */
export type Origin = "human" | "agent" | "tool" | "import";

/**
 * One event with what follows from it. Sources return these; they are pure functions of the bytes and of the file's
 * description, so that reading again, in any order, gives the same result.
 */
export interface ParsedRecord {
  /** The record's own uuid, else a hash of `naturalKey` (see base/ids.ts). */
  readonly eventId: string;
  /** Only where the record has no id of its own. */
  readonly naturalKey: string | null;
  /** Session whose file this is; for a subagent `<root>.<agent id>`. */
  readonly sessionId: string;
  /** Milliseconds UTC; null when the record has no usable time. */
  readonly ts: number | null;
  /** Dotted, open set: "user.prompt", "assistant.text", "tool.call", "tool.result", "unknown.<type>", ... (docs/sources.md). */
  readonly type: string;
  readonly origin: Origin;
  /** Said by who wrote it: it may repeat what somebody else put into its session. Left out: what the origin says. */
  readonly tainted?: boolean;
  /** Byte range of the line in its file, without the newline. */
  readonly offset: number;
  readonly length: number;
  /** Text a person would search, already free of NUL and lone surrogates; "" for none. */
  readonly text: string;
  readonly facts: readonly Fact[];
}

/** A session and what its records say about it as a whole. Undefined: not said here. */
export interface SessionFact {
  readonly kind: "session";
  readonly sessionId: string;
  readonly parentSessionId?: string;
  readonly forkedFrom?: string;
  readonly cwd?: string;
  readonly gitBranch?: string;
  readonly clientVersion?: string;
  readonly entrypoint?: string;
  readonly trigger?: string;
  readonly agentType?: string;
  readonly agentDescription?: string;
  readonly spawnToolUseId?: string;
}

export interface TitleFact {
  readonly kind: "title";
  /** custom beats ai beats summary beats prompt; within one source the last wins, but the first prompt stays. */
  readonly source: "custom" | "ai" | "summary" | "prompt";
  readonly title: string;
}

/** A real prompt: typed, queued or sent through the SDK; not a command, a notification or injected text. */
export interface PromptFact {
  readonly kind: "prompt";
  readonly promptId: string | null;
  /** At most 500 characters. */
  readonly text: string;
  /** Set when a hook or the client's telemetry tells it: it joins the transcript's record of the same session and `promptId`. */
  readonly by?: "hook" | "telemetry";
}

/** The usage that one record repeats for its response. The best record wins: assistant over agent_progress, then most output. */
export interface ResponseFact extends TokenUsage {
  readonly kind: "response";
  /** "<message.id>|<requestId>"; the uuid stands for a missing message id, nothing for a missing request id. */
  readonly responseId: string;
  readonly messageId: string | null;
  readonly requestId: string | null;
  /** Session the response belongs to: a subagent's for agent_progress. */
  readonly sessionId: string;
  readonly record: "assistant" | "agent_progress";
  readonly isSidechain: boolean;
  readonly ts: number | null;
  readonly model: string;
  readonly thinkingTokens: number | null;
  readonly webSearches: number;
  readonly serviceTier: string | null;
  readonly speed: string | null;
  readonly inferenceGeo: string | null;
  readonly stopReason: string | null;
  /** The client wrote only the placeholder count of the message's start: no stop reason and few tokens (docs/sources.md). */
  readonly outputUndercounted: boolean;
}

export interface ToolCallFact {
  readonly kind: "tool_call";
  readonly toolUseId: string;
  readonly sessionId: string;
  readonly name: string;
  readonly tool: string;
  readonly mcpServer: string | null;
  readonly ts: number | null;
  /** Command, path, pattern or prompt; at most 300 characters. */
  readonly summary: string | null;
  readonly filePath: string | null;
}

export interface ToolResultFact {
  readonly kind: "tool_result";
  readonly toolUseId: string;
  readonly sessionId: string;
  readonly ts: number | null;
  readonly status: "ok" | "failed" | "denied" | "interrupted";
  readonly error: string | null;
  readonly resultBytes: number;
  /** As measured by the client, when the record says so. */
  readonly durationMs: number | null;
  readonly childSessionId: string | null;
}

/** Something the session has or touched; the newest record for a key wins. */
export interface SessionDetailFact {
  readonly kind: "detail";
  /**
   * "file" was changed, "file_read" only read. "todo": the whole list under "list", or `task:<id>` and `task:<id>:status`.
   * "instruction": a file of instructions in force, by path, with its `sha256`. "foreign": words that others may have written
   * were shown to it, by the way that showed them.
   */
  readonly detailKind:
    | "file"
    | "file_read"
    | "commit"
    | "pull_request"
    | "skill"
    | "version"
    | "branch"
    | "mode"
    | "todo"
    | "compaction"
    | "mcp_server"
    | "instruction"
    | "foreign";
  readonly key: string;
  readonly detail: Readonly<Record<string, unknown>> | null;
}

/** One countable happening. */
export interface CountFact {
  readonly kind: "count";
  readonly what: "denial" | "interruption" | "api_error" | "compaction" | "turn";
  /** Of a turn, milliseconds. */
  readonly durationMs?: number;
}

/** The client's own running total (a `cost-state` record): cumulative over resumes, includes calls no transcript has. */
export interface ClientCostFact {
  readonly kind: "client_cost";
  readonly costMicros: number;
}

/** Web searches that a tool result reports where the response's usage says none. */
export interface WebSearchFact {
  readonly kind: "web_search";
  readonly toolUseId: string;
  readonly searches: number;
}

/** Input that could not be understood. Its bytes are kept as the event's body. */
export interface ProblemFact {
  readonly kind: "problem";
  readonly reason:
    | "invalid_json"
    | "not_an_object"
    | "too_deep"
    | "too_long"
    | "invalid_utf8"
    | "future_time"
    | "broken_field";
  readonly message: string;
}

/** What a hook saw of a tool call. Joins the transcript's call and result on the tool-use id; times are the hook's own. */
export interface HookToolFact {
  readonly kind: "hook_tool";
  /** Set when the client's telemetry tells it, which is believed after the transcript and the hooks. */
  readonly by?: "telemetry";
  readonly toolUseId: string;
  /** The subagent's session inside a subagent. */
  readonly sessionId: string;
  /** pre: about to run. post: it succeeded. failed: it did not. denied: refused. batch: its batch is over, however it ended. */
  readonly phase: "pre" | "post" | "failed" | "denied" | "batch";
  readonly ts: number;
  readonly name: string;
  readonly tool: string;
  readonly mcpServer: string | null;
  readonly summary: string | null;
  readonly filePath: string | null;
  /** As measured by the client around the tool alone. */
  readonly durationMs: number | null;
  readonly error: string | null;
  readonly interrupted: boolean;
  readonly childSessionId: string | null;
}

/** What a session is doing: the newest signal wins. */
export type SessionActivity = "working" | "waiting" | "idle" | "failed" | "ended" | "lost";

/** A sign of what a session is doing from `ts` on. */
export interface ActivityFact {
  readonly kind: "activity";
  readonly sessionId: string;
  readonly ts: number;
  /** failed: the turn ended in an error. ended: the session is over. lost: its process is gone without having said so. */
  readonly activity: SessionActivity;
  /** What it waits for, why it ended or failed: a word or two of a fixed list and a tool's name, at most 80 characters. */
  readonly reason: string | null;
}

/** Process in which a session runs. */
export interface ProcessFact {
  readonly kind: "process";
  readonly sessionId: string;
  readonly ts: number;
  readonly pid: number;
  /** What tells the process from a later one with the same pid (registry/process.ts); null: not known. */
  readonly startedAt: string | null;
  /** Not the session's own, but one that it started. */
  readonly isChild?: true;
}

/** Who acts in a session: an identity given by its surroundings, over the rule that would name it. */
export interface IdentityFact {
  readonly kind: "identity";
  readonly sessionId: string;
  readonly identity: string;
}

/** What a subagent, a wrapped command or a script's session came to. */
export interface AgentResultFact {
  readonly kind: "agent_result";
  readonly sessionId: string;
  /** Its last words or exit status, at most 2,000 characters; null: none. */
  readonly result: string | null;
  readonly success: boolean | null;
}

/** What a session came to, as its agent or a person reports it. Fields that are undefined are not said; lists replace. */
export interface OutcomeFact {
  readonly kind: "outcome";
  readonly sessionId: string;
  readonly ts: number;
  readonly summary?: string;
  readonly tasksCompleted?: readonly string[];
  readonly learnings?: readonly string[];
  readonly decisions?: readonly string[];
  readonly files?: readonly string[];
  readonly commits?: readonly string[];
}

export interface StateTodo {
  readonly text: string;
  readonly status: "pending" | "in_progress" | "completed";
}

/** What the project's next session starts with. Fields that are undefined stay as they are; lists replace. */
export interface StateFact {
  readonly kind: "state";
  readonly sessionId: string;
  readonly ts: number;
  readonly focus?: string | null;
  readonly nextSteps?: readonly string[];
  readonly todos?: readonly StateTodo[];
}

/** Text that Clew gave a session at its start. */
export interface InjectedFact {
  readonly kind: "injected";
  readonly sessionId: string;
  readonly ts: number;
  readonly text: string;
  /** What stands in it and why, as `clew context --preview` shows it. */
  readonly items: readonly Readonly<Record<string, unknown>>[];
}

/** An identity has looked at what others changed, up to a number of this device's log. */
export interface InboxSeenFact {
  readonly kind: "inbox_seen";
  readonly identity: string;
  readonly seq: number;
  readonly ts: number;
}

export type Fact =
  | SessionFact
  | TitleFact
  | PromptFact
  | ResponseFact
  | ToolCallFact
  | ToolResultFact
  | SessionDetailFact
  | CountFact
  | ClientCostFact
  | WebSearchFact
  | ProblemFact
  | HookToolFact
  | ActivityFact
  | ProcessFact
  | IdentityFact
  | AgentResultFact
  | OutcomeFact
  | StateFact
  | InjectedFact
  | ChangeFact
  | InboxSeenFact
  | TelemetryFact;
