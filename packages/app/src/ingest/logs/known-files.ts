/**
 * @module The log files that have been read, by inode and by family. Each new beginning of a family's file is a generation
 * of it, whether by truncation or as another file, so that equal lines of two of them never have one id; a file that is
 * found to be a copy of what was read goes on as that generation.
 */
import { isRotatedName, stemOf } from "../../sources/logs/stem.ts";
import type { LogFileProgress } from "../../store/log-file-table.ts";
import { beginsAs } from "./file-bytes.ts";
import type { FoundFile } from "./find-files.ts";

const NO_HEAD = { headHash: "", headLength: 0 } as const;

export interface KnownFiles {
  /** The newest generation of an inode; null: it is new. */
  of(device: string, inode: string): LogFileProgress | null;
  /** Remembers a state. */
  put(file: LogFileProgress): void;
  /** A file, or a new beginning of one, of which nothing has been read. */
  begin(file: FoundFile): LogFileProgress;
  /** What a file's beginning shows it to be a copy of; null: of nothing that was read. `length`: of a packed file's text. */
  original(file: FoundFile, start: Buffer, length: number | null): LogFileProgress | null;
  /** Most bytes that a beginning of the family is known by: a shorter copy cannot be told yet. */
  headLength(path: string): number;
}

export function createKnownFiles(files: readonly LogFileProgress[]): KnownFiles {
  const byInode = new Map<string, LogFileProgress>();
  const families = new Map<string, Map<string, LogFileProgress>>();
  const inodeOf = ({ device, inode }: Pick<LogFileProgress, "device" | "inode">): string => `${device}:${inode}`;
  const familyOf = (path: string): Map<string, LogFileProgress> => {
    const stem = stemOf(path);
    const family = families.get(stem) ?? new Map<string, LogFileProgress>();
    families.set(stem, family);
    return family;
  };

  function put(file: LogFileProgress): void {
    const key = inodeOf(file);
    const newest = byInode.get(key);
    if (!newest || newest.generation <= file.generation) byInode.set(key, file);
    familyOf(file.path).set(`${key}:${file.generation}`, file);
  }

  for (const file of files) put(file);

  return {
    of: (device, inode) => byInode.get(`${device}:${inode}`) ?? null,
    put,
    begin(file) {
      const generations = [...familyOf(file.path).values()].map(({ generation }) => generation);
      const before = byInode.get(inodeOf(file));
      if (before) generations.push(before.generation);
      const begun: LogFileProgress = {
        ...NO_HEAD,
        path: file.path,
        device: file.device,
        inode: file.inode,
        generation: generations.length === 0 ? 0 : Math.max(...generations) + 1,
        size: file.size,
        mtimeMs: file.mtimeMs,
        readOffset: 0,
        lines: 0,
        format: file.source.format ?? null,
        service: file.source.service ?? null,
        status: isRotatedName(file.path) ? "rotated" : "present",
      };
      put(begun);
      return begun;
    },
    original(file, start, length) {
      const family = [...familyOf(file.path).values()];
      const isPacked = (path: string): boolean => path.endsWith(".gz");
      // Of equal beginnings each is compressed once.
      const packed = new Set(
        family.filter((one) => isPacked(one.path) && inodeOf(one) !== inodeOf(file)).map((one) => one.generation),
      );
      const candidates = family
        .filter((one) => one.headLength > 0 && inodeOf(one) !== inodeOf(file) && beginsAs(start, one))
        .filter((one) => !(isPacked(file.path) && packed.has(one.generation)))
        .filter((one) => isPacked(file.path) || one.readOffset <= file.size)
        .sort((a, b) => b.generation - a.generation || b.readOffset - a.readOffset);
      return candidates.find((one) => one.readOffset === length) ?? candidates[0] ?? null;
    },
    headLength: (path) => Math.max(0, ...[...familyOf(path).values()].map((one) => one.headLength)),
  };
}
