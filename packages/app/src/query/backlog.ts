/** @module How much of the transcripts is in the database already. */
import { type Reader, rowOf } from "./reader.ts";

/** Of files that are read line by line what has been read, of the others their size. Small table, no index needed. */
export const READ_BYTES = `SELECT COALESCE(sum(CASE WHEN kind IN ('transcript', 'subagent') THEN min(read_offset, size) ELSE size END), 0) AS bytes
  FROM sources WHERE status = 'present'`;

/** Bytes of present files that have been read. */
export function readBytes(db: Reader): number {
  return rowOf<{ bytes: number }>(db, READ_BYTES)!.bytes;
}
