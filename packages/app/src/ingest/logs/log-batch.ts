/** @module Events of log lines and how far their files have been read, gathered into transactions of a bounded size. */
import { refusedRecord, type SpooledEvent } from "../../sources/spooled.ts";
import type { WriteResult } from "../../store/batch.ts";
import type { LogFileProgress } from "../../store/log-file-table.ts";
import type { Store } from "../../store/store.ts";
import { isPassing } from "../outlast.ts";

export interface LogBatch {
  /** Writes when it is full. */
  add(events: readonly SpooledEvent[], progress: LogFileProgress): void;
  flush(): void;
  /** Events that were handed over. */
  readonly lines: number;
}

export interface LogBatchOptions {
  readonly store: Pick<Store, "writeLog">;
  readonly bytes: number;
  readonly lines: number;
  readonly onCommit?: ((result: WriteResult) => void) | undefined;
}

export function createLogBatch({ store, bytes: mostBytes, lines: mostLines, onCommit }: LogBatchOptions): LogBatch {
  let events: SpooledEvent[] = [];
  let progress = new Map<string, LogFileProgress>();
  let bytes = 0;
  let lines = 0;

  function flush(): void {
    if (progress.size === 0) return;
    const result = writeAll(store, events, [...progress.values()]);
    onCommit?.(result);
    lines += events.length;
    events = [];
    progress = new Map();
    bytes = 0;
  }

  return {
    get lines() {
      return lines;
    },
    add(more, file) {
      for (const event of more) {
        events.push(event);
        bytes += event.length;
      }
      progress.set(`${file.device}:${file.inode}:${file.generation}`, file);
      if (bytes >= mostBytes || events.length >= mostLines) flush();
    },
    flush,
  };
}

/** One that the store refuses, for a fault of ours, must not hold up the others: it is kept as a problem. */
function writeAll(
  store: Pick<Store, "writeLog">,
  events: readonly SpooledEvent[],
  files: readonly LogFileProgress[],
): WriteResult {
  try {
    return store.writeLog(events, files);
  } catch (error) {
    if (isPassing(error)) throw error;
  }
  for (const event of events) {
    try {
      store.writeLog([event], []);
    } catch (error) {
      if (isPassing(error)) throw error;
      store.writeLog([refusedRecord(event.body, (error as Error).message)], []);
    }
  }
  return store.writeLog([], files);
}
