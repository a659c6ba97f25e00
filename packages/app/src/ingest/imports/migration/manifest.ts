/**
 * @module What is known of each file of a migration: a line of JSON for each change, the last one of a file counts. A line goes
 * before the file that it announces, so that a process that is killed in between leaves no file that nobody remembers.
 */
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, writeSync } from "node:fs";
import type { SessionFields } from "../../../sources/imports/session-document.ts";
import { writeWhole } from "./write-file.ts";

export interface ManifestEntry {
  readonly file: string;
  /** Null: nothing could be read from it. */
  readonly session: string | null;
  readonly sha: string;
  /** Who wrote these bytes. */
  readonly by: "import" | "clew";
  /** What the store said when file and store were last brought together; null: they never were. */
  readonly base: SessionFields | null;
  /** The last bytes that were read and kept, and what the store said then; null: Clew made the file. */
  readonly original: { readonly sha: string; readonly base: SessionFields | null } | null;
  /** Of the file, to see without reading it that it is the same. */
  readonly stamp: string | null;
}

export interface Manifest {
  /** By file name. */
  readonly entries: ReadonlyMap<string, ManifestEntry>;
  /** Announced and perhaps not written, by file name. */
  readonly announced: ReadonlyMap<string, ManifestEntry>;
  /** Newest event that the files are brought up to; null: unknown. */
  readonly seq: () => number | null;
  readonly filesOf: (sessionId: string) => readonly ManifestEntry[];
  readonly announce: (entry: ManifestEntry) => void;
  readonly put: (entry: ManifestEntry) => void;
  readonly reached: (seq: number) => void;
  /** Makes what was said outlive a power cut, and the file short again where it has grown. */
  readonly save: () => void;
  readonly close: () => void;
}

type Line =
  | { readonly is: "entry" | "announced"; readonly entry: ManifestEntry }
  | { readonly is: "seq"; readonly seq: number };

const COMPACT_FROM = 1000;

/** `isReadOnly`: nothing is written. */
export function openManifest(path: string, { isReadOnly = false }: { readonly isReadOnly?: boolean } = {}): Manifest {
  const entries = new Map<string, ManifestEntry>();
  const announced = new Map<string, ManifestEntry>();
  const bySession = new Map<string, Set<string>>();
  let seq: number | null = null;
  let lines = 0;
  const apply = (line: Line): void => {
    lines++;
    if (line.is === "seq") seq = line.seq;
    else if (line.is === "announced") announced.set(line.entry.file, line.entry);
    else {
      const { entry } = line;
      const before = entries.get(entry.file)?.session;
      if (before && before !== entry.session) bySession.get(before)?.delete(entry.file);
      if (entry.session) bySession.set(entry.session, (bySession.get(entry.session) ?? new Set()).add(entry.file));
      entries.set(entry.file, entry);
      announced.delete(entry.file);
    }
  };
  const text = existsSync(path) ? readFileSync(path, "utf8") : "";
  for (const line of text.split("\n")) {
    if (line === "") continue;
    try {
      apply(JSON.parse(line) as Line);
    } catch {
      // Torn by a power cut: what it announced is found by looking at the file.
    }
  }
  let descriptor: number | null = null;
  const write = (line: Line): void => {
    apply(line);
    if (isReadOnly) return;
    if (descriptor === null) {
      descriptor = openSync(path, "a", 0o600);
      if (text !== "" && !text.endsWith("\n")) writeSync(descriptor, "\n");
    }
    writeSync(descriptor, `${JSON.stringify(line)}\n`);
  };
  const close = (): void => {
    if (descriptor !== null) closeSync(descriptor);
    descriptor = null;
  };
  return {
    entries,
    announced,
    seq: () => seq,
    filesOf: (sessionId) => [...(bySession.get(sessionId) ?? [])].map((file) => entries.get(file)!),
    announce: (entry) => write({ is: "announced", entry }),
    put: (entry) => write({ is: "entry", entry }),
    reached: (newest) => {
      if (newest !== seq) write({ is: "seq", seq: newest });
    },
    save() {
      if (isReadOnly) return;
      if (lines > COMPACT_FROM + 2 * entries.size) {
        close();
        const kept: Line[] = [
          ...[...entries.values()].map((entry): Line => ({ is: "entry", entry })),
          ...[...announced.values()].map((entry): Line => ({ is: "announced", entry })),
          ...(seq === null ? [] : [{ is: "seq", seq } as const]),
        ];
        writeWhole(path, Buffer.from(kept.map((line) => `${JSON.stringify(line)}\n`).join("")));
        lines = kept.length;
      } else if (descriptor !== null) fsyncSync(descriptor);
    },
    close,
  };
}
