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
  /** Null forgets it. Nothing is written before `save`. */
  set(location: string, base: MemoryBase | null): void;
  readonly entries: () => Iterable<readonly [string, MemoryBase]>;
  /** Puts this run's changes over what stands in the file by now. */
  save(): void;
}

/** A file that is broken or of another version is none: then all files are compared by their histories. */
function read(path: string): Map<string, MemoryBase> {
  try {
    const { version, files } = JSON.parse(readFileSync(path, "utf8")) as { version: unknown; files: unknown };
    if (version !== 1 || typeof files !== "object" || files === null) return new Map();
    return new Map(Object.entries(files).filter(([, base]) => isBase(base)) as [string, MemoryBase][]);
  } catch {
    return new Map();
  }
}

function isBase(value: unknown): value is MemoryBase {
  const { subject, version, sha256 } = (value ?? {}) as Readonly<Record<string, unknown>>;
  return [subject, version, sha256].every((text) => typeof text === "string");
}

export function openMemoryBases(home: string): MemoryBases {
  const path = join(home, "memory-sync.json");
  const known = read(path);
  const changed = new Map<string, MemoryBase | null>();
  return {
    path,
    get: (location) => known.get(location),
    set(location, base) {
      changed.set(location, base);
      if (base) known.set(location, base);
      else known.delete(location);
    },
    entries: () => known.entries(),
    save() {
      if (changed.size === 0) return;
      const all = read(path);
      for (const [location, base] of changed) {
        if (base) all.set(location, base);
        else all.delete(location);
      }
      const files = Object.fromEntries([...all].sort(([a], [b]) => (a < b ? -1 : 1)));
      ensurePrivateDirectory(dirname(path));
      replace(path, JSON.stringify({ version: 1, files }, null, 1));
      changed.clear();
    },
  };
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
