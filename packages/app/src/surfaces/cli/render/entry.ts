/** @module Entries and messages as people read them: lists, one with its history. */
import type { EntryDetail, EntryRow, EntryStatus, HistoryRow, MessageRow } from "../../../model/entry.ts";
import { localTime, when } from "./formats.ts";
import { bold, dim, type Piece, type Style, styled } from "./piece.ts";
import { type Column, table } from "./table.ts";

export interface RenderOptions {
  readonly width: number;
  /** Milliseconds UTC. */
  readonly now: number;
  readonly timeZone: string;
}

type Line = readonly Piece[];

const STATUS_STYLES: Readonly<Record<EntryStatus, Style>> = {
  open: "yellow",
  in_progress: "cyan",
  blocked: "red",
  resolved: "green",
  info: "dim",
};

const statusPiece = (status: EntryStatus): Piece => styled(STATUS_STYLES[status], status.replace("_", " "));

export function entryTable(rows: readonly EntryRow[], { width, now, timeZone }: RenderOptions): readonly Line[] {
  const columns: readonly Column<EntryRow>[] = [
    { title: "id", value: (row) => styled("cyan", row.entry_id) },
    { title: "category", value: (row) => row.category, leaves: 2 },
    { title: "status", value: (row) => statusPiece(row.status) },
    { title: "title", value: titleOf, shrinkTo: 20 },
    { title: "for", value: (row) => row.assignee ?? "", shrinkTo: 8, leaves: 3 },
    { title: "changed", value: (row) => dim(when(row.changed_at, now, timeZone)) },
    { title: "by", value: (row) => dim(row.changed_by), shrinkTo: 8, leaves: 4 },
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
  return [title, ...more].join(" ");
}

/** Everything there is of one entry. */
export function entryLines(detail: EntryDetail, { timeZone }: RenderOptions): readonly Line[] {
  const { entry, body, links, notes, history, conflicts, approvals, deleted } = detail;
  const at = (time: string | null): string => localTime(time, timeZone);
  const field = (name: string, ...pieces: Line): Line => [dim(name.padEnd(10)), ...pieces];
  return [
    [bold(entry.title)],
    field(
      "entry",
      styled("cyan", entry.entry_id),
      "  ",
      entry.category,
      ", ",
      statusPiece(entry.status),
      deleted ? ", deleted" : "",
    ),
    ...(entry.assignee === null ? [] : [field("for", entry.assignee)]),
    ...(entry.tags.length === 0 ? [] : [field("tags", entry.tags.map((tag) => `#${tag}`).join(" "))]),
    field(
      "written",
      at(entry.created_at),
      " by ",
      entry.created_by,
      entry.tainted ? " (after text from elsewhere was read)" : "",
    ),
    field("project", entry.project_id ?? "none"),
    ...(entry.session_id === null ? [] : [field("session", styled("cyan", entry.session_id))]),
    ...links.map(({ kind, target }) => field(kind, target)),
    ...approvals.map(({ by, at: time }) => field("approved", at(time), " by ", by)),
    ...(body === "" ? [] : ([[""], [body]] as const)),
    ...Object.entries(conflicts).flatMap(([name, values]): readonly Line[] => [
      [""],
      [styled("red", `${name} has ${values.length} values:`)],
      ...values.map(({ value, author, at: time }) => ["  ", String(value), dim(`  ${at(time)} by ${author}`)]),
    ]),
    ...notes.flatMap(({ text, author, at: time }): readonly Line[] => [[""], [dim(`${at(time)} ${author}:`)], [text]]),
    [""],
    [bold("history")],
    ...history.flatMap((row) => historyLines(row, timeZone)),
  ];
}

/** Who, when, from what to what. */
export function historyLines(row: HistoryRow, timeZone: string): readonly Line[] {
  const shown = (value: unknown): string => (value === null ? "nothing" : shorten(String(value)));
  const what = [
    ...row.set.map(({ field, from, to }) =>
      from.length === 0 ? `${field}: ${shown(to)}` : `${field}: ${from.map(shown).join(", ")} → ${shown(to)}`,
    ),
    ...Object.entries(row.added).flatMap(([name, values]) => values.map((value) => `${name}: + ${shorten(value)}`)),
    ...Object.entries(row.removed).flatMap(([name, values]) => values.map((value) => `${name}: - ${shorten(value)}`)),
    ...(row.note === null ? [] : [`note: ${shorten(row.note)}`]),
    ...(row.mark === null ? [] : [row.mark.replace(/^approved:.*/u, "approved")]),
  ];
  const who = `${localTime(row.at, timeZone)}  ${row.author}${row.origin === "agent" ? " (agent)" : ""}`;
  return [[dim(who)], ...what.map((text): Line => ["  ", text])];
}

const LONGEST = 100;
function shorten(text: string): string {
  const line = text.replace(/\s+/gu, " ");
  return [...line].length <= LONGEST ? line : `${[...line].slice(0, LONGEST - 1).join("")}…`;
}

export function recipientOf({ to_kind, to }: Pick<MessageRow, "to_kind" | "to">): string {
  return to_kind === "all" ? "all" : (to ?? "nobody");
}

/** One message, whole. */
export function messageLines(message: MessageRow, { now, timeZone }: RenderOptions): readonly Line[] {
  const { message_id, from, sent_at, reply_to, expires_at, expired, read_at, acknowledged_at, text } = message;
  const state = [
    ...(read_at === null ? ["unread"] : []),
    ...(acknowledged_at === null ? [] : ["acknowledged"]),
    ...(reply_to === null ? [] : [`answers ${reply_to}`]),
    ...(expires_at === null ? [] : [expired ? "expired" : `until ${localTime(expires_at, timeZone)}`]),
  ];
  return [
    [
      styled("cyan", message_id),
      "  ",
      bold(from),
      ` → ${recipientOf(message)}`,
      dim(`  ${[when(sent_at, now, timeZone), ...state].join(", ")}`),
    ],
    ...text.split("\n").map((line): Line => ["  ", line]),
  ];
}
