/** @module What a session's children inherit: variables that name the session, and a W3C trace context that all of it shares. */
import { createHash } from "node:crypto";
import { correlationId } from "../base/ids.ts";

export interface ChildEnvironmentOptions {
  readonly sessionId: string;
  readonly parentSessionId: string | null;
  readonly workspaceId: string;
  /** The root session's id (rootSessionOf): sessions with one root share a trace. */
  readonly traceSeed: string;
}

/** `00-<trace>-<span>-01`: the trace belongs to the root session, the span to the session. Neither is ever all zeros. */
export function traceParent(sessionId: string, traceSeed: string): string {
  const hex = (text: string, digits: number): string => {
    const hash = createHash("sha256").update(text).digest("hex").slice(0, digits);
    return /^0+$/.test(hash) ? `${hash.slice(1)}1` : hash;
  };
  return `00-${hex(traceSeed, 32)}-${hex(`span:${sessionId}`, 16)}-01`;
}

/** Variables for what a session starts. CLEW_PARENT_SESSION_ID is there only when it has a parent. */
export function childEnvironment(options: ChildEnvironmentOptions): Readonly<Record<string, string>> {
  const { sessionId, parentSessionId, workspaceId, traceSeed } = options;
  return {
    CLEW_SESSION_ID: sessionId,
    ...(parentSessionId !== null && { CLEW_PARENT_SESSION_ID: parentSessionId }),
    CLEW_WORKSPACE: workspaceId,
    CLEW_CORRELATION_ID: correlationId(workspaceId, sessionId),
    TRACEPARENT: traceParent(sessionId, traceSeed),
  };
}

/** The variables of childEnvironment; a value that a parent session left behind is to be unset where it has none. */
export const CHILD_VARIABLES: readonly string[] = [
  "CLEW_SESSION_ID",
  "CLEW_PARENT_SESSION_ID",
  "CLEW_WORKSPACE",
  "CLEW_CORRELATION_ID",
  "TRACEPARENT",
];

/** One line of sh. Between single quotes nothing is special but a single quote. Null: what no shell variable can hold. */
export function exportLine(name: string, value: string): string | null {
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name) || value.includes("\0")) return null;
  return `export ${name}='${value.replaceAll("'", "'\\''")}'`;
}
