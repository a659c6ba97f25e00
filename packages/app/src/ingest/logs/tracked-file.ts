/** @module A log file that is followed: what was committed of it, what was seen of it, what is still to be done. */
import type { LogFileProgress } from "../../store/log-file-table.ts";
import type { FoundFile } from "./find-files.ts";
import type { GzReader } from "./gz-reader.ts";
import type { LogSource } from "./log-source.ts";

export interface TrackedFile {
  source: LogSource;
  /** Null: nothing has been decided yet about a file that is new. */
  state: LogFileProgress | null;
  /** As of the last look. */
  seen: FoundFile;
  /** Size and time as of the last reading; null: it has to be read. */
  readSize: number | null;
  readMtimeMs: number;
  /** A record is held back until nothing has come for a while. */
  waits: boolean;
  /** More can be read at once. */
  hasMore: boolean;
  /** It has a name that nobody asked for, and is only read to its end. */
  isStray: boolean;
  /** The system did not let it be read. */
  wasRefused: boolean;
  gz: GzReader | null;
}

export function trackFile(seen: FoundFile, state: LogFileProgress | null): TrackedFile {
  const isRead =
    state?.path === seen.path && state.size === seen.size && state.mtimeMs === seen.mtimeMs && state.readOffset > 0;
  const isPacked = seen.path.endsWith(".gz");
  const isDone = isRead && (isPacked ? state.status === "rotated" : state.readOffset === state.size);
  return {
    source: seen.source,
    state,
    seen,
    readSize: isDone ? seen.size : null,
    readMtimeMs: seen.mtimeMs,
    waits: false,
    hasMore: false,
    isStray: false,
    wasRefused: false,
    gz: null,
  };
}
