/** @module A log line that is text: our bracketed form, Python's defaults, and whatever else somebody prints. */
import type { LogLevel } from "../../model/telemetry.ts";
import { isNoSession, NO_KEYS, sessionOf } from "./join-keys.ts";
import { levelOf } from "./levels.ts";
import { nameOf } from "./log-fields.ts";
import type { LogLine } from "./log-line.ts";
import { leadingTime } from "./times.ts";

/** What stands before a message is short: no pattern looks further into a line. */
const HEAD_LIMIT = 1024;

/** `[SESSION] - time - logger - LEVEL - ` and `[SESSION] - LEVEL - ` (packages/sdk, text-line.ts). */
const BRACKETED = /^\[([^\]\s]{1,128})\] - (?:(\d{4}-\d\d-\d\d\S*(?: \d\S*)?) - (.{1,200}?) - )?([A-Za-z]{3,9}) - /;
/** `%(asctime)s - %(name)s - %(levelname)s - `, after the time. */
const PYTHON = /^ - (.{1,200}?) - ([A-Z]{4,8}) - /;
/** `LEVEL:logger:`, of logging.basicConfig(). */
const PYTHON_BASIC = /^(DEBUG|INFO|WARNING|ERROR|CRITICAL):([^:\s]{0,200}):/;
/** A level at the start: in capitals, in brackets or before a colon. */
const LEVEL =
  /^(?:([A-Z]{3,9})(?=[\s:|\]-]|$)|\[ {0,4}([A-Za-z]{3,9}) {0,4}\]|\(([A-Za-z]{3,9})\)|([A-Za-z]{3,9}):(?=\s|$))[:\s|-]*/;

type Text = Pick<LogLine, "format" | "time" | "level" | "message" | "logger"> &
  Partial<Pick<LogLine, "sessionId" | "isOutside">>;

/** `first` is the record's first line, `more` the others. */
export function readText(first: string, more: string, zone: string | undefined): LogLine {
  const head = first.slice(0, HEAD_LIMIT);
  const text = readBracketed(first, head, zone) ?? readPython(first, head, zone) ?? readPlain(first, head, zone);
  return { ...NO_KEYS, service: null, fields: null, more, ...text };
}

function readBracketed(first: string, head: string, zone: string | undefined): Text | null {
  const [whole, session, timeText, logger, word] = BRACKETED.exec(head) ?? [];
  const level = levelOf(word);
  if (whole === undefined || level === null) return null;
  const time = timeText === undefined ? null : leadingTime(timeText, zone);
  if (timeText !== undefined && time?.length !== timeText.length) return null;
  return {
    format: "bracketed",
    sessionId: sessionOf(session),
    isOutside: isNoSession(session),
    time: time?.time ?? null,
    level,
    logger: nameOf(logger),
    message: first.slice(whole.length),
  };
}

function readPython(first: string, head: string, zone: string | undefined): Text | null {
  const [basic, basicWord, basicLogger] = PYTHON_BASIC.exec(head) ?? [];
  if (basic !== undefined) {
    const level = levelOf(basicWord) ?? "info";
    return { format: "python", time: null, level, logger: nameOf(basicLogger), message: first.slice(basic.length) };
  }
  const time = leadingTime(head, zone);
  if (!time) return null;
  const [rest, logger, word] = PYTHON.exec(head.slice(time.length)) ?? [];
  const level = levelOf(word);
  if (rest !== undefined && level)
    return {
      format: "python",
      time: time.time,
      level,
      logger: nameOf(logger),
      message: first.slice(time.length + rest.length),
    };
  // Python alone puts a comma before the milliseconds.
  if (!/,\d{3}$/.test(head.slice(0, time.length))) return null;
  const plain = readPlain(first, head, zone);
  return { ...plain, format: "python" };
}

function readPlain(first: string, head: string, zone: string | undefined): Text {
  const bracket = head.startsWith("[") ? 1 : 0;
  const leading = leadingTime(head.slice(bracket), zone);
  const isTime = leading !== null && (bracket === 0 || head[1 + leading.length] === "]");
  let at = isTime ? leading.length + 2 * bracket : 0;
  if (isTime) at += /^[\s:|-]*/.exec(head.slice(at))?.[0].length ?? 0;
  const { level, length } = leadingLevel(head.slice(at));
  const message = first.slice(at + length);
  // A level without anything after it is the message itself.
  const text = message.trim() === "" ? first.slice(at) : message;
  return { format: "plain", time: isTime ? leading.time : null, level: level ?? "info", logger: null, message: text };
}

function leadingLevel(text: string): { readonly level: LogLevel | null; readonly length: number } {
  const match = LEVEL.exec(text);
  const level = levelOf(match?.[1] ?? match?.[2] ?? match?.[3] ?? match?.[4]);
  // `Error: no such file` is a message whose first word belongs to it.
  const isPart = match?.[4] !== undefined && /^[A-Z]/.test(match[4]);
  return { level, length: level && match && !isPart ? match[0].length : 0 };
}
