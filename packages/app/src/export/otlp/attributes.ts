/** @module What the spans say of their subjects. Text that people, models or tools wrote stands only in `contentOf…`. */
import type { ExportedContent } from "../../query/export-content.ts";
import type { ExportedSession } from "../../query/export-sessions.ts";
import type { ExportedFailure, ExportedResponse, ExportedToolCall, ExportedTurn } from "../../query/export-work.ts";
import { BRANCH, ERROR_TYPE, GEN_AI, MCP_METHOD, SERVICE_NAME, SERVICE_VERSION, SESSION_ID } from "./gen-ai-names.ts";
import type { Attributes, AttributeValue } from "./span.ts";

type Given = Readonly<Record<string, AttributeValue | null | undefined>>;

/** Without what is not known. */
function given(attributes: Given): Attributes {
  return Object.fromEntries(
    Object.entries(attributes).filter(
      (entry): entry is [string, AttributeValue] => entry[1] != null && entry[1] !== "",
    ),
  );
}

function whole(value: number | null): bigint | null {
  return value === null || !Number.isFinite(value) ? null : BigInt(Math.trunc(value));
}

/** Every span says whose it is: backends search spans, not traces. */
function ofSession(session: ExportedSession): Given {
  return { [SESSION_ID]: session.session_id, [GEN_AI.conversation]: session.session_id };
}

/** The program, as backends group by it. */
export function resourceOf(session: ExportedSession): Attributes {
  return given({
    [SERVICE_NAME]: session.service ?? session.agent,
    [SERVICE_VERSION]: session.client_version,
    "clew.project": session.project,
    "clew.workspace.id": session.workspace_id,
  });
}

export function sessionAttributes(session: ExportedSession, content: boolean): Attributes {
  const isAgent = session.agent === "claude-code";
  const isUnpriced = session.cost_micros === 0 && session.unpriced_responses > 0;
  return given({
    ...ofSession(session),
    [GEN_AI.operation]: isAgent ? "invoke_agent" : null,
    [GEN_AI.provider]: isAgent ? "anthropic" : null,
    [GEN_AI.agentName]: isAgent ? (session.agent_type ?? session.agent) : null,
    [BRANCH]: session.git_branch,
    "clew.session.top": session.top_session_id,
    "clew.session.parent": session.parent_session_id,
    "clew.session.forked_from": session.forked_from,
    "clew.session.status": session.status,
    "clew.session.trigger": session.trigger,
    "clew.session.phase": session.phase,
    "clew.session.tags": tagsOf(session.tags),
    "clew.session.responses": whole(session.responses),
    "clew.session.tool_calls": whole(session.tool_calls),
    "clew.session.cost_usd": isUnpriced ? null : session.cost_micros / 1e6,
    "clew.identity": session.identity,
    [ERROR_TYPE]: session.status === "failed" ? "failed" : null,
    ...(content && { "clew.session.title": session.title }),
  });
}

function tagsOf(json: string | null): readonly string[] | null {
  const tags: unknown = json === null ? null : JSON.parse(json);
  return Array.isArray(tags) ? tags.filter((tag) => typeof tag === "string") : null;
}

export function turnAttributes(session: ExportedSession, turn: ExportedTurn, number: number): Attributes {
  return given({ ...ofSession(session), "clew.turn.number": BigInt(number), "clew.prompt.id": turn.prompt_id });
}

/** `estimated`: its beginning is a guess. */
export function responseAttributes(
  session: ExportedSession,
  response: ExportedResponse,
  estimated: boolean,
): Attributes {
  const { input_tokens, cache_write_tokens, cache_read_tokens } = response;
  return given({
    ...ofSession(session),
    [GEN_AI.operation]: "chat",
    [GEN_AI.provider]: response.provider ?? (session.agent === "claude-code" ? "anthropic" : null),
    [GEN_AI.requestModel]: response.requested_model ?? response.model,
    [GEN_AI.responseModel]: response.model,
    [GEN_AI.responseId]: response.message_id,
    [GEN_AI.finishReasons]: response.stop_reason === null ? null : [response.stop_reason],
    [GEN_AI.firstChunk]: response.first_token_ms === null ? null : response.first_token_ms / 1000,
    [GEN_AI.inputTokens]: whole(input_tokens + cache_write_tokens + cache_read_tokens),
    [GEN_AI.outputTokens]: whole(response.output_tokens),
    [GEN_AI.reasoningTokens]: whole(response.thinking_tokens),
    [GEN_AI.cacheWriteTokens]: whole(cache_write_tokens),
    [GEN_AI.cacheReadTokens]: whole(cache_read_tokens),
    "clew.usage.uncached_input_tokens": whole(input_tokens),
    "clew.usage.cache_creation_5m_tokens": whole(response.cache_5m_tokens),
    "clew.usage.cache_creation_1h_tokens": whole(response.cache_1h_tokens),
    "clew.cost_usd": response.cost_micros === null ? null : response.cost_micros / 1e6,
    "clew.request.id": response.request_id,
    "clew.response.id": response.response_id,
    "clew.query_source": response.query_source,
    "clew.time_estimated": estimated ? true : null,
    [ERROR_TYPE]: response.error === null ? null : "_OTHER",
  });
}

export function failureAttributes(session: ExportedSession, failure: ExportedFailure): Attributes {
  return given({
    ...ofSession(session),
    [GEN_AI.operation]: "chat",
    [GEN_AI.provider]: failure.provider ?? (session.agent === "claude-code" ? "anthropic" : null),
    [GEN_AI.requestModel]: failure.model,
    "clew.request.id": failure.request_id,
    "clew.query_source": failure.query_source,
    [ERROR_TYPE]: "_OTHER",
  });
}

export function toolAttributes(session: ExportedSession, call: ExportedToolCall): Attributes {
  const isGuess = call.duration_source === "timestamps" || call.duration_source === null;
  return given({
    ...ofSession(session),
    [GEN_AI.operation]: "execute_tool",
    [GEN_AI.toolName]: call.name ?? call.tool ?? "unknown",
    [GEN_AI.toolCallId]: call.tool_use_id,
    [MCP_METHOD]: call.mcp_server === null ? null : "tools/call",
    "clew.mcp.server": call.mcp_server,
    "clew.tool.name": call.tool,
    "clew.tool.status": call.status,
    "clew.tool.result_bytes": whole(call.result_bytes),
    "clew.time_estimated": isGuess ? true : null,
    [ERROR_TYPE]: ["failed", "denied", "interrupted"].includes(call.status) ? call.status : null,
  });
}

export function contentOfTurn(prompt: string | undefined): Attributes {
  if (prompt === undefined) return {};
  const messages = [{ role: "user", parts: [{ type: "text", content: prompt }] }];
  return { [GEN_AI.inputMessages]: JSON.stringify(messages) };
}

export function contentOfResponse(content: ExportedContent | null, response: ExportedResponse): Attributes {
  const parts = content?.answers.get(response.message_id ?? response.event_id ?? "");
  if (!parts) return {};
  const messages = [{ role: "assistant", parts, finish_reason: response.stop_reason ?? "unknown" }];
  return { [GEN_AI.outputMessages]: JSON.stringify(messages) };
}

export function contentOfCall(content: ExportedContent | null, call: ExportedToolCall): Attributes {
  if (!content) return {};
  return given({
    [GEN_AI.toolArguments]: content.toolArguments.get(call.tool_use_id),
    [GEN_AI.toolResult]: content.results.get(call.tool_use_id),
    "clew.tool.summary": call.summary,
    "clew.tool.file_path": call.file_path,
  });
}
