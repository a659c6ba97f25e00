/** @module The W3C trace context that a session gives to what it starts. */
import { createHash } from "node:crypto";

/** First hex digits of a hash; never all zeros, which name no trace. */
function hex(text: string, digits: number): string {
  const hash = createHash("sha256").update(text).digest("hex").slice(0, digits);
  return /^0+$/.test(hash) ? `${hash.slice(1)}1` : hash;
}

/** The trace of a root session, 32 hex digits: all that is started below it shares it. */
export function traceIdOfSession(rootSessionId: string): string {
  return hex(rootSessionId, 32);
}

/** The session's own span, 16 hex digits. */
export function spanIdOfSession(sessionId: string): string {
  return hex(`span:${sessionId}`, 16);
}

/** `00-<trace>-<span>-01`: the trace belongs to the root session, the span to the session. */
export function traceParent(sessionId: string, rootSessionId: string): string {
  return `00-${traceIdOfSession(rootSessionId)}-${spanIdOfSession(sessionId)}-01`;
}
