/**
 * @module Back to files: every session of a migration as a JSON file again, from the store alone. A file of which the store
 * knows no more than it said comes back with the very bytes that were read.
 */
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { clewPaths, type Environment } from "../../../base/paths.ts";
import type { MigrationRollback } from "../../../model/import-answers.ts";
import { type OriginalFile, sha256Of } from "../../../sources/imports/original-file.ts";
import { readSessionFile } from "../../../sources/imports/session-file.ts";
import { editedSessionText, newSessionText } from "../../../sources/imports/session-form.ts";
import { type Database, openReader } from "../../../store/db.ts";
import { documentsById, documentsByWorkspace, type StoredDocument } from "../../../store/session-documents.ts";
import { compare, pendingOf } from "./compare.ts";
import { type ManifestEntry, openManifest } from "./manifest.ts";
import { type Migration, manifestPath } from "./migrations.ts";
import { keptVersion, storeSide } from "./store-side.ts";
import { belongsToFiles, fileNameOf } from "./tell-files.ts";
import { shaAt, writeSessionFile } from "./write-file.ts";

interface Wanted {
  readonly name: string;
  readonly bytes: Buffer;
  readonly mtimeMs?: number;
  readonly isOriginal: boolean;
}

/** Overwrites nothing. Throws `not_found` when there is no database, `io` for what cannot be written. */
export function rollBack(env: Environment, migration: Migration, to: string): MigrationRollback {
  const db = openReader(clewPaths(env).database);
  const manifest = openManifest(manifestPath(env, migration), { isReadOnly: true });
  const counts = { original: 0, written: 0, present: 0 };
  const conflicts: string[] = [];
  try {
    if (!existsSync(to)) mkdirSync(to, { recursive: true, mode: 0o700 });
    for (const wanted of wantedFiles(db, migration, [...manifest.entries.values()])) {
      if ("problem" in wanted) {
        conflicts.push(wanted.problem);
        continue;
      }
      const path = join(to, wanted.name);
      if (shaAt(path) === sha256Of(wanted.bytes)) counts.present++;
      else if (writeSessionFile(path, wanted.bytes, null, wanted.mtimeMs) === "changed")
        conflicts.push(`${wanted.name}: another file of that name is there; it is left as it is`);
      else if (wanted.isOriginal) counts.original++;
      else counts.written++;
    }
    return { directory: migration.directory, to, ...counts, conflicts };
  } finally {
    manifest.close();
    db.close();
  }
}

function* wantedFiles(
  db: Database,
  migration: Migration,
  entries: readonly ManifestEntry[],
): Iterable<Wanted | { readonly problem: string }> {
  const withFile = new Set<string>();
  for (const entry of entries) {
    if (entry.session !== null) withFile.add(entry.session);
    const original = entry.original ? keptVersion(db, entry.file, entry.original.sha) : null;
    const document = entry.session === null ? undefined : documentsById(db, [entry.session])[0];
    if (entry.original && !original) yield { problem: `${entry.file}: the store does not have its bytes` };
    else if (original) yield broughtUp(db, original, document, entry, migration);
    else if (document) yield fromStore(db, entry.file, document, migration);
  }
  for (const document of documentsByWorkspace(
    db,
    migration.workspaces.map(({ id }) => id),
  ))
    if (!withFile.has(document.session_id) && belongsToFiles(document, migration))
      yield fromStore(db, fileNameOf(document.session_id, migration), document, migration);
}

function fromStore(db: Database, name: string, document: StoredDocument, { form }: Migration): Wanted {
  const { sessionId, fields, events } = storeSide(db, document);
  const text = newSessionText(sessionId, fields, [...events.values()], form);
  return { name, bytes: Buffer.from(text), isOriginal: false };
}

/** The bytes that were read, edited where the store has gone on since. */
function broughtUp(
  db: Database,
  original: OriginalFile,
  document: StoredDocument | undefined,
  entry: ManifestEntry,
  { form }: Migration,
): Wanted {
  const asRead = { ...original, isOriginal: true };
  const read = readSessionFile(original);
  if (!document || !("file" in read)) return asRead;
  const side = storeSide(db, document);
  const base = entry.original?.base ?? entry.base ?? side.fields;
  const { differing, missingInFile } = compare(read.file, side, base);
  const { write } = pendingOf(read.file, side, base, differing);
  if (write.length === 0 && missingInFile.length === 0) return asRead;
  const text = editedSessionText(read.file, side.fields, write, missingInFile, form);
  return { name: original.name, bytes: Buffer.from(text), isOriginal: false };
}
