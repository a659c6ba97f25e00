/** @module Whose hook it is: what an event's reader knows besides the body, from the body's ids and the spool's header. */
import type { SpoolRecord } from "../../base/spool-record.ts";
import type { ActivityFact, Fact, SessionActivity } from "../../model/record.ts";
import { type JsonObject, shortString } from "../claude/json.ts";
import { agentSessionId } from "../claude/tool-result.ts";
import { hexOf, pushProblem, safeId, sessionOfHeader, UNKNOWN_SESSION } from "../spooled-event.ts";

export interface HookScope {
  readonly eventId: string;
  /** Milliseconds UTC; facts that need it are dropped where it is not known. */
  readonly ts: number;
  readonly sessionId: string;
  readonly rootSessionId: string;
  /** Inside a subagent that is a session of its own. */
  readonly isSubagent: boolean;
  readonly header: SpoolRecord["fields"];
}

type Ids = Pick<HookScope, "sessionId" | "rootSessionId" | "isSubagent">;

/** `.../<session id>.jsonl`, whatever the platform's separators are. */
const TRANSCRIPT_NAME = /(?:^|[/\\])([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.jsonl$/;

function rootOf(body: JsonObject, header: SpoolRecord["fields"], facts: Fact[]): string {
  const { session_id: given, transcript_path: path } = body;
  if (typeof given === "string" && given !== "") return safeId(given, "session_id", facts);
  if (given !== undefined && given !== null && given !== "") pushProblem(facts, "session_id is no text");
  if (header.session) return sessionOfHeader(header, facts);
  const named = typeof path === "string" ? TRANSCRIPT_NAME.exec(path.slice(-200))?.[1] : undefined;
  if (!named) pushProblem(facts, "nothing names the session");
  return named ?? UNKNOWN_SESSION;
}

/** Session of a hook's body. An agent without a type is one of the client's own, for which no session exists. */
export function idsOf(body: JsonObject, header: SpoolRecord["fields"], facts: Fact[]): Ids {
  const rootSessionId = rootOf(body, header, facts);
  const { agent_id: agentId, agent_type: agentType } = body;
  const main = { sessionId: rootSessionId, rootSessionId, isSubagent: false };
  if (agentId === undefined || agentId === null || agentId === "" || agentType === "") return main;
  if (typeof agentId !== "string") {
    pushProblem(facts, "agent_id is no text");
    return main;
  }
  if (rootSessionId === UNKNOWN_SESSION) return main;
  const known = agentSessionId(rootSessionId, agentId);
  if (!known) pushProblem(facts, "agent_id is no id");
  return { sessionId: known ?? `${rootSessionId}.h-${hexOf(agentId, 32)}`, rootSessionId, isSubagent: true };
}

/** A path to look at; null for what is none. */
function transcriptOf(value: unknown): string | null {
  const path = shortString(value, 4096);
  if (!path || !/^(?:\/|[A-Za-z]:[/\\]|\\\\)/.test(path) || !path.endsWith(".jsonl")) return null;
  return /[\n\r\uFFFD]|(?:^|[/\\])\.\.(?:[/\\]|$)/.test(path) ? null : path;
}

/** Transcript that the event's records are written to: a subagent's own, where it is named. */
export function transcriptPathOf(body: JsonObject, isSubagent: boolean): string | null {
  return (isSubagent ? transcriptOf(body.agent_transcript_path) : null) ?? transcriptOf(body.transcript_path);
}

/** Appends what the session is doing. */
export function pushActivity(
  scope: HookScope,
  activity: SessionActivity,
  reason: string | null,
  facts: Fact[],
  sessionId: string = scope.sessionId,
): void {
  const fact: ActivityFact = { kind: "activity", sessionId, ts: scope.ts, activity, reason };
  facts.push(fact);
}

/** Appends what both do: a subagent, and the session whose work it does and whose user it asks. */
export function pushActivityOfTree(
  scope: HookScope,
  activity: "working" | "waiting",
  reason: string | null,
  facts: Fact[],
): void {
  pushActivity(scope, activity, reason, facts);
  if (scope.isSubagent) pushActivity(scope, activity, reason, facts, scope.rootSessionId);
}
