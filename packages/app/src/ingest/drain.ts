/**
 * @module Empties the spool into the store: read in order, commit, and only then remove. A crash in between leaves files
 * whose events are stored already: they make the same ids again, and are not stored twice.
 */
import { createHash } from "node:crypto";
import { closeSync, constants, fstatSync, openSync, readFileSync } from "node:fs";
import { isAbsolute } from "node:path";
import type { Clock } from "../base/clock.ts";
import { decodeSpoolRecord, encodeSpoolRecord, type SpoolRecord } from "../base/spool-record.ts";
import { decodeValue } from "../sources/claude/decode.ts";
import { parseSpooled, refusedRecord, type SpooledEvent } from "../sources/spooled.ts";
import { MAX_BODY_BYTES } from "../sources/spooled-event.ts";
import { listSpool, readSpoolFile, removeSpoolFiles, takeLostCount } from "../spool/spool-directory.ts";
import type { WriteResult } from "../store/batch.ts";
import type { Store } from "../store/store.ts";
import { isPassing } from "./outlast.ts";

/** Files and bytes of one transaction. */
const BATCH_FILES = 500;
const BATCH_BYTES = 8 * 1024 * 1024;
/** A file that is no whole record may still be in writing; after this long nobody writes it any more. */
const UNFINISHED_MS = 5000;
/** A process that was named so long ago is another one by now. */
const UNFINISHED_FOR_GOOD_MS = 24 * 3600 * 1000;
/** The body that names such a file is a few lines. */
const LARGEST_HOOK = 64 * 1024;
/** Instruction files are a few pages; what is larger is not hashed. */
const LARGEST_INSTRUCTIONS = 4 * 1024 * 1024;

export interface DrainOptions {
  readonly directory: string;
  readonly store: Pick<Store, "writeLive" | "count">;
  readonly clock: Clock;
  readonly onCommit?: (result: WriteResult) => void;
}

export interface Drained {
  readonly files: number;
  readonly events: number;
  /** Transcripts that the hooks named: where something is about to be written. */
  readonly transcripts: readonly string[];
  /** Sentences about what stands in the spool and is no record of ours. */
  readonly problems: readonly string[];
  /** Files that are still being written, or are not ours to read. */
  readonly left: number;
}

interface ReadFile {
  readonly name: string;
  readonly bytes: Buffer;
  readonly events: readonly SpooledEvent[];
}

/**
 * Stores what files say. One that the store refuses, for a fault of ours, is kept as a problem: it must not hold up the
 * others, nor come again forever.
 */
function storeFiles(store: DrainOptions["store"], files: readonly ReadFile[]): WriteResult {
  try {
    return store.writeLive(files.flatMap((file) => file.events));
  } catch (error) {
    if (isPassing(error)) throw error;
    if (files.length === 1) return store.writeLive([refusedRecord(files[0]!.bytes, (error as Error).message)]);
    return files
      .map((file) => storeFiles(store, [file]))
      .reduce((sum, { lastSeq, events, responses, problems, sessions }) => ({
        lastSeq,
        events: sum.events + events,
        responses: sum.responses + responses,
        problems: sum.problems + problems,
        sessions: [...sum.sessions, ...sessions],
      }));
  }
}

/** Brings everything that waits into the store. Events that are acknowledged here are durable when it returns. */
export function drainSpool({ directory, store, clock, onCommit }: DrainOptions): Drained {
  const { names, problems: foreign } = listSpool(directory);
  const problems = [...foreign];
  const transcripts = new Set<string>();
  let files = 0;
  let events = 0;
  let torn = 0;
  let batch: ReadFile[] = [];
  let bytes = 0;
  const flush = () => {
    if (batch.length === 0) return;
    const result = storeFiles(store, batch);
    try {
      removeSpoolFiles(
        directory,
        batch.map((file) => file.name),
      );
    } catch (error) {
      // They are stored. As long as they stay they are read again, and not stored twice.
      problems.push((error as Error).message);
    }
    files += batch.length;
    events += result.events;
    onCommit?.(result);
    batch = [];
    bytes = 0;
  };
  for (const name of names) {
    const file = readSpoolFile(directory, name);
    if (!file) continue;
    const read = readable(name, file.bytes, file.mtimeMs, clock());
    if (read === "unfinished") continue;
    if (read === "torn") torn++;
    const parsed = read === "torn" ? [] : parseSpooled(read, clock());
    for (const { transcriptPath, rootSessionId } of parsed) {
      if (transcriptPath && isTranscriptOf(rootSessionId, transcriptPath)) transcripts.add(transcriptPath);
    }
    batch.push({ name, bytes: file.bytes, events: parsed });
    bytes += file.bytes.length;
    if (batch.length >= BATCH_FILES || bytes >= BATCH_BYTES) flush();
  }
  flush();
  const lost = takeLostCount(directory);
  if (lost > 0) store.count("spool_lost", lost);
  if (torn > 0) store.count("spool_torn", torn);
  return { files, events, transcripts: [...transcripts], problems, left: names.length - files };
}

/**
 * The record with what only its reader knows added to its header. "torn": its writer died after the header, so nothing
 * was acknowledged. What is older and still no whole record is handed on as it is, to be kept as a problem.
 */
function readable(name: string, bytes: Buffer, mtimeMs: number, now: number): Buffer | "unfinished" | "torn" {
  const record = decodeSpoolRecord(bytes);
  if (record && (record.kind === "log" || isWhole(record.body))) return stamped(record, name, mtimeMs);
  // A clock that was set back makes a file look as if it came from the future: it is as old as can be told.
  const age = Math.abs(now - mtimeMs);
  if (age < UNFINISHED_MS || (age < UNFINISHED_FOR_GOOD_MS && isWriting(name))) return "unfinished";
  if (bytes.length === 0 || record?.body.length === 0) return "torn";
  return record ? stamped(record, name, mtimeMs) : bytes;
}

/**
 * The hook script names its file after its process. While that lives it may still be given its body: a machine that slept
 * in between makes a file look old that is not.
 */
function isWriting(name: string): boolean {
  const pid = Number(/^[0-9.]+-([0-9]+)[0-9.-]*$/u.exec(name)?.[1] ?? 0);
  if (pid === 0) return false;
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** A hook's body is foreign: it names no other file to read than one where such a session's transcript stands. */
function isTranscriptOf(rootSessionId: string, path: string): boolean {
  const parts = path.split(/[\\/]/u);
  const at = parts.lastIndexOf("projects");
  const rest = at < 0 ? [] : parts.slice(at + 2);
  return (
    isAbsolute(path) && !parts.includes("..") && (rest[0] === `${rootSessionId}.jsonl` || rest[0] === rootSessionId)
  );
}

function stamped(record: SpoolRecord, name: string, mtimeMs: number): Buffer {
  const { at = String(mtimeMs), ...fields } = record.fields;
  const sha256 = record.kind === "hook" ? instructionsHash(record.body) : null;
  return encodeSpoolRecord({ ...record, fields: { ...fields, at, key: name, ...(sha256 && { sha256 }) } });
}

/** No beginning of a JSON object or array is itself one. What is too deep or too long to look at is as whole as it gets. */
function isWhole(body: Buffer): boolean {
  const decoded = decodeValue(body, MAX_BODY_BYTES);
  if ("problem" in decoded) return decoded.problem.reason !== "invalid_json";
  return typeof decoded.value === "object" && decoded.value !== null;
}

/** Hash of the file that an InstructionsLoaded body names, as it is now; null for other bodies and what cannot be read. */
function instructionsHash(body: Buffer): string | null {
  if (body.length > LARGEST_HOOK || !body.includes('"InstructionsLoaded"')) return null;
  let descriptor: number | null = null;
  try {
    const { hook_event_name: event, file_path: path } = JSON.parse(body.toString("utf8")) as Record<string, unknown>;
    if (event !== "InstructionsLoaded" || typeof path !== "string") return null;
    descriptor = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    const stat = fstatSync(descriptor);
    if (!stat.isFile() || stat.size > LARGEST_INSTRUCTIONS) return null;
    return createHash("sha256").update(readFileSync(descriptor)).digest("hex");
  } catch {
    return null;
  } finally {
    if (descriptor !== null) closeSync(descriptor);
  }
}
