/** @module Messages: those to somebody, all of them, or a thread, the newest first, a page at a time. */
import type { Looker } from "../base/addressee.ts";
import type { SubjectState } from "../model/change.ts";
import type { MessageDetail, MessageRow, MessagesAnswer, RecipientKind } from "../model/entry.ts";
import { approvalsOf, type NewestApproval, newestApproval } from "./approval.ts";
import { textIn } from "./entry-detail.ts";
import type { SqlPart } from "./filter/sql.ts";
import { type Reader, rowOf, rowsOf } from "./reader.ts";
import { isoTime } from "./session-row.ts";
import { historyRows } from "./shared-history.ts";
import { subjectHistory } from "./shared-subject.ts";

export type { Looker } from "../base/addressee.ts";

export interface MessagesQuestion {
  readonly looker: Looker;
  /** mine: to whoever looks and not from them. all: everybody's, and what has expired, in a thread too. */
  readonly which: "mine" | "all";
  readonly unreadOnly?: boolean;
  /** Messages of one thread, the oldest first and all of them, whoever they are to. */
  readonly threadId?: string;
  /** Milliseconds UTC. */
  readonly now: number;
  readonly limit: number;
  /** `next` of the page before. */
  readonly after?: string;
}

interface StoredMessage {
  readonly id: number;
  readonly messageId: string;
  readonly toKind: RecipientKind;
  readonly toId: string | null;
  readonly threadId: string;
  readonly sentAt: number;
  readonly expiresAt: number | null;
  readonly contentHash: string;
  readonly state: string;
}

const COLUMNS = `m.id, m.message_id AS messageId, m.to_kind AS toKind, m.to_id AS toId, m.thread_id AS threadId, m.sent_at AS sentAt,
  m.expires_at AS expiresAt, m.content_hash AS contentHash, s.state`;
const MOST_OF_A_THREAD = 1000;

/** Messages that a looker is meant by, as ids in the order of one index each; `rest` narrows every part. */
export function addressedSql({ names, projectId }: Looker, rest: SqlPart, limit: number): SqlPart {
  const parts: readonly SqlPart[] = [
    ...names.map((name) => ({ sql: "m.to_kind = 'identity' AND m.to_id = ?", parameters: [name] })),
    projectId === null
      ? { sql: "m.to_kind = 'project'", parameters: [] }
      : { sql: "m.to_kind = 'project' AND m.to_id = ?", parameters: [projectId] },
    { sql: "m.to_kind = 'all' AND m.to_id IS NULL", parameters: [] },
  ];
  return {
    sql: parts
      .map(
        ({ sql }) =>
          `SELECT * FROM (SELECT m.id, m.sent_at FROM messages m INDEXED BY messages_by_recipient CROSS JOIN subjects s ON s.id = m.id
        WHERE ${sql} AND ${rest.sql} ORDER BY m.sent_at DESC, m.id DESC LIMIT ?)`,
      )
      .join(" UNION ALL "),
    parameters: parts.flatMap(({ parameters }) => [...parameters, ...rest.parameters, limit]),
  };
}

/** Still there, not expired, not from whoever looks; on request only what they have not read. */
export function openToSql({ identity }: Looker, now: number, unreadOnly: boolean): SqlPart {
  return {
    sql: `s.deleted = 0 AND m.sender <> ? AND (m.expires_at IS NULL OR m.expires_at > ?)${
      unreadOnly
        ? " AND NOT EXISTS (SELECT 1 FROM message_marks k WHERE k.message_id = m.message_id AND k.mark = 'read' AND k.identity = ?)"
        : ""
    }`,
    parameters: unreadOnly ? [identity, now, identity] : [identity, now],
  };
}

/** The SQL of a page, for the list and for the test of its plan. */
export function messagesSql(question: MessagesQuestion): SqlPart {
  const { looker, which, unreadOnly = false, threadId, now, limit, after } = question;
  if (threadId !== undefined)
    return {
      sql: `SELECT ${COLUMNS} FROM messages m CROSS JOIN subjects s ON s.id = m.id
        WHERE m.thread_id = ? AND s.deleted = 0 AND (m.expires_at IS NULL OR m.expires_at > ?)
        ORDER BY m.sent_at, m.id LIMIT ?`,
      parameters: [threadId, which === "all" ? -1 : now, MOST_OF_A_THREAD],
    };
  const past = after === undefined ? null : parseMessageCursor(after);
  const pastSql: SqlPart = past
    ? { sql: " AND (m.sent_at, m.id) < (?, ?)", parameters: past }
    : { sql: "", parameters: [] };
  if (which === "all")
    return {
      sql: `SELECT ${COLUMNS} FROM messages m CROSS JOIN subjects s ON s.id = m.id
        WHERE s.deleted = 0${pastSql.sql} ORDER BY m.sent_at DESC, m.id DESC LIMIT ?`,
      parameters: [...pastSql.parameters, limit],
    };
  const open = openToSql(looker, now, unreadOnly);
  const rest = { sql: open.sql + pastSql.sql, parameters: [...open.parameters, ...pastSql.parameters] };
  const ids = addressedSql(looker, rest, limit);
  return {
    sql: `SELECT ${COLUMNS} FROM (SELECT id, sent_at FROM (${ids.sql}) ORDER BY sent_at DESC, id DESC LIMIT ?) p
      CROSS JOIN messages m ON m.id = p.id CROSS JOIN subjects s ON s.id = m.id ORDER BY p.sent_at DESC, p.id DESC`,
    parameters: [...ids.parameters, limit],
  };
}

/** Null: it is no cursor of ours. */
export function parseMessageCursor(text: string): readonly [number, number] | null {
  const found = /^(\d{1,16})\.(\d{1,16})$/u.exec(text);
  return found ? [Number(found[1]), Number(found[2])] : null;
}

export function listMessages(db: Reader, question: MessagesQuestion): MessagesAnswer {
  const { looker, now, threadId } = question;
  const { sql, parameters } = messagesSql({ ...question, limit: question.limit + 1 });
  const found = rowsOf<StoredMessage>(db, sql, parameters);
  const rows = threadId === undefined ? found.slice(0, question.limit) : found;
  const last = rows.at(-1);
  return {
    rows: rows.map((row) => messageRow(row, looker.identity, now)),
    next: found.length > rows.length && last ? `${last.sentAt}.${last.id}` : null,
  };
}

function messageRow(stored: StoredMessage, identity: string, now: number): MessageRow {
  const state = JSON.parse(stored.state) as SubjectState;
  const markedAt = (mark: string): string | null => isoTime(state.marks[mark]?.[identity] ?? null);
  return {
    message_id: stored.messageId,
    thread_id: stored.threadId,
    reply_to: textIn(state, "reply_to") || null,
    // Whoever wrote the words that stand, though somebody else began the message.
    from: state.fields.text?.author ?? state.created.author,
    origin: state.created.origin,
    tainted: state.tainted,
    authors: [...new Set([state.created.author, ...Object.values(state.fields).map(({ author }) => author)])].sort(),
    to_kind: stored.toKind,
    to: stored.toId,
    text: textIn(state, "text"),
    sent_at: isoTime(stored.sentAt),
    expires_at: isoTime(stored.expiresAt),
    expired: stored.expiresAt !== null && stored.expiresAt <= now,
    read_at: markedAt("read"),
    acknowledged_at: markedAt("acknowledged"),
  };
}

export const MESSAGE = `SELECT ${COLUMNS} FROM messages m CROSS JOIN subjects s ON s.id = m.id WHERE m.message_id = ? AND s.deleted = 0`;

/** Null: there is none of this id. */
export function messageDetail(
  db: Reader,
  messageId: string,
  identity: string,
  now: number,
): (MessageDetail & NewestApproval) | null {
  const stored = rowOf<StoredMessage>(db, MESSAGE, [messageId]);
  if (!stored) return null;
  const { marks: made } = JSON.parse(stored.state) as SubjectState;
  const timesOf = (mark: string): Record<string, string | null> =>
    Object.fromEntries(Object.entries(made[mark] ?? {}).map(([who, ts]) => [who, isoTime(ts)]));
  return {
    message: messageRow(stored, identity, now),
    content_hash: stored.contentHash,
    approvals: approvalsOf(db, "message", messageId),
    ...newestApproval(db, "message", messageId),
    readers: timesOf("read"),
    acknowledged_by: timesOf("acknowledged"),
    history: historyRows(subjectHistory(db, "message", messageId)),
  };
}
