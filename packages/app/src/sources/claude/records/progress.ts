/** @module `progress` records (clients up to about 2.1.9x); those of a subagent hold its messages, usage included. */
import type { Fact } from "../../../model/record.ts";
import { isObject, type JsonObject, listOf, objectOf, shortString, timeOf } from "../json.ts";
import { nameOf } from "../name.ts";
import type { Reading, Scope } from "../scope.ts";
import { pushContent, pushStrings } from "../text.ts";
import { readToolCall } from "../tool-call.ts";
import { agentSessionId, readToolResult } from "../tool-result.ts";
import { readResponse } from "../usage.ts";

function readChild(record: JsonObject, sessionId: string, scope: Scope, facts: Fact[]): void {
  const spawnToolUseId = shortString(record.parentToolUseID);
  const cwd = shortString(record.cwd, 4096);
  const clientVersion = shortString(record.version, 64);
  facts.push({
    kind: "session",
    sessionId,
    parentSessionId: scope.sessionId,
    trigger: "agent",
    ...(spawnToolUseId && { spawnToolUseId }),
    ...(cwd && { cwd }),
    ...(clientVersion && { clientVersion }),
  });
}

/** When a subagent's message was written: never later than the record that brings it, whose time has been checked. */
export function innerTime(timestamp: unknown, outer: number | null): number | null {
  const inner = timeOf(timestamp);
  return inner === null || outer === null || inner > outer ? outer : inner;
}

/**
 * The subagent's own message: its event, though its parent's file holds it. Where the subagent's file exists too, it tells the same with the same ids, and the store
 * keeps the file's word.
 */
function readAgentProgress(record: JsonObject, data: JsonObject, scope: Scope, facts: Fact[]): Reading {
  const child = agentSessionId(scope.rootSessionId, data.agentId);
  if (child) readChild(record, child, scope, facts);
  const sessionId = child ?? scope.sessionId;
  const reading: Reading = { type: "progress.agent", origin: "agent", sessionId };
  const inner = objectOf(data.message);
  const message = objectOf(inner?.message);
  if (!inner || !message) return reading;
  const ts = innerTime(inner.timestamp, scope.ts);
  const response = readResponse(message, {
    record: "agent_progress",
    sessionId,
    uuid: shortString(inner.uuid) ?? scope.eventId,
    requestId: inner.requestId,
    isSidechain: true,
    ts,
  });
  if (response) facts.push(response);
  const results = { toolUseResult: inner.toolUseResult, toolDenialKind: inner.toolDenialKind };
  for (const block of listOf(message.content)) {
    if (!isObject(block)) continue;
    if (block.type === "tool_use") readToolCall(block, sessionId, ts, facts);
    else if (block.type === "tool_result") readToolResult(block, results, { ...scope, ts }, sessionId, facts);
  }
  return reading;
}

export function readProgress(record: JsonObject, scope: Scope, facts: Fact[]): Reading {
  const data = objectOf(record.data);
  if (data?.type !== "agent_progress") return { type: `progress.${nameOf(data?.type)}`, origin: "tool" };
  return readAgentProgress(record, data, scope, facts);
}

/** A subagent's messages and what a search asked for; the output of a running command stands in its result again. */
export function pushProgressText(record: JsonObject, parts: string[]): void {
  const data = objectOf(record.data);
  if (!data) return;
  if (data.type === "agent_progress") pushContent(objectOf(objectOf(data.message)?.message)?.content, parts);
  else pushStrings([data.query, data.taskDescription], parts);
}
