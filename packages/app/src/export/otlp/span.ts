/** @module A span on its way out, before any encoding, and the ids that make the same span the same at each export. */
import { createHash } from "node:crypto";

/** A bigint is an integer, a number a double: OTLP tells them apart. */
export type AttributeValue = string | boolean | bigint | number | readonly string[];
export type Attributes = Readonly<Record<string, AttributeValue>>;

/** Numbers as OTLP has them. */
export const SPAN_KINDS = { internal: 1, client: 3 } as const;
export const SPAN_STATUS = { unset: 0, ok: 1, error: 2 } as const;

export interface SpanLink {
  /** 32 and 16 lower-case hex digits. */
  readonly traceId: string;
  readonly spanId: string;
  readonly attributes: Attributes;
}

export interface OutgoingSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | null;
  readonly name: string;
  readonly kind: keyof typeof SPAN_KINDS;
  /** Milliseconds UTC, with fractions. */
  readonly start: number;
  readonly end: number;
  readonly status: keyof typeof SPAN_STATUS;
  readonly statusMessage: string | null;
  readonly attributes: Attributes;
  readonly links: readonly SpanLink[];
}

/** Spans of one session, with what describes the program they are of. */
export interface SessionSpans {
  readonly sessionId: string;
  readonly resource: Attributes;
  readonly spans: readonly OutgoingSpan[];
}

/** Trace of a session and everything below it. */
export function traceIdOf(topSessionId: string): string {
  return hash(`clew trace\n${topSessionId}`, 32);
}

export type SpanSubject = "session" | "turn" | "response" | "failure" | "tool";

/** `id`: the session's id, the prompt's event id, the response's, the call's or the tool-use id. */
export function spanIdOf(topSessionId: string, subject: SpanSubject, id: string): string {
  return hash(`clew span\n${topSessionId}\n${subject}\n${id}`, 16);
}

function hash(text: string, digits: number): string {
  return createHash("sha256").update(text).digest("hex").slice(0, digits);
}

/** What a fixed64 of nanoseconds can hold, milliseconds. */
const LATEST = 18_446_744_073_709;

/** Milliseconds to nanoseconds, to the microsecond; times that OTLP cannot say become its first or last. */
export function nanosecondsOf(milliseconds: number): bigint {
  if (!(milliseconds > 0)) return 0n;
  return BigInt(Math.round(Math.min(milliseconds, LATEST) * 1000)) * 1000n;
}
