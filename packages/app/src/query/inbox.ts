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
import { type GraphNews, graphNews, type MemoryNews, memoryNews } from "./inbox-memory.ts";
import type { Looker } from "./messages.ts";
import { isMentioned } from "./names.ts";
import { type Reader, rowOf, rowsOf } from "./reader.ts";
import { isoTime } from "./session-row.ts";
import { unreadMessages } from "./unread-messages.ts";

export interface InboxQuestion {
  readonly looker: Looker;
  /** Also what was seen before: of the newest changes as many as are looked through. */
  readonly all?: boolean;
  /** Begins after this number instead of where they looked last. */
  readonly since?: number;
  /** Changes of entries and messages to look through. */
  readonly limit: number;
  /** Changes of any kind that are walked over at once, and of others' at most; without it all that there are. */
  readonly walk?: number;
  /** Milliseconds UTC. */
  readonly now: number;
}

export const LOOKED = "SELECT seq, ts FROM inbox_marks WHERE identity = ?";
/**
 * One step of the walk along one's own changes is one in the index; along others' it costs a look into `changes` and one into what
 * it changed. Of what is neither in an agent's project nor names anybody nothing is answered; a person is told of everything.
 */
export const CHANGES_SINCE = `
  SELECT c.seq, c.target, c.subject, c.author, c.ts, c.data, c.tainted, s.deleted, s.created_by AS createdBy,
    e.title, e.category, e.status, e.assignee, e.project_id AS projectId,
    m.sender, m.to_kind AS toKind, m.to_id AS toId, m.expires_at AS expiresAt,
    EXISTS (SELECT 1 FROM message_marks k WHERE k.message_id = m.message_id AND k.mark = 'read' AND k.identity = ?) AS isRead
  FROM changes p INDEXED BY changes_by_seq CROSS JOIN changes c ON c.change_id = p.change_id
    CROSS JOIN subjects s ON s.target = c.target AND s.subject = c.subject
    LEFT JOIN entries e ON c.target = 'entry' AND e.id = s.id LEFT JOIN messages m ON c.target = 'message' AND m.id = s.id
  WHERE p.seq > ? AND p.seq <= ? AND p.target IN ('entry', 'message') AND p.author <> ?
    AND (? IS NULL OR c.target = 'message' OR e.project_id = ? OR s.created_by = ? OR e.assignee IS NOT NULL OR instr(c.data, '@') > 0)
  ORDER BY p.seq LIMIT ?`;
/** The last change that a walk of so many steps comes to, less one. */
export const WALKED = "SELECT seq FROM changes INDEXED BY changes_by_seq WHERE seq > ? ORDER BY seq LIMIT 1 OFFSET ?";
/** Changes of others in a part of the log. */
export const OTHERS =
  "SELECT count(*) AS count FROM changes INDEXED BY changes_by_seq WHERE seq > ? AND seq <= ? AND author <> ?";
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
  /** A message that whoever looks has read. */
  readonly isRead: number;
}

/** What is new of all kinds. */
export interface InboxNews extends InboxAnswer {
  readonly memory: readonly MemoryNews[];
  readonly graph: readonly GraphNews[];
}

export interface InboxFigures extends InboxCount {
  /** Memory files that were changed. */
  readonly memory: number;
  /** Entities and relations of the memory graph that were touched, by each author for themselves. */
  readonly graph: number;
}

export interface InboxPage extends InboxNews {
  /** Number of the last change that was looked through: what the next look begins after. */
  readonly upTo: number;
  /** Where they looked last; 0: never. */
  readonly mark: number;
}

/**
 * What is new to whoever looks: what is for them first, and of each kind the newest. A message to them stays until they have read
 * it: how far they have looked governs all else.
 */
export function inboxPage(db: Reader, question: InboxQuestion): InboxPage {
  const { begun: _, ...page } = walkedPage(db, question);
  return withUnread(db, page, question);
}

/** Messages that a walk has not come to, or not again, each on its own as the walk would say it. */
function withUnread(db: Reader, page: InboxPage, { looker, now, limit }: InboxQuestion): InboxPage {
  const found = unreadMessages(db, { looker, now, limit: limit + 1 });
  const known = new Set(page.items.map(({ id }) => id));
  const unread = found.slice(0, limit).filter(({ id }) => !known.has(id));
  const messages = page.items.filter(({ kind }) => kind === "message");
  const byTime = (a: InboxItem, b: InboxItem): number => ((a.at ?? "") < (b.at ?? "") ? 1 : -1);
  return {
    ...page,
    items: [
      ...(unread.length === 0 ? messages : [...messages, ...unread].sort(byTime)),
      ...page.items.filter(({ kind }) => kind !== "message"),
    ],
    more: page.more || found.length > limit,
  };
}

/** What stands in the changes since. */
function walkedPage(
  db: Reader,
  { looker, all = false, limit, now, walk, ...question }: InboxQuestion,
): InboxPage & { readonly begun: number } {
  const { identity, projectId } = looker;
  const looked = rowOf<{ seq: number; ts: number }>(db, LOOKED, [identity]);
  const mark = looked?.seq ?? 0;
  const window = all ? (rowOf<{ seq: number }>(db, WINDOW, [limit])?.seq ?? 0) : mark;
  const since = question.since ?? Math.min(mark, window);
  const newest = Math.max(rowOf<{ seq: number | null }>(db, NEWEST_SEQ)!.seq ?? 0, since);
  const walked = walk === undefined ? undefined : rowOf<{ seq: number }>(db, WALKED, [since, walk - 1]);
  const end = Math.min(walked?.seq ?? newest, newest);
  const rows = rowsOf<Row>(db, CHANGES_SINCE, [
    ...[identity, since, end, identity],
    ...[projectId, projectId, identity, limit + 1],
  ]);
  const page = rows.slice(0, limit);
  const isCut = rows.length > page.length;
  const upTo = isCut ? page.at(-1)!.seq : end;
  const items = new Map<string, Mutable>();
  for (const row of page) {
    const what = kindOf(all ? { ...row, isRead: 0 } : row, looker, now);
    if (what !== null) gather(items, row, what);
  }
  const order = (item: Mutable): number => INBOX_KINDS.indexOf(item.kind);
  return {
    identity,
    items: [...items.values()]
      .sort((a, b) => order(a) - order(b) || b.seq - a.seq)
      .map(({ seq: _, ...item }) => ({ ...item, changed: [...item.changed].sort() })),
    memory: memoryNews(db, looker, { since, upTo }),
    graph: graphNews(db, looker, { since, upTo }),
    more: isCut || end < newest,
    last_looked_at: isoTime(looked?.ts ?? null),
    mark,
    upTo,
    begun: since,
  };
}

/** The same in figures. `limit`: changes that are looked through at once, until some of them say something. */
export function countInbox(db: Reader, question: Omit<InboxQuestion, "all">): InboxFigures {
  const { items, memory, graph, more } = firstPage(db, question);
  const count = (kind: InboxItem["kind"]): number => items.filter((item) => item.kind === kind).length;
  return {
    messages: count("message"),
    assigned: count("assigned"),
    mentions: count("mention"),
    changes: count("change"),
    memory: memory.length,
    graph: graph.reduce((sum, { entities, relations }) => sum + entities + relations, 0),
    more,
  };
}

/** The first page on which something new stands, or the last one that the walk comes to; with it the messages that are not read. */
export function firstPage(db: Reader, question: InboxQuestion): InboxPage {
  let { begun, ...page } = walkedPage(db, question);
  const isEmpty = (): boolean => page.items.length + page.memory.length + page.graph.length === 0;
  // One's own changes cost nothing to pass over; each of another is looked up, and of those no more than a walk are.
  let left = question.walk ?? Number.POSITIVE_INFINITY;
  const { identity } = question.looker;
  while (isEmpty() && page.more) {
    if (question.walk !== undefined) left -= rowOf<{ count: number }>(db, OTHERS, [begun, page.upTo, identity])!.count;
    if (left <= 0) break;
    ({ begun, ...page } = walkedPage(db, { ...question, since: page.upTo }));
  }
  return withUnread(db, page, question);
}

type Mutable = { -readonly [Key in keyof InboxItem]: InboxItem[Key] } & { seq: number };
type What = Pick<InboxItem, "kind" | "changed">;

/** Null: it is none of theirs. */
function kindOf(row: Row, looker: Looker, now: number): What | null {
  const data = JSON.parse(row.data) as ChangeData;
  return row.target === "message" ? messageKind(row, data, looker, now) : entryKind(row, data, looker);
}

function messageKind(row: Row, data: ChangeData, looker: Looker, now: number): What | null {
  const { sender, toKind, toId, expiresAt, deleted, isRead } = row;
  if (deleted === 1) return null;
  if (sender === looker.identity)
    return data.mark === "acknowledged" ? { kind: "change", changed: ["acknowledged"] } : null;
  const isToThem =
    toKind === "identity"
      ? looker.names.includes(toId ?? "")
      : toKind === "all" || looker.projectId === null || toId === looker.projectId;
  if (!isToThem || isRead === 1 || data.set?.text === undefined || (expiresAt !== null && expiresAt <= now))
    return null;
  return { kind: "message", changed: ["text"] };
}

function entryKind(row: Row, data: ChangeData, { identity, names, projectId }: Looker): What | null {
  if (row.deleted === 1) return null;
  const { set = {}, add = {}, remove = {}, note, mark } = data;
  const changed = [...Object.keys(set), ...Object.keys(add), ...Object.keys(remove)];
  if (note !== undefined) changed.push("note");
  // That somebody has approved something is nobody's news.
  if (mark !== undefined && changed.length === 0) return null;
  const texts = [set.title, set.body, note].filter((text): text is string => typeof text === "string");
  // What is brought back is theirs as if it were new: nobody was told of it while it was gone.
  const isHanded = (set.assignee !== undefined && set.assignee === row.assignee) || set.deleted === false;
  if (isHanded && row.assignee !== null && names.includes(row.assignee)) return { kind: "assigned", changed };
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
