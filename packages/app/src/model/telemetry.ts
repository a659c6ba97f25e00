/** @module What applications tell of a session: log lines, calls of models, spans, metrics, and the traces that join them. */
import type { TokenUsage } from "./usage.ts";

/** By what a line or span came to its session. Null, where it stands: it came to none. */
export type JoinedBy = "id" | "trace" | "process";

export const LOG_LEVELS = ["trace", "debug", "info", "warn", "error", "fatal"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** One log line, or several that belong together: a message and its stack trace. */
export interface LogLineFact {
  readonly kind: "log_line";
  /** Session that the line names; null: none. */
  readonly sessionId: string | null;
  /** The line says that it is outside any session: its process says nothing of it. */
  readonly isOutside?: true;
  /** Milliseconds UTC; the reader's time where the line has none. */
  readonly ts: number;
  readonly level: LogLevel;
  /** At most 500 characters. */
  readonly message: string;
  readonly logger: string | null;
  readonly service: string | null;
  readonly pid: number | null;
  readonly host: string | null;
  /** 32 and 16 lower-case hex digits. */
  readonly traceId: string | null;
  readonly spanId: string | null;
  /** File it was read from, and its first byte there. */
  readonly path: string | null;
  readonly fileOffset: number | null;
  /** Format that it was read as: a name of docs/logs.md. */
  readonly format: string;
}

export interface SpanFact {
  readonly kind: "span";
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | null;
  /** Session that the span itself names; null: none. */
  readonly sessionId: string | null;
  /** Session that it makes where nothing in its trace names one; null: it then stays uncorrelated. */
  readonly fallbackSession: string | null;
  readonly name: string;
  readonly spanKind: "internal" | "server" | "client" | "producer" | "consumer";
  readonly service: string | null;
  /** Microseconds since 1970 UTC. */
  readonly startedAt: number;
  readonly endedAt: number | null;
  readonly status: "unset" | "ok" | "error";
  readonly statusMessage: string | null;
  readonly toolUseId: string | null;
}

/** One call of a model, as one teller saw it. Tellers of the same call meet on the provider's ids. */
export interface ModelCallFact {
  readonly kind: "model_call";
  /**
   * interaction: our SDK's logger. api_request: a client's own event. span: OpenTelemetry. import: what another program has
   * added up for a whole session; it counts only while nothing else tells of that session's responses.
   */
  readonly by: "interaction" | "api_request" | "span" | "import";
  /** Names the call where neither message nor request id does: unique, the same at each reading. */
  readonly ownKey: string;
  readonly messageId: string | null;
  readonly requestId: string | null;
  readonly sessionId: string | null;
  readonly fallbackSession: string | null;
  /** When it began, milliseconds UTC. */
  readonly ts: number | null;
  readonly provider: string | null;
  readonly model: string | null;
  /** Null: not said. */
  readonly usage: TokenUsage | null;
  /** As the program reports it, micro-dollars; null: not said. */
  readonly costMicros: number | null;
  readonly durationMs: number | null;
  readonly firstTokenMs: number | null;
  readonly finishReason: string | null;
  /** First line, at most 300 characters; null: it did not fail. */
  readonly error: string | null;
  /** What the client made it for. */
  readonly querySource: string | null;
  readonly traceId: string | null;
  readonly spanId: string | null;
  /** Its line in an interaction log. */
  readonly interaction: { readonly file: string | null; readonly number: number } | null;
}

/** The trace that a session is part of, as its own program says. */
export interface TraceFact {
  readonly kind: "trace";
  readonly sessionId: string;
  readonly traceId: string;
  readonly spanId: string | null;
  readonly callerSpanId: string | null;
  readonly ts: number;
}

export interface MetricFact {
  readonly kind: "metric";
  readonly sessionId: string | null;
  readonly name: string;
  /** Without what names session and account. */
  readonly attributes: Readonly<Record<string, string | number | boolean>>;
  readonly unit: string | null;
  readonly metricKind: "sum" | "gauge" | "histogram" | "summary";
  /** Deltas are added up; of cumulative sums and gauges the newest stands. */
  readonly isDelta: boolean;
  readonly value: number;
  readonly ts: number;
}

/** More of a session than its place: undefined is not said. */
export interface SessionLabelFact {
  readonly kind: "session_label";
  readonly sessionId: string;
  readonly phase?: string;
  readonly tags?: readonly string[];
  readonly service?: string;
  /** What it was brought in from. */
  readonly imported?: string;
}

export type TelemetryFact = LogLineFact | SpanFact | ModelCallFact | TraceFact | MetricFact | SessionLabelFact;
