/** @module Records of a log that comes through a pipe, put into the spool in batches: bounded memory, whatever comes. */
import type { Clock } from "../../base/clock.ts";
import type { SpoolRecord } from "../../base/spool-record.ts";
import { cutRecords } from "./cut-records.ts";

/** Bytes that are gathered before a batch is written without waiting. */
const BATCH_BYTES = 256 * 1024;
const BATCH_LINES = 1000;
/** A last line is taken for complete when nothing has come for so long. */
const QUIET_MS = 1000;

export interface StreamRecorderOptions {
  readonly clock: Clock;
  /** What is known of whoever writes: service, session, host, format, zone. */
  readonly fields: SpoolRecord["fields"];
  /** Puts a record into the spool. What it throws is counted, and the log goes on. */
  readonly write: (record: SpoolRecord) => void;
}

export interface StreamRecorder {
  add(chunk: Buffer): void;
  /** Writes what is complete; with `isLast` all there is. */
  flush(isLast: boolean): void;
  counts(): { readonly lines: number; readonly lost: number; readonly problem: string | null };
}

export function createStreamRecorder({ clock, fields, write }: StreamRecorderOptions): StreamRecorder {
  let chunks: Buffer[] = [];
  let length = 0;
  let lastAt = clock();
  let lines = 0;
  let lost = 0;
  let problem: string | null = null;

  function store(texts: readonly string[]): void {
    if (texts.length === 0) return;
    try {
      write({
        kind: "log",
        fields: { ...fields, at: String(clock()), list: "1" },
        body: Buffer.from(JSON.stringify(texts)),
      });
      lines += texts.length;
    } catch (error) {
      lost += texts.length;
      problem ??= (error as Error).message;
    }
  }

  function cut(isEnd: boolean, isFinal: boolean): void {
    const isQuiet = clock() - lastAt >= QUIET_MS;
    let bytes = Buffer.concat(chunks);
    for (;;) {
      const { records, consumed } = cutRecords(bytes, { isEnd, isQuiet, isFinal, most: BATCH_LINES });
      store(records.map((record) => record.bytes.toString("utf8")));
      bytes = bytes.subarray(consumed);
      if (consumed === 0 || bytes.length === 0) break;
    }
    // A copy: what has been written must not be kept alive by what is left.
    chunks = bytes.length === 0 ? [] : [Buffer.from(bytes)];
    length = bytes.length;
  }

  return {
    add(chunk) {
      const before = Math.floor(length / BATCH_BYTES);
      chunks.push(Buffer.from(chunk));
      length += chunk.length;
      lastAt = clock();
      if (Math.floor(length / BATCH_BYTES) > before) cut(false, false);
    },
    flush(isLast) {
      if (length > 0) cut(true, isLast);
    },
    counts: () => ({ lines, lost, problem }),
  };
}
