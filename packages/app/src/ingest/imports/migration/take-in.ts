/** @module From files to the store: the session files that are new or have changed are read in, whoever wrote them. */
import type { ImportItem } from "../../../sources/imports/import-record.ts";
import { sha256Of } from "../../../sources/imports/original-file.ts";
import { importSessionFile, readSessionFile } from "../../../sources/imports/session-file.ts";
import { readJsonFile } from "../directory-files.ts";
import { type ImportWriter, sizeOf } from "../import-writer.ts";
import { fileStamp } from "./file-stamp.ts";
import type { Manifest, ManifestEntry } from "./manifest.ts";

export interface TakenIn {
  readonly imported: number;
  readonly new_events: number;
  /** Sessions of the files that were read. */
  readonly sessions: ReadonlySet<string>;
  readonly problems: readonly string[];
}

export interface TakeInOptions {
  /** Files whose stamp is known are not read, and one that makes no sense yet is given time: it may be in writing. */
  readonly isLooking: boolean;
  readonly now: number;
}

const BATCH_BYTES = 8 * 1024 * 1024;
const BATCH_FILES = 500;
/** Whoever writes a file in place has written it after so long. Milliseconds. */
const IN_WRITING_MS = 2000;

export async function takeInFiles(
  directory: string,
  names: readonly string[],
  manifest: Manifest,
  writer: ImportWriter,
  { isLooking, now }: TakeInOptions,
): Promise<TakenIn> {
  const problems: string[] = [];
  const sessions = new Set<string>();
  let [imported, newEvents, bytes] = [0, 0, 0];
  let batch: { readonly item: ImportItem; readonly entry: ManifestEntry }[] = [];

  async function flush(): Promise<void> {
    const fresh = writer.unknown(batch.flatMap(({ item }) => item.records));
    await writer.write(fresh, "json");
    newEvents += fresh.length;
    // A file counts as read once the store has it.
    for (const { entry } of batch) manifest.put(entry);
    [batch, bytes] = [[], 0];
  }

  for (const name of names) {
    const entry = manifest.entries.get(name);
    const stamp = fileStamp(directory, name);
    if (isLooking && entry && entry.stamp === stamp) continue;
    const found = readJsonFile(directory, name);
    if (!("file" in found)) {
      problems.push(`${name}: ${found.problem}`);
      continue;
    }
    const sha = sha256Of(found.file.bytes);
    const own = manifest.announced.get(name);
    if (own?.sha === sha) {
      manifest.put({ ...own, stamp });
      continue;
    }
    if (entry?.sha === sha) {
      if (entry.stamp !== stamp) manifest.put({ ...entry, stamp });
      continue;
    }
    const read = readSessionFile(found.file);
    const session = "file" in read ? read.file.sessionId : null;
    if (session === null && isLooking && Math.abs(now - found.file.mtimeMs) < IN_WRITING_MS) continue;
    const item = importSessionFile(found.file);
    problems.push(...item.problems);
    if (session !== null) sessions.add(session);
    // What the store said before this file came tells what has gone on in it since.
    const base = entry?.session === session ? entry.base : null;
    batch.push({ item, entry: { file: name, session, sha, by: "import", base, original: { sha, base: null }, stamp } });
    imported++;
    bytes += item.records.reduce((sum, record) => sum + sizeOf(record), 0);
    if (bytes >= BATCH_BYTES || batch.length >= BATCH_FILES) await flush();
  }
  await flush();
  return { imported, new_events: newEvents, sessions, problems };
}
