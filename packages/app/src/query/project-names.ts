/** @module What projects are called. */
import { type Reader, rowsOf } from "./reader.ts";

const NAMES = "SELECT project_id AS id, name FROM projects";

/** By id. */
export function projectNames(db: Reader): ReadonlyMap<string, string> {
  return new Map(rowsOf<{ id: string; name: string }>(db, NAMES).map(({ id, name }) => [id, name]));
}
