/** @module Why a file in the spool is not read. */
import type { BigIntStats, Stats } from "node:fs";
import { ownUid } from "../base/private-directory.ts";
import { SPOOL_LIMITS } from "./spool-limits.ts";

/** Null: a regular file of ours with one name and a size that can be held. Takes what lstat or fstat says. */
export function fileProblem(stat: Stats | BigIntStats): string | null {
  if (stat.isSymbolicLink()) return "a symbolic link";
  if (stat.isFIFO()) return "a FIFO";
  if (stat.isDirectory()) return "a directory";
  if (!stat.isFile()) return "not a regular file";
  const uid = ownUid();
  if (uid !== undefined && Number(stat.uid) !== uid) return `a file of another user (uid ${stat.uid})`;
  if (Number(stat.nlink) !== 1) return `a file with ${stat.nlink} names`;
  if (Number(stat.size) > SPOOL_LIMITS.fileBytes) return `larger than ${SPOOL_LIMITS.fileBytes} bytes`;
  return null;
}
