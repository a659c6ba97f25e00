/** @module Begins a migration: reads all files of a directory into the store and remembers that the two belong together; and ends it. */
import { existsSync, realpathSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { resolve } from "node:path";
import type { Clock } from "../../../base/clock.ts";
import { ClewError } from "../../../base/error.ts";
import type { Environment } from "../../../base/paths.ts";
import type { MigrationSync } from "../../../model/import-answers.ts";
import { createPlaceResolver } from "../../../place/place.ts";
import { readSessionFile, type SessionFile } from "../../../sources/imports/session-file.ts";
import { DEFAULT_FORM, formOf, type SessionForm } from "../../../sources/imports/session-form.ts";
import { lastSeq } from "../../../store/session-documents.ts";
import { jsonNames, readJsonFile } from "../directory-files.ts";
import { openImportWriter } from "../import-writer.ts";
import { lockMigrations, type Migration, migrationId, readMigrations, saveMigration } from "./migrations.ts";
import { syncMigration } from "./sync.ts";

export interface BeginOptions {
  readonly env: Environment;
  readonly clock: Clock;
  readonly directory: string;
  /** Directories whose sessions are written as files too; empty: those that the files name, else `cwd`. */
  readonly workspaces: readonly string[];
  readonly cwd: string;
}

export interface Begun {
  readonly migration: Migration;
  readonly sync: MigrationSync;
}

/** Files that are looked at to learn how their program writes them. */
const SAMPLE = 50;

/** Begun a second time it goes on. Throws `not_found`, `usage`, `permission`, `locked`. */
export async function beginMigration(options: BeginOptions): Promise<Begun> {
  const { env, clock } = options;
  const directory = existsSync(options.directory) ? realpathSync(options.directory) : resolve(options.directory);
  const names = jsonNames(directory);
  const writer = openImportWriter(env, clock, "migrate");
  try {
    const lock = lockMigrations(env);
    let migration: Migration;
    try {
      const before = readMigrations(env).find((one) => one.directory === directory);
      const files = before ? [] : sampleOf(directory, names);
      const db = writer.db();
      migration = {
        ...(before ?? {
          id: migrationId(directory),
          directory,
          workspaces: workspacesOf(options, files),
          started_at: clock(),
          since_seq: db ? lastSeq(db) : 0,
          form: commonForm(files),
        }),
        phase: "dual-write",
      };
      saveMigration(env, migration);
    } finally {
      lock.release();
    }
    const [sync] = await syncMigration({ env, clock, writer, directory });
    if (!sync) throw new ClewError("internal", `${directory} was not looked at`);
    return { migration, sync };
  } finally {
    writer.close();
  }
}

/** Spread over the directory, so that an old way of writing does not stand for all. */
function sampleOf(directory: string, names: readonly string[]): readonly SessionFile[] {
  const step = Math.max(1, Math.floor(names.length / SAMPLE));
  return names
    .filter((_, index) => index % step === 0)
    .flatMap((name) => {
      const found = readJsonFile(directory, name);
      const read = "file" in found ? readSessionFile(found.file) : null;
      return read && "file" in read ? [read.file] : [];
    });
}

/** The form that most files have. */
function commonForm(files: readonly SessionFile[]): SessionForm {
  const forms = new Map<string, number>();
  for (const file of files) {
    const form = JSON.stringify(formOf(file));
    forms.set(form, (forms.get(form) ?? 0) + 1);
  }
  const [most] = [...forms].sort((a, b) => b[1] - a[1]);
  const form = most ? (JSON.parse(most[0]) as SessionForm) : DEFAULT_FORM;
  return form.suffix.toLowerCase().endsWith(".json") ? form : { ...form, suffix: ".json" };
}

function workspacesOf({ env, workspaces, cwd }: BeginOptions, files: readonly SessionFile[]): Migration["workspaces"] {
  const place = createPlaceResolver(env.HOME ?? homedir());
  const named = files.flatMap(({ fields }) => (fields.workspace === null ? [] : [fields.workspace]));
  for (const path of workspaces)
    if (!statSync(path, { throwIfNoEntry: false })?.isDirectory())
      throw new ClewError("not_found", `--workspace ${path} is no directory`);
  const paths = workspaces.length > 0 ? workspaces.map((path) => resolve(path)) : named.length > 0 ? named : [cwd];
  const found = paths.map((path) => place(path, ""));
  return [...new Map(found.map(({ workspaceId, workspacePath }) => [workspaceId, workspacePath]))].map(
    ([id, path]) => ({ id, path }),
  );
}

/** From here on nothing is written into the directory any more. */
export function endMigration(env: Environment, migration: Migration): Migration {
  const lock = lockMigrations(env);
  try {
    const ended: Migration = { ...migration, phase: "finished" };
    saveMigration(env, ended);
    return ended;
  } finally {
    lock.release();
  }
}
