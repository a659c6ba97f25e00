/** @module A file as it was found, kept beside what was read from it: records that hold its bytes, and the bytes of such records. */
import { isUtf8 } from "node:buffer";
import { createHash } from "node:crypto";
import { isObject, type JsonObject } from "../claude/json.ts";
import { digestOf, type ImportRecord, importRecord } from "./import-record.ts";

/** Type of these records. */
export const FILE_TYPE = "import.file";
/** Bytes of one record: a transaction and a spool file hold several. */
const PART_BYTES = 4 * 1024 * 1024;

export interface OriginalFile {
  /** Its name in its directory. */
  readonly name: string;
  readonly bytes: Buffer;
  /** Milliseconds UTC. */
  readonly mtimeMs: number;
}

export interface FileOwner {
  readonly sessionId: string;
  readonly workspace: string | null;
  /** When the session was last heard of; a file may have been touched long after. */
  readonly ts: number;
  /** Why nothing could be read from it. */
  readonly problem?: string;
}

export const sha256Of = (bytes: Buffer): string => createHash("sha256").update(bytes).digest("hex");

const keyOf = (name: string, sha256: string, part: number): readonly unknown[] => ["file", name, sha256, part];

/** Id of the record that holds a part of a file's version: whoever knows the version finds it. */
export function fileRecordId(name: string, sha256: string, part = 0): string {
  return `import-${digestOf(keyOf(name, sha256, part)).slice(0, 32)}`;
}

/** At least one record. Text stays text, so that it can be read where it lies; other bytes go as base64. */
export function fileRecords({ name, bytes, mtimeMs }: OriginalFile, owner: FileOwner): readonly ImportRecord[] {
  const sha256 = sha256Of(bytes);
  const isText = isUtf8(bytes);
  const slices = slicesOf(bytes, isText);
  return slices.map((slice, part) =>
    importRecord({
      key: keyOf(name, sha256, part),
      sessionId: owner.sessionId,
      workspace: owner.workspace,
      ts: owner.ts,
      type: FILE_TYPE,
      data: {
        name,
        sha256,
        bytes: bytes.length,
        modified_at: new Date(Math.max(0, mtimeMs)).toISOString(),
        part,
        parts: slices.length,
        encoding: isText ? "text" : "base64",
        content: isText ? slice.toString("utf8") : slice.toString("base64"),
        ...(owner.problem !== undefined && { problem: owner.problem }),
      },
    }),
  );
}

/** Never cuts a character of a text in two. */
function slicesOf(bytes: Buffer, isText: boolean): readonly Buffer[] {
  const slices: Buffer[] = [];
  for (let start = 0; start < bytes.length || slices.length === 0; ) {
    let end = Math.min(bytes.length, start + PART_BYTES);
    while (isText && end < bytes.length && (bytes[end]! & 0xc0) === 0x80) end--;
    slices.push(bytes.subarray(start, end));
    start = end;
    if (bytes.length === 0) break;
  }
  return slices;
}

/** What one of these records holds. */
export interface FilePart {
  readonly name: string;
  readonly sha256: string;
  readonly part: number;
  readonly parts: number;
  readonly mtimeMs: number;
  readonly bytes: Buffer;
}

/** Null: not a record of a file. */
export function filePartOf(record: JsonObject): FilePart | null {
  const { data } = record;
  if (!isObject(data)) return null;
  const { name, sha256, part, parts, encoding, content, modified_at } = data;
  if (typeof name !== "string" || typeof sha256 !== "string" || typeof content !== "string") return null;
  if (typeof part !== "number" || typeof parts !== "number") return null;
  const bytes = Buffer.from(content, encoding === "base64" ? "base64" : "utf8");
  return { name, sha256, part, parts, mtimeMs: Date.parse(String(modified_at)) || 0, bytes };
}

/** The file; null when a part is missing or is not what was kept. */
export function wholeFile(parts: readonly FilePart[]): OriginalFile | null {
  const [first] = parts;
  if (!first || parts.length !== first.parts) return null;
  const bytes = Buffer.concat([...parts].sort((a, b) => a.part - b.part).map((part) => part.bytes));
  return sha256Of(bytes) === first.sha256 ? { name: first.name, bytes, mtimeMs: first.mtimeMs } : null;
}
