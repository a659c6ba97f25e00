/** @module Hooks around tool calls: about to run, done, failed, refused, and the end of a batch. */
import type { Fact, HookToolFact } from "../../../model/record.ts";
import { clipText } from "../../claude/clean-text.ts";
import { countOf, isObject, type JsonObject, listOf, objectOf, shortString } from "../../claude/json.ts";
import { describeToolCall, pushForeignCall } from "../../claude/tool-call.ts";
import { agentSessionId, errorOf, headOf, pushFenced } from "../../claude/tool-result.ts";
import { pushProblem } from "../../spooled-event.ts";
import { namedReason } from "../reason.ts";
import { type HookScope, pushActivityOfTree } from "../scope.ts";

/** More calls than any model makes at once. */
const MOST_CALLS = 1000;
/** Tools that are a question to the user: while they run, the session waits. */
const QUESTIONS: ReadonlyMap<unknown, string> = new Map([
  ["AskUserQuestion", "question"],
  ["ExitPlanMode", "plan approval"],
]);
const AGENT_TOOLS: ReadonlySet<unknown> = new Set(["Agent", "Task"]);

/** How a call ended, where it has. */
type Ending = Partial<Pick<HookToolFact, "durationMs" | "error" | "interrupted" | "childSessionId">>;

/** Nothing without an id, which nothing could ever join. */
function pushCall(
  call: JsonObject,
  phase: HookToolFact["phase"],
  ending: Ending,
  { sessionId, ts }: HookScope,
  facts: Fact[],
): void {
  const toolUseId = shortString(call.tool_use_id);
  if (!toolUseId) return;
  facts.push({
    kind: "hook_tool",
    toolUseId,
    sessionId,
    phase,
    ts,
    ...describeToolCall(call.tool_name, call.tool_input),
    durationMs: null,
    error: null,
    interrupted: false,
    childSessionId: null,
    ...ending,
  });
}

function durationOf(body: JsonObject): number | null {
  return typeof body.duration_ms === "number" ? countOf(body.duration_ms) : null;
}

function errorText(value: unknown): string | null {
  return typeof value === "string" ? errorOf(value) : null;
}

export function readPreToolUse(body: JsonObject, scope: HookScope, facts: Fact[]): void {
  pushCall(body, "pre", {}, scope, facts);
  const question = QUESTIONS.get(body.tool_name);
  pushActivityOfTree(scope, question ? "waiting" : "working", question ?? null, facts);
}

export function readPostToolUse(body: JsonObject, scope: HookScope, facts: Fact[]): void {
  const response = objectOf(body.tool_response);
  const isAgent = AGENT_TOOLS.has(body.tool_name);
  const child = isAgent ? agentSessionId(scope.rootSessionId, response?.agentId) : undefined;
  const interrupted = body.is_interrupt === true || response?.interrupted === true;
  const ending = { durationMs: durationOf(body), interrupted, childSessionId: child ?? null };
  pushCall(body, "post", ending, scope, facts);
  const toolUseId = shortString(body.tool_use_id);
  if (toolUseId) {
    pushFenced(responseText(body.tool_response), toolUseId, facts);
    pushForeignCall(body.tool_name, body.tool_input, toolUseId, facts);
  }
  if (child && response) pushChild(body, response, child, scope, facts);
  pushActivityOfTree(scope, "working", null, facts);
}

/** A command's output, or what an MCP server answered. */
function responseText(response: unknown): string {
  const fields = objectOf(response);
  return typeof fields?.stdout === "string" ? fields.stdout : headOf(fields?.content ?? response);
}

/** The subagent that a call started; a nested one's parent is the agent that called. */
function pushChild(body: JsonObject, response: JsonObject, child: string, scope: HookScope, facts: Fact[]): void {
  if (child === scope.sessionId) return;
  const input = objectOf(body.tool_input);
  const agentType = shortString(response.agentType) ?? shortString(input?.subagent_type);
  const task = response.description ?? input?.description;
  const spawnToolUseId = shortString(body.tool_use_id);
  facts.push({
    kind: "session",
    sessionId: child,
    parentSessionId: scope.sessionId,
    trigger: "agent",
    ...(spawnToolUseId && { spawnToolUseId }),
    ...(agentType && { agentType }),
    ...(typeof task === "string" && task && { agentDescription: clipText(task, 1000) }),
  });
}

export function readPostToolUseFailure(body: JsonObject, scope: HookScope, facts: Fact[]): void {
  const ending = {
    durationMs: durationOf(body),
    error: errorText(body.error),
    interrupted: body.is_interrupt === true,
  };
  pushCall(body, "failed", ending, scope, facts);
  pushActivityOfTree(scope, "working", null, facts);
}

export function readPermissionDenied(body: JsonObject, scope: HookScope, facts: Fact[]): void {
  pushCall(body, "denied", { error: errorText(body.reason) }, scope, facts);
  pushActivityOfTree(scope, "working", null, facts);
}

export function readPostToolBatch(body: JsonObject, scope: HookScope, facts: Fact[]): void {
  const calls = listOf(body.tool_calls);
  if (calls.length > MOST_CALLS) pushProblem(facts, `tool_calls: ${calls.length}, of which ${MOST_CALLS} are read`);
  for (const call of calls.slice(0, MOST_CALLS)) if (isObject(call)) pushCall(call, "batch", {}, scope, facts);
  pushActivityOfTree(scope, "working", null, facts);
}

/** It names no call: PreToolUse has told which one waits. */
export function readPermissionRequest(body: JsonObject, scope: HookScope, facts: Fact[]): void {
  pushActivityOfTree(scope, "waiting", namedReason("permission", ": ", body.tool_name), facts);
}
