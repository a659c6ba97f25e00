/** @module `user` records: prompts, tool results, and what the client writes in the user's name. */
import type { Fact, Origin } from "../../../model/record.ts";
import { clipText } from "../clean-text.ts";
import { INJECTED_TAG, withoutInjected } from "../injected-context.ts";
import { isObject, type JsonObject, listOf, objectOf, shortString } from "../json.ts";
import type { Reading, Scope } from "../scope.ts";
import { commandKey, commandLine, isPromptCommand } from "../tags.ts";
import { pushContent, pushStrings } from "../text.ts";
import { readToolResult, readToolResultDetails } from "../tool-result.ts";

const PROMPT_LIMIT = 500;
const TITLE_LIMIT = 200;

/** Text blocks that an editor puts before what was typed. */
const CONTEXT_TAGS = ["<ide_", "<system-reminder>", INJECTED_TAG];

/** Beginnings of a user message that nobody typed as a prompt, and what it is then. */
const META_TAGS: readonly (readonly [tag: string, type: string, origin: Origin])[] = [
  ["<command-name>", "user.meta.command", "human"],
  ["<command-message>", "user.meta.command", "human"],
  ["<local-command-", "user.meta.output", "tool"],
  ["<bash-input>", "user.meta.shell", "human"],
  ["<bash-stdout>", "user.meta.output", "tool"],
  ["<bash-stderr>", "user.meta.output", "tool"],
  ["<task-notification>", "user.meta.notification", "tool"],
  [INJECTED_TAG, "user.meta", "tool"],
  ["[Request interrupted by user", "user.meta.interruption", "human"],
];

/** What was typed: the first text block that is not an editor's context, else the first one. */
function typedText(content: unknown): string {
  if (typeof content === "string") return withoutInjected(content) || content;
  let first = "";
  for (const block of listOf(content)) {
    const given = objectOf(block)?.text;
    if (typeof given !== "string") continue;
    const text = withoutInjected(given) || given;
    if (!CONTEXT_TAGS.some((tag) => text.startsWith(tag))) return text;
    first ||= text;
  }
  return first;
}

function classify(record: JsonObject, text: string): Reading {
  if (record.isCompactSummary === true) return { type: "user.meta.summary", origin: "agent" };
  if (record.isMeta === true) return { type: "user.meta", origin: "tool" };
  for (const [tag, type, origin] of META_TAGS) if (text.startsWith(tag)) return { type, origin };
  const kind = objectOf(record.origin)?.kind;
  if (typeof kind === "string" && kind !== "human") return { type: "user.meta.notification", origin: "tool" };
  return { type: "user.prompt", origin: "human" };
}

/** One line of at most 200 characters. */
function titleFrom(text: string): string {
  return clipText(
    text
      .slice(0, 4 * TITLE_LIMIT)
      .replace(/\s+/g, " ")
      .trim(),
    TITLE_LIMIT,
  );
}

function readPrompt(record: JsonObject, text: string, scope: Scope, facts: Fact[]): Reading {
  const title = titleFrom(text);
  const isSidechain = !scope.isSubagent && record.isSidechain === true;
  if (title && !isSidechain) facts.push({ kind: "title", source: "prompt", title });
  // A subagent's prompt is written by the agent that started it; old clients keep it in the main file, as a sidechain.
  if (scope.isSubagent || isSidechain) return { type: "user.prompt", origin: "agent" };
  facts.push({ kind: "prompt", promptId: shortString(record.promptId) ?? null, text: clipText(text, PROMPT_LIMIT) });
  const mode = shortString(record.permissionMode, 64);
  if (mode) facts.push({ kind: "detail", detailKind: "mode", key: "permission", detail: { mode } });
  return { type: "user.prompt", origin: "human" };
}

function readResults(record: JsonObject, blocks: readonly unknown[], scope: Scope, facts: Fact[]): Reading | null {
  let found = false;
  for (const block of blocks) {
    if (!isObject(block) || block.type !== "tool_result") continue;
    found = true;
    const results = { toolUseResult: record.toolUseResult, toolDenialKind: record.toolDenialKind };
    const status = readToolResult(block, results, scope, scope.sessionId, facts);
    if (status === "denied") facts.push({ kind: "count", what: "denial" });
    readToolResultDetails(block, record.toolUseResult, facts);
  }
  return found ? { type: "tool.result", origin: "tool" } : null;
}

function readCommand(text: string, facts: Fact[]): void {
  const key = commandKey(text);
  if (!key) return;
  facts.push({ kind: "detail", detailKind: "skill", key, detail: { via: "command" } });
  if (isPromptCommand(text)) facts.push({ kind: "title", source: "prompt", title: titleFrom(commandLine(text)) });
}

export function readUser(record: JsonObject, scope: Scope, facts: Fact[]): Reading {
  const message = objectOf(record.message);
  if (!message) facts.push({ kind: "problem", reason: "broken_field", message: "a user record without a message" });
  const content = message?.content;
  if (Array.isArray(content)) {
    const results = readResults(record, content, scope, facts);
    if (results) return results;
  }
  const text = typedText(content);
  const reading = classify(record, text);
  if (reading.type === "user.prompt") return readPrompt(record, text, scope, facts);
  if (reading.type === "user.meta.interruption") facts.push({ kind: "count", what: "interruption" });
  if (reading.type === "user.meta.command") readCommand(text, facts);
  return reading;
}

/** The message's text; the client's own copy of a result only where the message has none. */
export function pushUserText(record: JsonObject, parts: string[]): void {
  const before = parts.length;
  pushContent(objectOf(record.message)?.content, parts);
  if (parts.length > before) return;
  const result = record.toolUseResult;
  if (typeof result === "string") parts.push(result);
  else if (isObject(result)) pushStrings([result.stdout, result.stderr], parts);
}
