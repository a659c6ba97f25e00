/** @module A hook's event as blocks: calls, results and prompts as in a transcript, everything else as notices. */
import { decodeSpoolRecord } from "../../base/spool-record.ts";
import type { Block, PresentedEvent, PresentRole } from "../../model/present.ts";
import { cleanText } from "../claude/clean-text.ts";
import { decodeRecord } from "../claude/decode.ts";
import { type JsonObject, listOf, objectOf, shortString } from "../claude/json.ts";
import { contentBlocks } from "../claude/present/content.ts";
import { pushStrings } from "../claude/text.ts";
import { describeToolCall } from "../claude/tool-call.ts";
import { rawBlock } from "../raw-block.ts";
import { MAX_BODY_BYTES } from "../spooled-event.ts";
import { promptOrigin } from "./events/prompt.ts";
import { backgroundTasks } from "./events/turn.ts";
import { hasTranscript, hookText } from "./hook-text.ts";

const SHORT = 500;

function notice(label: string, ...texts: readonly unknown[]): readonly Block[] {
  const said = texts.filter((text): text is string => typeof text === "string" && text !== "");
  return [{ kind: "notice", label, text: cleanText(said.join(" ")) }];
}

/** A name, a path or a word: "" for what is none, or too long for one. */
const field = (body: JsonObject, name: string): string => shortString(body[name], SHORT) ?? "";

const wholeText = (value: unknown): string => (typeof value === "string" ? value : "");

function callBlocks(body: JsonObject): readonly Block[] {
  return contentBlocks(
    [{ type: "tool_use", id: body.tool_use_id, name: body.tool_name, input: body.tool_input }],
    null,
  );
}

/** A response is the client's own object, of each tool another one: its texts, and an edit's patch. */
function responseText({ tool_response: response }: JsonObject): unknown {
  const output = objectOf(response);
  if (!output) return typeof response === "string" ? response : listOf(response);
  if (Array.isArray(output.content)) return output.content;
  const { stdout, stderr, structuredPatch, ...rest } = output;
  const parts: string[] = [];
  if (typeof stdout === "string") pushStrings([stdout, stderr], parts);
  else if (Array.isArray(structuredPatch)) pushStrings(output.filePath, parts);
  else pushStrings(rest, parts);
  return parts.join("\n");
}

function resultBlocks(body: JsonObject, content: unknown, isError: boolean): readonly Block[] {
  const block = { type: "tool_result", tool_use_id: body.tool_use_id, content, is_error: isError };
  return contentBlocks([block], body.tool_response);
}

function promptBlocks(body: JsonObject): readonly Block[] {
  const { prompt } = body;
  const text = typeof prompt === "string" ? cleanText(prompt) : "";
  return promptOrigin(body) === "human" ? [{ kind: "text", text }] : notice("notification", text);
}

/** Last words stand in the transcript, where there is one. */
function endBlocks(label: string, body: JsonObject): readonly Block[] {
  const words = hasTranscript(body) ? "" : body.last_assistant_message;
  return notice(label, backgroundTasks(body), words);
}

function nameOfCall(call: unknown): string {
  return shortString(objectOf(call)?.tool_name) ?? "unknown";
}

function requestText(body: JsonObject): string {
  const { name, summary } = describeToolCall(body.tool_name, body.tool_input);
  return summary ? `${name}: ${summary}` : name;
}

function switchText(body: JsonObject): string {
  return `${field(body, "from_model") || "?"} to ${field(body, "to_model") || "?"}`;
}

function serverText(body: JsonObject): string {
  const server = shortString(body.mcp_server_name);
  return server ? `${server}:` : "";
}

type Show = (body: JsonObject) => readonly Block[];

const labelled =
  (label: string, ...names: readonly string[]): Show =>
  (body) =>
    notice(label, ...names.map((name) => field(body, name)));

const BLOCKS: ReadonlyMap<unknown, Show> = new Map<unknown, Show>([
  ["SessionStart", labelled("session started", "source")],
  ["SessionEnd", labelled("session ended", "reason")],
  ["Setup", labelled("setup", "trigger")],
  ["UserPromptSubmit", promptBlocks],
  ["UserPromptExpansion", labelled("command", "prompt")],
  ["PreToolUse", callBlocks],
  ["PostToolUse", (body) => resultBlocks(body, responseText(body), false)],
  ["PostToolUseFailure", (body) => resultBlocks(body, wholeText(body.error), true)],
  ["PermissionDenied", (body) => resultBlocks(body, wholeText(body.reason), true)],
  ["PostToolBatch", (body) => notice("tools done", listOf(body.tool_calls).slice(0, 50).map(nameOfCall).join(", "))],
  ["PermissionRequest", (body) => notice("permission asked", requestText(body))],
  ["Notification", (body) => notice("notification", wholeText(body.message))],
  ["Stop", (body) => endBlocks("turn ended", body)],
  ["StopFailure", (body) => notice("turn failed", field(body, "error"), wholeText(body.error_details))],
  ["SubagentStart", labelled("subagent started", "agent_type")],
  ["SubagentStop", (body) => endBlocks("subagent ended", body)],
  ["PreCompact", labelled("compaction begins", "trigger")],
  ["PostCompact", labelled("compaction", "trigger")],
  ["PreModelSwitch", (body) => notice("model switch asked", switchText(body))],
  ["PostModelSwitch", (body) => notice("model switched", switchText(body))],
  ["TeammateIdle", labelled("teammate idle", "teammate_name")],
  ["TaskCreated", labelled("task created", "task_subject")],
  ["TaskCompleted", labelled("task completed", "task_subject")],
  ["Elicitation", (body) => notice("question", serverText(body), wholeText(body.message))],
  ["ElicitationResult", (body) => notice("answer", serverText(body), field(body, "action"))],
  ["ConfigChange", labelled("settings changed", "source", "file_path")],
  ["WorktreeCreate", labelled("worktree created", "name")],
  ["WorktreeRemove", labelled("worktree removed", "worktree_path")],
  ["InstructionsLoaded", labelled("instructions loaded", "file_path")],
  ["CwdChanged", labelled("directory changed", "new_cwd")],
  ["FileChanged", labelled("file changed", "event", "file_path")],
  ["DirectoryAdded", labelled("directory added", "directory")],
  ["MessageDisplay", (body) => notice("message shown", body.delta)],
]);

function roleOf(body: JsonObject): PresentRole {
  switch (body.hook_event_name) {
    case "UserPromptSubmit":
      return promptOrigin(body) === "human" ? "user" : "system";
    case "PreToolUse":
      return "assistant";
    case "PostToolUse":
    case "PostToolUseFailure":
    case "PermissionDenied":
      return "tool";
    default:
      return "system";
  }
}

/** `bytes` are an event's stored body. */
export function presentHook(bytes: Buffer): PresentedEvent {
  const record = decodeSpoolRecord(bytes);
  const body = record && decodeRecord(record.body, MAX_BODY_BYTES).record;
  if (!body) return { text: "", role: "system", blocks: [rawBlock(record?.body ?? bytes)] };
  const show = BLOCKS.get(body.hook_event_name);
  return { text: hookText(body), role: roleOf(body), blocks: show ? show(body) : [rawBlock(record.body)] };
}
