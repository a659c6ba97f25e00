/** @module One run over the transcripts: look, total the usage, read what is new, write it. Can stop anywhere and be run again. */
import type { Clock } from "../base/clock.ts";
import type { IndexAnswer } from "../model/answers.ts";
import type { ScannedFile } from "../model/scanned-file.ts";
import type { SourceFile } from "../model/source-file.ts";
import type { Pricer } from "../model/usage.ts";
import { scanFiles } from "../sources/claude/usage-scan.ts";
import type { FileBatch, WriteResult } from "../store/batch.ts";
import type { Store } from "../store/store.ts";
import { inReadingOrder, isUpToDate, makePlan, type Plan } from "./plan.ts";
import type { OnProgress, Progress } from "./progress.ts";
import { type ReadFailure, startReading } from "./read-jobs.ts";
import { openUsageTotals, type UsageTotals } from "./usage-totals.ts";

/** Raw bytes per transaction while much is waiting: a first result soon, and rows that are touched again while still in the cache. */
const TRANSACTION_BYTES = 4 * 1024 * 1024;
/** Below this much new text the usage scan saves no time. */
const SCAN_FROM_BYTES = 4 * 1024 * 1024;
const SCAN_RESPONSES = 50_000;

export interface RunOptions {
  readonly store: Store;
  readonly price: Pricer;
  readonly files: readonly SourceFile[];
  /** False: `files` are only some of those that exist. */
  readonly complete?: boolean;
  readonly clock: Clock;
  /** Ends the run after the transaction that is being written. */
  readonly signal?: AbortSignal;
  readonly onProgress?: OnProgress;
  readonly onCommit?: (result: WriteResult) => void;
  readonly onFailure?: (failure: ReadFailure) => void;
}

/** Brings the store up to date with the files. */
export async function runOnce(options: RunOptions): Promise<IndexAnswer> {
  const { store, clock, signal, complete = true } = options;
  // An empty file says nothing yet, and leaves no trace that a later run could compare it with.
  const files = options.files.filter((file) => file.size > 0);
  const started = performance.now();
  const totals = { files: 0, lines: 0, events: 0, responses: 0, problems: 0, bytes_read: 0 };
  const committed = (result: WriteResult) => {
    totals.events += result.events;
    totals.responses += result.responses;
    totals.problems += result.problems;
    options.onCommit?.(result);
  };

  if (complete && isUpToDate(files, store.sources.looks())) {
    const bytes = files.reduce((sum, file) => sum + file.size, 0);
    return { ...totals, bytes, seconds: Math.round(performance.now() - started) / 1000 };
  }
  const known = complete ? store.sources.all() : files.flatMap((file) => store.sources.find(file.path) ?? []);
  const plan = makePlan(files, known, complete);
  if (plan.changes.length > 0) committed(store.changeSources(plan.changes));
  if (plan.jobs.length > 0 && !signal?.aborted) {
    const report = reporter(plan, options.onProgress);
    let scanned = await scanUsage(plan, options, report);
    // The reading thread is a few batches ahead when the scan's rows are written.
    const lastTimes = new Map(scanned.map(({ file, lastTs }) => [file.path, lastTs ?? file.mtimeMs]));
    const jobs = inReadingOrder(plan.jobs, lastTimes);
    const reading = startReading(jobs, clock(), (failure) => options.onFailure?.(failure));
    try {
      totals.bytes_read += scanned.reduce((sum, file) => sum + file.bytes, 0);
      for (const portion of portionsOf(scanned)) committed(store.writeScan(portion));
      scanned = [];
      const read = await writeBatches(reading.batches, options, committed, report);
      totals.files = read.files.size;
      totals.lines = read.lines;
      totals.bytes_read += read.bytes;
    } finally {
      await reading.close();
    }
  }
  return { ...totals, bytes: plan.bytes, seconds: Math.round(performance.now() - started) / 1000 };
}

/** `seconds` since the phase began: what is left follows from it. */
type Report = (
  phase: Progress["phase"],
  bytesDone: number,
  filesDone: number,
  extra?: { readonly usage?: UsageTotals; readonly seconds?: number },
) => void;

function reporter(plan: Plan, onProgress: OnProgress | undefined): Report {
  const bytesTotal = plan.jobs.reduce((sum, { file, from }) => sum + file.size - from, 0);
  return (phase, bytesDone, filesDone, { usage, seconds } = {}) =>
    onProgress?.({
      phase,
      bytesDone,
      bytesTotal,
      filesDone,
      filesTotal: plan.jobs.length,
      ...(usage && { usage }),
      ...(seconds && bytesDone > 0 && { secondsLeft: Math.ceil(((bytesTotal - bytesDone) / bytesDone) * seconds) }),
    });
}

/** Usage of files that nobody has looked at yet, when there is much of them. */
async function scanUsage(plan: Plan, options: RunOptions, report: Report): Promise<readonly ScannedFile[]> {
  const bytes = plan.unscanned.reduce((sum, file) => sum + file.size, 0);
  if (bytes < SCAN_FROM_BYTES) return [];
  const scanned: ScannedFile[] = [];
  const usage = openUsageTotals(options.price);
  let bytesDone = 0;
  report("usage", 0, 0);
  for await (const file of scanFiles(plan.unscanned, { now: options.clock() })) {
    if (options.signal?.aborted) return [];
    scanned.push(file);
    usage.add(file);
    bytesDone += file.bytes;
    report("usage", bytesDone, scanned.length);
  }
  report("usage", bytesDone, scanned.length, { usage: usage.totals() });
  return scanned;
}

/** Files of at most SCAN_RESPONSES responses together, so that a large archive's usage is not one huge transaction. */
function* portionsOf(files: readonly ScannedFile[]): Generator<readonly ScannedFile[]> {
  let portion: ScannedFile[] = [];
  let responses = 0;
  for (const file of files) {
    portion.push(file);
    responses += file.responses.length;
    if (responses < SCAN_RESPONSES) continue;
    yield portion;
    portion = [];
    responses = 0;
  }
  if (portion.length > 0) yield portion;
}

interface ReadTotals {
  readonly files: ReadonlySet<string>;
  readonly lines: number;
  readonly bytes: number;
}

/** Writes batches as they come, many to a transaction. */
async function writeBatches(
  batches: AsyncIterable<FileBatch>,
  { store, signal }: RunOptions,
  committed: (result: WriteResult) => void,
  report: Report,
): Promise<ReadTotals> {
  const files = new Set<string>();
  const started = performance.now();
  let lines = 0;
  let bytes = 0;
  let pending: FileBatch[] = [];
  let pendingBytes = 0;
  const flush = () => {
    if (pending.length > 0) committed(store.write(pending));
    pending = [];
    pendingBytes = 0;
    report("read", bytes, files.size, { seconds: (performance.now() - started) / 1000 });
  };
  report("read", 0, 0);
  for await (const batch of batches) {
    if (signal?.aborted) break;
    files.add(batch.file.path);
    lines += batch.lines;
    bytes += batch.to - batch.from;
    pending.push(batch);
    pendingBytes += batch.to - batch.from;
    if (pendingBytes >= TRANSACTION_BYTES) flush();
  }
  flush();
  report("done", bytes, files.size);
  return { files, lines, bytes };
}
