/** @module Applies schema/NNNN-*.sql in order, each in its own transaction; user_version says how far a database is. */
import { readdirSync, readFileSync } from "node:fs";
import type SqliteDatabase from "better-sqlite3";
import { ClewError } from "../base/error.ts";

type Database = SqliteDatabase.Database;

interface Migration {
  readonly version: number;
  readonly name: string;
  readonly sql: string;
}

const SCHEMA_DIRECTORY = new URL("./schema/", import.meta.url);

/** The numbered files, in order. */
export function readMigrations(directory: URL = SCHEMA_DIRECTORY): readonly Migration[] {
  return readdirSync(directory)
    .filter((name) => /^\d{4}-.*\.sql$/.test(name))
    .sort()
    .map((name) => ({
      version: Number(name.slice(0, 4)),
      name,
      sql: readFileSync(new URL(name, directory), "utf8"),
    }));
}

/**
 * Brings a database to the newest version. A database of a newer Clew is refused, never touched. An existing database is
 * copied beside itself before its first change.
 */
export function migrate(db: Database, path: string, migrations: readonly Migration[] = readMigrations()): void {
  const current = db.pragma("user_version", { simple: true }) as number;
  const newest = migrations.at(-1)?.version ?? 0;
  if (current > newest) {
    throw new ClewError(
      "newer_database",
      `${path} was written by a newer Clew (schema ${current}, this one knows ${newest}): update Clew`,
    );
  }
  const pending = migrations.filter((migration) => migration.version > current);
  if (pending.length === 0) return;
  if (current > 0) db.prepare("VACUUM INTO ?").run(`${path}.before-${pending[0]!.version}`);
  for (const migration of pending) {
    db.transaction(() => {
      db.exec(migration.sql);
      db.pragma(`user_version = ${migration.version}`);
    }).immediate();
  }
}
