/** @module Files of log lines, and how far each has been read: committed with the lines themselves. */
import type { Database } from "./db.ts";

export interface LogFileRow {
  readonly fileId: number;
  readonly path: string;
  readonly device: string;
  readonly inode: string;
  /** How often it was cut and begun anew. */
  readonly generation: number;
  readonly headHash: string;
  readonly headLength: number;
  /** Bytes, as of the last look. */
  readonly size: number;
  readonly mtimeMs: number;
  /** Bytes whose lines are committed. */
  readonly readOffset: number;
  readonly lines: number;
  readonly format: string | null;
  readonly service: string | null;
  readonly status: "present" | "rotated" | "missing";
}

export type LogFileProgress = Omit<LogFileRow, "fileId">;

export interface LogFileTable {
  list(): readonly LogFileRow[];
  /** Known by device, inode and generation. */
  put(file: LogFileProgress): void;
}

const LIST = `
  SELECT file_id AS fileId, path, device, inode, generation, head_hash AS headHash, head_length AS headLength, size,
    mtime_ms AS mtimeMs, read_offset AS readOffset, lines, format, service, status
  FROM log_files ORDER BY file_id`;
const PUT = `
  INSERT INTO log_files (path, device, inode, generation, head_hash, head_length, size, mtime_ms, read_offset, lines, format,
    service, status)
  VALUES ($path, $device, $inode, $generation, $headHash, $headLength, $size, $mtimeMs, $readOffset, $lines, $format,
    $service, $status)
  ON CONFLICT (device, inode, generation) DO UPDATE SET path = excluded.path, head_hash = excluded.head_hash,
    head_length = excluded.head_length, size = excluded.size, mtime_ms = excluded.mtime_ms,
    read_offset = excluded.read_offset, lines = excluded.lines, format = excluded.format, service = excluded.service,
    status = excluded.status`;

export function openLogFileTable(db: Database): LogFileTable {
  const list = db.prepare<[], LogFileRow>(LIST);
  const put = db.prepare(PUT);
  return {
    list: () => list.all(),
    put: (file) => void put.run(file),
  };
}
