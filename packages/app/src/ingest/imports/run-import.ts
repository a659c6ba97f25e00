/** @module One import from its first item to its last: what is new goes to the store, everything is counted. */
import type { Clock } from "../../base/clock.ts";
import type { Environment } from "../../base/paths.ts";
import type { ImportAnswer, ImportCounts } from "../../model/import-answers.ts";
import type { ImportItem } from "../../sources/imports/import-record.ts";
import type { ImportSource } from "./import-source.ts";
import { type ImportWriter, openImportWriter, readOnlyWriter, sizeOf } from "./import-writer.ts";

export interface ImportOptions {
  readonly env: Environment;
  readonly clock: Clock;
  readonly source: ImportSource;
  /** Reads and counts, and writes nothing. */
  readonly isDryRun?: boolean;
  readonly signal?: AbortSignal;
  readonly onProgress?: (done: number, total: number | null) => void;
}

/** Records and bytes that are looked up and handed over together. */
const BATCH_RECORDS = 500;
const BATCH_BYTES = 8 * 1024 * 1024;
/** Of these the answer says the first; all are counted. */
const MOST_PROBLEMS = 1000;

type Counts = { -readonly [Name in keyof ImportCounts]: ImportCounts[Name] };

/** Closes the source. What is committed stays committed when it is stopped or fails. */
export async function runImport(options: ImportOptions): Promise<ImportAnswer> {
  const { env, clock, source } = options;
  const started = clock();
  const writer = options.isDryRun ? readOnlyWriter(env, clock) : openImportWriter(env, clock, "import");
  try {
    const counted = await importItems(options, writer);
    await writer.settle();
    return { kind: source.kind, source: source.name, ...counted, seconds: (clock() - started) / 1000 };
  } finally {
    writer.close();
    await source.close();
  }
}

/** The same for whoever has a writer already. */
export async function importItems(
  { source, isDryRun = false, signal, onProgress }: Omit<ImportOptions, "env" | "clock">,
  writer: ImportWriter,
): Promise<Omit<ImportAnswer, "kind" | "source" | "seconds">> {
  const rows = new Map<string, Counts>();
  const problems: string[] = [];
  let [problemCount, newEvents, knownEvents, done, bytes, records] = [0, 0, 0, 0, 0, 0];
  let batch: ImportItem[] = [];

  async function flush(): Promise<void> {
    const all = batch.flatMap((item) => item.records);
    const fresh = writer.unknown(all);
    const freshIds = new Set(fresh.map(({ id }) => id));
    for (const item of batch) {
      const row = rowOf(rows, item.what);
      if (item.records.some(({ id }) => freshIds.has(id))) row.new++;
      else if (item.records.length > 0) row.known++;
      else if (item.problems.length === 0) row.empty++;
    }
    newEvents += fresh.length;
    knownEvents += all.length - fresh.length;
    await writer.write(fresh, source.kind);
    [batch, bytes, records] = [[], 0, 0];
    onProgress?.(done, source.total);
  }

  for await (const item of source.items) {
    if (signal?.aborted) break;
    const row = rowOf(rows, item.what);
    row.read++;
    row.problems += item.problems.length;
    problemCount += item.problems.length;
    problems.push(...item.problems.slice(0, MOST_PROBLEMS - problems.length));
    batch.push(item);
    done++;
    records += item.records.length;
    bytes += item.records.reduce((sum, record) => sum + sizeOf(record), 0);
    if (records >= BATCH_RECORDS || bytes >= BATCH_BYTES || batch.length >= BATCH_RECORDS) await flush();
  }
  await flush();
  return {
    dry_run: isDryRun,
    stopped: signal?.aborted === true,
    rows: [...rows.values()],
    new_events: newEvents,
    known_events: knownEvents,
    problem_count: problemCount,
    problems,
  };
}

function rowOf(rows: Map<string, Counts>, what: string): Counts {
  const known = rows.get(what);
  if (known) return known;
  const row: Counts = { what, read: 0, new: 0, known: 0, empty: 0, problems: 0 };
  rows.set(what, row);
  return row;
}
