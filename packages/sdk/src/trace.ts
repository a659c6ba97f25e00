/** @module W3C trace context: what a `traceparent` says, and the one that a session hands on. */
import { sha256 } from "./sha256.ts";

export interface TraceParent {
  /** 32 hex digits. */
  readonly traceId: string;
  /** 16 hex digits: the span that calls. */
  readonly spanId: string;
  readonly isSampled: boolean;
}

const TRACE_PARENT = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;

/** Null for what is no trace context. Later versions are read as far as they are known. */
export function parseTraceParent(header: unknown): TraceParent | null {
  const match = typeof header === "string" ? TRACE_PARENT.exec(header.trim()) : null;
  if (!match) return null;
  const [, version, traceId = "", spanId = "", flags = "", rest] = match;
  if (version === "ff" || (version === "00" && rest) || /^0+$/.test(traceId) || /^0+$/.test(spanId)) return null;
  return { traceId, spanId, isSampled: (Number.parseInt(flags, 16) & 1) === 1 };
}

/** Hex digits of a hash, never all zeros, which mean "none". */
function hexOf(text: string, digits: number): string {
  const hash = sha256(text).slice(0, digits);
  return /^0+$/.test(hash) ? `${hash.slice(1)}1` : hash;
}

/** Trace of a root session and all that it starts. */
export function traceIdOf(rootSessionId: string): string {
  return hexOf(rootSessionId, 32);
}

/** A session's own span. */
export function spanIdOf(sessionId: string): string {
  return hexOf(`span:${sessionId}`, 16);
}
