/** @module A span's row: its ids, times and end, whoever sent it. */
import type { Fact } from "../../model/record.ts";
import type { SpanFact } from "../../model/telemetry.ts";
import { clipText, firstLine } from "../claude/clean-text.ts";
import { type JsonObject, objectOf, shortString } from "../claude/json.ts";
import { FUTURE_LIMIT_MS, pushProblem } from "../spooled-event.ts";
import { GEN_AI } from "./gen-ai-names.ts";
import { microsOf, spanIdOf, traceIdOf } from "./otlp-values.ts";
import type { Scope } from "./whose.ts";

const NAME_LIMIT = 300;
const STATUS_LIMIT = 300;
const KINDS = ["internal", "internal", "server", "client", "producer", "consumer"] as const;
const STATUSES = ["unset", "ok", "error"] as const;

/** Microseconds since 1970 UTC. */
export interface SpanTimes {
  readonly startedAt: number;
  readonly endedAt: number | null;
}

/** `fallback`: milliseconds UTC for a span that says no time, or an absurd one; null where that is not known either. */
export function spanTimes(span: JsonObject, now: number, fallback: number | null, facts: Fact[]): SpanTimes | null {
  const latest = (now + FUTURE_LIMIT_MS) * 1000;
  const believed = (nanos: unknown): number | null => {
    const micros = microsOf(nanos);
    if (micros === null || micros <= latest) return micros;
    pushProblem(facts, "the span is of the future", "future_time");
    return null;
  };
  const begin = believed(span.startTimeUnixNano);
  const end = believed(span.endTimeUnixNano);
  if (begin === null) pushProblem(facts, "the span does not say when it began");
  const startedAt = begin ?? end ?? (fallback === null ? null : fallback * 1000);
  if (startedAt === null) return null;
  if (end !== null && end < startedAt) {
    pushProblem(facts, "the span ends before it begins");
    return { startedAt, endedAt: startedAt };
  }
  return { startedAt, endedAt: end };
}

/** Null where its ids or its time are none: it then is an event and no more. */
export function spanFactOf(span: JsonObject, times: SpanTimes | null, scope: Scope, facts: Fact[]): SpanFact | null {
  const traceId = traceIdOf(span.traceId);
  const spanId = spanIdOf(span.spanId);
  if (!traceId || !spanId) pushProblem(facts, "the span has no ids");
  if (!traceId || !spanId || !times) return null;
  const status = objectOf(span.status) ?? {};
  const message = typeof status.message === "string" ? firstLine(status.message, STATUS_LIMIT) : "";
  const isGenAi = !scope.isClaudeCode && scope.own.has((name) => name.startsWith(GEN_AI.prefix));
  return {
    kind: "span",
    traceId,
    spanId,
    parentSpanId: spanIdOf(span.parentSpanId),
    sessionId: scope.sessionId,
    fallbackSession: scope.sessionId === null && isGenAi ? `trace-${traceId}` : null,
    name: clipText(typeof span.name === "string" && span.name !== "" ? span.name : "unnamed", NAME_LIMIT),
    spanKind: KINDS[enumOf(span.kind, SPAN_KIND)] ?? "internal",
    service: scope.service,
    ...times,
    status: STATUSES[enumOf(status.code, STATUS_CODE)] ?? "unset",
    statusMessage: message || null,
    toolUseId: shortString(scope.own.text("tool_use_id", ...GEN_AI.toolCallId)) ?? null,
  };
}

const SPAN_KIND: readonly string[] = ["UNSPECIFIED", "INTERNAL", "SERVER", "CLIENT", "PRODUCER", "CONSUMER"].map(
  (name) => `SPAN_KIND_${name}`,
);
const STATUS_CODE: readonly string[] = ["UNSET", "OK", "ERROR"].map((name) => `STATUS_CODE_${name}`);

/** An enum's number, which some exporters write by name. */
function enumOf(value: unknown, names: readonly string[]): number {
  return typeof value === "string" ? names.indexOf(value) : typeof value === "number" ? value : 0;
}

/** Milliseconds between a span's beginning and its end; null: it has none. */
export function spanMillis({ startedAt, endedAt }: SpanTimes): number | null {
  return endedAt === null ? null : (endedAt - startedAt) / 1000;
}
