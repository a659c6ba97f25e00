/** @module What a session's children inherit: variables that name the session, and a W3C trace context that all of it shares. */
import { correlationId } from "../base/ids.ts";
import { traceParent } from "../base/trace-context.ts";

export interface ChildEnvironmentOptions {
  readonly sessionId: string;
  readonly parentSessionId: string | null;
  readonly workspaceId: string;
  /** The root session's id (rootSessionOf): sessions with one root share a trace. */
  readonly traceSeed: string;
  /** CLAUDE_CODE_SESSION_ID as it is now: null where it is not set, undefined where that is not known. */
  readonly clientSessionId?: string | null;
}

/**
 * Variables for what a session starts. CLEW_PARENT_SESSION_ID is there only when it has a parent. CLEW_CLIENT_SESSION_ID
 * tells a client around the session from one that is started inside it later.
 */
export function childEnvironment(options: ChildEnvironmentOptions): Readonly<Record<string, string>> {
  const { sessionId, parentSessionId, workspaceId, traceSeed, clientSessionId } = options;
  return {
    CLEW_SESSION_ID: sessionId,
    ...(parentSessionId !== null && { CLEW_PARENT_SESSION_ID: parentSessionId }),
    ...(clientSessionId !== undefined && { CLEW_CLIENT_SESSION_ID: clientSessionId ?? "" }),
    CLEW_WORKSPACE: workspaceId,
    CLEW_CORRELATION_ID: correlationId(workspaceId, sessionId),
    TRACEPARENT: traceParent(sessionId, traceSeed),
  };
}

/** The variables of childEnvironment; a value that a parent session left behind is to be unset where it has none. */
export const CHILD_VARIABLES: readonly string[] = [
  "CLEW_SESSION_ID",
  "CLEW_PARENT_SESSION_ID",
  "CLEW_CLIENT_SESSION_ID",
  "CLEW_WORKSPACE",
  "CLEW_CORRELATION_ID",
  "TRACEPARENT",
];

/** One line of sh. Between single quotes nothing is special but a single quote. Null: what no shell variable can hold. */
export function exportLine(name: string, value: string): string | null {
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name) || value.includes("\0")) return null;
  return `export ${name}='${value.replaceAll("'", "'\\''")}'`;
}
