/** @module Messages as the dashboard shows them: whole threads, each message with what its words are worth. */
import { isTo, type Looker } from "../base/addressee.ts";
import type { SubjectState } from "../model/change.ts";
import type { MessageDetail, MessageRow } from "../model/entry.ts";
import { listMessages, messageDetail } from "./messages.ts";
import { namesOf } from "./names.ts";
import { type Reader, rowOf, rowsOf } from "./reader.ts";
import { subjectState } from "./shared-subject.ts";
import { type SharedTrust, trustOf } from "./web-trust.ts";

/** A thread by its newest message. */
export interface ThreadRow {
  readonly thread_id: string;
  readonly newest: MessageRow;
  /** Of its first message. */
  readonly begins: string;
  readonly messages: number;
  readonly unread: number;
  /** Everybody who wrote in it. */
  readonly people: readonly string[];
  /** Name of the project that it goes to. */
  readonly project: string | null;
}

export interface ThreadsAnswer {
  readonly rows: readonly ThreadRow[];
  readonly more: boolean;
}

export interface WebMessage extends Omit<MessageDetail, "history"> {
  readonly trust: SharedTrust;
  /** It is for whoever looks, and from somebody else. */
  readonly is_to_me: boolean;
}

export interface WebThread {
  readonly thread_id: string;
  /** The oldest first. */
  readonly messages: readonly WebMessage[];
  readonly project: string | null;
}

/** Newest messages that are looked at for threads. */
const MOST_LOOKED_AT = 1_000;
const PROJECT = "SELECT name FROM projects WHERE project_id = ?";
const THREAD = `SELECT m.message_id AS id FROM messages m INDEXED BY messages_by_thread CROSS JOIN subjects s ON s.id = m.id
  WHERE m.thread_id = ? AND s.deleted = 0 ORDER BY m.sent_at, m.id LIMIT ?`;

export function lookerFor(person: string | null): Looker {
  return { identity: person ?? "", names: person === null ? [] : namesOf(person), projectId: null };
}

/** Threads with a message to whoever looks or from them, the newest first. */
export function webThreads(
  db: Reader,
  { person, now, limit }: { readonly person: string | null; readonly now: number; readonly limit: number },
): ThreadsAnswer {
  const looker = lookerFor(person);
  const all = listMessages(db, { looker, which: "all", now, limit: MOST_LOOKED_AT });
  const threads = new Map<string, MessageRow[]>();
  for (const row of all.rows) threads.set(row.thread_id, [...(threads.get(row.thread_id) ?? []), row]);
  const theirs = [...threads].filter(([, rows]) => rows.some((row) => isTo(row, looker) || row.from === person));
  return {
    rows: theirs.slice(0, limit).map(([thread_id, rows]) => ({
      thread_id,
      newest: rows[0]!,
      begins: rows.at(-1)!.text,
      messages: rows.length,
      unread: rows.filter((row) => isUnread(row, looker)).length,
      people: [...new Set(rows.map(({ from }) => from))],
      project: projectName(db, rows[0]!),
    })),
    more: theirs.length > limit || all.next !== null,
  };
}

/** Null: there is no message of this thread. */
export function webThread(
  db: Reader,
  threadId: string,
  { person, now }: { readonly person: string | null; readonly now: number },
): WebThread | null {
  const looker = lookerFor(person);
  const messages = rowsOf<{ id: string }>(db, THREAD, [threadId, MOST_LOOKED_AT]).flatMap(
    ({ id }) => webMessage(db, id, { looker, person, now }) ?? [],
  );
  const first = messages[0];
  return first ? { thread_id: threadId, messages, project: projectName(db, first.message) } : null;
}

/** Null: there is none of this id. */
export function webMessage(
  db: Reader,
  messageId: string,
  { looker, person, now }: { readonly looker: Looker; readonly person: string | null; readonly now: number },
): WebMessage | null {
  const detail = messageDetail(db, messageId, looker.identity, now);
  const state: SubjectState | null = subjectState(db, "message", messageId);
  if (!detail || !state) return null;
  const { history: _, ...shown } = detail;
  return {
    ...shown,
    trust: trustOf(db, { target: "message", state, approvals: detail.approvals, person, isTitleGiven: () => false }),
    is_to_me: isTo(detail.message, looker),
  };
}

export function isUnread(row: MessageRow, looker: Looker): boolean {
  return row.read_at === null && !row.expired && isTo(row, looker);
}

function projectName(db: Reader, { to_kind, to }: MessageRow): string | null {
  return to_kind === "project" ? (rowOf<{ name: string }>(db, PROJECT, [to])?.name ?? to) : null;
}
