/** @module Compares the files that exist with what the store has read of them: what to read, what moved, what vanished. */
import { closeSync, existsSync, openSync, readSync } from "node:fs";
import type { SourceFile } from "../model/source-file.ts";
import type { KnownSource, SourceLook } from "../store/source-table.ts";
import type { SourceChange } from "../store/store.ts";
import { hashHead, type ReadJob } from "./read-file.ts";

export interface Plan {
  /** In reading order: newest session first, each session's own file before its subagents'. */
  readonly jobs: readonly ReadJob[];
  readonly changes: readonly SourceChange[];
  /** Files of `jobs` that neither the full read nor the usage scan has seen. */
  readonly unscanned: readonly SourceFile[];
  readonly bytes: number;
}

const KIND_ORDER = { transcript: 0, meta: 1, subagent: 2, "tool-output": 3 } as const;

/** True when the file still begins with the bytes that were read from it, and a line (or a last record's brace) still ends where reading stopped. */
function isSameFile(file: SourceFile, known: KnownSource): boolean {
  if (file.size < known.readOffset) return false;
  const descriptor = openSync(file.path, "r");
  try {
    const { headHash } = hashHead(descriptor, known.headLength);
    if (Buffer.compare(headHash, known.headHash) !== 0) return false;
    if (known.readOffset === 0 || known.kind === "meta" || known.kind === "tool-output") return true;
    const before = Buffer.alloc(1);
    return readSync(descriptor, before, 0, 1, known.readOffset - 1) === 1 && (before[0] === 10 || before[0] === 125);
  } catch {
    return false;
  } finally {
    closeSync(descriptor);
  }
}

/** True when the files that exist are exactly those that were read, and none of them has changed. */
export function isUpToDate(files: readonly SourceFile[], looks: readonly SourceLook[]): boolean {
  const present = looks.filter((look) => look[5] === "present");
  if (files.length !== present.length) return false;
  const byPath = new Map(present.map((look) => [look[0], look]));
  return files.every((file) => {
    const look = byPath.get(file.path);
    return (
      look !== undefined &&
      isUnchanged(file, { size: look[1], mtimeMs: look[2], device: look[3], inode: look[4], status: look[5] })
    );
  });
}

function isUnchanged(
  file: SourceFile,
  known: Pick<KnownSource, "size" | "mtimeMs" | "inode" | "device"> & { readonly status: string },
): boolean {
  return (
    known.size === file.size &&
    known.mtimeMs === file.mtimeMs &&
    known.inode === file.inode &&
    known.device === file.device &&
    known.status === "present"
  );
}

/**
 * Makes the plan. Reads no transcript beyond the first bytes of files that changed. `complete`: `files` is everything
 * there is, so that what is known but not in it has moved or vanished.
 */
export function makePlan(files: readonly SourceFile[], known: readonly KnownSource[], complete = true): Plan {
  const byPath = new Map(known.map((source) => [source.path, source]));
  const present = new Set(files.map((file) => file.path));
  const vanished = complete ? known.filter((source) => !present.has(source.path) && !existsSync(source.path)) : [];
  const movable = new Map(
    vanished.map((source) => [`${source.kind} ${source.sessionId} ${fileName(source.path)}`, source]),
  );
  const newestRead = Math.max(0, ...known.filter((source) => source.readOffset > 0).map((source) => source.mtimeMs));

  const changes: SourceChange[] = [];
  const jobs: ReadJob[] = [];
  const unscanned: SourceFile[] = [];
  const moved = new Set<number>();
  for (const file of files) {
    let source = byPath.get(file.path);
    if (!source) {
      const former = movable.get(`${file.kind} ${file.sessionId} ${fileName(file.path)}`);
      if (former && !moved.has(former.sourceId) && isSameFile(file, former)) {
        moved.add(former.sourceId);
        changes.push({ kind: "moved", sourceId: former.sourceId, path: file.path, sessionId: former.sessionId });
        source = { ...former, path: file.path };
      }
    }
    if (!source) {
      jobs.push({ file, from: 0, backfill: file.mtimeMs <= newestRead || newestRead === 0 });
      unscanned.push(file);
      continue;
    }
    if (isUnchanged(file, source)) continue;
    const whole = file.kind === "meta" || file.kind === "tool-output";
    if (source.readOffset > 0 && !whole && !isSameFile(file, source)) {
      changes.push({ kind: "restart", sourceId: source.sourceId });
      jobs.push({ file, from: 0, backfill: false });
    } else if (whole ? source.mtimeMs !== file.mtimeMs || source.size !== file.size : file.size > source.readOffset) {
      jobs.push({ file, from: whole ? 0 : source.readOffset, backfill: source.readOffset === 0 });
      if (source.readOffset === 0 && source.scannedSize < file.size) unscanned.push(file);
    } else {
      changes.push({ kind: "seen", sourceId: source.sourceId, file });
    }
  }
  for (const source of vanished) {
    if (source.status === "present" && !moved.has(source.sourceId)) {
      changes.push({ kind: "missing", sourceId: source.sourceId, sessionId: source.sessionId });
    }
  }
  return { jobs: inReadingOrder(jobs), changes, unscanned, bytes: files.reduce((sum, file) => sum + file.size, 0) };
}

function fileName(path: string): string {
  return path.slice(Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\")) + 1);
}

/**
 * Backfill from the newest session to the oldest, then what is newer than everything read so far, oldest first. A session
 * is as new as its last record, where `lastTimes` (by path, milliseconds UTC) knows it: copied files have lost their times.
 */
export function inReadingOrder(
  jobs: readonly ReadJob[],
  lastTimes: ReadonlyMap<string, number> = new Map(),
): ReadJob[] {
  const newest = new Map<string, number>();
  for (const { file } of jobs) {
    const time = lastTimes.get(file.path) ?? (lastTimes.size > 0 ? 0 : file.mtimeMs);
    newest.set(file.rootSessionId, Math.max(newest.get(file.rootSessionId) ?? 0, time));
  }
  const direction = (job: ReadJob) => (job.backfill ? -1 : 1);
  return [...jobs].sort(
    (a, b) =>
      Number(b.backfill) - Number(a.backfill) ||
      direction(a) * (newest.get(a.file.rootSessionId)! - newest.get(b.file.rootSessionId)!) ||
      compare(a.file.rootSessionId, b.file.rootSessionId) ||
      KIND_ORDER[a.file.kind] - KIND_ORDER[b.file.kind] ||
      compare(a.file.path, b.file.path),
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
