/** @module Says exactly how the files of a migration and the store differ. Reads both whole, and changes nothing. */
import { existsSync } from "node:fs";
import { clewPaths, type Environment } from "../../../base/paths.ts";
import type { MigrationCheck, SessionDifference } from "../../../model/import-answers.ts";
import { sha256Of } from "../../../sources/imports/original-file.ts";
import { readSessionFile, type SessionFile } from "../../../sources/imports/session-file.ts";
import { type Database, openReader } from "../../../store/db.ts";
import { documentsById } from "../../../store/session-documents.ts";
import { jsonNames, readJsonFile } from "../directory-files.ts";
import { compare, differencesOf, otherDifferences } from "./compare.ts";
import { type Manifest, openManifest } from "./manifest.ts";
import { type Migration, manifestPath } from "./migrations.ts";
import { isVersionKept, keptVersion, storeSide } from "./store-side.ts";
import { belongsToFiles, fileNameOf, sessionsInScope } from "./tell-files.ts";

type Writable<Type> = { -readonly [Name in keyof Type]: Type[Name] };

const AT_ONCE = 500;

/** Throws `not_found` when the directory is gone. */
export function checkMigration(env: Environment, migration: Migration): MigrationCheck {
  const { database } = clewPaths(env);
  const db = existsSync(database) ? openReader(database) : null;
  const manifest = openManifest(manifestPath(env, migration), { isReadOnly: true });
  try {
    return checkWith(db, migration, manifest);
  } finally {
    manifest.close();
    db?.close();
  }
}

function checkWith(db: Database | null, migration: Migration, manifest: Manifest): MigrationCheck {
  const { directory, phase, workspaces, started_at } = migration;
  const differing: SessionDifference[] = [];
  const missingInStore: Writable<MigrationCheck["missing_in_store"][number]>[] = [];
  const unreadable: Writable<MigrationCheck["unreadable"][number]>[] = [];
  const names = jsonNames(directory);
  const sessions = new Set<string>();
  for (const name of names) {
    const found = readJsonFile(directory, name);
    if (!("file" in found)) {
      unreadable.push({ file: name, problem: found.problem, kept: false });
      continue;
    }
    const sha = sha256Of(found.file.bytes);
    const read = readSessionFile(found.file);
    if (!("file" in read)) {
      unreadable.push({ file: name, problem: read.problem, kept: db !== null && isVersionKept(db, name, sha) });
      continue;
    }
    const { sessionId } = read.file;
    sessions.add(sessionId);
    const difference = db ? differenceOf(db, read.file, sha, manifest) : null;
    if (difference === null) missingInStore.push({ file: name, session_id: sessionId });
    else if (difference.fields.length > 0) differing.push(difference);
  }
  const missingInFiles = db ? withoutFile(db, migration, manifest, sessions) : [];
  for (const { session_id } of missingInFiles) sessions.add(session_id);
  const consistent =
    differing.length + missingInStore.length + missingInFiles.length + unreadable.filter(({ kept }) => !kept).length ===
    0;
  return {
    directory,
    phase,
    workspaces: workspaces.map(({ path }) => path),
    started_at: new Date(started_at).toISOString(),
    files: names.length,
    sessions: sessions.size,
    consistent,
    differing,
    missing_in_store: missingInStore,
    missing_in_files: missingInFiles,
    unreadable,
  };
}

/** Null: the store does not have the session. */
function differenceOf(db: Database, file: SessionFile, sha: string, manifest: Manifest): SessionDifference | null {
  const { name, sessionId } = file;
  const [document] = documentsById(db, [sessionId]);
  if (!document) return null;
  const announced = manifest.announced.get(name);
  const entry = announced?.sha === sha ? announced : manifest.entries.get(name);
  const side = storeSide(db, document);
  const fields = differencesOf(file, side, compare(file, side, entry?.base ?? null));
  const isAsLeft = entry?.sha === sha || isVersionKept(db, name, sha);
  return {
    file: name,
    session_id: sessionId,
    fields: isAsLeft ? fields : [...fields, ...others(db, file, entry?.original?.sha)],
  };
}

/** What else a file says that changed since it was last read. */
function others(db: Database, file: SessionFile, keptSha: string | undefined) {
  const kept = keptSha === undefined ? null : keptVersion(db, file.name, keptSha);
  const read = kept ? readSessionFile(kept) : null;
  return otherDifferences(file, read && "file" in read ? read.file : null);
}

/** Sessions that the files should have and do not. Of a migration that is over only those that had a file. */
function withoutFile(
  db: Database,
  migration: Migration,
  manifest: Manifest,
  inFiles: ReadonlySet<string>,
): MigrationCheck["missing_in_files"] {
  const isOver = migration.phase === "finished";
  const wanted = [...sessionsInScope(db, migration, manifest)].filter((id) => !inFiles.has(id));
  const missing: Writable<MigrationCheck["missing_in_files"][number]>[] = [];
  for (let start = 0; start < wanted.length; start += AT_ONCE) {
    for (const document of documentsById(db, wanted.slice(start, start + AT_ONCE))) {
      const [entry] = manifest.filesOf(document.session_id);
      if (!entry && (isOver || !belongsToFiles(document, migration))) continue;
      const file = entry?.file ?? fileNameOf(document.session_id, migration);
      missing.push({ file, session_id: document.session_id });
    }
  }
  return missing;
}
