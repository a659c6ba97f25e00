/** @module The store, opened when it is first asked, and looked for again as long as it is not there. */
import { ClewError } from "../../base/error.ts";
import { openReader, type Reader } from "../../query/reader.ts";

export interface StoreReader {
  /** Null: there is no store yet. Throws what opening it throws. */
  readonly ask: <Answer>(question: (db: Reader) => Answer) => Answer | null;
  readonly close: () => void;
}

export function storeReader(path: string): StoreReader {
  let db: Reader | null = null;
  return {
    ask(question) {
      try {
        db ??= openReader(path);
      } catch (error) {
        if (error instanceof ClewError && error.code === "not_found") return null;
        throw error;
      }
      return question(db);
    },
    close() {
      db?.close();
      db = null;
    },
  };
}
