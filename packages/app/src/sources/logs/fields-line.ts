/** @module A log line that is a JSON object, or logfmt's pairs: pino, bunyan, winston, LogTape, and what is like them. */
import { clipText } from "../claude/clean-text.ts";
import { isObject, type JsonObject } from "../claude/json.ts";
import { joinKeys } from "./join-keys.ts";
import { levelOf } from "./levels.ts";
import { type FoundFields, findFields, nameOf } from "./log-fields.ts";
import type { LogFormat, LogLine } from "./log-line.ts";
import { timeOfField } from "./times.ts";

/** Of one message, and of one stack trace. */
const TEXT_LIMIT = 64 * 1024;
/** How deep a chain of causes is followed. */
const MOST_CAUSES = 5;

/** `format`: what it was found to be; undefined: told from its fields. */
export function readFields(record: JsonObject, zone: string | undefined, format?: LogFormat): LogLine {
  const found = findFields(record);
  const message = messageOf(record, found);
  const keys = joinKeys(found);
  // Written out: copying another object's properties takes several times as long, and this runs for every line.
  return {
    sessionId: keys.sessionId,
    isOutside: keys.isOutside,
    workspaceId: keys.workspaceId,
    traceId: keys.traceId,
    spanId: keys.spanId,
    pid: keys.pid,
    host: keys.host,
    format: format ?? formatOf(record),
    time: timeIn(found, zone),
    level: levelOf(found.first("level")) ?? "info",
    message,
    more: stackOf(found, message),
    logger: nameOf(found.first("logger")),
    service: nameOf(found.first("service")),
    fields: record,
  };
}

/** Told apart by what each of them always writes, as measured with their current versions. */
function formatOf(record: JsonObject): LogFormat {
  const { level, time, v } = record;
  if (typeof level === "number" && typeof v === "number" && typeof time === "string" && "pid" in record)
    return "bunyan";
  if (typeof level === "number" && ("time" in record || "msg" in record)) return "pino";
  if ("@timestamp" in record && typeof level === "string" && isObject(record.properties)) return "logtape";
  const isWinston =
    typeof level === "string" && "message" in record && !("time" in record || "ts" in record || "logger" in record);
  return isWinston && !("@timestamp" in record) && !("name" in record) ? "winston" : "json";
}

/** The first that is a time: a field of that name may hold another thing. */
function timeIn(found: FoundFields, zone: string | undefined): number | null {
  for (const value of found.all("time")) {
    const time = timeOfField(value, zone);
    if (time !== null) return time;
  }
  return null;
}

function messageOf(record: JsonObject, found: FoundFields): string {
  const messages = found.all("message");
  const message = messages.find((value) => typeof value === "string") ?? messages[0];
  if (typeof message === "string") return clipText(message.trimEnd(), TEXT_LIMIT);
  if (Array.isArray(message))
    return clipText(message.map((part) => (typeof part === "string" ? part : jsonText(part))).join(""), TEXT_LIMIT);
  const error = found.first("error");
  if (isObject(error) && typeof error.message === "string") return clipText(error.message, TEXT_LIMIT);
  return clipText(jsonText(message ?? error ?? record), TEXT_LIMIT);
}

/** A stack trace repeats the message of its error, which often is the line's own: then it is left out. */
function stackOf(found: FoundFields, message: string): string {
  const stack = found.first("stack");
  const text = typeof stack === "string" ? stack : errorText(found.first("error"), 0);
  return text === message ? "" : clipText(text, TEXT_LIMIT);
}

function errorText(error: unknown, depth: number): string {
  if (typeof error === "string") return error;
  if (!isObject(error)) return "";
  const { stack, cause } = error;
  const name = error.type ?? error.name;
  const plain = [name, error.message].filter((part) => typeof part === "string").join(": ");
  const own = typeof stack === "string" ? stack : plain;
  // A serialiser may have written the causes into the stack.
  if (depth >= MOST_CAUSES || cause === undefined || own.includes("caused by:")) return own;
  const below = errorText(cause, depth + 1);
  return below ? `${own}\ncaused by: ${below}` : own;
}

/** JSON of a part of a line; it is a value that was parsed, so it has no cycles. */
export function jsonText(value: unknown): string {
  return typeof value === "string" ? value : (JSON.stringify(value) ?? "");
}
