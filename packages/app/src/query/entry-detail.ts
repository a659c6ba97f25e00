/** @module One entry with all there is of it: body, links, conflicts, notes, approvals, and its whole history. */
import { linkOf } from "../base/link-value.ts";
import type { SubjectState } from "../model/change.ts";
import type { EntryDetail, EntryLink } from "../model/entry.ts";
import { approvalsOf, type NewestApproval, newestApproval } from "./approval.ts";
import { type Deletion, deletionOf } from "./deletion.ts";
import { ENTRY_COLUMNS, entryRow, type StoredEntry } from "./entries.ts";
import { type Reader, rowOf } from "./reader.ts";
import { isoTime } from "./session-row.ts";
import { historyRows } from "./shared-history.ts";
import { subjectHistory } from "./shared-subject.ts";

export const ENTRY = `SELECT ${ENTRY_COLUMNS} FROM entries e CROSS JOIN subjects s ON s.id = e.id WHERE e.entry_id = ?`;

export interface WholeEntry extends EntryDetail, Deletion, NewestApproval {}

/** Null: there is none of this id. */
export function entryDetail(db: Reader, entryId: string): WholeEntry | null {
  const stored = rowOf<StoredEntry>(db, ENTRY, [entryId]);
  if (!stored) return null;
  const state = JSON.parse(stored.state) as SubjectState;
  return {
    entry: entryRow(stored, state),
    body: textIn(state, "body"),
    deleted: stored.deleted === 1,
    ...deletionOf(state),
    links: linksOf(state),
    conflicts: Object.fromEntries(
      Object.entries(state.conflicts).map(([field, values]) => [
        field,
        values.map(({ value, author, ts }) => ({ value, author, at: isoTime(ts) })),
      ]),
    ),
    notes: state.notes.map(({ text, author, origin, tainted, ts }) => ({
      text,
      author,
      origin,
      tainted,
      at: isoTime(ts),
    })),
    content_hash: stored.contentHash,
    approvals: approvalsOf(db, "entry", entryId),
    ...newestApproval(db, "entry", entryId),
    history: historyRows(subjectHistory(db, "entry", entryId)),
  };
}

export function textIn({ fields }: SubjectState, name: string): string {
  const value = fields[name]?.value;
  return typeof value === "string" ? value : "";
}

export function linksOf({ sets }: SubjectState): readonly EntryLink[] {
  return (sets.links ?? []).flatMap(({ value }) => linkOf(value) ?? []);
}
