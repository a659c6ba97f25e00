/** @module The read-only database that every question is asked of, with its statements prepared once. */
import type { Database, Statement } from "../store/db.ts";

export { openReader } from "../store/db.ts";
export type Reader = Database;

const KEPT_STATEMENTS = 200;
const caches = new WeakMap<Reader, Map<string, Statement>>();

/** Prepares a statement, or returns the one prepared earlier for the same text and database. */
export function prepared<Row>(db: Reader, sql: string): Statement<unknown[], Row> {
  let cache = caches.get(db);
  if (!cache) {
    cache = new Map();
    caches.set(db, cache);
  }
  let statement = cache.get(sql);
  if (!statement) {
    statement = db.prepare<unknown[], unknown>(sql);
    cache.set(sql, statement);
    if (cache.size > KEPT_STATEMENTS) cache.delete(cache.keys().next().value!);
  }
  return statement as Statement<unknown[], Row>;
}

/** All rows of a query. */
export function rowsOf<Row>(db: Reader, sql: string, parameters: readonly unknown[] = []): Row[] {
  return prepared<Row>(db, sql).all(...parameters);
}

/** The first row of a query. */
export function rowOf<Row>(db: Reader, sql: string, parameters: readonly unknown[] = []): Row | undefined {
  return prepared<Row>(db, sql).get(...parameters);
}
