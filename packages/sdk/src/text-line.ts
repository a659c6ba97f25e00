/** @module Log lines: `[SESSION] - time - logger - LEVEL - message`, or the same as JSON with `session_id` first. */
import { describeError } from "./describe-error.ts";
import { logFields } from "./log-fields.ts";
import { plainCopy } from "./plain-copy.ts";

/** What one log line says, whatever library it comes from. */
export interface LineParts {
  /** Milliseconds UTC. */
  readonly time: number;
  readonly level: string;
  readonly logger: string;
  readonly message: string;
  readonly error?: unknown;
  readonly data?: Readonly<Record<string, unknown>>;
  /** Default: of the code that runs now. */
  readonly fields?: Readonly<Record<string, unknown>>;
}

/** simple: `[SESSION] - LEVEL - message`, for consoles. detailed: with time and logger, for files. json: for machines. */
export type LineFormat = "simple" | "detailed" | "json";

/** Control characters would let a message move the cursor or pass for another line. */
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029]/g;

/** One record on as many lines as it has, each but the first indented: only a record's first line begins with `[`. */
export function visibleText(text: string): string {
  return text
    .replaceAll("\r\n", "\n")
    .replace(CONTROL, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`)
    .replaceAll("\n", "\n    ");
}

const oneLine = (text: string): string => visibleText(text).replace(/\s*\n\s*/g, " ");

/** ISO 8601 UTC with milliseconds; 1970 for what is no time. */
function timeText(time: number): string {
  return new Date(Math.abs(time) <= 8.64e15 ? time : 0).toISOString();
}

function withStack(message: string, error: unknown): string {
  if (error === undefined || error === null) return message;
  const { name, message: reason, stack } = describeError(error);
  return `${message}${message ? "\n" : ""}${stack ?? `${name}: ${reason}`}`;
}

/** `[SESSION] - LEVEL - message` */
export function simpleLine({ level, message, error, fields = logFields() }: LineParts): string {
  const session = oneLine(String(fields.session_id));
  return `[${session}] - ${level.toUpperCase()} - ${visibleText(withStack(message, error))}`;
}

/** `[SESSION] - time - logger - LEVEL - message` */
export function detailedLine({ time, level, logger, message, error, fields = logFields() }: LineParts): string {
  const head = `[${oneLine(String(fields.session_id))}] - ${timeText(time)} - ${oneLine(logger) || "root"}`;
  return `${head} - ${level.toUpperCase()} - ${visibleText(withStack(message, error))}`;
}

/** One JSON object on one line; what belongs to the session comes first and cannot be replaced by `data`. */
export function jsonLine({ time, level, logger, message, error, data, fields = logFields() }: LineParts): string {
  const line = {
    ...fields,
    time: timeText(time),
    level,
    logger,
    message,
    ...(error !== undefined && error !== null && { error: describeError(error) }),
  };
  const more = data && Object.keys(data).length > 0 ? { ...line, ...data, ...line } : line;
  try {
    return JSON.stringify(more);
  } catch {
    return JSON.stringify(plainCopy(more));
  }
}

const FORMATS: Readonly<Record<LineFormat, (parts: LineParts) => string>> = {
  simple: simpleLine,
  detailed: detailedLine,
  json: jsonLine,
};

/** A line without its line end. */
export function formatLine(format: LineFormat, parts: LineParts): string {
  return FORMATS[format](parts);
}
