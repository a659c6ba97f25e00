/** @module The bytes of a log file, from where a record begins, as whole records. Pure. */
import { createLineAssembler } from "../../sources/logs/assemble-lines.ts";

const NEWLINE = 10;
const CARRIAGE_RETURN = 13;
/** A longer line is kept in pieces. Bytes. */
export const LONGEST_LINE = 16 * 1024 * 1024;
/** A last line without its end is looked at for being whole up to here. */
const LONGEST_WHOLE = 1024 * 1024;

export interface CutRecord {
  readonly bytes: Buffer;
  /** In the given bytes. */
  readonly start: number;
}

export interface CutOptions {
  /** There are no more bytes now. */
  readonly isEnd: boolean;
  /** Nothing has come for a while: the last record is not going to grow. */
  readonly isQuiet: boolean;
  /** Nothing will ever come: a last line without its end is one. */
  readonly isFinal: boolean;
  /** Records to stop at. */
  readonly most: number;
}

export interface Cut {
  readonly records: readonly CutRecord[];
  /** Bytes that are done with. 0 although there are more: a line is longer than what was given. */
  readonly consumed: number;
  /** A record is held back because more of it may come. */
  readonly waits: boolean;
}

export function cutRecords(bytes: Buffer, { isEnd, isQuiet, isFinal, most }: CutOptions): Cut {
  const assembler = createLineAssembler();
  const records: CutRecord[] = [];
  const take = (range: { readonly start: number; readonly end: number } | null): void => {
    if (range) records.push({ bytes: bytes.subarray(range.start, range.end), start: range.start });
  };
  let at = 0;
  while (at < bytes.length && records.length < most) {
    const newline = bytes.indexOf(NEWLINE, at);
    let end = newline < 0 ? bytes.length : newline;
    let next = newline < 0 ? bytes.length : newline + 1;
    if (end - at > LONGEST_LINE) next = end = at + LONGEST_LINE;
    else if (newline < 0 && !(isEnd && (isFinal || isWholeObject(bytes.subarray(at))))) break;
    else if (end > at && bytes[end - 1] === CARRIAGE_RETURN) end--;
    take(assembler.push(bytes.subarray(at, end), at, end));
    at = next;
  }
  const open = assembler.open();
  const isLast = isEnd && (at === bytes.length || records.length < most);
  if (open && !(assembler.isComplete() || (isLast && (isQuiet || isFinal))))
    return { records, consumed: open.start, waits: isEnd };
  take(assembler.close());
  return { records, consumed: at, waits: false };
}

/** A JSON object is never the beginning of a longer one. */
function isWholeObject(bytes: Buffer): boolean {
  if (bytes[0] !== 0x7b || bytes.at(-1) !== 0x7d || bytes.length > LONGEST_WHOLE) return false;
  try {
    JSON.parse(bytes.toString("utf8"));
    return true;
  } catch {
    return false;
  }
}
