/** @module A log record as a log line: its level, message, logger and program. */
import type { LogLevel, LogLineFact } from "../../model/telemetry.ts";
import { clipText, firstLine } from "../claude/clean-text.ts";
import { type JsonObject, shortString } from "../claude/json.ts";
import { levelOf } from "../logs/levels.ts";
import { plainValue } from "./attributes.ts";
import { spanIdOf, traceIdOf } from "./otlp-values.ts";
import type { Scope } from "./whose.ts";

/** Characters of a line's message that stand in its row. */
const MESSAGE_LIMIT = 500;
const TEXT_LIMIT = 64 * 1024;
const LARGEST_PID = 2 ** 32;
/** Four numbers each, from 1 on. */
const LEVELS: readonly LogLevel[] = ["trace", "debug", "info", "warn", "error", "fatal"];

/** By the number, else by the word. */
export function logLevel({ severityNumber, severityText }: JsonObject): LogLevel {
  const named = typeof severityNumber === "string" ? /^SEVERITY_NUMBER_([A-Z]+)/.exec(severityNumber)?.[1] : undefined;
  const byNumber =
    typeof severityNumber === "number" && severityNumber >= 1 && severityNumber <= 24
      ? LEVELS[Math.floor((severityNumber - 1) / 4)]
      : undefined;
  return byNumber ?? levelOf(named ?? null) ?? levelOf(severityText) ?? "info";
}

/** The body as text; of a record without one the event's name, or its exception. */
export function logMessage(record: JsonObject, { own }: Scope): string {
  const body = plainValue(record.body);
  if (typeof body === "string" && body.trim() !== "") return clipText(body.trimEnd(), TEXT_LIMIT);
  if (typeof body === "object" && body !== null) return clipText(JSON.stringify(body), TEXT_LIMIT);
  if (body !== null && body !== "") return String(body);
  return shortString(record.eventName) ?? own.text("event.name", "exception.message", "exception.type") ?? "";
}

/** What a person would search: the message, and the exception that it does not repeat. */
export function logText(record: JsonObject, scope: Scope): string {
  const message = logMessage(record, scope);
  const parts = [message];
  for (const name of ["exception.type", "exception.message", "exception.stacktrace"]) {
    const text = scope.own.text(name);
    if (text !== undefined && !parts.some((part) => part.includes(text))) parts.push(text);
  }
  return clipText(parts.filter(Boolean).join("\n"), TEXT_LIMIT);
}

export function logLineOf(record: JsonObject, scope: Scope, ts: number): LogLineFact {
  const { own, resource, scopeName, service, sessionId } = scope;
  const pid = own.number("process.pid") ?? resource.number("process.pid");
  return {
    kind: "log_line",
    sessionId,
    ts,
    level: logLevel(record),
    message: clipText(logMessage(record, scope), MESSAGE_LIMIT),
    logger: scopeName,
    service,
    pid: pid !== undefined && Number.isSafeInteger(pid) && pid > 0 && pid < LARGEST_PID ? pid : null,
    host: shortString(resource.text("host.name") ?? own.text("host.name"), 200) ?? null,
    traceId: traceIdOf(record.traceId) ?? traceIdOf(own.text("trace_id")),
    spanId: spanIdOf(record.spanId) ?? spanIdOf(own.text("span_id")),
    path: null,
    fileOffset: null,
    format: "otlp",
  };
}

/** One line that stands for the record. */
export function logTitle(record: JsonObject, scope: Scope): string {
  return firstLine(logMessage(record, scope), MESSAGE_LIMIT);
}
