/** @module Which directories of session files are being moved to the store: one small file in Clew's data directory. */
import { createHash } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { ClewError } from "../../../base/error.ts";
import { clewPaths, type Environment } from "../../../base/paths.ts";
import type { SessionForm } from "../../../sources/imports/session-form.ts";
import { acquireWriterLock, type WriterLock } from "../../../store/lock.ts";
import { writeWhole } from "./write-file.ts";

export interface Migration {
  /** Names its manifest. */
  readonly id: string;
  readonly directory: string;
  /** Workspaces whose sessions are written as files too. */
  readonly workspaces: readonly { readonly id: string; readonly path: string }[];
  readonly phase: "dual-write" | "finished";
  /** Milliseconds UTC. */
  readonly started_at: number;
  /** Newest event of the store when it began: what came later is written as files too. */
  readonly since_seq: number;
  /** How its files are written. */
  readonly form: SessionForm;
}

interface MigrationsFile {
  readonly version: 1;
  readonly migrations: readonly Migration[];
}

export const migrationsPath = (env: Environment): string => join(clewPaths(env).home, "migrations.json");

export function manifestPath(env: Environment, { id }: Pick<Migration, "id">): string {
  return join(clewPaths(env).home, `migration-${id}.jsonl`);
}

export const migrationId = (directory: string): string =>
  createHash("sha256").update(directory).digest("hex").slice(0, 12);

/** Empty when there never was one. Throws `io` for a file that is not ours any more. */
export function readMigrations(env: Environment): readonly Migration[] {
  const path = migrationsPath(env);
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return [];
    throw new ClewError("io", `read ${path}: ${message}`, { cause: error });
  }
  try {
    const file = JSON.parse(text) as Partial<MigrationsFile>;
    if (file.version === 1 && Array.isArray(file.migrations)) return file.migrations;
  } catch {
    // Said below.
  }
  throw new ClewError("io", `${path} is not as Clew wrote it: move it away, and begin the migration again`);
}

/** The caller holds the migrations' lock. */
export function saveMigration(env: Environment, migration: Migration): void {
  const others = readMigrations(env).filter(({ id }) => id !== migration.id);
  const file: MigrationsFile = { version: 1, migrations: [...others, migration] };
  writeWhole(migrationsPath(env), Buffer.from(`${JSON.stringify(file, null, 2)}\n`));
}

/** The one that is meant: of the given directory, else the only one. Throws `not_found` or `usage`. */
export function migrationOf(env: Environment, directory: string | null): Migration {
  const all = readMigrations(env);
  const found = directory === null ? all : all.filter((migration) => migration.directory === directory);
  if (found.length === 1) return found[0]!;
  if (found.length > 1)
    throw new ClewError(
      "usage",
      `several migrations are known; name one:\n${found.map((one) => `  ${one.directory}`).join("\n")}`,
    );
  const where = directory === null ? "" : ` of ${directory}`;
  throw new ClewError("not_found", `there is no migration${where}: \`clew migrate start DIR\` begins one`);
}

/** One process at a time writes session files. Throws `locked`. */
export function lockMigrations(env: Environment): WriterLock {
  return acquireWriterLock(join(clewPaths(env).home, "migrations.lock"), "migrate");
}

/** Changes when a migration begins or ends; null: there is none. */
export function migrationsStamp(env: Environment): string | null {
  const stat = statSync(migrationsPath(env), { throwIfNoEntry: false, bigint: true });
  return stat ? `${stat.mtimeNs}:${stat.ino}:${stat.size}` : null;
}
