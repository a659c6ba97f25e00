/** @module A span of Claude Code's telemetry: calls of models and tools are joined to what its events and hooks tell. */
import type { Fact } from "../../../model/record.ts";
import type { SpanFact } from "../../../model/telemetry.ts";
import type { Scope } from "../whose.ts";
import { claudeSession } from "./log-facts.ts";
import { callOfSpan } from "./model-call.ts";
import { toolOfSpan } from "./tool.ts";

/**
 * Appends the facts of a span beside the span itself. How a call ended is left to the event tool_result: the span of the
 * execution does not name the tool, and that of the whole call also spans the wait for a permission.
 */
export function readClaudeSpan(scope: Scope, eventId: string, span: SpanFact, facts: Fact[]): void {
  const { own, sessionId } = scope;
  if (span.name === "claude_code.llm_request") {
    facts.push(callOfSpan(own, { eventId, sessionId, traceId: span.traceId, spanId: span.spanId }, span));
  } else if (sessionId === null) return;
  else if (span.name === "claude_code.interaction") facts.push(claudeSession(scope));
  else if (span.name === "claude_code.tool") {
    const call = toolOfSpan(own, sessionId, Math.floor(span.startedAt / 1000));
    if (call) facts.push(call);
  }
}
