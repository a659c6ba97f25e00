/** @module A tool_result block and the record's toolUseResult: how the call ended and what it left behind. */
import { FENCE_OPENING } from "../../base/fence.ts";
import { subagentSessionId } from "../../base/ids.ts";
import type { Fact, ToolResultFact } from "../../model/record.ts";
import { clipText, firstLine } from "./clean-text.ts";
import { commitsIn, pullRequestIn } from "./git-output.ts";
import { countOf, type JsonObject, listOf, objectOf, shortString } from "./json.ts";
import type { Scope } from "./scope.ts";

const ERROR_LIMIT = 300;
/** Of a subagent's last words. */
const RESULT_LIMIT = 2000;
const AGENT_ID = /^[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}$/;

/** The session of an agent that a record names; undefined for what is no agent id. */
export function agentSessionId(rootSessionId: string, agentId: unknown): string | undefined {
  return typeof agentId === "string" && AGENT_ID.test(agentId) ? subagentSessionId(rootSessionId, agentId) : undefined;
}

/** A result's text as the model read it, for a look at its beginning: the first text block of several. */
export function headOf(content: unknown): string {
  if (typeof content === "string") return content;
  for (const block of listOf(content)) {
    const text = objectOf(block)?.text;
    if (typeof text === "string") return text;
  }
  return "";
}

function bytesOf(content: unknown): number {
  if (typeof content === "string") return Buffer.byteLength(content);
  let bytes = 0;
  for (const block of listOf(content)) {
    const text = objectOf(block)?.text;
    if (typeof text === "string") bytes += Buffer.byteLength(text);
  }
  return bytes;
}

function isDenial(head: string, denialKind: unknown): boolean {
  if (typeof denialKind === "string") return true;
  if (head.startsWith("The user doesn't want to ")) return true;
  if (head.startsWith("Permission ")) return head.slice(0, 2000).includes("denied");
  return head.startsWith("Claude requested permissions ") && head.slice(0, 2000).includes("haven't granted");
}

function statusOf(
  block: JsonObject,
  head: string,
  result: JsonObject | undefined,
  denialKind: unknown,
): ToolResultFact["status"] {
  if (block.is_error !== true) return result?.interrupted === true ? "interrupted" : "ok";
  if (isDenial(head, denialKind)) return "denied";
  return head.startsWith("[Request interrupted by user") ? "interrupted" : "failed";
}

/** First line of a failed call's result, without the client's tag around it. */
export function errorOf(head: string): string | null {
  const text = head.startsWith("<tool_use_error>")
    ? head.slice(16, 16 + 8 * ERROR_LIMIT).replace("</tool_use_error>", "")
    : head;
  return firstLine(text, ERROR_LIMIT) || null;
}

function durationOf(result: JsonObject | undefined): number | null {
  if (!result) return null;
  if (typeof result.durationMs === "number") return countOf(result.durationMs);
  if (typeof result.totalDurationMs === "number") return countOf(result.totalDurationMs);
  return typeof result.durationSeconds === "number" ? countOf(result.durationSeconds * 1000) : null;
}

/** What a result record carries besides the block. */
export interface ResultRecord {
  readonly toolUseResult: unknown;
  readonly toolDenialKind: unknown;
}

/** Appends the facts of a block; answers how the call ended, or null when the block names no call. */
export function readToolResult(
  block: JsonObject,
  record: ResultRecord,
  scope: Scope,
  sessionId: string,
  facts: Fact[],
): ToolResultFact["status"] | null {
  const toolUseId = shortString(block.tool_use_id);
  if (!toolUseId) return null;
  const result = objectOf(record.toolUseResult);
  const head = headOf(block.content);
  const status = statusOf(block, head, result, record.toolDenialKind);
  const childSessionId = agentSessionId(scope.rootSessionId, result?.agentId);
  facts.push({
    kind: "tool_result",
    toolUseId,
    sessionId,
    ts: scope.ts,
    status,
    error: status === "ok" ? null : errorOf(head),
    resultBytes: countOf(result?.persistedOutputSize) || bytesOf(block.content),
    durationMs: durationOf(result),
    childSessionId: childSessionId ?? null,
  });
  pushFenced(head, toolUseId, facts);
  if (result && childSessionId) readSubagent(result, childSessionId, sessionId, toolUseId, facts);
  if (result) {
    const searches = countOf(result.searchCount);
    if (searches > 0) facts.push({ kind: "web_search", toolUseId, searches });
  }
  return status;
}

/** A result in which Clew's own fence stands has shown words of others to the session, by whatever way. */
export function pushFenced(text: string, toolUseId: string, facts: Fact[]): void {
  if (text.includes("<quoted-") && FENCE_OPENING.test(text))
    facts.push({ kind: "detail", detailKind: "foreign", key: `shown:${toolUseId}`, detail: null });
}

function readSubagent(
  result: JsonObject,
  sessionId: string,
  parentSessionId: string,
  spawnToolUseId: string,
  facts: Fact[],
): void {
  const agentType = shortString(result.agentType);
  const agentDescription = shortString(result.description, 1000);
  facts.push({
    kind: "session",
    sessionId,
    parentSessionId,
    spawnToolUseId,
    trigger: "agent",
    ...(agentType && { agentType }),
    ...(agentDescription && { agentDescription }),
  });
  // One that was sent into the background has no result yet.
  if (result.status !== "completed") return;
  const text = clipText(headOf(result.content), RESULT_LIMIT).trim();
  facts.push({ kind: "agent_result", sessionId, result: text || null, success: true });
}

/** Appends what a successful result says about its session: files, tasks, commits, pull requests. */
export function readToolResultDetails(block: JsonObject, toolUseResult: unknown, facts: Fact[]): void {
  const result = objectOf(toolUseResult);
  if (!result) return;
  if (typeof result.stdout === "string") readOutput(result, facts);
  else if (block.is_error !== true) {
    readFile(result, facts);
    readTask(result, facts);
  }
}

function readFile(result: JsonObject, facts: Fact[]): void {
  const read = shortString(objectOf(result.file)?.filePath, 4096);
  if (read) facts.push({ kind: "detail", detailKind: "file_read", key: read, detail: null });
  const changed = shortString(result.filePath, 4096);
  if (!changed || !Array.isArray(result.structuredPatch)) return;
  const isEdit = typeof result.newString === "string" || Array.isArray(result.edits);
  const action = isEdit ? "edit" : result.type === "create" ? "create" : "write";
  facts.push({ kind: "detail", detailKind: "file", key: changed, detail: { action } });
}

/** TaskCreate answers with the new task, TaskUpdate with the change; a task's two keys are joined by whoever lists them. */
function readTask(result: JsonObject, facts: Fact[]): void {
  const task = objectOf(result.task);
  const created = shortString(task?.id, 64);
  if (created && typeof task?.subject === "string") {
    const detail = { subject: clipText(task.subject, 500) };
    facts.push({ kind: "detail", detailKind: "todo", key: `task:${created}`, detail });
    return;
  }
  const status = shortString(objectOf(result.statusChange)?.to, 32);
  const updated = shortString(result.taskId, 64);
  if (status && updated)
    facts.push({ kind: "detail", detailKind: "todo", key: `task:${updated}:status`, detail: { status } });
}

function readOutput(result: JsonObject, facts: Fact[]): void {
  const output = result.stdout as string;
  const hashes = new Set<string>();
  for (const { hash, branch, subject } of commitsIn(output)) {
    hashes.add(hash);
    const detail = { branch: clipText(branch, 256), subject: clipText(subject, 300) };
    facts.push({ kind: "detail", detailKind: "commit", key: hash, detail });
  }
  const operation = objectOf(result.gitOperation);
  const commit = objectOf(operation?.commit);
  const hash = shortString(commit?.sha, 40);
  if (hash && ![...hashes].some((known) => known.startsWith(hash) || hash.startsWith(known))) {
    facts.push({
      kind: "detail",
      detailKind: "commit",
      key: hash,
      detail: { kind: shortString(commit?.kind, 32) ?? null },
    });
  }
  const pull = objectOf(operation?.pr);
  const url = shortString(pull?.url, 500) ?? pullRequestIn(output);
  if (url)
    facts.push({
      kind: "detail",
      detailKind: "pull_request",
      key: url,
      detail: { action: shortString(pull?.action, 32) ?? null },
    });
}
