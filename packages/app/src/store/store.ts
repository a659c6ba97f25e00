/** @module The store's writing side: one connection, one transaction per call, everything in it or nothing. */
import type { Clock } from "../base/clock.ts";
import type { IdentityResolver, PlaceResolver } from "../model/place.ts";
import type { ScannedFile } from "../model/scanned-file.ts";
import type { SessionTyper } from "../model/session-type.ts";
import type { SourceFile } from "../model/source-file.ts";
import type { Pricer } from "../model/usage.ts";
import type { FileBatch, LiveEvent, WriteResult } from "./batch.ts";
import type { WriteContext } from "./context.ts";
import { type Database, openWriter } from "./db.ts";
import { openDeviceStream } from "./device.ts";
import { openEventIds } from "./event-ids.ts";
import { type LogFileProgress, type LogFileTable, openLogFileTable } from "./log-file-table.ts";
import { namePeople } from "./people.ts";
import { openProjections } from "./project/apply.ts";
import { eventTable } from "./project/events.ts";
import { sessionRefresh } from "./project/refresh.ts";
import { retyper } from "./project/session-type.ts";
import { repricer } from "./reprice.ts";
import { openSourceTable, type SourceTable } from "./source-table.ts";
import { openStrayProcesses, type StrayProcesses } from "./stray-processes.ts";
import { batchWriter } from "./write-batch.ts";
import { liveWriter } from "./write-live.ts";
import { scanWriter } from "./write-scan.ts";

export interface StoreOptions {
  readonly clock: Clock;
  readonly place: PlaceResolver;
  readonly identify: IdentityResolver;
  readonly price: Pricer;
  /** Names the price lists behind `price`: when it differs from what the stored costs were computed with, they are computed again. */
  readonly prices: string;
  /** When its rules differ from those that the stored types were decided with, these are decided again. Without it there are no types. */
  readonly sessionTypes?: SessionTyper;
}

/** A change to what is known of a file, without reading it. */
export type SourceChange =
  | { readonly kind: "seen"; readonly sourceId: number; readonly file: SourceFile }
  | { readonly kind: "missing"; readonly sourceId: number; readonly sessionId: string }
  | { readonly kind: "moved"; readonly sourceId: number; readonly path: string; readonly sessionId: string }
  | { readonly kind: "restart"; readonly sourceId: number };

export interface Store {
  readonly db: Database;
  readonly sources: SourceTable;
  /** Writes batches in one transaction, durable when it returns. Batches of one file come in file order. */
  write(batches: readonly FileBatch[]): WriteResult;
  /** Writes what the usage scan found, ahead of the events: the projections that it fills merge with them later. */
  writeScan(files: readonly ScannedFile[]): WriteResult;
  /** Writes what hooks and our own programs tell, once each, whatever has been written of it before. */
  writeLive(events: readonly LiveEvent[]): WriteResult;
  /** Files of log lines, and how far each has been read. */
  readonly logFiles: Pick<LogFileTable, "list">;
  readonly strayProcesses: StrayProcesses;
  /** Paths of workspaces with sessions that ended, or still go on, after that time; at most 500, newest first. */
  recentWorkspaces(since: number): readonly string[];
  /** As writeLive, with how far their files have been read, in one transaction. */
  writeLog(events: readonly LiveEvent[], progress: readonly LogFileProgress[]): WriteResult;
  changeSources(changes: readonly SourceChange[]): WriteResult;
  /** Adds to a lasting count of what went wrong outside: spool_lost, spool_torn. */
  count(name: string, by: number): void;
  close(): void;
}

const INSERT_TEXT = "INSERT INTO search_index (rowid, text) VALUES (?, ?)";
const COUNT =
  "INSERT INTO settings (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = value + excluded.value";

const RECENT_WORKSPACES = `
  SELECT w.path FROM (SELECT workspace_id, max(ended_at) AS ended FROM sessions WHERE ended_at >= ? GROUP BY workspace_id) s
  CROSS JOIN workspaces w USING (workspace_id) ORDER BY s.ended DESC LIMIT 500`;

/** Opens the store for writing. The caller holds the writer lock. */
export function openStore(path: string, options: StoreOptions): Store {
  const db = openWriter(path);
  const context: WriteContext = {
    db,
    ...options,
    device: openDeviceStream(db, options.clock),
    ids: openEventIds(db),
    sessions: new Map(),
    touched: new Set(),
    texts: [],
    counts: { events: 0, responses: 0, problems: 0 },
  };
  const projections = openProjections(context);
  const events = eventTable(context);
  const sources = openSourceTable(db);
  const batches = batchWriter(context, projections, events, sources);
  const { counted } = projections;
  const writeEvents = liveWriter(context, projections, events, counted);
  const logFiles = openLogFileTable(db);
  const writeScanned = scanWriter(context, projections, sources);
  const refresh = sessionRefresh(context, projections.usage, projections);
  const insertText = db.prepare(INSERT_TEXT);
  const addCount = db.prepare(COUNT);
  const recentWorkspaces = db.prepare<[number], { path: string }>(RECENT_WORKSPACES);
  const repriceAll = repricer(context, projections);

  /** One transaction: the work, the full text, the aggregates, the stamps. A failure leaves no trace, in memory either. */
  function transact(work: () => undefined | (() => void)): WriteResult {
    context.counts.events = context.counts.responses = context.counts.problems = 0;
    try {
      return db
        .transaction((): WriteResult => {
          const last = work();
          projections.flush();
          batches.finish();
          projections.settle();
          const grown = counted.put();
          // Ascending ids let the index keep one segment in memory for the whole transaction.
          context.texts.sort((a, b) => a.id - b.id);
          for (const { id, text } of context.texts) insertText.run(id, text);
          context.texts.length = 0;
          const sessions = [...new Set([...refresh(), ...grown])];
          last?.();
          context.device.save();
          context.ids.save();
          return { ...context.counts, lastSeq: context.device.lastSeq, sessions };
        })
        .immediate();
    } catch (error) {
      projections.reset();
      batches.reset();
      counted.reset();
      context.texts.length = 0;
      context.touched.clear();
      context.sessions.clear();
      context.device.reset();
      context.ids.reset();
      throw error;
    }
  }

  namePeople(context);
  if (repriceAll.isNeeded(options.prices)) transact(() => void repriceAll.run(options.prices));
  const retypeAll = retyper(context);
  if (retypeAll.isNeeded()) transact(() => void retypeAll.run());

  return {
    db,
    sources,
    write: (list) =>
      transact(() => {
        list.forEach(batches.write);
        return undefined;
      }),
    writeLive: (list) =>
      transact(() => {
        writeEvents(list);
        return undefined;
      }),
    logFiles,
    strayProcesses: openStrayProcesses(db),
    recentWorkspaces: (since) => recentWorkspaces.all(since).map(({ path }) => path),
    writeLog: (list, progress) =>
      transact(() => {
        writeEvents(list);
        for (const file of progress) logFiles.put(file);
        return undefined;
      }),
    count: (name, by) => void addCount.run(name, by),
    writeScan: (files) => transact(() => writeScanned(files)),
    changeSources: (changes) =>
      transact(() => {
        for (const change of changes) {
          if (change.kind === "seen") sources.seen(change.sourceId, change.file);
          else if (change.kind === "restart") sources.restart(change.sourceId);
          else {
            projections.touch(change.sessionId);
            if (change.kind === "missing") sources.missing(change.sourceId);
            else sources.moved(change.sourceId, change.path);
          }
        }
        return undefined;
      }),
    close() {
      if (!db.open) return;
      try {
        db.pragma("wal_checkpoint(TRUNCATE)");
      } catch {
        // On a full disk, say. What is committed stands in the log, where the next one who opens the database finds it.
      }
      db.close();
    },
  };
}
