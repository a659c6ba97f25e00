/** @module The searchable text of a hook's body: what no transcript says, or everything where there is none. */
import { cleanText } from "../claude/clean-text.ts";
import { withoutInjected } from "../claude/injected-context.ts";
import type { JsonObject } from "../claude/json.ts";
import { pushContent, pushStrings } from "../claude/text.ts";
import { describeToolCall } from "../claude/tool-call.ts";

/** Fields that every body has, and ids: no text. */
const ENVELOPE = new Set([
  "session_id",
  "transcript_path",
  "agent_transcript_path",
  "cwd",
  "hook_event_name",
  "prompt_id",
  "permission_mode",
  "effort",
  "agent_id",
  "agent_type",
  "tool_use_id",
]);

type PushText = (body: JsonObject, parts: string[]) => void;

const fields =
  (...names: readonly string[]): PushText =>
  (body, parts) => {
    for (const name of names) if (typeof body[name] === "string") parts.push(body[name]);
  };

const value =
  (name: string): PushText =>
  (body, parts) =>
    pushStrings(body[name], parts);

const nothing: PushText = () => {};

function pushResponse({ tool_response: response }: JsonObject, parts: string[]): void {
  if (Array.isArray(response)) pushContent(response, parts);
  else pushStrings(response, parts);
}

function pushRequest(body: JsonObject, parts: string[]): void {
  const { name, summary } = describeToolCall(body.tool_name, body.tool_input);
  parts.push(name);
  if (summary) parts.push(summary);
}

function pushUnknown(body: JsonObject, parts: string[]): void {
  for (const key in body) if (!ENVELOPE.has(key)) pushStrings(body[key], parts);
}

/** What no transcript says. */
const OWN: ReadonlyMap<unknown, PushText> = new Map([
  ["Notification", fields("title", "message")],
  ["PermissionRequest", pushRequest],
  ["ConfigChange", fields("source", "file_path")],
  ["TaskCreated", fields("task_subject")],
  ["Elicitation", fields("message")],
  ["StopFailure", fields("error", "error_details")],
]);

/** What the transcript says too. */
const TRANSCRIBED: ReadonlyMap<unknown, PushText> = new Map([
  ["UserPromptSubmit", fields("prompt")],
  ["PreToolUse", value("tool_input")],
  ["PostToolUse", pushResponse],
  ["PostToolUseFailure", fields("error")],
  ["PermissionDenied", fields("reason")],
  ["Stop", fields("last_assistant_message")],
  ["SubagentStop", fields("last_assistant_message")],
  ["PostCompact", fields("compact_summary")],
]);

/** Neither searched here nor there: names, places and pieces of a message that comes whole. */
const SILENT: ReadonlySet<unknown> = new Set([
  "SessionStart",
  "SessionEnd",
  "Setup",
  "UserPromptExpansion",
  "PostToolBatch",
  "SubagentStart",
  "PreCompact",
  "PreModelSwitch",
  "PostModelSwitch",
  "TeammateIdle",
  "TaskCompleted",
  "ElicitationResult",
  "WorktreeCreate",
  "WorktreeRemove",
  "InstructionsLoaded",
  "CwdChanged",
  "FileChanged",
  "DirectoryAdded",
  "MessageDisplay",
]);

/** Whether a transcript tells the session's conversation. */
export function hasTranscript(body: JsonObject): boolean {
  return typeof body.transcript_path === "string" && body.transcript_path !== "";
}

function pusherOf(body: JsonObject): PushText {
  const { hook_event_name: name } = body;
  const transcribed = TRANSCRIBED.get(name);
  if (transcribed) return hasTranscript(body) ? nothing : transcribed;
  return OWN.get(name) ?? (SILENT.has(name) ? nothing : pushUnknown);
}

/** The one function for the index, the snippets and the reader; "" for none. */
export function hookText(body: JsonObject): string {
  const parts: string[] = [];
  pusherOf(body)(body, parts);
  return cleanText(
    parts
      .map((part) => withoutInjected(part, true))
      .filter(Boolean)
      .join("\n"),
  );
}
