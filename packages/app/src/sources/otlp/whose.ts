/** @module Whose item it is: the session that it or its resource names, the program that sent it. */
import { UNCORRELATED_SESSION } from "../../base/ids.ts";
import type { Fact } from "../../model/record.ts";
import { shortString } from "../claude/json.ts";
import { agentSessionId } from "../claude/tool-result.ts";
import { pushProblem, type SpooledEvent, safeId } from "../spooled-event.ts";
import { type Attributes, attributesOf } from "./attributes.ts";
import { GEN_AI } from "./gen-ai-names.ts";
import type { OtlpItem } from "./item.ts";

/** An item with its attributes at hand. */
export interface Scope {
  readonly own: Attributes;
  readonly resource: Attributes;
  readonly scopeName: string | null;
  readonly service: string | null;
  /** Claude Code's own telemetry. */
  readonly isClaudeCode: boolean;
  /** Session that it names; null: none. */
  readonly sessionId: string | null;
  readonly place: Pick<SpooledEvent, "sessionId" | "rootSessionId" | "agent" | "workspaceId">;
}

/** The SDK's id of no session (packages/sdk, ids.ts). */
const NO_SESSION = "in-progress";
const WORKSPACE_ID = /^[0-9a-f]{16}$/;
const CLAUDE_SCOPE = "com.anthropic.claude_code";
const CLAUDE_NAME = "claude_code.";
/** Sessions that Clew exports keep their agent's name, and speak in the conventions' words (export/otlp). */
const OWN_SCOPE = "clew";
const NAME_LIMIT = 200;

/** Tells whose an item is. `own`: the attributes of the span, log record or data point; `name`: what it calls itself. */
export function scopeOf({ resource, scope }: OtlpItem, own: Attributes, name: string, facts: Fact[]): Scope {
  const ofResource = attributesOf(resource.attributes);
  if (own.size > 10_000) pushProblem(facts, `${own.size} attributes, of which 10000 are read`);
  const service = shortString(ofResource.text("service.name") ?? own.text("service.name"), NAME_LIMIT) ?? null;
  const scopeName = shortString(scope.name, NAME_LIMIT) ?? null;
  const isClaudeCode =
    (service === "claude-code" && scopeName !== OWN_SCOPE) ||
    name.startsWith(CLAUDE_NAME) ||
    (scopeName?.startsWith(CLAUDE_SCOPE) ?? false);
  const place = isClaudeCode ? claudePlace(own, ofResource, facts) : otherPlace(own, ofResource, facts);
  const named = place.sessionId === UNCORRELATED_SESSION ? null : place.sessionId;
  return { own, resource: ofResource, scopeName, service, isClaudeCode, sessionId: named, place };
}

const NOWHERE: Scope["place"] = {
  sessionId: UNCORRELATED_SESSION,
  rootSessionId: UNCORRELATED_SESSION,
  agent: "unknown",
  workspaceId: null,
};

/** Its agent's id is the conversation's where the item does not say it: spans of a tool's execution. */
function claudePlace(own: Attributes, resource: Attributes, facts: Fact[]): Scope["place"] {
  const given = own.text("session.id") ?? resource.text("session.id");
  if (given === undefined) return NOWHERE;
  const root = safeId(given, "session.id", facts);
  const conversation = own.text(...GEN_AI.conversation);
  const agent = own.text("agent_id") ?? (conversation === given ? undefined : conversation);
  const sessionId = agent === undefined ? root : (agentSessionId(root, agent) ?? root);
  if (agent !== undefined && sessionId === root) pushProblem(facts, "agent_id is no id");
  return { sessionId, rootSessionId: root, agent: "claude-code", workspaceId: null };
}

/** A name by our own SDK goes first: `session.id` alone may as well be a browser's. */
function otherPlace(own: Attributes, resource: Attributes, facts: Fact[]): Scope["place"] {
  const sdk = sdkSession(own) ?? sdkSession(resource);
  const given =
    sdk?.sessionId ??
    [own, resource].map((attributes) => attributes.text("session.id")).find(isNamed) ??
    [own, resource].map((attributes) => attributes.text(...GEN_AI.conversation)).find(isNamed);
  if (given === undefined) return NOWHERE;
  const sessionId = safeId(given, "the session's id", facts);
  const root = SUBAGENT.exec(sessionId)?.[1] ?? sessionId;
  return { sessionId, rootSessionId: root, agent: sdk ? "unknown" : "otel", workspaceId: sdk?.workspaceId ?? null };
}

/** A subagent's session: what stands before its agent's id is its root. */
const SUBAGENT = /^([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\../;

const isNamed = (id: string | undefined): id is string => id !== undefined && id !== NO_SESSION;

function sdkSession(
  attributes: Attributes,
): { readonly sessionId: string; readonly workspaceId: string | null } | null {
  const [, workspace = "", inCorrelation] =
    /^([^:]{1,64}):(.+)$/s.exec(attributes.text("clew.correlation_id") ?? "") ?? [];
  const sessionId = [attributes.text("clew.session_id"), inCorrelation].find(isNamed);
  if (sessionId === undefined) return null;
  const given = attributes.text("clew.workspace") ?? workspace;
  return { sessionId, workspaceId: WORKSPACE_ID.test(given) ? given : null };
}
