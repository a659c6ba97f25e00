/**
 * @module Which lines of a log are one record: a message and its stack trace, its indented lines, and in a log whose lines
 * have times those without one. Pure, and streaming: a record is complete when the next one begins, or when its reader has
 * waited long enough.
 */
import { leadingTime } from "./times.ts";

export interface AssembleLimits {
  /** Of one record; what comes after is the next. */
  readonly lines: number;
  readonly bytes: number;
}

export const ASSEMBLE_LIMITS: AssembleLimits = { lines: 200, bytes: 64 * 1024 };

/** Lines that are one record, as positions that its reader gave. */
export interface LineRange {
  readonly start: number;
  /** Of its last line that is not blank. */
  readonly end: number;
}

export interface LineAssembler {
  /** The next line, without its end; answers the record before when this one begins another. */
  push(line: Buffer, start: number, end: number): LineRange | null;
  /** The record that may still grow; null: there is none. */
  open(): LineRange | null;
  /** Whether nothing can belong to the open record any more. */
  isComplete(): boolean;
  /** The open record, which is closed with it. */
  close(): LineRange | null;
}

type LineKind =
  | "blank"
  /** A JSON object on one line: nothing belongs to it. */
  | "object"
  /** Begins with a time, or with our bracketed head and a time. */
  | "timed"
  /** `[SESSION] - LEVEL - `. */
  | "headed"
  | "traceback"
  /** Belongs to what stands before it. */
  | "further"
  | "plain";

/** As much of a line as tells its kind. */
const LOOKED_AT = 200;
const HEAD = /^\[[^\]\s]{1,128}\] - /;
const TRACEBACK = /^\s*Traceback \(most recent call last\)/;
/** Stack frames, causes, closing brackets, and what is indented. */
const FURTHER =
  /^(?:[\t ]+\S|at \S|Caused by: |Suppressed: |caused by: |\.\.\. \d+ more|[\]})]+[;,]?\s*$|During handling of the above exception|The above exception was the direct cause)/;
/** What a traceback is printed after. */
const FAILURE = /^(?:ERROR|CRITICAL|FATAL|WARNING|EXCEPTION)\b/;
const STYLES = /\u001b\[[0-9;]{0,20}m/g;

function kindOf(text: string): LineKind {
  if (/^\s*$/.test(text)) return "blank";
  if (/^\{\s*["}]/.test(text)) return "object";
  if (TRACEBACK.test(text)) return "traceback";
  const head = HEAD.exec(text);
  const rest = head ? text.slice(head[0].length) : text.replace(/^\[/, "");
  if (leadingTime(rest, undefined)) return "timed";
  if (head && /^[A-Za-z]{3,9} - /.test(rest)) return "headed";
  return FURTHER.test(text) ? "further" : "plain";
}

interface OpenRecord {
  readonly start: number;
  readonly kind: LineKind;
  readonly isFailure: boolean;
  end: number;
  lines: number;
  bytes: number;
  /** Inside a traceback, whose last line is not indented. */
  inTraceback: boolean;
}

export function createLineAssembler({ lines: mostLines, bytes: mostBytes } = ASSEMBLE_LIMITS): LineAssembler {
  let record: OpenRecord | null = null;

  function belongs(kind: LineKind, open: OpenRecord): boolean {
    if (kind === "object" || kind === "timed" || kind === "headed" || open.kind === "object") return false;
    if (kind === "further" || open.kind === "timed") return true;
    if (kind === "traceback") return open.isFailure || open.kind === "headed" || open.kind === "traceback";
    return open.inTraceback;
  }

  const isFull = (one: OpenRecord): boolean => one.lines >= mostLines || one.bytes >= mostBytes;
  const rangeOf = (one: OpenRecord | null): LineRange | null => one && { start: one.start, end: one.end };

  return {
    push(line, start, end) {
      const text = line.toString("latin1", 0, LOOKED_AT).replace(STYLES, "");
      const kind = kindOf(text);
      if (kind === "blank") {
        if (record) record.bytes += line.length + 1;
        return null;
      }
      const open = record;
      if (open && belongs(kind, open)) {
        const inTraceback = kind === "traceback" || (open.inTraceback && kind === "further");
        if (!isFull(open) && open.bytes + line.length < mostBytes) {
          open.end = end;
          open.lines++;
          open.bytes += line.length + 1;
          open.inTraceback = inTraceback;
          return null;
        }
        // What is too much goes on as the next record, of the same kind.
        record = { ...open, start, end, lines: 1, bytes: line.length + 1, inTraceback };
        return rangeOf(open);
      }
      record = {
        start,
        end,
        kind,
        isFailure: FAILURE.test(text),
        lines: 1,
        bytes: line.length + 1,
        inTraceback: kind === "traceback",
      };
      return rangeOf(open);
    },
    open: () => rangeOf(record),
    isComplete: () => record === null || record.kind === "object" || isFull(record),
    close() {
      const last = rangeOf(record);
      record = null;
      return last;
    },
  };
}
