/** @module Every hook event that is known: who causes it and what follows from it. Others are kept all the same. */
import type { Fact, Origin } from "../../model/record.ts";
import type { JsonObject } from "../claude/json.ts";
import { readSubagentStart, readSubagentStop } from "./events/agent.ts";
import { readInstructionsLoaded, readPostCompact, readTaskCompleted, readTaskCreated } from "./events/detail.ts";
import { promptOrigin, readPrompt } from "./events/prompt.ts";
import { readSessionEnd, readSessionStart } from "./events/session.ts";
import {
  readPermissionDenied,
  readPermissionRequest,
  readPostToolBatch,
  readPostToolUse,
  readPostToolUseFailure,
  readPreToolUse,
} from "./events/tool.ts";
import { readElicitation, readNotification, readStop, readStopFailure, readWorking } from "./events/turn.ts";
import type { HookScope } from "./scope.ts";

export interface HookEvent {
  readonly origin: (body: JsonObject) => Origin;
  /** Appends the facts. */
  readonly read: (body: JsonObject, scope: HookScope, facts: Fact[]) => void;
}

const agent = (): Origin => "agent";
const tool = (): Origin => "tool";
const says = (read: HookEvent["read"], origin: HookEvent["origin"] = agent): HookEvent => ({ origin, read });
/** Kept as an event, nothing more. */
const kept = says(() => {});

export const HOOK_EVENTS: ReadonlyMap<string, HookEvent> = new Map([
  ["SessionStart", says(readSessionStart)],
  ["SessionEnd", says(readSessionEnd)],
  ["Setup", kept],
  ["UserPromptSubmit", says(readPrompt, promptOrigin)],
  ["UserPromptExpansion", kept],
  ["PreToolUse", says(readPreToolUse)],
  ["PostToolUse", says(readPostToolUse, tool)],
  ["PostToolUseFailure", says(readPostToolUseFailure, tool)],
  ["PostToolBatch", says(readPostToolBatch, tool)],
  ["PermissionRequest", says(readPermissionRequest)],
  ["PermissionDenied", says(readPermissionDenied, tool)],
  ["Notification", says(readNotification)],
  ["Stop", says(readStop)],
  ["StopFailure", says(readStopFailure)],
  ["SubagentStart", says(readSubagentStart)],
  ["SubagentStop", says(readSubagentStop)],
  ["PreCompact", says(readWorking)],
  ["PostCompact", says(readPostCompact)],
  ["PreModelSwitch", kept],
  ["PostModelSwitch", kept],
  ["TeammateIdle", kept],
  ["TaskCreated", says(readTaskCreated)],
  ["TaskCompleted", says(readTaskCompleted)],
  ["Elicitation", says(readElicitation)],
  ["ElicitationResult", says(readWorking)],
  ["ConfigChange", kept],
  ["WorktreeCreate", kept],
  ["WorktreeRemove", kept],
  ["InstructionsLoaded", says(readInstructionsLoaded)],
  ["CwdChanged", kept],
  ["FileChanged", kept],
  ["DirectoryAdded", kept],
  ["MessageDisplay", says(readWorking)],
]);

/** What is known of the event with that name; of any other: that it happened. */
export function hookEvent(name: unknown): HookEvent {
  return (typeof name === "string" ? HOOK_EVENTS.get(name) : undefined) ?? kept;
}
