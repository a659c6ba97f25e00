/** @module In which fields a session's file and the store differ, and which of them the store has to tell the file. Pure. */
import type { FieldDifference } from "../../../model/import-answers.ts";
import {
  FIELD_NAMES,
  type FieldName,
  otherKeys,
  type SessionFields,
} from "../../../sources/imports/session-document.ts";
import type { SessionFile } from "../../../sources/imports/session-file.ts";
import type { WrittenEvent } from "../../../sources/imports/session-form.ts";
import { eventIdOfRecord, type StoreSide } from "./store-side.ts";

export interface Comparison {
  readonly differing: readonly FieldName[];
  /** Of the file's events, those that the store does not have: how many. */
  readonly missingInStore: number;
  /** Of the store's events, those that the file does not have. */
  readonly missingInFile: readonly WrittenEvent[];
}

/**
 * `base`: what the store said when the two were last brought together; null: they never were. What a file does not say and
 * the store has always said is no difference: the file's program has no such field.
 */
export function compare(file: SessionFile, store: StoreSide, base: SessionFields | null): Comparison {
  const differing = FIELD_NAMES.filter((field) => {
    const [theirs, ours] = [file.fields[field], store.fields[field]];
    if (theirs === ours) return false;
    return theirs !== null || (base !== null && base[field] !== ours);
  });
  const inFile = new Set(file.events.map(({ recordId }) => eventIdOfRecord(recordId)));
  const missingInFile = [...store.events].filter(([id]) => !inFile.has(id)).map(([, event]) => event);
  const missingInStore = [...inFile].filter((id) => !store.events.has(id)).length;
  return { differing, missingInStore, missingInFile };
}

/** As reports say it. */
export function differencesOf(file: SessionFile, store: StoreSide, comparison: Comparison): readonly FieldDifference[] {
  const { differing, missingInStore, missingInFile } = comparison;
  const fields = differing.map((field) => ({ field, file: file.fields[field], store: store.fields[field] }));
  if (missingInStore === 0 && missingInFile.length === 0) return fields;
  return [
    ...fields,
    {
      field: "events",
      file: { count: file.events.length, missing: missingInFile.length },
      store: { count: store.events.size, missing: missingInStore },
    },
  ];
}

/** Differences in what is no field of ours, between a file and its version in the store. */
export function otherDifferences(file: SessionFile, kept: SessionFile | null): readonly FieldDifference[] {
  const names = new Set([...otherKeys(file.row), ...(kept ? otherKeys(kept.row) : [])]);
  return [...names].sort().flatMap((name) => {
    const [theirs, ours] = [file.row[name] ?? null, kept?.row[name] ?? null];
    return JSON.stringify(theirs) === JSON.stringify(ours) ? [] : [{ field: name, file: theirs, store: ours }];
  });
}

export interface Pending {
  /** To be written into the file. */
  readonly write: readonly FieldName[];
  /** The file and the store both went on to something else. */
  readonly conflicts: readonly FieldName[];
}

/** Of the differing fields, those in which the store went on since `base`. */
export function pendingOf(
  file: SessionFile,
  store: StoreSide,
  base: SessionFields,
  differing: readonly FieldName[],
): Pending {
  const moved = differing.filter((field) => store.fields[field] !== base[field]);
  const conflicts = moved.filter((field) => file.fields[field] !== null && file.fields[field] !== base[field]);
  return { write: moved.filter((field) => !conflicts.includes(field)), conflicts };
}
