/** @module From the store to files: sessions of the migrated workspaces that have no file get one, and files learn what is new. */
import { join } from "node:path";
import { UNCORRELATED_SESSION, UNKNOWN_SESSION } from "../../../base/ids.ts";
import type { MigrationSync } from "../../../model/import-answers.ts";
import { sha256Of } from "../../../sources/imports/original-file.ts";
import { FIELD_NAMES, type FieldName, type SessionFields } from "../../../sources/imports/session-document.ts";
import { readSessionFile, type SessionFile } from "../../../sources/imports/session-file.ts";
import { editedSessionText, newSessionText } from "../../../sources/imports/session-form.ts";
import type { Database } from "../../../store/db.ts";
import {
  changedSessions,
  documentsById,
  documentsByWorkspace,
  type StoredDocument,
} from "../../../store/session-documents.ts";
import { readJsonFile } from "../directory-files.ts";
import { compare, otherDifferences, pendingOf } from "./compare.ts";
import { fileStamp } from "./file-stamp.ts";
import type { Manifest, ManifestEntry } from "./manifest.ts";
import type { Migration } from "./migrations.ts";
import { type StoreSide, storeSide } from "./store-side.ts";
import { writeSessionFile } from "./write-file.ts";

export interface TellOptions {
  readonly db: Database;
  readonly migration: Migration;
  readonly manifest: Manifest;
  readonly sessions: ReadonlySet<string>;
  readonly isStorePreferred: boolean;
}

export interface Told {
  readonly counts: Pick<MigrationSync, "created" | "updated" | "conflicts">;
  readonly problems: readonly string[];
}

/** Ids of the database that are looked up together. */
const AT_ONCE = 500;
const NOBODYS: ReadonlySet<string> = new Set([UNCORRELATED_SESSION, UNKNOWN_SESSION]);

/** Sessions that have a file, and those of the workspaces in which something happened since the migration began. */
export function sessionsInScope(db: Database, migration: Migration, manifest: Manifest): ReadonlySet<string> {
  const sessions = new Set(
    [...manifest.entries.values()].flatMap(({ session }) => (session === null ? [] : [session])),
  );
  const changed = new Set(changedSessions(db, migration.since_seq));
  for (const { session_id: id } of documentsByWorkspace(
    db,
    migration.workspaces.map(({ id }) => id),
  ))
    if (changed.has(id) && !NOBODYS.has(id)) sessions.add(id);
  return sessions;
}

/** Whether a session without a file should have one. */
export function belongsToFiles({ session_id, workspace_id }: StoredDocument, { workspaces }: Migration): boolean {
  return !NOBODYS.has(session_id) && workspaces.some(({ id }) => id === workspace_id);
}

export function tellFiles(options: TellOptions): Told {
  const { db, migration, manifest, sessions } = options;
  const result = { created: 0, updated: 0, conflicts: [] as string[], problems: [] as string[] };
  const ids = [...sessions];
  for (let start = 0; start < ids.length; start += AT_ONCE) {
    for (const document of documentsById(db, ids.slice(start, start + AT_ONCE))) {
      const files = manifest.filesOf(document.session_id);
      if (files.length === 0 && !belongsToFiles(document, migration)) continue;
      const side = storeSide(db, document);
      if (files.length === 0) create(side, options, result);
      else for (const entry of files) update(side, entry, options, result);
    }
  }
  const { created, updated, conflicts, problems } = result;
  return { counts: { created, updated, conflicts }, problems };
}

type Result = { created: number; updated: number; conflicts: string[]; problems: string[] };

/** The name that a session's file gets. */
export function fileNameOf(sessionId: string, { form }: Migration): string {
  return `${form.prefix}${sessionId}${form.suffix}`;
}

function create(side: StoreSide, { migration, manifest }: TellOptions, result: Result): void {
  const { directory, form } = migration;
  const file = fileNameOf(side.sessionId, migration);
  const bytes = Buffer.from(newSessionText(side.sessionId, side.fields, [...side.events.values()], form));
  const sha = sha256Of(bytes);
  const entry = {
    file,
    session: side.sessionId,
    sha,
    by: "clew",
    base: side.fields,
    original: null,
    stamp: null,
  } as const;
  manifest.announce(entry);
  if (writeSessionFile(join(directory, file), bytes, null) === "changed") {
    result.conflicts.push(`${file}: another file has that name; session ${side.sessionId} is not written`);
    return;
  }
  manifest.put({ ...entry, stamp: fileStamp(directory, file) });
  result.created++;
}

function update(side: StoreSide, entry: ManifestEntry, options: TellOptions, result: Result): void {
  const { migration, manifest, isStorePreferred } = options;
  const { directory, form } = migration;
  const name = entry.file;
  const found = readJsonFile(directory, name);
  if (!("file" in found)) {
    const isGone = fileStamp(directory, name) === null;
    if (isGone && isStorePreferred) create(side, { ...options, migration: named(migration, name, side) }, result);
    else result.conflicts.push(`${name}: ${isGone ? "it was removed; it is not written again" : found.problem}`);
    return;
  }
  if (sha256Of(found.file.bytes) !== entry.sha) {
    result.conflicts.push(`${name}: somebody changed it meanwhile; the next run reads it`);
    return;
  }
  const read = readSessionFile(found.file);
  if (!("file" in read)) return;
  // A file that has just been read for the first time: from here on it is told what changes.
  const base = entry.base ?? side.fields;
  const { differing, missingInFile } = compare(read.file, side, base);
  const { write, conflicts } = isStorePreferred
    ? { write: differing, conflicts: [] }
    : pendingOf(read.file, side, base, differing);
  for (const field of conflicts)
    result.conflicts.push(
      `${name}: ${field} became ${JSON.stringify(read.file.fields[field])} there and ${JSON.stringify(side.fields[field])} in the store; neither is changed`,
    );
  // What is in conflict stays so until somebody decides.
  const agreed: SessionFields = {
    ...side.fields,
    ...Object.fromEntries(conflicts.map((field) => [field, base[field]])),
  };
  if (write.length === 0 && missingInFile.length === 0) {
    if (JSON.stringify(entry.base) !== JSON.stringify(agreed))
      manifest.put({ ...entry, base: agreed, original: originalOf(entry, agreed) });
    return;
  }
  const bytes = Buffer.from(editedSessionText(read.file, side.fields, write, missingInFile, form));
  const problem = problemOf(bytes, read.file, side, write);
  if (problem !== null) {
    result.problems.push(`${name}: ${problem}`);
    return;
  }
  const next: ManifestEntry = {
    ...entry,
    sha: sha256Of(bytes),
    by: "clew",
    base: agreed,
    original: originalOf(entry, base),
    stamp: null,
  };
  manifest.announce(next);
  if (writeSessionFile(join(directory, name), bytes, entry.sha) === "changed") {
    result.conflicts.push(`${name}: somebody changed it meanwhile; the next run reads it`);
    return;
  }
  manifest.put({ ...next, stamp: fileStamp(directory, name) });
  result.updated++;
}

/** The bytes that were read go with what the store said at that time. */
function originalOf(entry: ManifestEntry, base: SessionFields): ManifestEntry["original"] {
  return entry.original && { ...entry.original, base: entry.original.base ?? base };
}

/** A migration whose files are named so that this session's is called as it was. */
function named(migration: Migration, name: string, { sessionId }: StoreSide): Migration {
  const at = name.indexOf(sessionId);
  if (at >= 0)
    return {
      ...migration,
      form: { ...migration.form, prefix: name.slice(0, at), suffix: name.slice(at + sessionId.length) },
    };
  return migration;
}

/** Text is only written that reads back as what was meant: a file with a key twice, say, cannot be edited. */
function problemOf(bytes: Buffer, before: SessionFile, side: StoreSide, written: readonly FieldName[]): string | null {
  const read = readSessionFile({ name: before.name, bytes, mtimeMs: before.startMs });
  if (!("file" in read)) return `it cannot be edited: ${read.problem}`;
  const { file } = read;
  const isMeant = FIELD_NAMES.every(
    (field) => file.fields[field] === (written.includes(field) ? side : before).fields[field],
  );
  const isSame = file.sessionId === before.sessionId && otherDifferences(file, before).length === 0;
  return isMeant && isSame && compare(file, side, null).missingInFile.length === 0
    ? null
    : "it cannot be edited so that it says what the store says";
}
