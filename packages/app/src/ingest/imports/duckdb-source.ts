/** @module A claude-session-logger database as a source of an import: opened read-only, by a package that only this needs. */
import { existsSync, statSync } from "node:fs";
import type { Clock } from "../../base/clock.ts";
import { ClewError } from "../../base/error.ts";
import type { JsonObject } from "../../sources/claude/json.ts";
import type { ImportItem } from "../../sources/imports/import-record.ts";
import { LOGGER_TABLES, type LoggerTable, readLoggerRow } from "../../sources/imports/logger-tables.ts";
import type { ImportSource } from "./import-source.ts";
import { optionalPackage } from "./optional-package.ts";

/** Throws `not_found` for a missing file or package, `io` for what is no such database. */
export async function loggerSource(path: string, clock: Clock): Promise<ImportSource> {
  if (!existsSync(path)) throw new ClewError("not_found", `${path} does not exist`);
  if (!statSync(path).isFile()) throw new ClewError("usage", `${path} is no file`);
  const { DuckDBInstance } = await optionalPackage(
    "@duckdb/node-api",
    "reading a DuckDB file",
    () => import("@duckdb/node-api"),
  );
  const opened = await (async () => {
    try {
      const instance = await DuckDBInstance.create(path, { access_mode: "READ_ONLY" });
      return { instance, connection: await instance.connect() };
    } catch (error) {
      throw new ClewError("io", `open ${path} as a DuckDB database: ${firstLineOf(error)}`, { cause: error });
    }
  })();
  const { connection, instance } = opened;
  const close = async (): Promise<void> => {
    connection.closeSync();
    instance.closeSync();
  };
  try {
    const found = await connection.runAndReadAll("SHOW TABLES");
    const names = new Set(found.getRows().map(([name]) => String(name)));
    const tables = LOGGER_TABLES.filter((table) => names.has(table));
    if (tables.length === 0)
      throw new ClewError(
        "usage",
        `${path} has neither sessions nor log_entries: it is no claude-session-logger database`,
      );
    let total = 0;
    for (const table of tables) {
      const counted = await connection.runAndReadAll(`SELECT count(*) FROM "${table}"`);
      total += Number(counted.getRows()[0]?.[0] ?? 0);
    }
    async function* items(): AsyncIterable<ImportItem> {
      for (const table of tables) yield* rowsOf(table);
    }
    async function* rowsOf(table: LoggerTable): AsyncIterable<ImportItem> {
      const result = await connection.stream(`SELECT * FROM "${table}"`);
      for await (const rows of result.yieldRowObjectJs())
        for (const row of rows) yield readLoggerRow(table, plainRow(row), clock());
    }
    return { kind: "duckdb", name: path, total, items: items(), close };
  } catch (error) {
    await close();
    if (error instanceof ClewError) throw error;
    throw new ClewError("io", `read ${path}: ${firstLineOf(error)}`, { cause: error });
  }
}

/** Values that JSON has. */
function plainRow(row: Readonly<Record<string, unknown>>): JsonObject {
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, plainValue(value)]));
}

function plainValue(value: unknown): unknown {
  if (value instanceof Date) return Number.isFinite(value.getTime()) ? value.toISOString() : null;
  if (typeof value === "bigint") return Number.isSafeInteger(Number(value)) ? Number(value) : value.toString();
  if (value instanceof Uint8Array) return Buffer.from(value).toString("base64");
  return Array.isArray(value) ? value.map(plainValue) : value;
}

const firstLineOf = (error: unknown): string => (error as Error).message.split("\n")[0] ?? "";
