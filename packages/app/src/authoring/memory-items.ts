/** @module Which memory files a command is about, each with its place on the disk: those that lie there, and those that the store knows. */
import { lstatSync } from "node:fs";
import { homedir } from "node:os";
import { isAbsolute, join, resolve } from "node:path";
import { ClewError } from "../base/error.ts";
import { authorHandle } from "../base/fence.ts";
import { ForeignWordsError, severalError } from "../base/foreign-words-error.ts";
import { type MemoryFileRow, memoryFilesNamed } from "../query/memory-files.ts";
import { memoryPathProblem, memorySubject } from "../query/memory-key.ts";
import type { MemoryOffer } from "../query/memory-offers.ts";
import type { Reader } from "../query/reader.ts";
import type { MemoryBases } from "./memory-bases.ts";
import type { MemoryDirection } from "./memory-decide.ts";
import { type MemoryPlaces, type MemoryRoot, memoryRoots, rootAround } from "./memory-places.ts";
import type { DiskFile, MemoryProblem, MemoryScan } from "./memory-scan.ts";

export interface MemoryItem {
  readonly location: string;
  readonly subject: string;
  readonly projectId: string | null;
  readonly path: string;
  readonly root: MemoryRoot;
  /** Null: there is no file. */
  readonly disk: DiskFile | null;
}

/** The roots that words of a command line name: files and directories on the disk, else paths and ids of the store. */
export function rootsNamed(places: MemoryPlaces, words: readonly string[], db: Reader | null): readonly MemoryRoot[] {
  return words.flatMap((word) => {
    const path = isAbsolute(word) ? resolve(word) : resolve(places.cwd, word);
    const onDisk = rootAround(places, path);
    const isThere = lstatSync(path, { throwIfNoEntry: false }) !== undefined;
    if (onDisk && (isThere || !db)) return [onDisk];
    const within = isThere ? memoryRoots(places, "all").filter((root) => root.path.startsWith(`${path}/`)) : [];
    if (within.length > 0) return within;
    const stored = db ? memoryFilesNamed(db, word, { projectId: places.place.projectId }) : [];
    if (stored.length > 1) throw severalFiles(word, stored);
    const [one] = stored;
    if (one) return [rootOfStored(places, one)];
    if (onDisk) return [onDisk];
    if (!isThere) throw new ClewError("not_found", `no memory file ${word}: \`clew memory list\` shows them`);
    throw new ClewError("usage", `${word} is no memory file: name it under \`memory:\` in config.yaml to make it one`);
  });
}

/**
 * The file of the store that lies, or lay, where a path of the disk leads. A word that could be a name of the store is a path
 * where something lies under it. Null: none.
 */
export function storedAt(
  db: Reader,
  places: MemoryPlaces,
  word: string,
): { readonly file: MemoryFileRow; readonly location: string } | null {
  const path = resolve(places.cwd, word.startsWith("~/") ? join(places.env.HOME || homedir(), word.slice(2)) : word);
  const isPath = isAbsolute(word) || /^(?:\.{1,2}|~)\//.test(word);
  if (!isPath && lstatSync(path, { throwIfNoEntry: false }) === undefined) return null;
  const root = rootAround(places, path);
  if (root?.kind !== "file") return null;
  const [file] = memoryFilesNamed(db, memorySubject(root.projectId, root.prefix), { projectId: null });
  return file ? { file, location: path } : null;
}

/** For an agent by their keys: a path is its author's words. */
export function severalFiles(word: string, files: readonly MemoryFileRow[]): ClewError {
  return severalError(
    `${word} could be several memory files; give one of:`,
    files.map(({ id, key, changed_by, changed_at }) => ({
      id: key,
      line: id,
      about: `${changed_at?.slice(0, 10) ?? "no time"}, ${authorHandle(changed_by)}`,
    })),
  );
}

function rootOfStored(places: MemoryPlaces, { project_id: projectId, path, key }: MemoryFileRow): MemoryRoot {
  for (const root of memoryRoots(places, "all")) {
    const location = locationIn(root, projectId, path);
    if (location !== null) return { ...root, path: location, kind: "file", prefix: path };
  }
  const whose = projectId === null ? "" : ` of ${projectId}`;
  const problem = "has no place on this machine: go to a directory of its project";
  throw new ForeignWordsError("not_found", `${path}${whose} ${problem}`, `${key} ${problem}`);
}

/** Where a file of the store lies under a root; null: not there. */
function locationIn(root: MemoryRoot, projectId: string | null, path: string): string | null {
  if (root.projectId !== projectId) return null;
  if (root.kind === "file") return path === root.prefix ? root.path : null;
  return path.startsWith(root.prefix) ? join(root.path, ...path.slice(root.prefix.length).split("/")) : null;
}

export interface ItemSources {
  readonly direction: MemoryDirection;
  readonly roots: readonly MemoryRoot[];
  /** Somebody named them: of a file that is gone on both sides they want to know that. */
  readonly named: boolean;
  readonly scan: MemoryScan;
  readonly offers: ReadonlyMap<string, MemoryOffer>;
  readonly bases: MemoryBases;
}

/** By location. A file of the store that lies nowhere gets a place in each directory that is there, else in the first that could be. */
export function memoryItems({ direction, roots, named, scan, offers, bases }: ItemSources): {
  readonly items: readonly MemoryItem[];
  readonly problems: readonly MemoryProblem[];
} {
  const items = new Map<string, MemoryItem>();
  const problems: MemoryProblem[] = [];
  const troubled = new Set([...scan.problems.map(({ path }) => path), ...scan.vanished]);
  for (const disk of scan.files) {
    const { location, subject, projectId, path, root } = disk;
    items.set(location, { location, subject, projectId, path, root, disk });
  }
  const found = new Set(scan.files.map(({ real }) => real));
  for (const { top, offered, waiting } of offers.values()) {
    const { subject, projectId, path } = top;
    const places = roots.flatMap((root) => {
      const location = locationIn(root, projectId, path);
      return location === null ? [] : [{ root, location }];
    });
    const there = places.filter(({ root, location }) => scan.readable.has(root) || bases.get(location));
    const isHere = places.some(({ location }) => items.has(location));
    for (const { root, location } of there.length > 0 || isHere ? there : places.slice(0, 1)) {
      if (items.has(location) || found.has(location) || troubled.has(location)) continue;
      // Of a place that could not be read it is not known what is missing.
      if (direction !== "pull" && !scan.readable.has(root) && bases.get(location)) continue;
      const isAsked = named && root.kind === "file";
      if (offered?.deleted && waiting.length === 0 && !bases.get(location) && !isAsked) continue;
      const wrong = memoryPathProblem(path);
      // Where nothing of it is written, its path is no more than somebody's words.
      if (wrong !== null && !offered) continue;
      if (wrong === null) items.set(location, { location, subject, projectId, path, root, disk: null });
      else problems.push({ path, message: `${path} of the store is not written: ${wrong}` });
    }
  }
  return { items: [...items.values()], problems };
}
