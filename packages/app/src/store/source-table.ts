/** @module The sources table: what has been read of every file, committed together with what it said. */
import type { SourceFile } from "../model/source-file.ts";
import type { Database } from "./db.ts";

/** A file as the store knows it. */
export interface KnownSource {
  readonly sourceId: number;
  readonly path: string;
  readonly agent: string;
  readonly kind: SourceFile["kind"];
  readonly sessionId: string;
  readonly device: string;
  readonly inode: string;
  readonly headHash: Buffer;
  readonly headLength: number;
  readonly size: number;
  readonly mtimeMs: number;
  readonly readOffset: number;
  readonly lines: number;
  readonly lastEvent: number;
  readonly eventCeiling: number;
  readonly scannedSize: number;
  readonly writtenAt: number | null;
  readonly status: "present" | "missing";
}

const COLUMNS = `source_id AS sourceId, path, agent, kind, session_id AS sessionId, device, inode, head_hash AS headHash,
  head_length AS headLength, size, mtime_ms AS mtimeMs, read_offset AS readOffset, lines, last_event AS lastEvent,
  event_ceiling AS eventCeiling, scanned_size AS scannedSize, written_at AS writtenAt, status`;
const ALL = `SELECT ${COLUMNS} FROM sources`;
const LOOKS = "SELECT path, size, mtime_ms, device, inode, status FROM sources";
const FIND = `SELECT ${COLUMNS} FROM sources WHERE path = ?`;
const INSERT = `
  INSERT INTO sources (path, agent, kind, session_id, device, inode, head_hash, head_length, size, mtime_ms)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0, 0)`;
const ADVANCE = `
  UPDATE sources SET device = ?, inode = ?, head_hash = ?, head_length = ?, size = ?, mtime_ms = ?, read_offset = ?,
    lines = lines + ?, last_event = ?, event_ceiling = ?, written_at = COALESCE(written_at, ?), status = 'present'
  WHERE source_id = ?`;
const RESTART =
  "UPDATE sources SET read_offset = 0, lines = 0, scanned_size = 0, event_ceiling = 0, written_at = NULL WHERE source_id = ?";
const SEEN = "UPDATE sources SET size = ?, mtime_ms = ?, device = ?, inode = ?, status = 'present' WHERE source_id = ?";
const SCANNED = "UPDATE sources SET scanned_size = ?, written_at = COALESCE(written_at, ?) WHERE source_id = ?";
const MISSING = "UPDATE sources SET status = 'missing' WHERE source_id = ?";
const MOVED = "UPDATE sources SET path = ?, status = 'present' WHERE source_id = ?";

/** How a file looked when it was last read: what decides whether it has to be opened at all. */
export type SourceLook = readonly [
  path: string,
  size: number,
  mtimeMs: number,
  device: string,
  inode: string,
  status: string,
];

export interface SourceTable {
  all(): KnownSource[];
  /** All files, as arrays: thousands are compared on every run. */
  looks(): SourceLook[];
  find(path: string): KnownSource | undefined;
  /** The row of a file, made if there is none. */
  ensure(file: SourceFile, headHash: Uint8Array, headLength: number): KnownSource;
  advance(source: KnownSource, file: SourceFile, change: SourceAdvance): void;
  /** Forgets how far a file was read: it was truncated or replaced. What was read stays in the log. */
  restart(sourceId: number): void;
  seen(sourceId: number, file: SourceFile): void;
  scanned(sourceId: number, size: number, writtenAt: number | null): void;
  missing(sourceId: number): void;
  moved(sourceId: number, path: string): void;
}

export interface SourceAdvance {
  readonly headHash: Uint8Array;
  readonly headLength: number;
  readonly readOffset: number;
  readonly size: number;
  readonly lines: number;
  readonly lastEvent: number;
  readonly eventCeiling: number;
  readonly writtenAt: number | null;
}

export function openSourceTable(db: Database): SourceTable {
  const all = db.prepare<[], KnownSource>(ALL);
  const looks = db.prepare<[], SourceLook>(LOOKS).raw();
  const find = db.prepare<[string], KnownSource>(FIND);
  const insert = db.prepare(INSERT);
  const advance = db.prepare(ADVANCE);
  const restart = db.prepare(RESTART);
  const seen = db.prepare(SEEN);
  const scanned = db.prepare(SCANNED);
  const missing = db.prepare(MISSING);
  const moved = db.prepare(MOVED);
  return {
    all: () => all.all(),
    looks: () => looks.all(),
    find: (path) => find.get(path),
    ensure(file, headHash, headLength) {
      const known = find.get(file.path);
      if (known) return known;
      insert.run(file.path, file.agent, file.kind, file.sessionId, file.device, file.inode, headHash, headLength);
      return find.get(file.path)!;
    },
    advance(source, file, change) {
      advance.run(
        file.device,
        file.inode,
        change.headHash,
        change.headLength,
        change.size,
        file.mtimeMs,
        change.readOffset,
        change.lines,
        change.lastEvent,
        change.eventCeiling,
        change.writtenAt,
        source.sourceId,
      );
    },
    restart: (sourceId) => void restart.run(sourceId),
    seen: (sourceId, file) => void seen.run(file.size, file.mtimeMs, file.device, file.inode, sourceId),
    scanned: (sourceId, size, writtenAt) => void scanned.run(size, writtenAt, sourceId),
    missing: (sourceId) => void missing.run(sourceId),
    moved: (sourceId, path) => void moved.run(path, sourceId),
  };
}
