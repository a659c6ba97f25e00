/** @module A log record of Claude Code's telemetry: one of its events, joined to what hooks and transcripts tell. */
import type { Fact, Origin, SessionFact } from "../../../model/record.ts";
import { clipText } from "../../claude/clean-text.ts";
import { withoutInjected } from "../../claude/injected-context.ts";
import { type JsonObject, shortString } from "../../claude/json.ts";
import { agentSessionId } from "../../claude/tool-result.ts";
import type { Attributes } from "../attributes.ts";
import { spanIdOf, traceIdOf } from "../otlp-values.ts";
import type { Scope } from "../whose.ts";
import { callOfEvent } from "./model-call.ts";
import { toolInput, toolOfEvent } from "./tool.ts";

const PROMPT_LIMIT = 500;
const TEXT_LIMIT = 64 * 1024;
const EVENT_NAME = /^[a-z][a-z0-9_]*(?:\.[a-z0-9_]+)*$/;
/** What stands where a text was not to be told. */
const REDACTED = "<REDACTED>";
/** What the transcript tells as notices, not as prompts. */
const NO_PROMPT = /^\s*<(?:task-notification|command-|local-command-|bash-|system-reminder)/;

/** `api_request`, `tool_result`, ...; "event" for what has no name of that form. */
export function claudeEventName(record: JsonObject, own: Attributes): string {
  const body = typeof record.body === "object" && record.body !== null ? (record.body as JsonObject).stringValue : null;
  const said = own.text("event.name") ?? shortString(record.eventName) ?? shortString(body) ?? "";
  const name = said.startsWith("claude_code.") ? said.slice("claude_code.".length) : said;
  return EVENT_NAME.test(name) && name.length <= 64 ? name : "event";
}

/** Text of an attribute that may have been kept back; undefined: it was. */
function told(own: Attributes, ...names: readonly string[]): string | undefined {
  const text = own.text(...names);
  return text === REDACTED ? undefined : text;
}

/** A session, and the agent that it is. */
export function claudeSession({ own, resource, place }: Scope): SessionFact {
  const version = shortString(own.text("app.version") ?? resource.text("service.version", "app.version"), 64);
  const entrypoint = shortString(own.text("app.entrypoint") ?? resource.text("app.entrypoint"), 64);
  const isAgent = place.sessionId !== place.rootSessionId;
  const parent = own.text("parent_agent_id");
  const agentType = shortString(own.text("agent.name", "agent_type", "subagent_type"), 200);
  return {
    kind: "session",
    sessionId: place.sessionId,
    ...(version && { clientVersion: version }),
    ...(entrypoint && { entrypoint }),
    ...(isAgent && parent && { parentSessionId: agentSessionId(place.rootSessionId, parent) ?? place.rootSessionId }),
    ...(isAgent && agentType && { agentType }),
  };
}

/** Appends the facts of an event. `ts`: when it was written, milliseconds UTC. */
export function readClaudeLog(
  name: string,
  record: JsonObject,
  scope: Scope,
  at: { readonly eventId: string; readonly ts: number | null },
  facts: Fact[],
): void {
  const { own, sessionId } = scope;
  const { eventId, ts } = at;
  if (sessionId === null) return;
  if (name === "api_request" || name === "api_error") {
    const call = { eventId, sessionId, traceId: traceIdOf(record.traceId), spanId: spanIdOf(record.spanId) };
    facts.push(claudeSession(scope), callOfEvent(own, call, ts, name === "api_error"));
  } else if (name === "user_prompt") {
    facts.push(claudeSession(scope));
    readPrompt(own, facts);
  } else if ((name === "tool_result" || name === "tool_decision") && ts !== null) {
    const tool = toolOfEvent(name, own, sessionId, ts);
    if (tool) facts.push(claudeSession(scope), tool);
  } else if (name === "subagent_completed") facts.push(claudeSession(scope));
}

/** A command is none: the transcript tells it as one. */
function readPrompt(own: Attributes, facts: Fact[]): void {
  const said = told(own, "prompt", "prompt_text");
  if (said === undefined || own.text("command_name") !== undefined || own.text("agent_id") !== undefined) return;
  const text = withoutInjected(said);
  if (text === "" || NO_PROMPT.test(text)) return;
  const promptId = shortString(own.text("prompt.id")) ?? null;
  facts.push({ kind: "prompt", promptId, text: clipText(text, PROMPT_LIMIT), by: "telemetry" });
}

/** Who caused it. */
export function claudeOrigin(name: string, own: Attributes): Origin {
  if (name === "user_prompt") {
    return NO_PROMPT.test(own.text("prompt") ?? "") ? "tool" : own.text("agent_id") === undefined ? "human" : "agent";
  }
  return name === "assistant_response" ? "agent" : "tool";
}

/** What a person would search: prompts, answers, commands, errors. Of everything else nothing. */
export function claudeLogText(name: string, own: Attributes): string {
  const parts = [SAID.get(name)?.(own), told(own, "error", "error_details", "error_message")];
  return clipText(parts.filter((part) => typeof part === "string" && part !== "").join("\n"), TEXT_LIMIT);
}

const SAID: ReadonlyMap<string, (own: Attributes) => unknown> = new Map<string, (own: Attributes) => unknown>([
  ["user_prompt", (own) => withoutInjected(told(own, "prompt", "prompt_text") ?? "")],
  ["assistant_response", (own) => told(own, "response")],
  ["tool_result", (own) => toolInput(own).command],
  ["api_refusal", (own) => told(own, "reason", "category")],
  ["skill_activated", (own) => told(own, "skill.name")],
]);
