/** @module What others did since somebody looked last, on this device: a walk along the changes in the order in which they came. */
import type { ChangeData } from "../model/change.ts";
import {
  type EntryCategory,
  type EntryStatus,
  INBOX_KINDS,
  type InboxAnswer,
  type InboxCount,
  type InboxItem,
} from "../model/entry.ts";
import type { Looker } from "./messages.ts";
import { isMentioned } from "./names.ts";
import { type Reader, rowOf, rowsOf } from "./reader.ts";
import { isoTime } from "./session-row.ts";

export interface InboxQuestion {
  readonly looker: Looker;
  /** Also what was seen before: of the newest changes as many as are looked through. */
  readonly all?: boolean;
  /** Begins after this number instead of where they looked last. */
  readonly since?: number;
  /** Changes to look through. */
  readonly limit: number;
  /** Milliseconds UTC. */
  readonly now: number;
}

export const LOOKED = "SELECT seq, ts FROM inbox_marks WHERE identity = ?";
/** One step of the walk costs a look into `changes`, one into what it changed. */
export const CHANGES_SINCE = `
  SELECT c.seq, c.target, c.subject, c.author, c.ts, c.data, c.tainted, s.deleted, s.created_by AS createdBy,
    e.title, e.category, e.status, e.assignee, e.project_id AS projectId,
    m.sender, m.to_kind AS toKind, m.to_id AS toId, m.expires_at AS expiresAt
  FROM changes c INDEXED BY changes_by_seq CROSS JOIN subjects s ON s.target = c.target AND s.subject = c.subject
    LEFT JOIN entries e ON c.target = 'entry' AND e.id = s.id LEFT JOIN messages m ON c.target = 'message' AND m.id = s.id
  WHERE c.seq > ? AND c.target IN ('entry', 'message') AND c.author <> ? ORDER BY c.seq LIMIT ?`;
/** The change before the newest ones. */
export const WINDOW = "SELECT seq FROM changes INDEXED BY changes_by_seq ORDER BY seq DESC LIMIT 1 OFFSET ?";
export const NEWEST_SEQ = "SELECT max(seq) AS seq FROM changes";

interface Row {
  readonly seq: number;
  readonly target: "entry" | "message";
  readonly subject: string;
  readonly author: string;
  readonly ts: number;
  readonly data: string;
  readonly tainted: number;
  readonly deleted: number;
  readonly createdBy: string;
  readonly title: string | null;
  readonly category: EntryCategory | null;
  readonly status: EntryStatus | null;
  readonly assignee: string | null;
  readonly projectId: string | null;
  readonly sender: string | null;
  readonly toKind: string | null;
  readonly toId: string | null;
  readonly expiresAt: number | null;
}

export interface InboxPage extends InboxAnswer {
  /** Number of the last change that was looked through: what the next look begins after. */
  readonly upTo: number;
  /** Where they looked last; 0: never. */
  readonly mark: number;
}

/** What is new to whoever looks: what is for them first, and of each kind the newest. */
export function inboxPage(db: Reader, { looker, all = false, limit, now, ...question }: InboxQuestion): InboxPage {
  const looked = rowOf<{ seq: number; ts: number }>(db, LOOKED, [looker.identity]);
  const mark = looked?.seq ?? 0;
  const window = all ? (rowOf<{ seq: number }>(db, WINDOW, [limit])?.seq ?? 0) : mark;
  const since = question.since ?? Math.min(mark, window);
  const rows = rowsOf<Row>(db, CHANGES_SINCE, [since, looker.identity, limit + 1]);
  const page = rows.slice(0, limit);
  const more = rows.length > page.length;
  const newest = rowOf<{ seq: number | null }>(db, NEWEST_SEQ)!.seq ?? 0;
  const items = new Map<string, Mutable>();
  for (const row of page) {
    const what = kindOf(row, looker, now);
    if (what !== null) gather(items, row, what);
  }
  const order = (item: Mutable): number => INBOX_KINDS.indexOf(item.kind);
  return {
    identity: looker.identity,
    items: [...items.values()]
      .sort((a, b) => order(a) - order(b) || b.seq - a.seq)
      .map(({ seq: _, ...item }) => ({ ...item, changed: [...item.changed].sort() })),
    more,
    last_looked_at: isoTime(looked?.ts ?? null),
    mark,
    upTo: more ? page.at(-1)!.seq : Math.max(newest, since),
  };
}

/** The same in figures. `limit`: changes that are looked through at once, until some of them say something. */
export function countInbox(db: Reader, question: Omit<InboxQuestion, "all">): InboxCount {
  const { items, more } = firstPage(db, question);
  const count = (kind: InboxItem["kind"]): number => items.filter((item) => item.kind === kind).length;
  return {
    messages: count("message"),
    assigned: count("assigned"),
    mentions: count("mention"),
    changes: count("change"),
    more,
  };
}

/** The first page on which something stands, or the last one. */
export function firstPage(db: Reader, question: InboxQuestion): InboxPage {
  let page = inboxPage(db, question);
  while (page.items.length === 0 && page.more) page = inboxPage(db, { ...question, since: page.upTo });
  return page;
}

type Mutable = { -readonly [Key in keyof InboxItem]: InboxItem[Key] } & { seq: number };
type What = Pick<InboxItem, "kind" | "changed">;

/** Null: it is none of theirs. */
function kindOf(row: Row, looker: Looker, now: number): What | null {
  const data = JSON.parse(row.data) as ChangeData;
  return row.target === "message" ? messageKind(row, data, looker, now) : entryKind(row, data, looker);
}

function messageKind({ sender, toKind, toId, expiresAt, deleted }: Row, data: ChangeData, looker: Looker, now: number) {
  if (deleted === 1) return null;
  if (sender === looker.identity)
    return data.mark === "acknowledged" ? ({ kind: "change", changed: ["acknowledged"] } as const) : null;
  const isToThem =
    toKind === "identity"
      ? looker.names.includes(toId ?? "")
      : toKind === "all" || looker.projectId === null || toId === looker.projectId;
  if (!isToThem || data.set?.text === undefined || (expiresAt !== null && expiresAt <= now)) return null;
  return { kind: "message", changed: ["text"] } as const;
}

function entryKind(row: Row, data: ChangeData, { identity, names, projectId }: Looker): What | null {
  const { set = {}, add = {}, remove = {}, note, mark } = data;
  const changed = [...Object.keys(set), ...Object.keys(add), ...Object.keys(remove)];
  if (note !== undefined) changed.push("note");
  // That somebody has approved something is nobody's news.
  if (mark !== undefined && changed.length === 0) return null;
  const texts = [set.title, set.body, note].filter((text): text is string => typeof text === "string");
  if (typeof set.assignee === "string" && set.assignee === row.assignee && names.includes(set.assignee))
    return { kind: "assigned", changed };
  if (texts.some((text) => isMentioned(text, names))) return { kind: "mention", changed };
  const isTheirs = projectId === null || row.projectId === projectId || row.createdBy === identity;
  return isTheirs ? { kind: "change", changed } : null;
}

function gather(items: Map<string, Mutable>, row: Row, { kind, changed }: What): void {
  const key = `${row.target} ${row.subject}`;
  const known = items.get(key);
  if (!known) {
    items.set(key, {
      kind,
      target: row.target,
      id: row.subject,
      title: row.title,
      category: row.category,
      status: row.status,
      by: [row.author],
      at: isoTime(row.ts),
      changed: [...new Set(changed)],
      changes: 1,
      tainted: row.tainted === 1,
      seq: row.seq,
    });
    return;
  }
  if (INBOX_KINDS.indexOf(kind) < INBOX_KINDS.indexOf(known.kind)) known.kind = kind;
  known.by = [...known.by.filter((who) => who !== row.author), row.author];
  known.at = isoTime(row.ts);
  known.changed = [...new Set([...known.changed, ...changed])];
  known.changes++;
  known.tainted ||= row.tainted === 1;
  known.seq = row.seq;
}
