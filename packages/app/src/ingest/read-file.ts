/** @module Reads one file from an offset into batches of parsed records with their bytes compressed: bytes in, batches out. */
import { createHash } from "node:crypto";
import { closeSync, openSync, readSync } from "node:fs";
import type { ParsedRecord } from "../model/record.ts";
import type { SourceFile } from "../model/source-file.ts";
import { type Source, sourceFor } from "../sources/source.ts";
import { CHUNK_BYTES, type Chunk, packChunk } from "../store/archive.ts";
import type { FileBatch, StoredRecord } from "../store/batch.ts";

/** Bytes of a file's beginning that tell it from another file at the same path. */
export const HEAD_BYTES = 4096;
/** Raw bytes after which a batch is handed over. */
const BATCH_BYTES = 1024 * 1024;
/** A file whose line is longer is not read: it would have to fit into memory whole. */
const LONGEST_LINE = 512 * 1024 * 1024;
const NEWLINE = 10;
const CLOSING_BRACE = 125;

/** One file to read, from where. */
export interface ReadJob {
  readonly file: SourceFile;
  readonly from: number;
  readonly backfill: boolean;
}

/** Hash of a file's first bytes, at most `limit` and HEAD_BYTES. */
export function hashHead(
  descriptor: number,
  limit: number,
): { readonly headHash: Uint8Array; readonly headLength: number } {
  const head = Buffer.alloc(Math.min(HEAD_BYTES, limit));
  const headLength = readSync(descriptor, head, 0, head.length, 0);
  return { headHash: createHash("sha256").update(head.subarray(0, headLength)).digest(), headLength };
}

/** A growing buffer over a file: `fill` reads more, `consume` drops what has been parsed. */
function openWindow(descriptor: number, from: number) {
  let buffer = Buffer.allocUnsafe(BATCH_BYTES * 2);
  let start = 0;
  let end = 0;
  let position = from;
  return {
    get bytes(): Buffer {
      return buffer.subarray(start, end);
    },
    get bytesRead(): number {
      return position - from;
    },
    fill(): boolean {
      if (end === buffer.length) {
        if (end - start > LONGEST_LINE) throw new Error(`a line of more than ${LONGEST_LINE} bytes`);
        const grown = start > 0 && end - start < buffer.length / 2 ? buffer : Buffer.allocUnsafe(buffer.length * 2);
        buffer.copy(grown, 0, start, end);
        buffer = grown;
        end -= start;
        start = 0;
      }
      const read = readSync(descriptor, buffer, end, buffer.length - end, position);
      end += read;
      position += read;
      return read > 0;
    },
    consume(length: number): void {
      start += length;
      if (start === end) start = end = 0;
    },
  };
}

/**
 * Reads complete lines from `job.from` on; a partial last line waits for the next reading. Chunks hold whole lines as
 * they stand in the file, newlines included. Throws only on file system errors.
 */
export function* readFileBatches(job: ReadJob, now: number): Generator<FileBatch> {
  const { file, from, backfill } = job;
  const source = sourceFor(file.agent);
  const descriptor = openSync(file.path, "r");
  try {
    if (file.kind === "meta" || file.kind === "tool-output") {
      yield readWhole(source, job, descriptor, now);
      return;
    }
    const window = openWindow(descriptor, from);
    let offset = from;
    for (let more = true; more; ) {
      more = window.fill();
      if (more && window.bytes.length < BATCH_BYTES) continue;
      const end = more ? window.bytes.lastIndexOf(NEWLINE) + 1 : endOfRecords(window.bytes);
      const isLast = !more;
      // The last batch says that nothing is left to read, even when it brings nothing itself.
      if (end === 0 && !(isLast && offset > 0)) continue;
      const bytes = window.bytes.subarray(0, end);
      const head = hashHead(descriptor, offset + bytes.length);
      const parsed = parseLines(source, file, bytes, offset, now);
      yield { file, ...head, from: offset, to: offset + bytes.length, ...parsed, isLast, backfill };
      offset += bytes.length;
      window.consume(bytes.length);
    }
  } finally {
    closeSync(descriptor);
  }
}

/**
 * Where the last complete record of a file ends. A JSON object is never the beginning of a longer one, so a last line
 * that parses is complete even if its newline has not been written.
 */
function endOfRecords(bytes: Buffer): number {
  const afterNewline = bytes.lastIndexOf(NEWLINE) + 1;
  if (bytes.at(-1) !== CLOSING_BRACE) return afterNewline;
  try {
    JSON.parse(bytes.toString("utf8", afterNewline));
    return bytes.length;
  } catch {
    return afterNewline;
  }
}

/** Whole lines to records and chunks. */
function parseLines(source: Source, file: SourceFile, bytes: Buffer, base: number, now: number) {
  const records: StoredRecord[] = [];
  const chunks: Chunk[] = [];
  let chunkStart = 0;
  let lines = 0;
  for (let start = 0; start < bytes.length; ) {
    const newline = bytes.indexOf(NEWLINE, start);
    const end = newline < 0 ? bytes.length : newline;
    const line = trimmed(bytes, start, end);
    if (line) {
      lines++;
      const record = source.parseLine(line.bytes, { file, offset: base + line.start, now });
      records.push(stored(record, chunks.length, line.start - chunkStart));
    }
    start = Math.min(end + 1, bytes.length);
    if (start - chunkStart >= CHUNK_BYTES || start === bytes.length) {
      chunks.push(packChunk(bytes.subarray(chunkStart, start)));
      chunkStart = start;
    }
  }
  return { lines, records, chunks };
}

/** A line without surrounding white space; null for a blank one. */
function trimmed(bytes: Buffer, start: number, end: number): { readonly bytes: Buffer; readonly start: number } | null {
  let first = start;
  let last = end;
  while (first < last && isSpace(bytes[first]!)) first++;
  while (last > first && isSpace(bytes[last - 1]!)) last--;
  return first === last ? null : { bytes: bytes.subarray(first, last), start: first };
}

function isSpace(byte: number): boolean {
  return byte === 32 || byte === 9 || byte === 13;
}

function stored(record: ParsedRecord, chunk: number, chunkOffset: number): StoredRecord {
  return Object.assign(record as StoredRecord, { chunk, chunkOffset });
}

/** Files that are one record each: an agent's description, a large tool output. */
function readWhole(source: Source, job: ReadJob, descriptor: number, now: number): FileBatch {
  const { file, backfill } = job;
  const bytes = Buffer.alloc(file.size);
  const length = readSync(descriptor, bytes, 0, bytes.length, 0);
  const content = bytes.subarray(0, length);
  const records = [stored(source.parseWhole(content, { file, offset: 0, now }), 0, 0)];
  const head = hashHead(descriptor, length);
  const chunks = [packChunk(content)];
  return { file, ...head, from: 0, to: length, lines: 0, records, chunks, isLast: true, backfill };
}
