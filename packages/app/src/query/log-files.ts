/** @module The log files that have been read, and what came of their lines. */
import { UNCORRELATED_SESSION } from "../base/ids.ts";
import { type Reader, rowOf, rowsOf } from "./reader.ts";

export interface LogFile {
  readonly path: string;
  readonly device: string;
  readonly inode: string;
  readonly status: "present" | "rotated" | "missing";
  readonly lines: number;
  readonly format: string | null;
}

export interface LogPath {
  readonly path: string;
  /** Lines that came to no session. */
  readonly uncorrelated: number;
  /** Milliseconds UTC. */
  readonly lastLineAt: number | null;
}

const FILES = "SELECT path, device, inode, status, lines, format FROM log_files ORDER BY file_id";
const UNCORRELATED = `
  SELECT path, count(*) AS uncorrelated FROM log_lines WHERE session_id = ? AND path IS NOT NULL GROUP BY path`;
/** By the index of places: no line is read but the last. */
const LAST = "SELECT ts FROM log_lines WHERE path = ? ORDER BY file_offset DESC LIMIT 1";

export function logFiles(db: Reader): readonly LogFile[] {
  return rowsOf<LogFile>(db, FILES);
}

/** Figures of each path that lines came from. */
export function logPaths(db: Reader): readonly LogPath[] {
  const counts = rowsOf<{ path: string; uncorrelated: number }>(db, UNCORRELATED, [UNCORRELATED_SESSION]);
  const uncorrelated = new Map(counts.map((row) => [row.path, row.uncorrelated]));
  const paths = new Set([...logFiles(db).map((file) => file.path), ...uncorrelated.keys()]);
  return [...paths].map((path) => ({
    path,
    uncorrelated: uncorrelated.get(path) ?? 0,
    lastLineAt: rowOf<{ ts: number }>(db, LAST, [path])?.ts ?? null,
  }));
}
