/** @module One step in reading a log file: at most one batch of its next records, and how far that is. */
import { closeSync } from "node:fs";
import { isRotatedName } from "../../sources/logs/stem.ts";
import type { SpooledEvent } from "../../sources/spooled.ts";
import type { LogFileProgress } from "../../store/log-file-table.ts";
import { type Cut, cutRecords, LONGEST_LINE } from "./cut-records.ts";
import { beginsAs, HEAD_BYTES, headOf, isBinary, openLogFile, readBytes, statOf } from "./file-bytes.ts";
import { type GzLimits, openGz, textLength } from "./gz-reader.ts";
import type { KnownFiles } from "./known-files.ts";
import { formatOf, logEvents } from "./log-events.ts";
import type { TrackedFile } from "./tracked-file.ts";

export interface StepOptions {
  readonly known: KnownFiles;
  readonly zone: string;
  readonly now: number;
  /** Nothing has come for a while, or nobody will look again: the last record is not going to grow. */
  readonly isQuiet: boolean;
  readonly batchBytes: number;
  readonly batchLines: number;
  readonly gzLimits: GzLimits;
}

export interface Step {
  readonly events: readonly SpooledEvent[];
  /** What has changed; the file's own state comes last. */
  readonly progress: readonly LogFileProgress[];
  readonly bytes: number;
}

const NOTHING: Step = { events: [], progress: [], bytes: 0 };
/** The last bytes that a file held when the others were read may be of a line that is longer than all of them. */
const LARGEST_WINDOW = LONGEST_LINE + 1024 * 1024;

/** Throws what keeps a file from being read. */
export async function readStep(file: TrackedFile, options: StepOptions): Promise<Step> {
  return file.seen.path.endsWith(".gz") ? readPacked(file, options) : readPlain(file, options);
}

function readPlain(file: TrackedFile, options: StepOptions): Step {
  const { known, isQuiet } = options;
  const opened = openLogFile(file.seen.path);
  try {
    const { descriptor, size, mtimeMs } = opened;
    file.hasMore = false;
    // Another file has taken its name: the next look tells where this one is.
    if (opened.device !== file.seen.device || opened.inode !== file.seen.inode) return NOTHING;
    file.seen = { ...file.seen, size, mtimeMs };
    const start = readBytes(descriptor, 0, Math.min(HEAD_BYTES * 2, size));
    const isRotated = isRotatedName(file.seen.path) || file.isStray;
    if (!file.state && isRotated && size < known.headLength(file.seen.path) && !isQuiet) {
      // It may be a copy in the making.
      file.waits = true;
      return NOTHING;
    }
    if (isBinary(start)) throw new Error("is not text");
    const { state, told } = stateOf(file, start, known);
    const from = state.readOffset;
    let window = options.batchBytes;
    let bytes: Buffer;
    let cut: Cut;
    for (;;) {
      bytes = readBytes(descriptor, from, Math.min(window, Math.max(0, size - from)));
      const isEnd = from + bytes.length >= size;
      cut = cutRecords(bytes, { isEnd, isQuiet, isFinal: isRotated && isQuiet, most: options.batchLines });
      if (cut.consumed > 0 || isEnd || window >= LARGEST_WINDOW) break;
      window = Math.min(window * 4, LARGEST_WINDOW);
    }
    const { size: sizeNow } = statOf(descriptor);
    const isSame = sizeNow >= from + bytes.length && beginsAs(readBytes(descriptor, 0, state.headLength), state);
    // It was cut while it was read: what was read may be of two files.
    if (!isSame) return NOTHING;
    file.readSize = size;
    file.readMtimeMs = mtimeMs;
    const to = from + cut.consumed;
    file.waits = cut.waits || (isRotated && !isQuiet && to < size);
    file.hasMore = cut.consumed > 0 && to < size && !cut.waits;
    const head = state.headLength < HEAD_BYTES ? headOf(start, to) : state;
    const { headHash, headLength } = head;
    const step = advance(file, { ...state, size, mtimeMs, headHash, headLength }, cut, options);
    return { ...step, progress: [...told, ...step.progress] };
  } finally {
    closeSync(opened.descriptor);
  }
}

/**
 * Where reading goes on: in what is known, in the copy of what is known, or at the beginning of something new. `told`: what
 * has turned out, without a line being read.
 */
function stateOf(
  file: TrackedFile,
  start: Buffer,
  known: KnownFiles,
  length: number | null = null,
): { readonly state: LogFileProgress; readonly told: readonly LogFileProgress[] } {
  const { state: before, seen } = file;
  // Its inode may have been another file's, of which nothing was read.
  const isNew = !before || before.readOffset === 0 || !beginsAs(start, before);
  const original = isNew && isRotatedName(seen.path) ? known.original(seen, start, length) : null;
  const isPacked = seen.path.endsWith(".gz");
  if (before && !original && (isPacked || seen.size >= before.readOffset) && beginsAs(start, before)) {
    const isRotated = file.isStray || isRotatedName(seen.path);
    const status = isPacked ? before.status : isRotated ? "rotated" : "present";
    const state: LogFileProgress = { ...before, path: seen.path, status };
    file.state = state;
    known.put(state);
    return { state, told: before.path !== seen.path && before.readOffset > 0 ? [state] : [] };
  }
  const ended = before && before.readOffset > 0 ? ({ ...before, status: "rotated" } as const) : null;
  if (ended) known.put(ended);
  const state = original ? copyOf(file, original) : known.begin(seen);
  known.put(state);
  file.state = state;
  return { state, told: ended ? [ended] : [] };
}

function copyOf({ seen, source }: TrackedFile, original: LogFileProgress): LogFileProgress {
  const { path, device, inode, size, mtimeMs } = seen;
  const service = source.service ?? null;
  return { ...original, path, device, inode, size, mtimeMs, service, lines: 0, status: "rotated" };
}

/** The events of what was cut off, and the state after them. */
function advance(file: TrackedFile, state: LogFileProgress, cut: Cut, options: StepOptions): Step {
  if (cut.consumed === 0) return NOTHING;
  const { zone, now } = options;
  const events = logEvents(cut.records, { file: state, source: file.source, base: state.readOffset, zone, now });
  file.state = {
    ...state,
    readOffset: state.readOffset + cut.consumed,
    lines: state.lines + events.length,
    format: formatOf(events) ?? state.format,
  };
  options.known.put(file.state);
  return { events, progress: [file.state], bytes: cut.consumed };
}

async function readPacked(file: TrackedFile, options: StepOptions): Promise<Step> {
  const { known, isQuiet, batchBytes, batchLines } = options;
  const { path, size, mtimeMs } = file.seen;
  const { state: before } = file;
  let told: readonly LogFileProgress[] = [];
  file.hasMore = false;
  try {
    if (!file.gz) {
      file.gz = openGz(path, options.gzLimits);
      const { bytes: start } = await file.gz.fill(HEAD_BYTES * 2);
      if (isBinary(start)) throw new Error("is not text");
      const found = stateOf(file, start, known, textLength(path));
      told = found.told;
      const isSame = before !== null && before.generation === found.state.generation;
      if (isSame && before.status === "rotated" && before.size === size && before.mtimeMs === mtimeMs) {
        closePacked(file);
        return { ...NOTHING, progress: told };
      }
      for (let left = file.state!.readOffset; left > 0; ) {
        const { bytes, isEnd } = await file.gz.fill(Math.min(left, batchBytes));
        const skipped = Math.min(left, bytes.length);
        file.gz.take(skipped);
        left = isEnd && skipped === 0 ? 0 : left - skipped;
      }
    }
    const state = file.state!;
    let window = batchBytes;
    let filled = await file.gz.fill(window);
    const cutNow = (): Cut =>
      cutRecords(filled.bytes, { isEnd: filled.isEnd, isQuiet: true, isFinal: true, most: batchLines });
    let cut = cutNow();
    while (cut.consumed === 0 && !filled.isEnd && window < LARGEST_WINDOW) {
      window = Math.min(window * 4, LARGEST_WINDOW);
      filled = await file.gz.fill(window);
      cut = cutNow();
    }
    const isDone = filled.isEnd && cut.consumed === filled.bytes.length;
    const start = state.readOffset === 0 ? headOf(filled.bytes, cut.consumed) : state;
    const { headHash, headLength } = start;
    const step = advance(file, { ...state, size, mtimeMs, headHash, headLength, status: "present" }, cut, options);
    file.gz.take(cut.consumed);
    file.hasMore = !isDone;
    if (!isDone) return { ...step, progress: [...told, ...step.progress] };
    closePacked(file);
    file.state = { ...(file.state ?? state), size, mtimeMs, status: "rotated" };
    known.put(file.state);
    return { ...step, progress: [...told, file.state] };
  } catch (error) {
    closePacked(file);
    // Somebody is still compressing it.
    if (!isQuiet && (error as NodeJS.ErrnoException).code === "Z_BUF_ERROR") {
      file.readSize = null;
      return NOTHING;
    }
    throw error;
  }
}

function closePacked(file: TrackedFile): void {
  file.gz?.close();
  file.gz = null;
  file.readSize = file.seen.size;
  file.readMtimeMs = file.seen.mtimeMs;
}
