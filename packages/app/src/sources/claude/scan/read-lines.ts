/** @module A file's complete lines in bounded memory: windows into one reused buffer, a cut line carried to the next window. */
import { closeSync, openSync, readSync } from "node:fs";
import { MAX_LINE_BYTES } from "../decode.ts";

/** Receives whole lines: `bytes[start..end)` ends with a newline; `offset` is the file position of `start`. */
export type LinesReceiver = (bytes: Buffer, start: number, end: number, offset: number) => void;

export interface LineWindows {
  /**
   * Reads a file from byte `from` on. Returns the file position behind the last complete line; bytes after it are handed
   * to `rest`, when there are any.
   */
  read(path: string, from: number, lines: LinesReceiver, rest: LinesReceiver): number;
}

const NEWLINE = 10;

/** `windowBytes` is how much is read at a time; the buffer grows only for longer lines, and lines that no parse reads are passed over. */
export function openLineWindows(windowBytes: number, longestLine = MAX_LINE_BYTES): LineWindows {
  let buffer: Buffer = Buffer.allocUnsafeSlow(windowBytes);

  function grown(used: number): Buffer {
    const larger = Buffer.allocUnsafeSlow(
      Math.min(Math.max(longestLine, windowBytes) + windowBytes, buffer.length * 2),
    );
    buffer.copy(larger, 0, 0, used);
    return larger;
  }

  return {
    read(path, from, lines, rest) {
      const file = openSync(path, "r");
      try {
        let position = from; // of the next byte to read
        let held = 0; // bytes at the buffer's start that belong to an unfinished line
        let skipping = false; // inside a line that is too long
        let complete = from;
        for (;;) {
          if (buffer.length - held < Math.min(windowBytes, 4096)) buffer = grown(held);
          const count = readSync(file, buffer, held, buffer.length - held, position);
          if (count === 0) break;
          position += count;
          const filled = held + count;
          const newline = buffer.lastIndexOf(NEWLINE, filled - 1);
          // The held bytes have no newline, and what lies behind `filled` is old.
          if (newline < held) {
            if (skipping) continue;
            held = filled;
            if (held >= longestLine) {
              skipping = true;
              held = 0;
            }
            continue;
          }
          let start = 0;
          if (skipping) {
            start = buffer.indexOf(NEWLINE) + 1;
            skipping = false;
          }
          const end = newline + 1;
          const offset = position - filled + start;
          if (end > start) lines(buffer, start, end, offset);
          complete = position - filled + end;
          buffer.copyWithin(0, end, filled);
          held = filled - end;
        }
        if (held > 0 && !skipping) rest(buffer, 0, held, position - held);
        // A long line's memory is given back.
        if (buffer.length > 4 * windowBytes) buffer = Buffer.allocUnsafeSlow(windowBytes);
        return complete;
      } finally {
        closeSync(file);
      }
    },
  };
}
