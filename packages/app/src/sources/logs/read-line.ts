/** @module The bytes of one record of a log as what it says. Pure; never throws; what is too long is looked at in part. */
import type { ProblemFact } from "../../model/record.ts";
import { cleanText, clipText } from "../claude/clean-text.ts";
import { decodeRecord, decodeText } from "../claude/decode.ts";
import { readFields } from "./fields-line.ts";
import type { LogFormat, LogLine } from "./log-line.ts";
import { readLogfmt } from "./logfmt.ts";
import { readText } from "./text-line.ts";

/** Longer records are kept whole, and only their beginning is read. */
export const READ_BYTES = 1024 * 1024;
/** Of a record's searchable text, UTF-16 units. */
const TEXT_LIMIT = 256 * 1024;
const LOGFMT_LIMIT = 64 * 1024;
/** Colours and styles of a terminal. */
const STYLES = /\u001b\[[0-9;]{0,20}m/g;

const JSON_FORMATS: ReadonlySet<string> = new Set(["pino", "bunyan", "winston", "logtape", "json"]);

export interface ReadLine {
  readonly line: LogLine;
  readonly problem: ProblemFact | null;
}

export interface ReadOptions {
  /** What the file is known to be; undefined: each line tells. */
  readonly format?: string | undefined;
  /** Zone of times that name none; undefined: UTC. */
  readonly zone?: string | undefined;
}

export function readLogLine(body: Buffer, { format, zone }: ReadOptions = {}): ReadLine {
  const mayBe = (one: LogFormat): boolean =>
    format === undefined || format === one || (JSON_FORMATS.has(format) && JSON_FORMATS.has(one));
  if (body.length > READ_BYTES) {
    const problem = { kind: "problem", reason: "too_long", message: `${body.length} bytes in one log record` } as const;
    return { line: asText(body.subarray(0, READ_BYTES), zone), problem };
  }
  if (mayBe("json") && isJson(body)) {
    const { record, problem = null } = decodeRecord(body, READ_BYTES);
    if (record) return { line: readFields(record, zone, formatIn(format)), problem };
    return { line: asText(body, zone), problem };
  }
  if (mayBe("logfmt") && body.length <= LOGFMT_LIMIT && body.includes("=")) {
    const pairs = readLogfmt(textOf(body).trim());
    if (pairs) return { line: readFields(pairs, zone, "logfmt"), problem: null };
  }
  return { line: asText(body, zone), problem: null };
}

/** JSON formats are told apart by their fields, unless the file is known to be one of them. */
function formatIn(format: string | undefined): LogFormat | undefined {
  return format !== undefined && JSON_FORMATS.has(format) && format !== "json" ? (format as LogFormat) : undefined;
}

/** `{` and then a key or an end. Text may begin with a brace, too. */
function isJson(body: Buffer): boolean {
  return /^\uFEFF?\s*\{\s*["}]/.test(body.toString("utf8", 0, 64));
}

function textOf(body: Buffer): string {
  return cleanText(decodeText(body)).replaceAll("\r\n", "\n").replace(STYLES, "");
}

function asText(body: Buffer, zone: string | undefined): LogLine {
  const text = textOf(body);
  const end = text.indexOf("\n");
  const first = end < 0 ? text : text.slice(0, end);
  return readText(first.trimEnd(), end < 0 ? "" : text.slice(end + 1).trimEnd(), zone);
}

/** What a person would search of a line. */
export function searchText({ message, more }: Pick<LogLine, "message" | "more">): string {
  return clipText(more === "" ? message : `${message}\n${more}`, TEXT_LIMIT);
}
