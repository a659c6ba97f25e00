/** @module A log line that one of our own programs hands in. */
import type { LogLineFact } from "../../model/telemetry.ts";
import { clipText } from "../claude/clean-text.ts";
import { isObject, type JsonObject, shortString } from "../claude/json.ts";
import { messageOf } from "./fields.ts";
import { spanIdOf, traceIdOf } from "./interaction.ts";

/** Characters of a line's message that stand in its row. */
const MESSAGE_LIMIT = 500;
const LEVELS = { debug: "debug", info: "info", warn: "warn", error: "error" } as const;

/** `record` is a ClewRecord of type "log". */
export function ownLogLine(record: JsonObject, sessionId: string, ts: number): LogLineFact {
  const data: JsonObject = isObject(record.data) ? record.data : {};
  const word = (name: string): string | null =>
    Object.hasOwn(data, name) ? (shortString(data[name], 200) ?? null) : null;
  const { pid } = data;
  return {
    kind: "log_line",
    sessionId,
    ts,
    level: LEVELS[record.severity as keyof typeof LEVELS] ?? "info",
    message: clipText(messageOf(record), MESSAGE_LIMIT),
    logger: word("logger") ?? word("name") ?? word("stream"),
    service: word("service"),
    pid: typeof pid === "number" && Number.isSafeInteger(pid) && pid > 0 ? pid : null,
    host: word("hostname"),
    traceId: traceIdOf(data.trace_id),
    spanId: spanIdOf(data.span_id),
    path: null,
    fileOffset: null,
    format: "clew",
  };
}
