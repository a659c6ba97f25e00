/**
 * @module A disk that can lose power: what was synced stays; of the rest any part may have arrived, whole, torn or not.
 *
 * Two kinds, because systems differ in what syncing a file says about its name:
 * - "posix" promises the least: a file's data with the file's sync, a name with its directory's sync. Names that were
 *   not synced arrive or don't, each for itself.
 * - "journal" is ext4 or XFS: any sync writes all changes of names before it, and those after it arrive in their order.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { Random } from "../../packages/app/src/demo/random.ts";
import type { Change } from "./call-log.ts";

export type DiskKind = "posix" | "journal";

interface Entry {
  readonly name: string;
  /** Null: removed. */
  readonly node: Node | null;
  /** A rename takes away the old name in the same step. */
  readonly instead: string | null;
}

interface Node {
  /** Of a directory: names as programs see them now. */
  readonly names: Map<string, Node> | null;
  /** What survives for certain: bytes of a file, names of a directory. */
  synced: Buffer;
  readonly syncedNames: Map<string, Node>;
  writes: Change[];
  entries: Entry[];
}

export interface Disk {
  /** Follows one change. */
  apply(change: Change): void;
  /** Bytes of a file as programs see them now; null when there is none. */
  content(path: string): Buffer | null;
  /** Writes into an empty directory what could be found there if the power went now. */
  powerLoss(target: string, random: Random): void;
}

const newNode = (isDirectory: boolean): Node => ({
  names: isDirectory ? new Map() : null,
  synced: Buffer.alloc(0),
  syncedNames: new Map(),
  writes: [],
  entries: [],
});

export function createDisk(root: string, kind: DiskKind): Disk {
  const top = newNode(true);
  const byInode = new Map<number, Node>();
  /** Changes of names that no sync has written yet, in their order: of all directories. */
  let journal: { readonly directory: Node; readonly entry: Entry }[] = [];

  function find(path: string): Node | null {
    let node: Node | undefined = top;
    for (const name of path.slice(root.length).split("/").filter(Boolean)) node = node?.names?.get(name);
    return node ?? null;
  }

  function change(path: string, node: Node | null, instead: string | null = null): void {
    const directory = find(dirname(path));
    if (!directory?.names) throw new Error(`nobody made the directory of ${path}`);
    const entry = { name: basename(path), node, instead };
    applyEntry(directory.names, entry);
    directory.entries.push(entry);
    journal.push({ directory, entry });
  }

  function add(path: string, inode: number, isDirectory: boolean): void {
    const known = find(path);
    if (known && byInode.get(inode) === known) return;
    const node = newNode(isDirectory);
    byInode.set(inode, node);
    change(path, node);
  }

  function sync(node: Node): void {
    for (const write of node.writes) node.synced = written(node.synced, write);
    node.writes = [];
    const settled = kind === "journal" ? journal : journal.filter(({ directory }) => directory === node);
    for (const { directory, entry } of settled) {
      applyEntry(directory.syncedNames, entry);
      directory.entries = directory.entries.filter((other) => other !== entry);
    }
    journal = kind === "journal" ? [] : journal.filter(({ directory }) => directory !== node);
  }

  function nodeOf({ inode, path }: Change): Node {
    const node = path === root ? top : (byInode.get(inode) ?? find(path));
    if (!node) throw new Error(`nobody made ${path}`);
    return node;
  }

  const calls: Readonly<Record<Change["call"], (change: Change) => void>> = {
    open: ({ path, inode }) => add(path, inode, false),
    mkdir: ({ path, inode }) => add(path, inode, true),
    write: (each) => nodeOf(each).writes.push(each),
    truncate: (each) => nodeOf(each).writes.push(each),
    sync: (each) => sync(nodeOf(each)),
    "sync all": () => {
      for (const node of new Set([top, ...byInode.values()])) sync(node);
    },
    unlink: ({ path }) => change(path, null),
    rename: ({ path, to }) => change(to, find(path), basename(path)),
  };

  function rebuild(directory: Node, target: string, random: Random, chance: number, kept: ReadonlySet<Entry>): void {
    mkdirSync(target, { recursive: true, mode: 0o700 });
    const names = new Map(directory.syncedNames);
    for (const entry of directory.entries) if (kept.has(entry)) applyEntry(names, entry);
    for (const [name, node] of names) {
      // The index of the log is made anew by whoever opens the database first.
      if (name.endsWith("-shm")) continue;
      if (node.names) rebuild(node, join(target, name), random, chance, kept);
      else writeFileSync(join(target, name), survivor(node, random, chance), { mode: 0o600 });
    }
  }

  return {
    apply: (each) => calls[each.call](each),
    content(path) {
      const node = find(path);
      return node ? node.writes.reduce((bytes, write) => written(bytes, write), node.synced) : null;
    },
    powerLoss(target, random) {
      // Mostly nothing of it, mostly all of it, or half: each finds other faults.
      const chance = [0, 0.05, 0.5, 0.95, 1][random.between(0, 4)]!;
      const prefix = random.between(0, journal.length);
      const kept = journal.filter((_, at) => (kind === "journal" ? at < prefix : random.next() < chance));
      rebuild(top, target, random, chance, new Set(kept.map(({ entry }) => entry)));
    },
  };
}

function applyEntry(names: Map<string, Node>, { name, node, instead }: Entry): void {
  if (instead !== null) names.delete(instead);
  if (node) names.set(name, node);
  else names.delete(name);
}

/** The bytes after a write or a truncation; may be the same buffer. */
function written(bytes: Buffer, { call, offset, data }: Pick<Change, "call" | "offset" | "data">): Buffer {
  if (call === "truncate") {
    return offset <= bytes.length
      ? bytes.subarray(0, offset)
      : Buffer.concat([bytes, Buffer.alloc(offset - bytes.length)]);
  }
  const end = offset + data.length;
  // A copy: what was cut from a buffer before must not come back.
  const result = end > bytes.length ? Buffer.concat([bytes, Buffer.alloc(end - bytes.length)]) : Buffer.from(bytes);
  data.copy(result, offset);
  return result;
}

/** A file after the cut: each sector of each write that was not synced has arrived with some chance. */
function survivor(node: Node, random: Random, chance: number): Buffer {
  const sector = random.next() < 0.5 ? 512 : 4096;
  let bytes = node.synced;
  for (const write of node.writes) {
    if (write.call === "truncate") {
      if (random.next() < chance) bytes = written(bytes, write);
      continue;
    }
    for (let from = 0; from < write.data.length; ) {
      // Sectors are the disk's, not the write's.
      const to = Math.min(write.data.length, from + sector - ((write.offset + from) % sector));
      if (random.next() < chance)
        bytes = written(bytes, { call: "write", offset: write.offset + from, data: write.data.subarray(from, to) });
      from = to;
    }
  }
  return bytes;
}
