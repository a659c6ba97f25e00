/** @module What syscall-shim.c has written down: every change below one directory, in the order in which it was made. */
import { readFileSync } from "node:fs";

export interface Change {
  readonly call: "open" | "write" | "truncate" | "sync" | "unlink" | "rename" | "mkdir" | "sync all";
  readonly pid: number;
  /** Of the file; used again by the system once a file is gone. */
  readonly inode: number;
  readonly path: string;
  /** New path of a rename. */
  readonly to: string;
  /** Where a write begins; the new length after a truncation. */
  readonly offset: number;
  /** What a write wrote. */
  readonly data: Buffer;
}

const CALLS = ["", "open", "write", "truncate", "sync", "unlink", "rename", "mkdir", "sync all"] as const;
/** struct record: two 32-bit numbers, two of 64, two of 32, one of 64. */
const HEAD_BYTES = 40;

export function readCallLog(path: string): readonly Change[] {
  const bytes = readFileSync(path);
  const changes: Change[] = [];
  for (let at = 0; at < bytes.length; ) {
    const call = CALLS[bytes.readUInt32LE(at)];
    if (!call) throw new Error(`${path}: no record at ${at}`);
    const pathEnd = at + HEAD_BYTES + bytes.readUInt32LE(at + 24);
    const toEnd = pathEnd + bytes.readUInt32LE(at + 28);
    const end = toEnd + Number(bytes.readBigUInt64LE(at + 32));
    changes.push({
      call,
      pid: bytes.readUInt32LE(at + 4),
      inode: Number(bytes.readBigUInt64LE(at + 8)),
      offset: Number(bytes.readBigUInt64LE(at + 16)),
      path: bytes.toString("utf8", at + HEAD_BYTES, pathEnd),
      to: bytes.toString("utf8", pathEnd, toEnd),
      data: bytes.subarray(toEnd, end),
    });
    at = end;
  }
  return changes;
}
