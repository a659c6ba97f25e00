/** @module Opens the database: version gate, pragmas in the order that matters, migrations, prepared-statement typing. */
import { existsSync } from "node:fs";
import { dirname } from "node:path";
import SqliteDatabase from "better-sqlite3";
import { ClewError } from "../base/error.ts";
import { ensurePrivateDirectory } from "../base/private-directory.ts";
import { migrate } from "./migrate.ts";
import { nativeBinding } from "./native-binding.ts";
import { ensurePrivateFile } from "./private-files.ts";

export type Database = SqliteDatabase.Database;
export type Statement<Parameters extends unknown[] = unknown[], Row = unknown> = SqliteDatabase.Statement<
  Parameters,
  Row
>;

/** SQLite 3.7.0 to 3.51.2 can corrupt a WAL database when two connections write and checkpoint at once (sqlite.org/wal.html). */
const OLDEST_SAFE_SQLITE = [3, 51, 3] as const;

function checkVersion(db: Database): void {
  const { version } = db.prepare("SELECT sqlite_version() AS version").get() as { version: string };
  const parts = version.split(".").map(Number);
  for (let i = 0; i < OLDEST_SAFE_SQLITE.length; i++) {
    const difference = (parts[i] ?? 0) - OLDEST_SAFE_SQLITE[i]!;
    if (difference > 0) return;
    if (difference < 0) {
      throw new ClewError(
        "unsupported_sqlite",
        `SQLite ${version} has a bug that can corrupt this database: update better-sqlite3 (SQLite 3.51.3 or newer)`,
      );
    }
  }
}

function open(path: string, options: SqliteDatabase.Options): Database {
  try {
    return new SqliteDatabase(path, { ...options, ...nativeBinding() });
  } catch (error) {
    throw new ClewError("io", `open database ${path}: ${(error as Error).message}`, { cause: error });
  }
}

/** Opens for writing, creating and migrating as needed. The caller holds the writer lock (store/lock.ts). */
export function openWriter(path: string): Database {
  ensurePrivateDirectory(dirname(path));
  ensurePrivateFile(path);
  const db = open(path, {});
  try {
    db.pragma("busy_timeout = 5000");
    checkVersion(db);
    db.pragma("journal_mode = WAL");
    db.pragma("synchronous = FULL");
    // macOS keeps what was synced in the drive's cache unless asked for more; elsewhere it says nothing.
    db.pragma("fullfsync = ON");
    db.pragma("foreign_keys = ON");
    db.pragma("temp_store = MEMORY");
    db.pragma("cache_size = -32768");
    // 40 MB: hot pages are copied back to the database once, not after every few transactions.
    db.pragma("wal_autocheckpoint = 10000");
    db.pragma("journal_size_limit = 67108864");
    migrate(db, path);
    return db;
  } catch (error) {
    db.close();
    if (error instanceof ClewError) throw error;
    const code = (error as { code?: string }).code ?? "";
    if (code === "SQLITE_NOTADB" || code === "SQLITE_CORRUPT") {
      throw new ClewError(
        "corrupt_database",
        `${path} is damaged (${(error as Error).message}): move it away and run \`clew index\` to read your transcripts again`,
        { cause: error },
      );
    }
    throw new ClewError("io", `open database ${path}: ${(error as Error).message}`, { cause: error });
  }
}

/** Opens read-only, waiting at most `busyMs` for a lock. Throws `not_found` when there is no database yet. */
export function openReader(path: string, busyMs = 5000): Database {
  if (!existsSync(path)) throw new ClewError("not_found", "Nothing has been indexed yet: run `clew index`");
  const db = open(path, { readonly: true, fileMustExist: true, timeout: busyMs });
  db.pragma(`busy_timeout = ${busyMs}`);
  db.pragma("query_only = ON");
  db.pragma("cache_size = -32768");
  db.pragma("mmap_size = 1073741824");
  return db;
}
