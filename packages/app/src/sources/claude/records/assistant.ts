/** @module `assistant` records: one content block of a model's response each, with the response's usage. */
import type { Fact } from "../../../model/record.ts";
import { isObject, type JsonObject, listOf, objectOf, shortString } from "../json.ts";
import type { Reading, Scope } from "../scope.ts";
import { pushContent } from "../text.ts";
import { readToolCall, readToolCallDetails } from "../tool-call.ts";
import { readResponse } from "../usage.ts";

/** Event type of a message by its blocks: a call says more than text, text more than thinking. */
function typeOf(blocks: readonly unknown[]): string {
  let type = "";
  for (const block of blocks) {
    const kind = objectOf(block)?.type;
    if (kind === "tool_use") return "tool.call";
    if (kind === "thinking" || kind === "redacted_thinking") type ||= "assistant.thinking";
    else type = "assistant.text";
  }
  return type || "assistant.text";
}

function readAttribution(record: JsonObject, facts: Fact[]): void {
  const skill = shortString(record.attributionSkill);
  if (skill) facts.push({ kind: "detail", detailKind: "skill", key: skill, detail: { via: "attribution" } });
  const server = shortString(record.attributionMcpServer);
  if (server) facts.push({ kind: "detail", detailKind: "mcp_server", key: server, detail: null });
}

export function readAssistant(record: JsonObject, scope: Scope, facts: Fact[]): Reading {
  const message = objectOf(record.message);
  if (!message) {
    facts.push({ kind: "problem", reason: "broken_field", message: "an assistant record without a message" });
    return { type: "assistant.text", origin: "agent" };
  }
  const response = readResponse(message, {
    record: "assistant",
    sessionId: scope.sessionId,
    uuid: scope.eventId,
    requestId: record.requestId,
    isSidechain: record.isSidechain === true,
    ts: scope.ts,
  });
  if (response) facts.push(response);
  const blocks = listOf(message.content);
  for (const block of blocks) {
    if (!isObject(block) || block.type !== "tool_use") continue;
    readToolCall(block, scope.sessionId, scope.ts, facts);
    readToolCallDetails(block, facts);
  }
  readAttribution(record, facts);
  if (record.isApiErrorMessage === true) {
    facts.push({ kind: "count", what: "api_error" });
    return { type: "assistant.error", origin: "tool" };
  }
  return { type: typeOf(blocks), origin: "agent" };
}

export function pushAssistantText(record: JsonObject, parts: string[]): void {
  pushContent(objectOf(record.message)?.content, parts);
}
