/** @module What a structured log line says of where it belongs: session, trace, process. */
import { UNCORRELATED_SESSION, UNKNOWN_SESSION } from "../../base/ids.ts";
import { isSessionId } from "../../base/session-id.ts";
import { type FoundFields, nameOf } from "./log-fields.ts";

/** The SDK's id of no session (packages/sdk, ids.ts). */
const NO_SESSION = "in-progress";
const WORKSPACE_ID = /^[0-9a-f]{16}$/;
const TRACE_ID = /^(?!0{32})[0-9a-f]{32}$/;
const SPAN_ID = /^(?!0{16})[0-9a-f]{16}$/;
/** W3C trace context, any version. */
const TRACEPARENT = /^[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}(?:-|$)/;
const LARGEST_PID = 2 ** 32;

export interface JoinKeys {
  /** Null: the line names none. */
  readonly sessionId: string | null;
  /** It says that it is outside any session. */
  readonly isOutside: boolean;
  readonly workspaceId: string | null;
  readonly traceId: string | null;
  readonly spanId: string | null;
  readonly pid: number | null;
  readonly host: string | null;
}

export const NO_KEYS: JoinKeys = {
  sessionId: null,
  isOutside: false,
  workspaceId: null,
  traceId: null,
  spanId: null,
  pid: null,
  host: null,
};

/** Where what belongs to no session stands: no line may put itself there. */
const RESERVED: ReadonlySet<unknown> = new Set([NO_SESSION, UNCORRELATED_SESSION, UNKNOWN_SESSION]);

/** A session's id as a line gives it; null for what names none. */
export function sessionOf(value: unknown): string | null {
  return isSessionId(value) && !RESERVED.has(value) ? value : null;
}

/** The SDK's word for outside any session. */
export const isNoSession = (value: unknown): boolean => value === NO_SESSION;

export function joinKeys({ first }: FoundFields): JoinKeys {
  const correlation = first("correlation");
  const [, workspace = "", session = ""] =
    typeof correlation === "string" ? (/^([^:]{1,64}):(.+)$/s.exec(correlation.slice(0, 256)) ?? []) : [];
  // What only Clew writes is believed before a name that any program may use for sessions of its own.
  const named = session || first("session");
  const given = first("workspace");
  const parent = first("traceparent");
  const [, parentTrace, parentSpan] = typeof parent === "string" ? (TRACEPARENT.exec(parent.toLowerCase()) ?? []) : [];
  const trace = hexOf(first("trace"), TRACE_ID);
  const workspaceId = typeof given === "string" && WORKSPACE_ID.test(given) ? given : workspace;
  return {
    sessionId: sessionOf(named),
    isOutside: isNoSession(named),
    workspaceId: WORKSPACE_ID.test(workspaceId) ? workspaceId : null,
    traceId: trace ?? hexOf(parentTrace, TRACE_ID),
    spanId: hexOf(first("span"), SPAN_ID) ?? (trace === null ? hexOf(parentSpan, SPAN_ID) : null),
    pid: pidOf(first("pid")),
    host: nameOf(first("host")),
  };
}

function hexOf(value: unknown, pattern: RegExp): string | null {
  if (typeof value !== "string") return null;
  const text = value.toLowerCase();
  return pattern.test(text) ? text : null;
}

function pidOf(value: unknown): number | null {
  const number = typeof value === "string" && /^\d{1,10}$/.test(value) ? Number(value) : value;
  return typeof number === "number" && Number.isSafeInteger(number) && number > 0 && number < LARGEST_PID
    ? number
    : null;
}
