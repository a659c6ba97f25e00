/** @module The end of a turn, notices and questions: what says that a session idles, waits or has failed. */
import type { Fact } from "../../../model/record.ts";
import { type JsonObject, listOf } from "../../claude/json.ts";
import { knownWord, namedReason, TURN_ERRORS } from "../reason.ts";
import { type HookScope, pushActivity, pushActivityOfTree } from "../scope.ts";

/** `2 background tasks`; "" for none. */
export function backgroundTasks(body: JsonObject): string {
  const { length } = listOf(body.background_tasks);
  return length > 0 ? `${length} background task${length > 1 ? "s" : ""}` : "";
}

export function readStop(body: JsonObject, scope: HookScope, facts: Fact[]): void {
  pushActivity(scope, "idle", backgroundTasks(body) || null, facts);
}

export function readStopFailure(body: JsonObject, scope: HookScope, facts: Fact[]): void {
  pushActivity(scope, "failed", knownWord(body.error, TURN_ERRORS), facts);
}

/** Older clients send no type, but always the same words. */
function noticeType({ notification_type: type, message }: JsonObject): unknown {
  if (type !== undefined || typeof message !== "string") return type;
  if (message.startsWith("Claude needs your permission")) return "permission_prompt";
  return message.startsWith("Claude is waiting for your input") ? "idle_prompt" : undefined;
}

export function readNotification(body: JsonObject, scope: HookScope, facts: Fact[]): void {
  switch (noticeType(body)) {
    case "permission_prompt":
      pushActivityOfTree(scope, "waiting", "permission", facts);
      break;
    case "agent_needs_input":
    case "elicitation_dialog":
      pushActivityOfTree(scope, "waiting", "question", facts);
      break;
    case "idle_prompt":
      pushActivity(scope, "idle", "waiting for a prompt", facts);
      break;
  }
}

export function readElicitation(body: JsonObject, scope: HookScope, facts: Fact[]): void {
  pushActivityOfTree(scope, "waiting", namedReason("question", " from ", body.mcp_server_name), facts);
}

/** Something that only happens while the agent works. */
export function readWorking(_: JsonObject, scope: HookScope, facts: Fact[]): void {
  pushActivityOfTree(scope, "working", null, facts);
}
