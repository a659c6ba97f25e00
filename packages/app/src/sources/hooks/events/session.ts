/** @module SessionStart and SessionEnd: that a session runs, where, in which process, for whom, and that it is over. */
import { spanIdOfSession, traceIdOfSession } from "../../../base/trace-context.ts";
import type { Fact } from "../../../model/record.ts";
import { type JsonObject, shortString } from "../../claude/json.ts";
import { identityOf, isSessionId } from "../../spooled-event.ts";
import { END_REASONS, knownWord, START_SOURCES } from "../reason.ts";
import { type HookScope, pushActivity } from "../scope.ts";

/** Session that this one was started from, as its environment names it; never itself nor one of its own subagents. */
function parentOf({ header, sessionId, rootSessionId }: HookScope): string | undefined {
  const { parent } = header;
  if (!isSessionId(parent) || parent === sessionId || parent === rootSessionId) return undefined;
  return parent.startsWith(`${rootSessionId}.`) ? undefined : parent;
}

/** A process id; undefined for what is none. */
function pidOf(value: string | undefined): number | undefined {
  const pid = value !== undefined && /^\d{1,10}$/.test(value) ? Number(value) : 0;
  return pid > 0 ? pid : undefined;
}

export function readSessionStart(body: JsonObject, scope: HookScope, facts: Fact[]): void {
  const { sessionId, rootSessionId, ts, header } = scope;
  const source = knownWord(body.source, START_SOURCES);
  const cwd = shortString(body.cwd, 4096) ?? shortString(header.project, 4096);
  const parentSessionId = parentOf(scope);
  const agentType = shortString(body.agent_type);
  facts.push({
    kind: "session",
    sessionId,
    ...(cwd && { cwd }),
    ...(source && { trigger: source }),
    ...(parentSessionId && { parentSessionId }),
    ...(agentType && { agentType }),
  });
  pushActivity(scope, "idle", source, facts);
  const pid = pidOf(header.pid);
  if (pid) facts.push({ kind: "process", sessionId, ts, pid, startedAt: null });
  // The trace that its children inherit, unless it is itself somebody's child, whose trace it goes on with.
  if (!header.parent && rootSessionId === sessionId) {
    const [traceId, spanId] = [traceIdOfSession(sessionId), spanIdOfSession(sessionId)];
    facts.push({ kind: "trace", sessionId, traceId, spanId, callerSpanId: null, ts });
  }
  const identity = identityOf(header.identity);
  if (identity) facts.push({ kind: "identity", sessionId, identity });
}

export function readSessionEnd(body: JsonObject, scope: HookScope, facts: Fact[]): void {
  pushActivity(scope, "ended", knownWord(body.reason, END_REASONS), facts);
}
