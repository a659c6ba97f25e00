/**
 * @module A Postgres database with a `claude` schema as a source of an import: one read-only transaction, by a package that
 * only this needs. The address may hold a password, which is never said again.
 */
import type { ReservedSql } from "postgres";
import type { Clock } from "../../base/clock.ts";
import { ClewError } from "../../base/error.ts";
import type { JsonObject } from "../../sources/claude/json.ts";
import { readSchemaRow, SCHEMA_TABLES, type SchemaNames } from "../../sources/imports/claude-schema.ts";
import type { ImportItem } from "../../sources/imports/import-record.ts";
import type { ImportSource } from "./import-source.ts";
import { optionalPackage } from "./optional-package.ts";

const SCHEMA = "claude";
const ROWS_AT_ONCE = 500;
/** A table of names is small; more is none. */
const MOST_NAMES = 100_000;
const CONNECT_SECONDS = 15;

/** Where it is, without who may go there. Throws `usage`; the message does not repeat what was given. */
function placeOf(address: string): { readonly name: string; readonly password: string } {
  let url: URL;
  let password: string;
  try {
    url = new URL(address);
    password = decodeURIComponent(url.password);
  } catch {
    throw new ClewError("usage", "the address is not like postgres://user@host:5432/database");
  }
  if (!/^postgres(ql)?:$/.test(url.protocol)) throw new ClewError("usage", "the address has to begin with postgres://");
  return { name: `postgres://${url.host || "localhost"}${url.pathname}`, password };
}

/** Throws `usage`, `not_found` for the package, `io` for what the server says. */
export async function schemaSource(address: string, clock: Clock): Promise<ImportSource> {
  const { name, password } = placeOf(address);
  const { default: postgres } = await optionalPackage(
    "postgres",
    "reading a Postgres database",
    () => import("postgres"),
  );
  const sql = postgres(address, {
    max: 1,
    connect_timeout: CONNECT_SECONDS,
    onnotice: () => {},
    // As the server writes them: a time without a zone is UTC here, and not the zone of this machine.
    types: { time: { to: 1184, from: [1082, 1114, 1184], serialize: String, parse: (text: string) => text } },
  });
  const failed = (error: unknown): ClewError => {
    if (error instanceof ClewError) return error;
    const { code, message } = error as NodeJS.ErrnoException;
    const said = (message || code || "no answer").split("\n")[0]!;
    return new ClewError("io", `${name}: ${password ? said.replaceAll(password, "***") : said}`);
  };
  async function* items(): AsyncIterable<ImportItem> {
    try {
      const connection = await sql.reserve();
      try {
        await connection`begin isolation level repeatable read read only`;
        yield* tablesIn(connection, clock, name);
      } finally {
        await connection`rollback`.catch(() => {});
        connection.release();
      }
    } catch (error) {
      throw failed(error);
    }
  }
  return { kind: "postgres", name, total: null, items: items(), close: () => sql.end({ timeout: 5 }) };
}

async function* tablesIn(sql: ReservedSql, clock: Clock, name: string): AsyncIterable<ImportItem> {
  const found = await sql<{ readonly name: string }[]>`
    select table_name as name from information_schema.tables where table_schema = ${SCHEMA}`;
  const there = new Set(found.map((table) => table.name));
  const tables = SCHEMA_TABLES.filter((table) => there.has(table));
  if (tables.length === 0) throw new ClewError("usage", `${name} has no schema ${SCHEMA} with sessions`);
  const names: SchemaNames = {
    identities: there.has("identities") ? await namesIn(sql, "identities", "identity_id", "identity_name") : new Map(),
    workspaces: there.has("workspaces") ? await namesIn(sql, "workspaces", "project_name", "path") : new Map(),
    newest: new Map(),
    repeated: new Map(),
  };
  for (const table of tables) {
    const cursor = sql<JsonObject[]>`select * from ${sql(SCHEMA)}.${sql(table)}`.cursor(ROWS_AT_ONCE);
    for await (const rows of cursor) for (const row of rows) yield readSchemaRow(table, row, names, clock());
  }
}

/** A small table as a map; empty when it has other columns. */
async function namesIn(
  sql: ReservedSql,
  table: string,
  key: string,
  value: string,
): Promise<ReadonlyMap<string, string>> {
  const rows = await sql<JsonObject[]>`select * from ${sql(SCHEMA)}.${sql(table)} limit ${MOST_NAMES}`;
  return new Map(
    rows.flatMap((row) => {
      const [from, to] = [row[key], row[value]];
      return from === null || from === undefined || to === null || to === undefined ? [] : [[String(from), String(to)]];
    }),
  );
}
