/** @module What has been read of each log source, for people: its files, how many lines, and what keeps it from being read. */
import { resolve } from "node:path";
import { claudeConfigDirs, clewPaths, type Environment } from "../../base/paths.ts";
import { isRotatedName, stemOf } from "../../sources/logs/stem.ts";
import { whyUnreadable } from "./file-bytes.ts";
import { findLogFiles } from "./find-files.ts";
import { isGlob, readGlob } from "./glob.ts";
import type { LogSource } from "./log-source.ts";

/** A file as the store knows it. */
export interface ReadLogFile {
  readonly path: string;
  readonly device: string;
  readonly inode: string;
  readonly status: "present" | "rotated" | "missing";
  readonly lines: number;
  readonly format: string | null;
}

/** Lines of a path: its figures belong to whatever file had that name. */
export interface LogPathFigures {
  readonly path: string;
  readonly uncorrelated: number;
  /** Milliseconds UTC. */
  readonly lastLineAt: number | null;
}

export interface DescribedSource {
  readonly source: LogSource;
  /** Those that were read, and those that are there and were not. */
  readonly files: readonly {
    readonly path: string;
    readonly status: string;
    readonly lines: number;
    readonly format: string | null;
  }[];
  readonly lines: number;
  readonly uncorrelated: number;
  readonly lastLineAt: number | null;
  readonly problems: readonly string[];
}

export function describeSources(
  env: Environment,
  sources: readonly LogSource[],
  read: readonly ReadLogFile[],
  figures: readonly LogPathFigures[],
): readonly DescribedSource[] {
  const skip = [clewPaths(env).home, ...claudeConfigDirs(env)];
  return sources.map((source) => {
    const belongs = belonging(source);
    const found = findLogFiles([source], skip);
    const own = read.filter((file) => belongs(file.path));
    const seen = new Set(own.map((file) => `${file.device}:${file.inode}`));
    const stems = new Set(own.map((file) => stemOf(file.path)));
    // What rotation left of a log that was read is a copy, and not read again.
    const fresh = found.files.filter(
      ({ device, inode, path }) => !seen.has(`${device}:${inode}`) && !(isRotatedName(path) && stems.has(stemOf(path))),
    );
    const unreadable = found.files.flatMap(({ path }) => whyUnreadable(path) ?? []);
    const lines = figures.filter((one) => belongs(one.path));
    return {
      source,
      files: [...byPath(own), ...fresh.map(({ path }) => ({ path, status: "unread", lines: 0, format: null }))],
      lines: own.reduce((sum, file) => sum + file.lines, 0),
      uncorrelated: lines.reduce((sum, one) => sum + one.uncorrelated, 0),
      lastLineAt: lines.reduce<number | null>(
        (last, one) => (one.lastLineAt !== null && one.lastLineAt > (last ?? 0) ? one.lastLineAt : last),
        null,
      ),
      problems: [...found.problems, ...unreadable],
    };
  });
}

/** One for each path: the newest file of it, with the lines of all that had its name. */
function byPath(files: readonly ReadLogFile[]): DescribedSource["files"] {
  const paths = new Map<string, DescribedSource["files"][number]>();
  for (const { path, status, lines, format } of files) {
    const before = paths.get(path);
    paths.set(path, {
      path,
      status: before?.status === "present" ? before.status : status,
      lines: lines + (before?.lines ?? 0),
      format: format ?? before?.format ?? null,
    });
  }
  return [...paths.values()];
}

/** Whether a path is a source's, by its name alone. */
function belonging({ path }: LogSource): (path: string) => boolean {
  if (isGlob(path)) {
    const { matches } = readGlob(path);
    return (one) => matches(one) || matches(stemOf(one));
  }
  const plain = resolve(path);
  return (one) => one === plain || stemOf(one) === plain || one.startsWith(`${plain}/`) || one.startsWith(`${plain}\\`);
}
