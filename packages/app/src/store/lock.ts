/**
 * @module The one writer's lock: a write transaction held open on a tiny SQLite file. The operating system gives it up
 * with the process, even on kill -9, so it can't go stale and two processes can't both take it.
 */
import { dirname } from "node:path";
import SqliteDatabase from "better-sqlite3";
import { ClewError } from "../base/error.ts";
import { ensurePrivateDirectory } from "../base/private-directory.ts";
import { nativeBinding } from "./native-binding.ts";
import { ensurePrivateFile } from "./private-files.ts";

export interface WriterLock {
  release(): void;
}

const CREATE =
  "CREATE TABLE IF NOT EXISTS holder (id INTEGER PRIMARY KEY CHECK (id = 1), pid INTEGER NOT NULL, purpose TEXT NOT NULL) STRICT";
const SAY_WHO =
  "INSERT INTO holder (id, pid, purpose) VALUES (1, ?, ?) ON CONFLICT (id) DO UPDATE SET pid = excluded.pid, purpose = excluded.purpose";

/** Who said last that it holds the lock; null when nobody ever did. */
export function lockHolder(path: string): { readonly pid: number; readonly purpose: string } | null {
  try {
    const db = new SqliteDatabase(path, { readonly: true, fileMustExist: true, ...nativeBinding() });
    try {
      return (
        (db.prepare("SELECT pid, purpose FROM holder").get() as { pid: number; purpose: string } | undefined) ?? null
      );
    } finally {
      db.close();
    }
  } catch {
    return null;
  }
}

/** Takes the lock or throws `locked`, naming the process that has it. */
export function acquireWriterLock(path: string, purpose: string): WriterLock {
  ensurePrivateDirectory(dirname(path));
  ensurePrivateFile(path);
  const db = new SqliteDatabase(path, { timeout: 0, ...nativeBinding() });
  try {
    db.exec(CREATE);
    db.exec("BEGIN IMMEDIATE");
    db.prepare(SAY_WHO).run(process.pid, purpose);
    db.exec("COMMIT");
    db.exec("BEGIN IMMEDIATE");
  } catch (error) {
    db.close();
    const code = (error as { code?: string }).code ?? "";
    if (!code.startsWith("SQLITE_BUSY")) {
      throw new ClewError("io", `take the writer lock ${path}: ${(error as Error).message}`, { cause: error });
    }
    const holder = lockHolder(path);
    const who = holder ? `\`clew ${holder.purpose}\` (process ${holder.pid})` : "another clew process";
    throw new ClewError("locked", `${who} is writing already: let it finish or stop it, then try again`, {
      cause: error,
    });
  }
  return {
    release() {
      if (!db.open) return;
      db.exec("ROLLBACK");
      db.close();
    },
  };
}
