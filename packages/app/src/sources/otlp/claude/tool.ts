/** @module Claude Code's words for a tool call: its events tool_result and tool_decision, and its span of the call. */
import type { HookToolFact } from "../../../model/record.ts";
import { isObject, type JsonObject, shortString } from "../../claude/json.ts";
import { describeToolCall } from "../../claude/tool-call.ts";
import { errorOf } from "../../claude/tool-result.ts";
import type { Attributes } from "../attributes.ts";
import { GEN_AI } from "../gen-ai-names.ts";

/** Longer parameters are not looked into. */
const MOST_PARAMETERS = 256 * 1024;
/** Name that events give to every tool of an MCP server. */
const ANY_MCP_TOOL = "mcp_tool";
const LONGEST_MS = 30 * 24 * 3600 * 1000;

function jsonObject(text: string | undefined): JsonObject {
  if (text === undefined || text.length > MOST_PARAMETERS) return {};
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : {};
  } catch {
    return {};
  }
}

/** As the model called it. */
function nameOf(own: Attributes, parameters: JsonObject): string {
  const name = own.text("tool_name", ...GEN_AI.toolName) ?? "unknown";
  const { mcp_server_name: server, mcp_tool_name: tool } = parameters;
  const isMcp = name === ANY_MCP_TOOL && typeof server === "string" && typeof tool === "string";
  return isMcp ? `mcp__${server}__${tool}` : name;
}

/** What a call is asked to do, for search and for its row. */
export function toolInput(own: Attributes): JsonObject {
  const input = jsonObject(own.text("tool_input"));
  const parameters = jsonObject(own.text("tool_parameters"));
  const command = input.command ?? parameters.full_command ?? own.text("full_command");
  const path = input.file_path ?? own.text("file_path");
  return { ...input, ...(command !== undefined && { command }), ...(path !== undefined && { file_path: path }) };
}

/** Null: it names no call, so nothing could join it. */
function callFact(
  own: Attributes,
  sessionId: string,
  ts: number,
  phase: HookToolFact["phase"],
  ending: Partial<Pick<HookToolFact, "durationMs" | "error">> = {},
): HookToolFact | null {
  const toolUseId = shortString(own.text("tool_use_id", ...GEN_AI.toolCallId));
  if (!toolUseId) return null;
  const name = nameOf(own, jsonObject(own.text("tool_parameters")));
  return {
    kind: "hook_tool",
    by: "telemetry",
    toolUseId,
    sessionId,
    phase,
    ts,
    ...describeToolCall(name, toolInput(own)),
    durationMs: null,
    error: null,
    interrupted: false,
    childSessionId: null,
    ...ending,
  };
}

/** A tool_result, or a tool_decision that refuses; null: it says nothing of how a call ended. `ts`: milliseconds UTC. */
export function toolOfEvent(name: string, own: Attributes, sessionId: string, ts: number): HookToolFact | null {
  if (name === "tool_decision") {
    return own.text("decision") === "reject" ? callFact(own, sessionId, ts, "denied") : null;
  }
  const duration = own.number("duration_ms");
  const durationMs = duration !== undefined && duration >= 0 && duration < LONGEST_MS ? duration : null;
  if (own.flag("success") !== false) return callFact(own, sessionId, ts, "post", { durationMs });
  return callFact(own, sessionId, ts, "failed", { durationMs, error: errorOf(own.text("error", "error_type") ?? "") });
}

/** The span of a whole call, which begins when the model has asked for it. `ts`: milliseconds UTC of its beginning. */
export function toolOfSpan(own: Attributes, sessionId: string, ts: number): HookToolFact | null {
  return callFact(own, sessionId, ts, "pre");
}
