/** @module Who has ever written in a memory file: its text, its path, its title. */
import { type Reader, rowsOf } from "./reader.ts";

export interface MemoryWriters {
  readonly authors: readonly string[];
  /** One of its versions, or where it lies, was written after text from elsewhere was read. */
  readonly tainted: boolean;
}

/** A mark says nothing of its own. */
export const WRITERS = `
  SELECT author, max(tainted) AS tainted FROM changes
  WHERE target = 'memory' AND subject = ? AND json_type(data, '$.set') IS NOT NULL GROUP BY author ORDER BY author`;

/** Of an unknown file nobody. */
export function memoryWriters(db: Reader, id: string): MemoryWriters {
  const rows = rowsOf<{ author: string; tainted: number }>(db, WRITERS, [id]);
  return { authors: rows.map(({ author }) => author), tainted: rows.some(({ tainted }) => tainted === 1) };
}
