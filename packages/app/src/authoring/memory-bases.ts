/** @module Which version of each memory file was last the same on the disk and in the store: what a three-way comparison starts from. */
import { randomBytes } from "node:crypto";
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeSync } from "node:fs";
import { dirname, join } from "node:path";
import { ensurePrivateDirectory, syncDirectory } from "../base/private-directory.ts";

export interface MemoryBase {
  readonly subject: string;
  /** The change that wrote it. */
  readonly version: string;
  readonly sha256: string;
}

export interface MemoryBases {
  /** Its file. */
  readonly path: string;
  get(location: string): MemoryBase | undefined;
  /** Null forgets it, and what was intended there. Nothing is written before `save`. */
  set(location: string, base: MemoryBase | null): void;
  /** Versions of what lay there that a run was about to write when it was cut short: they are there, or are not. */
  intended(location: string): readonly string[];
  intend(location: string, version: string): void;
  readonly entries: () => Iterable<readonly [string, MemoryBase]>;
  /** Puts this run's changes over what stands in the file by now. */
  save(): void;
}

/** Runs alone among the processes that share a directory. */
export type Alone = (act: () => void) => void;

interface Stored {
  readonly files: Map<string, MemoryBase>;
  readonly intended: Map<string, readonly string[]>;
}

/** Intended versions of one place: more are of runs so long ago that somebody has settled them. */
const MOST_INTENDED = 50;

/** A file that is broken or of another version is none: then all files are compared by their histories. */
function read(path: string): Stored {
  try {
    const { version, files, intended = {} } = JSON.parse(readFileSync(path, "utf8")) as Record<string, unknown>;
    if (version !== 1 || !isRecord(files)) return { files: new Map(), intended: new Map() };
    return {
      files: new Map(Object.entries(files).filter(([, base]) => isBase(base)) as [string, MemoryBase][]),
      intended: new Map(
        Object.entries(isRecord(intended) ? intended : {}).filter(([, list]) => isList(list)) as [string, string[]][],
      ),
    };
  } catch {
    return { files: new Map(), intended: new Map() };
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

function isList(value: unknown): boolean {
  return Array.isArray(value) && value.every((text) => typeof text === "string");
}

function isBase(value: unknown): value is MemoryBase {
  const { subject, version, sha256 } = (value ?? {}) as Readonly<Record<string, unknown>>;
  return [subject, version, sha256].every((text) => typeof text === "string");
}

export function openMemoryBases(home: string, alone: Alone): MemoryBases {
  const path = join(home, "memory-sync.json");
  const { files: known, intended } = read(path);
  const changed = new Map<string, MemoryBase | null>();
  const added = new Map<string, readonly string[]>();
  /** Only what this run knew of: another's may be of a version that is still to come. */
  const settled = new Map<string, ReadonlySet<string>>();

  function write(): void {
    const all = read(path);
    for (const [location, base] of changed) {
      if (base) all.files.set(location, base);
      else all.files.delete(location);
    }
    for (const location of new Set([...settled.keys(), ...added.keys()])) {
      const before = (all.intended.get(location) ?? []).filter((version) => !settled.get(location)?.has(version));
      const list = [...new Set([...before, ...(added.get(location) ?? [])])].slice(-MOST_INTENDED);
      if (list.length > 0) all.intended.set(location, list);
      else all.intended.delete(location);
    }
    const about = { version: 1, files: sorted(all.files), intended: sorted(all.intended) };
    replace(path, JSON.stringify(about, null, 1));
  }

  return {
    path,
    get: (location) => known.get(location),
    set(location, base) {
      changed.set(location, base);
      if (base) known.set(location, base);
      else known.delete(location);
      const done = intended.get(location);
      if (done) settled.set(location, new Set([...(settled.get(location) ?? []), ...done]));
      intended.delete(location);
      added.delete(location);
    },
    intended: (location) => intended.get(location) ?? [],
    intend(location, version) {
      intended.set(location, [...(intended.get(location) ?? []), version]);
      added.set(location, [...(added.get(location) ?? []), version]);
    },
    entries: () => known.entries(),
    save() {
      if (changed.size + added.size + settled.size === 0) return;
      ensurePrivateDirectory(dirname(path));
      alone(write);
      changed.clear();
      added.clear();
      settled.clear();
    },
  };
}

function sorted<Value>(map: ReadonlyMap<string, Value>): Readonly<Record<string, Value>> {
  return Object.fromEntries([...map].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function replace(path: string, text: string): void {
  const temporary = `${path}.${process.pid}-${randomBytes(6).toString("hex")}.tmp`;
  try {
    const descriptor = openSync(temporary, "wx", 0o600);
    try {
      const bytes = Buffer.from(text);
      for (let at = 0; at < bytes.length; ) at += writeSync(descriptor, bytes, at);
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    renameSync(temporary, path);
    syncDirectory(dirname(path));
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}
