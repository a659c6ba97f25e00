/** @module One statement of the user's own, run if it only reads. */
import type { Reader } from "./reader.ts";

export interface SqlRequest {
  readonly path: string;
  readonly sql: string;
  readonly limit: number;
}

export type SqlResult =
  | {
      readonly columns: readonly string[];
      readonly rows: readonly Readonly<Record<string, unknown>>[];
      readonly truncated: boolean;
    }
  | { readonly error: string };

/** Cells longer than this are cut: the whole answer goes through memory. */
const LONGEST_CELL = 100_000;
const FIRST_WORDS = /^(?:\s|--[^\n]*(?:\n|$)|\/\*[\s\S]*?\*\/)*(select|with|values|explain)\b/iu;

/** Runs one SELECT. The connection is read-only; what is refused here would also be refused there, but without a reason. */
export function runStatement(db: Reader, request: Pick<SqlRequest, "sql" | "limit">): SqlResult {
  if (!FIRST_WORDS.test(request.sql))
    return { error: "only SELECT (or WITH, VALUES, EXPLAIN) can be run: the archive is never changed from here" };
  try {
    const statement = db.prepare(request.sql);
    if (!statement.reader || !statement.readonly) return { error: "only a statement that reads can be run" };
    const rows: Record<string, unknown>[] = [];
    let truncated = false;
    for (const row of statement.iterate() as IterableIterator<Record<string, unknown>>) {
      if (rows.length === request.limit) {
        truncated = true;
        break;
      }
      rows.push(Object.fromEntries(Object.entries(row).map(([name, value]) => [name, cellOf(value)])));
    }
    return { columns: statement.columns().map((column) => column.name), rows, truncated };
  } catch (error) {
    return { error: `SQL: ${(error as Error).message}` };
  }
}

function cellOf(value: unknown): unknown {
  if (Buffer.isBuffer(value)) return `x'${value.subarray(0, LONGEST_CELL / 2).toString("hex")}'`;
  if (typeof value === "string" && value.length > LONGEST_CELL) return `${value.slice(0, LONGEST_CELL)}…`;
  return value;
}
