/** @module Where a line, a call and a record stand. */

/** Session of what belongs to none. */
export const UNCORRELATED = "uncorrelated";

/** A session's timeline at one of its events; its subagents' and child sessions' events stand there too. */
export function sessionAtHref(sessionId: string, eventId: string | null, callKey?: string | null): string {
  const parameters = new URLSearchParams({ tab: "timeline" });
  if (eventId) parameters.set("at", eventId);
  if (callKey) parameters.set("call", callKey);
  return `/sessions/${encodeURIComponent(sessionId)}?${parameters}`;
}

/** A record in the transcript of its session. */
export function recordHref(sessionId: string, eventId: string): string {
  return `/sessions/${encodeURIComponent(sessionId)}#event-${encodeURIComponent(eventId)}`;
}
