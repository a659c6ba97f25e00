/** @module Entries as people read them: a list, and one with its history. */
import type { EntryRow, EntryStatus } from "../../../model/entry.ts";
import type { NewestApproval } from "../../../query/approval.ts";
import type { ListedEntry } from "../../../query/entries.ts";
import type { WholeEntry } from "../../../query/entry-detail.ts";
import { localTime, when } from "./formats.ts";
import { historyPart } from "./history.ts";
import type { RenderOptions } from "./message.ts";
import { bold, dim, type Piece, type Style, styled } from "./piece.ts";
import { type Column, table } from "./table.ts";

type Line = readonly Piece[];

const STATUS_STYLES: Readonly<Record<EntryStatus, Style>> = {
  open: "yellow",
  in_progress: "cyan",
  blocked: "red",
  resolved: "green",
  info: "dim",
};

/** As people read it; what commands take, too. */
export const statusPiece = (status: EntryStatus): Piece => styled(STATUS_STYLES[status], status.replace("_", " "));

/** `deleted`: those that are gone, with who took them away. */
export function entryTable(
  rows: readonly ListedEntry[],
  { width, now, timeZone }: RenderOptions,
  deleted = false,
): readonly Line[] {
  const at = (row: ListedEntry): string | null => (deleted ? row.deleted_at : row.changed_at);
  const by = (row: ListedEntry): string => (deleted ? (row.deleted_by ?? "") : row.changed_by);
  const columns: readonly Column<ListedEntry>[] = [
    { title: "id", value: (row) => styled("cyan", row.entry_id) },
    { title: "category", value: (row) => row.category, leaves: 2 },
    { title: "status", value: (row) => statusPiece(row.status) },
    { title: "title", value: titleOf, shrinkTo: 20 },
    { title: "for", value: (row) => row.assignee ?? "", shrinkTo: 8, leaves: 3 },
    { title: deleted ? "deleted" : "changed", value: (row) => dim(when(at(row), now, timeZone)), leaves: 1 },
    { title: "by", value: (row) => dim(by(row)), shrinkTo: 8, leaves: 4 },
  ];
  const hasAssignee = rows.some(({ assignee }) => assignee !== null);
  return table(
    columns.filter(({ title }) => title !== "for" || hasAssignee),
    rows,
    width,
  );
}

function titleOf({ title, tags, conflicts }: EntryRow): Piece {
  const more = [
    ...tags.map((tag) => `#${tag}`),
    ...(conflicts.length > 0 ? [`(conflict: ${conflicts.join(", ")})`] : []),
  ];
  return [title === "" ? "(no title)" : title, ...more].join(" ");
}

/** Everything there is of one entry. */
export function entryLines(detail: WholeEntry, { timeZone }: RenderOptions): readonly Line[] {
  const { entry, body, links, notes, history, deleted_at, deleted_by } = detail;
  const { entry_id, category, status, title, assignee, tags, created_at, created_by, tainted, session_id } = entry;
  const at = (time: string | null): string => localTime(time, timeZone);
  const field = (name: string, ...pieces: Line): Line => [dim(name.padEnd(10)), ...pieces];
  return [
    [bold(title === "" ? "(no title)" : title)],
    field("entry", styled("cyan", entry_id), "  ", category, ", ", statusPiece(status)),
    ...(deleted_by === null ? [] : [field("deleted", styled("red", `by ${deleted_by} on ${at(deleted_at)}`))]),
    ...(assignee === null ? [] : [field("for", assignee)]),
    ...(tags.length === 0 ? [] : [field("tags", tags.map((tag) => `#${tag}`).join(" "))]),
    field("written", at(created_at), " by ", created_by, tainted ? " (after text from elsewhere was read)" : ""),
    field("project", entry.project_id ?? "none"),
    ...(session_id === null ? [] : [field("session", styled("cyan", session_id))]),
    ...links.map(({ kind, target }) => field(kind, target)),
    ...approvalTexts(detail, at).map((text) => field("approved", text)),
    ...(body === "" ? [] : ([[""], [body]] as const)),
    ...conflictLines(detail, at),
    ...notes.flatMap(({ text, author, at: time }): readonly Line[] => [[""], [dim(`${at(time)} ${author}:`)], [text]]),
    ...historyPart(history, timeZone),
  ];
}

/** Those that hold; else that the newest one does not. */
export function approvalTexts(
  detail: NewestApproval & Pick<WholeEntry, "approvals">,
  at: (time: string | null) => string,
): readonly string[] {
  const { approvals, approved_by, approved_at, approval_holds } = detail;
  if (approval_holds) return approvals.map((one) => `by ${one.by} on ${at(one.at)}`);
  return approved_by === null ? [] : [`by ${approved_by} on ${at(approved_at)}, and changed since: it no longer holds`];
}

const SETTLED_BY: Readonly<Record<string, (id: string) => string>> = {
  title: (id) => `clew edit ${id} --title TEXT`,
  body: (id) => `clew edit ${id} --body TEXT`,
  category: (id) => `clew edit ${id} --category WORD`,
  assignee: (id) => `clew edit ${id} --assign WHO, or --unassign,`,
  deleted: (id) => `clew edit ${id} --delete, or --undelete,`,
  status: (id) => `clew resolve --id ${id} --status WORD`,
};

function conflictLines({ conflicts, entry }: WholeEntry, at: (time: string | null) => string): readonly Line[] {
  return Object.entries(conflicts).flatMap(([name, values]): readonly Line[] => {
    const way = SETTLED_BY[name]?.(entry.entry_id);
    return [
      [""],
      [styled("red", `${name} has ${values.length} values:`)],
      ...values.map(({ value, author, at: time }) => ["  ", String(value), dim(`  ${at(time)} by ${author}`)]),
      ...(way === undefined ? [] : [[dim(`${way} settles it.`)]]),
    ];
  });
}
