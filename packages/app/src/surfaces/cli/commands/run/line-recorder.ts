/** @module Cuts a command's output into lines and hands them over in batches, within limits; what is left out is counted. */

export type OutputStream = "stdout" | "stderr";

export interface RecordedLine {
  readonly stream: OutputStream;
  /** From 1, of its stream. */
  readonly line: number;
  readonly text: string;
  /** Milliseconds UTC when its first bytes came. */
  readonly at: number;
  /** Bytes that were cut off its end. */
  readonly cut: number;
}

export interface LineLimits {
  readonly lines: number;
  readonly bytes: number;
  readonly lineBytes: number;
}

export const LINE_LIMITS: LineLimits = { lines: 10_000, bytes: 4 * 1024 * 1024, lineBytes: 8 * 1024 };

/** A batch is handed over when it is this large; the caller also asks from time to time. */
const BATCH_LINES = 1000;
const BATCH_BYTES = 256 * 1024;

export interface LineRecorder {
  readonly add: (stream: OutputStream, chunk: Buffer) => void;
  /** Hands over what is complete; with `isLast` also lines that have no end. */
  readonly flush: (isLast: boolean) => void;
  readonly counts: () => { readonly lines: number; readonly omitted: number; readonly cut: number };
}

interface Unfinished {
  readonly parts: Buffer[];
  kept: number;
  length: number;
  at: number;
}

export interface LineRecorderOptions {
  readonly clock: () => number;
  readonly onBatch: (lines: readonly RecordedLine[]) => void;
  readonly limits?: LineLimits;
}

/** Memory stays within a batch, however long a line is. */
export function createLineRecorder({ clock, onBatch, limits = LINE_LIMITS }: LineRecorderOptions): LineRecorder {
  const open: Record<OutputStream, Unfinished> = { stdout: unfinished(), stderr: unfinished() };
  const seen: Record<OutputStream, number> = { stdout: 0, stderr: 0 };
  let batch: RecordedLine[] = [];
  let batchBytes = 0;
  let bytes = 0;
  let lines = 0;
  let omitted = 0;
  let cut = 0;

  const hand = (): void => {
    if (batch.length === 0) return;
    const full = batch;
    batch = [];
    batchBytes = 0;
    onBatch(full);
  };
  const isFull = (): boolean => lines >= limits.lines || bytes >= limits.bytes;
  const close = (stream: OutputStream): void => {
    const { parts, kept, length, at } = open[stream];
    open[stream] = unfinished();
    const line = ++seen[stream];
    if (isFull() || bytes + kept > limits.bytes) {
      // The limit is one for all: a shorter line later on would tell another story.
      bytes = limits.bytes;
      omitted++;
      return;
    }
    const text = textOf(Buffer.concat(parts), length > kept);
    lines++;
    bytes += kept;
    if (length > kept) cut++;
    batch.push({ stream, line, text, at, cut: length - kept });
    batchBytes += kept;
    if (batch.length >= BATCH_LINES || batchBytes >= BATCH_BYTES) hand();
  };
  const keep = (stream: OutputStream, part: Buffer): void => {
    const line = open[stream];
    if (line.length === 0) line.at = clock();
    const room = isFull() ? 0 : Math.min(part.length, limits.lineBytes - line.kept);
    // A copy: the chunk's memory is used again.
    if (room > 0) line.parts.push(Buffer.from(part.subarray(0, room)));
    line.kept += Math.max(0, room);
    line.length += part.length;
  };

  return {
    add(stream, chunk) {
      let start = 0;
      for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, start)) {
        keep(stream, chunk.subarray(start, end));
        if (open[stream].length === 0) open[stream].at = clock();
        close(stream);
        start = end + 1;
      }
      if (start < chunk.length) keep(stream, chunk.subarray(start));
    },
    flush(isLast) {
      if (isLast) for (const stream of ["stdout", "stderr"] as const) if (open[stream].length > 0) close(stream);
      hand();
    },
    counts: () => ({ lines, omitted, cut }),
  };
}

function unfinished(): Unfinished {
  return { parts: [], kept: 0, length: 0, at: 0 };
}

/** UTF-8 without the carriage return of its end, and without a character that was cut in two. */
function textOf(bytes: Buffer, isCut: boolean): string {
  let end = bytes.length;
  if (isCut) {
    let start = end - 1;
    while (start > end - 4 && start > 0 && (bytes[start]! & 0xc0) === 0x80) start--;
    const lead = bytes[start] ?? 0;
    const needed = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 1;
    if (end - start < needed) end = start;
  }
  const text = bytes.toString("utf8", 0, end);
  return !isCut && text.endsWith("\r") ? text.slice(0, -1) : text;
}
