/** @module `attachment` records: what the client put beside the conversation. */
import type { Fact } from "../../../model/record.ts";
import { clipText } from "../clean-text.ts";
import { isObject, type JsonObject, listOf, objectOf } from "../json.ts";
import { nameOf } from "../name.ts";
import type { Reading, Scope } from "../scope.ts";
import { pushContent, pushStrings } from "../text.ts";

/** Lists and prompts of the client itself, the same in every session: nobody searches them. */
const BOILERPLATE = new Set([
  "prompt_snapshot",
  "skill_listing",
  "agent_listing_delta",
  "deferred_tools_delta",
  "deferred_tools_record",
  "mcp_instructions_delta",
  "task_reminder",
  "todo_reminder",
  "total_tokens_reminder",
  "model",
  "environment",
  "session_context",
  "date",
  "date_change",
  "remote_session_change",
  "command_permissions",
  "auto_mode",
  "auto_mode_exit",
]);

/** A prompt typed while the agent worked: it is delivered as an attachment and in no user record. */
function isQueuedPrompt(attachment: JsonObject): boolean {
  if (attachment.type !== "queued_command") return false;
  const kind = objectOf(attachment.origin)?.kind;
  if (typeof kind === "string") return kind === "human";
  return attachment.commandMode === "prompt" && !promptOf(attachment).startsWith("<");
}

function promptOf(attachment: JsonObject): string {
  if (typeof attachment.prompt === "string") return attachment.prompt;
  for (const block of listOf(attachment.prompt)) {
    const text = objectOf(block)?.text;
    if (typeof text === "string") return text;
  }
  return "";
}

export function readAttachment(record: JsonObject, scope: Scope, facts: Fact[]): Reading {
  const attachment = objectOf(record.attachment);
  const type = `attachment.${nameOf(attachment?.type)}`;
  if (!attachment || !isQueuedPrompt(attachment)) return { type, origin: "tool" };
  if (scope.isSubagent || record.isSidechain === true) return { type, origin: "agent" };
  facts.push({ kind: "prompt", promptId: null, text: clipText(promptOf(attachment), 500) });
  return { type, origin: "human" };
}

export function pushAttachmentText(record: JsonObject, parts: string[]): void {
  const attachment = objectOf(record.attachment);
  if (!attachment || BOILERPLATE.has(attachment.type as string)) return;
  switch (attachment.type) {
    case "queued_command":
      pushContent(attachment.prompt, parts);
      break;
    case "edited_text_file":
      pushStrings([attachment.filename, attachment.snippet], parts);
      break;
    case "nested_memory":
      pushStrings([attachment.path, objectOf(attachment.content)?.content], parts);
      break;
    case "file":
      pushStrings([attachment.filename, objectOf(objectOf(attachment.content)?.file)?.content], parts);
      break;
    case "hook_success":
    case "hook_additional_context":
    case "hook_system_message":
    case "hook_non_blocking_error":
    case "hook_blocking_error":
    case "async_hook_response":
      pushHookText(attachment, parts);
      break;
    default:
      for (const key in attachment) if (key !== "type") pushStrings(attachment[key], parts);
  }
}

/** A hook's output stands in `content` again when the client understood it. */
function pushHookText(attachment: JsonObject, parts: string[]): void {
  const before = parts.length;
  pushStrings(attachment.content, parts);
  if (isObject(attachment.blockingError)) pushStrings(attachment.blockingError.blockingError, parts);
  if (parts.length === before) pushStrings(attachment.stdout, parts);
  pushStrings(attachment.stderr, parts);
}
