/** @module What follows from an own record: a session's start and end, its outcome, the project's state, what was given to it. */
import type { Fact, SessionActivity, StateTodo } from "../../model/record.ts";
import { clipText } from "../claude/clean-text.ts";
import { cleanValue } from "../claude/clean-value.ts";
import { IMPORT_READERS } from "../imports/readers.ts";
import { identityOf, pushProblem } from "../spooled-event.ts";
import type { Fields } from "./fields.ts";
import { spanIdOf, traceIdOf } from "./interaction.ts";

export interface OwnScope {
  readonly sessionId: string;
  /** Milliseconds UTC; facts that need it are dropped where it is not known. */
  readonly ts: number;
}

export type OwnReader = (data: Fields, scope: OwnScope, facts: Fact[]) => void;

const TITLE_LIMIT = 200;
const TEXT_LIMIT = 4000;
const ITEM_LIMIT = 1000;
const RESULT_LIMIT = 2000;
/** Far more than any budget for a session's context. */
const CONTEXT_LIMIT = 200_000;
const ITEM_DEPTH = 8;
const LARGEST_PID = 2 ** 32;

const ACTIVITIES: readonly SessionActivity[] = ["working", "waiting", "idle", "failed", "ended", "lost"];
const AGENTS = ["command", "script"] as const;
const TODO_STATUSES: readonly StateTodo["status"][] = ["pending", "in_progress", "completed"];

/** Agent of a session that an own record starts; one that is brought in may have been Claude Code's. */
export function agentOf(data: Fields, isImported: boolean): string {
  return data.word("agent", isImported ? [...AGENTS, "claude-code"] : AGENTS) ?? "script";
}

/** What a session's start calls it. */
export function titleOf(data: Fields): string | undefined {
  return data.line("name", TITLE_LIMIT) ?? data.line("command", TITLE_LIMIT);
}

function readProcess(data: Fields, { sessionId, ts }: OwnScope, facts: Fact[]): void {
  const pid = data.integer("pid", 1, LARGEST_PID);
  if (pid) facts.push({ kind: "process", sessionId, ts, pid, startedAt: data.line("process_started_at", 200) ?? null });
}

const readStart: OwnReader = (data, scope, facts) => {
  const { sessionId, ts } = scope;
  const cwd = data.text("cwd", 4096);
  const trigger = plainWords(data.line("trigger", 64));
  const parent = data.sessionId("parent_session_id");
  const parentSessionId = parent === sessionId ? undefined : parent;
  const agentType = data.line("agent_type", 200);
  facts.push({
    kind: "session",
    sessionId,
    ...(cwd && { cwd }),
    ...(trigger && { trigger }),
    ...(parentSessionId && { parentSessionId }),
    ...(agentType && { agentType }),
  });
  const title = titleOf(data);
  if (title) facts.push({ kind: "title", source: "custom", title });
  const phase = data.line("phase", 200);
  const tags = data.texts("tags", 200);
  const service = data.line("service", 200);
  if (phase || tags?.length || service) {
    const said = { ...(phase && { phase }), ...(tags?.length && { tags }), ...(service && { service }) };
    facts.push({ kind: "session_label", sessionId, ...said });
  }
  const traceId = traceIdOf(data.line("trace_id", 32));
  if (traceId !== null) {
    const spanId = spanIdOf(data.line("span_id", 16));
    const callerSpanId = spanIdOf(data.line("caller_span_id", 16));
    facts.push({ kind: "trace", sessionId, traceId, spanId, callerSpanId, ts });
  }
  // What was over when it was brought in is not at work.
  if (!data.isFalse("active")) facts.push({ kind: "activity", sessionId, ts, activity: "working", reason: null });
  readProcess(data, scope, facts);
  const given = data.line("identity", 200);
  const identity = identityOf(given);
  if (identity) facts.push({ kind: "identity", sessionId, identity });
  else if (given) pushProblem(facts, "data.identity: no name");
};

/** Letters, digits, spaces and `_ . : -`, at most 80; null when nothing is left. */
function plainWords(text: string | undefined): string | null {
  return (
    text
      ?.replace(/[^A-Za-z0-9_.: -]+/g, "")
      .trim()
      .slice(0, 80) || null
  );
}

/** How it went: `exit 3`, `signal SIGTERM`. */
export function endingOf(data: Fields): string | null {
  const signal = plainWords(data.line("signal", 32));
  if (signal) return `signal ${signal}`;
  const code = data.integer("exit_code", -(2 ** 31), 2 ** 32);
  return code === undefined ? null : `exit ${code}`;
}

const readEnd: OwnReader = (data, { sessionId, ts }, facts) => {
  const status = data.word("status", ["completed", "failed"]);
  const reason = endingOf(data);
  // Failed first: a session that has failed and has ended is a failed one.
  if (status === "failed") facts.push({ kind: "activity", sessionId, ts, activity: "failed", reason });
  facts.push({ kind: "activity", sessionId, ts, activity: "ended", reason });
  const result = data.text("result", RESULT_LIMIT) ?? reason;
  facts.push({
    kind: "agent_result",
    sessionId,
    result,
    success: status === undefined ? null : status === "completed",
  });
};

const readOutcome: OwnReader = (data, { sessionId, ts }, facts) => {
  const summary = data.text("summary", TEXT_LIMIT);
  const tasksCompleted = data.texts("tasks_completed", ITEM_LIMIT);
  const learnings = data.texts("learnings", ITEM_LIMIT);
  const decisions = data.texts("decisions", ITEM_LIMIT);
  const files = data.texts("files", ITEM_LIMIT);
  const commits = data.texts("commits", ITEM_LIMIT);
  const said = {
    ...(summary !== undefined && { summary }),
    ...(tasksCompleted && { tasksCompleted }),
    ...(learnings && { learnings }),
    ...(decisions && { decisions }),
    ...(files && { files }),
    ...(commits && { commits }),
  };
  if (Object.keys(said).length > 0) facts.push({ kind: "outcome", sessionId, ts, ...said });
};

function todosOf(data: Fields, facts: Fact[]): readonly StateTodo[] | undefined {
  const todos: StateTodo[] = [];
  const items = data.objects("todos");
  for (const { text, status } of items ?? []) {
    const known = status === undefined ? "pending" : TODO_STATUSES.find((word) => word === status);
    if (typeof text === "string" && text.trim() && known)
      todos.push({ text: clipText(text, ITEM_LIMIT), status: known });
    else pushProblem(facts, "data.todos: an entry without a text or with an unknown status");
  }
  return items && todos;
}

const readState: OwnReader = (data, { sessionId, ts }, facts) => {
  const focus = data.isNull("focus") ? null : data.text("focus", TEXT_LIMIT);
  const nextSteps = data.texts("next_steps", ITEM_LIMIT);
  const todos = todosOf(data, facts);
  const said = { ...(focus !== undefined && { focus }), ...(nextSteps && { nextSteps }), ...(todos && { todos }) };
  if (Object.keys(said).length > 0) facts.push({ kind: "state", sessionId, ts, ...said });
};

/** What a session is said to be doing, and why. */
export function activityOf(data: Fields): { readonly activity?: SessionActivity; readonly reason: string | null } {
  const activity = data.word("activity", ACTIVITIES);
  return { ...(activity && { activity }), reason: plainWords(data.line("reason", 200)) };
}

const readActivity: OwnReader = (data, scope, facts) => {
  const { activity, reason } = activityOf(data);
  if (activity) facts.push({ kind: "activity", sessionId: scope.sessionId, ts: scope.ts, activity, reason });
  readProcess(data, scope, facts);
};

/** A process that the session started, and that says of itself no more than its number. */
const readChildProcess: OwnReader = (data, { sessionId, ts }, facts) => {
  const pid = data.integer("pid", 1, LARGEST_PID);
  if (pid) facts.push({ kind: "process", sessionId, ts, pid, startedAt: null, isChild: true });
};

const readInjected: OwnReader = (data, { sessionId, ts }, facts) => {
  const text = data.text("text", CONTEXT_LIMIT);
  if (text === undefined) return;
  const items = (data.objects("items") ?? []).map((item) => cleanValue(item, ITEM_DEPTH) as Record<string, unknown>);
  facts.push({ kind: "injected", sessionId, ts, text, items });
};

/** An agent was shown words that others may have written. */
const readForeign: OwnReader = (data, _scope, facts) => {
  const by = plainWords(data.line("by", 80));
  facts.push({ kind: "detail", detailKind: "foreign", key: by ?? "unknown", detail: null });
};

/** By type; every other type is kept as an event, nothing more. */
export const OWN_READERS: ReadonlyMap<string, OwnReader> = new Map([
  ["session.start", readStart],
  ["session.end", readEnd],
  ["session.outcome", readOutcome],
  ["session.state", readState],
  ["session.activity", readActivity],
  ["session.process", readChildProcess],
  ["context.injected", readInjected],
  ["session.foreign", readForeign],
  ...IMPORT_READERS,
]);
