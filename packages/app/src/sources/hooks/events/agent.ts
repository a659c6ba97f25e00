/** @module SubagentStart and SubagentStop: a subagent is a session of its own, except one of the client's own (scope.ts). */
import type { Fact } from "../../../model/record.ts";
import { clipText } from "../../claude/clean-text.ts";
import { type JsonObject, shortString } from "../../claude/json.ts";
import { type HookScope, pushActivity } from "../scope.ts";

const RESULT_LIMIT = 2000;

/** Which agent asked for it is not said here: its parent stays what others say, and is its root until then. */
export function readSubagentStart(body: JsonObject, scope: HookScope, facts: Fact[]): void {
  if (!scope.isSubagent) return;
  const agentType = shortString(body.agent_type);
  facts.push({ kind: "session", sessionId: scope.sessionId, trigger: "agent", ...(agentType && { agentType }) });
  pushActivity(scope, "working", null, facts);
}

export function readSubagentStop(body: JsonObject, scope: HookScope, facts: Fact[]): void {
  if (!scope.isSubagent) return;
  const words = typeof body.last_assistant_message === "string" ? body.last_assistant_message : "";
  const result = words ? clipText(words, RESULT_LIMIT) : null;
  facts.push({ kind: "agent_result", sessionId: scope.sessionId, result, success: null });
  pushActivity(scope, "ended", null, facts);
}
