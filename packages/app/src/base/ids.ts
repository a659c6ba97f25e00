/** @module Ids: every one is a function of what it names, so that reading the same bytes again makes the same ids. */
import { createHash } from "node:crypto";

/** Id of an event whose record has none: first 32 hex digits of SHA-256 of its natural key. */
export function eventIdOf(naturalKey: string): string {
  return createHash("sha256").update(naturalKey).digest("hex").slice(0, 32);
}

/** `<workspace id>:<session id>`, carried by every log line, event and span. */
export function correlationId(workspaceId: string, sessionId: string): string {
  return `${workspaceId}:${sessionId}`;
}

/** First 16 hex digits of SHA-256 of the workspace's real path. */
export function workspaceIdOf(realPath: string): string {
  return createHash("sha256").update(realPath).digest("hex").slice(0, 16);
}

/** Session of a subagent. Agent ids are unique only within their root session. */
export function subagentSessionId(rootSessionId: string, agentId: string): string {
  return `${rootSessionId}.${agentId}`;
}

/** Id under which all records of one model response meet (docs/sources.md, "One response, many records"). */
export function responseIdOf(messageId: string | null, requestId: string | null, uuid: string): string {
  return `${messageId ?? uuid}|${requestId ?? ""}`;
}

/** Session of what came from a hook and names none: kept with its problem, and in no list. */
export const UNKNOWN_SESSION = "unknown-hooks";

/** Session of log lines and spans that nothing joins to one: a place to look, in no list. */
export const UNCORRELATED_SESSION = "uncorrelated";
