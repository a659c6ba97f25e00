/** @module Fields of a structured log line under any of their usual names, at its top or in an object that loggers nest them in. */
import { isObject, type JsonObject, shortString } from "../claude/json.ts";

/** By what they mean, each list from the name that is believed first. `a.b` is also `b` in the object `a`. */
const NAMES = {
  session: ["clew.session_id", "session_id", "sessionId", "session.id"],
  correlation: ["correlation_id", "correlationId", "clew.correlation_id"],
  workspace: ["workspace", "clew.workspace"],
  trace: ["trace_id", "traceId", "trace.id", "TraceId", "otelTraceID"],
  span: ["span_id", "spanId", "span.id", "SpanId", "otelSpanID"],
  traceparent: ["traceparent", "trace_parent"],
  pid: ["pid", "process_id", "processId", "process.pid", "process.id"],
  host: ["hostname", "host.name", "host"],
  level: [
    ...["level", "lvl", "severity", "levelname", "log.level", "loglevel", "severityText", "SeverityText", "@level"],
    ...["priority", "PRIORITY"],
  ],
  time: ["@timestamp", "timestamp", "time", "ts", "datetime", "asctime", "date", "@t", "Timestamp"],
  message: ["msg", "message", "event", "short_message", "text", "body", "log", "@message", "@m", "MESSAGE"],
  logger: [
    ...["logger", "logger_name", "loggerName", "log.logger", "logger.name", "component", "name", "category"],
    ...["module", "label", "scope"],
  ],
  service: ["service.name", "service_name", "serviceName", "service", "application", "app.name", "app"],
  error: ["err", "error", "exception", "exc_info"],
  stack: ["stack", "stack_trace", "stacktrace", "error.stack_trace", "error.stack", "exception.stacktrace", "@x"],
} as const satisfies Readonly<Record<string, readonly string[]>>;

export type FieldRole = keyof typeof NAMES;

/** Objects in which loggers keep what the caller or the context added. */
const NESTS = [
  "properties",
  "context",
  "attributes",
  "extra",
  "fields",
  "meta",
  "metadata",
  "mdc",
  "labels",
  "resource",
];
const NAME_LIMIT = 200;
/** More are not looked at. */
const MOST_KEYS = 1000;

/** A line has far fewer fields than there are names: each of its names is looked up. */
const ROLES: ReadonlyMap<string, readonly [role: FieldRole, rank: number]> = new Map(
  Object.entries(NAMES).flatMap(([role, names]) =>
    names.map((name, rank) => [name, [role as FieldRole, rank * (NESTS.length + 1)]] as const),
  ),
);
const PREFIXES: ReadonlySet<string> = new Set(
  [...ROLES.keys()].flatMap((name) => (name.includes(".") ? name.slice(0, name.indexOf(".")) : [])),
);

/** Fields that a reader is shown in another place than among the others. */
export const SHOWN_ELSEWHERE: ReadonlySet<string> = new Set([
  ...[...NAMES.level, ...NAMES.time, ...NAMES.message, ...NAMES.stack, ...NAMES.error],
  ...["logger", "name", "v", "session_id", "correlation_id", "workspace"],
]);

export interface FoundFields {
  /** What is said under the name that is believed first; undefined: nothing. */
  first(role: FieldRole): unknown;
  /** Everything that is said, in that order. */
  all(role: FieldRole): readonly unknown[];
}

interface Candidate {
  readonly role: FieldRole;
  readonly rank: number;
  readonly value: unknown;
}

export function findFields(record: JsonObject): FoundFields {
  const found: Candidate[] = [];
  collect(record, "", 0, found);
  return {
    first(role) {
      let best: Candidate | undefined;
      for (const one of found) if (one.role === role && (best === undefined || one.rank < best.rank)) best = one;
      return best?.value;
    },
    all: (role) =>
      found
        .filter((one) => one.role === role)
        .sort((a, b) => a.rank - b.rank)
        .map(({ value }) => value),
  };
}

/** `nest`: 0 at the top of the line. */
function collect(object: JsonObject, prefix: string, nest: number, found: Candidate[]): void {
  let keys = 0;
  for (const key of Object.keys(object)) {
    if (++keys > MOST_KEYS) return;
    const value = object[key];
    if (value === null || value === "") continue;
    const name = prefix + key;
    const known = ROLES.get(name);
    if (known) found.push({ role: known[0], rank: known[1] + nest, value });
    if (!isObject(value) || prefix !== "") continue;
    if (PREFIXES.has(key)) collect(value, `${key}.`, nest, found);
    const index = nest === 0 ? NESTS.indexOf(key) : -1;
    if (index >= 0) collect(value, "", index + 1, found);
  }
}

/** A name of a logger, a service or a host: a text on one line; a category is joined with dots. */
export function nameOf(value: unknown): string | null {
  const text = Array.isArray(value) ? value.filter((part) => typeof part === "string").join(".") : value;
  const name = shortString(text, NAME_LIMIT);
  if (name === undefined) return null;
  return (/^[\w./@:-]+$/.test(name) ? name : name.replace(/[\s\p{Cc}]+/gu, " ").trim()) || null;
}
