/** @module Where an import reads from: something that can be counted beforehand, and gives items one by one. */
import type { ImportItem, ImportKind } from "../../sources/imports/import-record.ts";

export interface ImportSource {
  readonly kind: ImportKind;
  /** For messages; never holds a password. */
  readonly name: string;
  /** How many items there will be; null: not known. */
  readonly total: number | null;
  readonly items: AsyncIterable<ImportItem>;
  readonly close: () => Promise<void>;
}

/** A source with nothing to close. */
export function plainSource(
  kind: ImportKind,
  name: string,
  total: number,
  items: () => Iterable<ImportItem>,
): ImportSource {
  async function* given(): AsyncIterable<ImportItem> {
    yield* items();
  }
  return { kind, name, total, items: given(), close: async () => {} };
}
