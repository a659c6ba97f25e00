/** @module The files of log sources as they are now: by name, by pattern, below a directory, with what rotation made of them. */
import { type BigIntStats, type Dirent, readdirSync, statSync } from "node:fs";
import { dirname, join, sep } from "node:path";
import { isRotatedName, stemOf } from "../../sources/logs/stem.ts";
import { isGlob, readGlob } from "./glob.ts";
import { INTERACTIONS, type LogSource } from "./log-source.ts";

export interface FoundFile {
  readonly path: string;
  readonly source: LogSource;
  readonly device: string;
  readonly inode: string;
  /** Bytes. */
  readonly size: number;
  readonly mtimeMs: number;
}

export interface FoundFiles {
  /** Each file once; of a family the one that is written to comes first. */
  readonly files: readonly FoundFile[];
  /** One sentence each. */
  readonly problems: readonly string[];
}

export interface FindLimits {
  readonly files: number;
  /** Names that are looked at. */
  readonly entries: number;
  readonly depth: number;
}

export const FIND_LIMITS: FindLimits = { files: 5000, entries: 100_000, depth: 10 };

const LOG_NAME = /\.(?:log|jsonl|ndjson)$/i;
const NEVER: ReadonlySet<string> = new Set(["node_modules", ".git"]);

/** `skip`: directories that are not walked, Clew's own and those of the agents' transcripts. */
export function findLogFiles(
  sources: readonly LogSource[],
  skip: readonly string[],
  limits: FindLimits = FIND_LIMITS,
): FoundFiles {
  const files = new Map<string, FoundFile>();
  const problems: string[] = [];
  const skipped = new Set(skip);
  let entries = 0;
  let isFull = false;

  /** Adds a path that is a regular file. `isNamed`: somebody asked for this very path. */
  function add(path: string, source: LogSource, isNamed: boolean): void {
    const stat = look(path, source, isNamed);
    if (!stat || stat.isDirectory()) return;
    if (!stat.isFile()) {
      problems.push(`${path} is no regular file and is not read`);
      return;
    }
    const key = `${stat.dev}:${stat.ino}`;
    if (files.has(key)) return;
    if (files.size >= limits.files) {
      isFull = true;
      return;
    }
    files.set(key, {
      path,
      source: isInteractions(path) && source.format === undefined ? { ...source, format: "interaction" } : source,
      device: String(stat.dev),
      inode: String(stat.ino),
      size: Number(stat.size),
      mtimeMs: Number(stat.mtimeNs / 1000n) / 1000,
    });
  }

  function look(path: string, source: LogSource, isNamed: boolean): BigIntStats | null {
    try {
      return statSync(path, { bigint: true });
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      const isGone = code === "ENOENT" || code === "ENOTDIR";
      if (isGone && isNamed && !source.isOptional) problems.push(`${path} is not there`);
      else if (!isGone) problems.push(`${path} cannot be read: ${message}`);
      return null;
    }
  }

  function list(directory: string, source: LogSource): readonly Dirent[] {
    try {
      const found = readdirSync(directory, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
      const room = Math.max(0, limits.entries - entries);
      entries += found.length;
      if (found.length > room) isFull = true;
      return found.slice(0, room);
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      if (code !== "ENOENT" && code !== "ENOTDIR") problems.push(`${directory} cannot be read: ${message}`);
      else if (!source.isOptional) problems.push(`${directory} is not there`);
      return [];
    }
  }

  /** Linked directories are not entered: they may lead back. */
  function walk(directory: string, depth: number, source: LogSource, takes: (path: string) => boolean): void {
    const below: string[] = [];
    for (const entry of list(directory, source)) {
      const path = join(directory, entry.name);
      if (entry.isDirectory()) {
        if (depth > 0 && !NEVER.has(entry.name) && !skipped.has(path)) below.push(path);
      } else if (takes(stemOf(path)) || takes(path)) add(path, source, false);
    }
    for (const path of below) walk(path, depth - 1, source, takes);
  }

  for (const source of sources) {
    const { path } = source;
    const stat = isGlob(path) ? null : look(path, source, true);
    if (isGlob(path)) {
      const { base, depth, matches } = readGlob(path);
      walk(base, Math.min(depth, limits.depth), source, matches);
    } else if (stat?.isDirectory()) walk(trimmed(path), limits.depth, source, (name) => LOG_NAME.test(name));
    else {
      if (stat) add(path, source, true);
      // What keeps the file from being looked at is said once.
      const isRefused = problems.some((problem) => problem.startsWith(`${path} cannot be read`));
      if (!isRotatedName(path) && !isRefused)
        walk(dirname(path), 0, { ...source, isOptional: true }, (name) => name !== path && stemOf(name) === path);
    }
  }
  if (isFull) problems.push(`only the first ${limits.files} log files are read: name fewer directories`);
  return { files: [...files.values()].sort(byFamily), problems: [...new Set(problems)] };
}

function trimmed(path: string): string {
  return path.length > 1 && (path.endsWith("/") || path.endsWith(sep)) ? path.slice(0, -1) : path;
}

function isInteractions(path: string): boolean {
  return dirname(path).endsWith(`${sep}${INTERACTIONS}`) && stemOf(path).endsWith(".jsonl");
}

/** What is written to before what was: a copy is known by its original. */
function byFamily(a: FoundFile, b: FoundFile): number {
  return Number(isRotatedName(a.path)) - Number(isRotatedName(b.path));
}
