/** @module What the reading side hands to the writer: consecutive records of one file, with their bodies compressed. */
import type { ParsedRecord } from "../model/record.ts";
import type { SourceFile } from "../model/source-file.ts";
import type { Chunk } from "./archive.ts";

/** A record and where its body stands in the batch's chunks. */
export interface StoredRecord extends ParsedRecord {
  /** Index into the batch's chunks. */
  readonly chunk: number;
  readonly chunkOffset: number;
}

export interface FileBatch {
  readonly file: SourceFile;
  /** SHA-256 of the first `headLength` bytes. */
  readonly headHash: Uint8Array;
  readonly headLength: number;
  /** Bytes of the file that this batch covers: [from, to). */
  readonly from: number;
  readonly to: number;
  readonly lines: number;
  /** The file's end has been reached; bytes after `to`, if any, are a line that is still being written. */
  readonly isLast: boolean;
  readonly records: readonly StoredRecord[];
  readonly chunks: readonly Chunk[];
  /** True: the file is older than what the store has seen live, so its events go below all others. */
  readonly backfill: boolean;
}

/** An event that comes from no file of an agent: a hook's, or one of our own programs'. */
export interface LiveEvent extends ParsedRecord {
  /** events.source */
  readonly source: string;
  /** Kind of its session: claude-code, command, script, ... */
  readonly agent: string;
  readonly rootSessionId: string;
  /** Where its session runs, when it says so. */
  readonly cwd: string | null;
  /** What has to be kept to read this event again. */
  readonly body: Buffer;
}

/** What one transaction changed. */
export interface WriteResult {
  readonly lastSeq: number;
  readonly events: number;
  readonly responses: number;
  readonly problems: number;
  readonly sessions: readonly string[];
}
