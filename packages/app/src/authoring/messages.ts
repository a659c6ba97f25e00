/** @module Messages as they are sent, answered, read and acknowledged. */
import { isTo, type Looker } from "../base/addressee.ts";
import { ClewError } from "../base/error.ts";
import { ForeignWordsError } from "../base/foreign-words-error.ts";
import type { MessageRow, RecipientKind } from "../model/entry.ts";
import { messageDetail } from "../query/messages.ts";
import { namesOf } from "../query/names.ts";
import type { Author } from "./author.ts";
import { newSubject } from "./entries.ts";
import { saidText } from "./given-text.ts";
import type { Authoring, Written } from "./open-authoring.ts";
import { recipientOf } from "./recipient.ts";

/** As it was given, nothing checked. */
export interface GivenMessage {
  /** An identity, a project, or "all"; without it a reply goes to whoever wrote what it answers. */
  readonly to?: string;
  readonly text: string;
  /** Whole id of a message. */
  readonly replyTo?: string;
  /** Milliseconds until it is no longer shown. */
  readonly expiresIn?: number;
}

export interface SentMessage extends Written {
  readonly messageId: string;
  readonly threadId: string;
  readonly toKind: RecipientKind;
  readonly to: string | null;
  readonly expiresAt: number | null;
  readonly warnings: readonly string[];
}

/** Who looks at messages and at the inbox: an agent's are its project's, a person's all. */
export function lookerOf(author: Author): Looker {
  const { identity, origin, projectId } = author;
  return { identity, names: namesOf(identity), projectId: origin === "agent" ? projectId : null };
}

/** Throws `usage` for what cannot be sent; then nothing has been written. */
export async function sendMessage(authoring: Authoring, given: GivenMessage, author: Author): Promise<SentMessage> {
  const text = saidText("the message", given.text);
  const answered = given.replyTo === undefined ? null : existing(authoring, given.replyTo, author);
  const to =
    given.to !== undefined
      ? recipientOf(authoring, given.to, author)
      : answered
        ? { ...answerTo(answered, author), isKnown: true }
        : null;
  if (!to) throw new ClewError("usage", "a message needs somebody that it goes to");
  const messageId = newSubject("m", authoring);
  const threadId = answered?.thread_id ?? messageId;
  const expiresAt = given.expiresIn === undefined ? null : authoring.clock() + given.expiresIn;
  const set = {
    text,
    to_kind: to.kind,
    thread: threadId,
    ...(to.id !== null && { to_id: to.id }),
    ...(answered && { reply_to: answered.message_id }),
    ...(expiresAt !== null && { expires_at: expiresAt }),
  };
  const written = await authoring.write("message", messageId, { set }, author);
  const unseen =
    to.kind === "project"
      ? `no project called ${to.id} has been seen here: it waits for one`
      : `nobody called ${to.id} has been seen here: it waits for them`;
  const warnings = to.isKnown ? [] : [unseen];
  return { ...written!, messageId, threadId, toKind: to.kind, to: to.id, expiresAt, warnings };
}

/** Null: it was so already. Acknowledging is reading too. Throws `usage` for one's own, and for what is to somebody else. */
export async function markMessage(
  authoring: Authoring,
  messageId: string,
  mark: "read" | "acknowledged",
  author: Author,
): Promise<Written | null> {
  const message = existing(authoring, messageId, author);
  requireTo(message, author);
  const written =
    message.read_at === null ? await authoring.write("message", messageId, { mark: "read" }, author) : null;
  if (mark === "read") return written;
  return message.acknowledged_at === null
    ? authoring.write("message", messageId, { mark: "acknowledged" }, author)
    : null;
}

/** What is read, and by whom, tells its sender something only where it was for them. */
function requireTo(message: MessageRow, author: Author): void {
  if (isTo(message, lookerOf(author))) return;
  const { message_id: id, from, to_kind, to } = message;
  if (from === author.identity)
    throw new ClewError("usage", `${id} is a message of yours: whoever it is to reads and acknowledges it`);
  const whom = (name: string): string => `${id} is to ${name}, not to ${author.identity}: \`clew show ${id}\` shows it`;
  throw new ForeignWordsError("usage", whom(to ?? to_kind), whom("somebody else"));
}

function existing(authoring: Authoring, messageId: string, author: Author): MessageRow {
  const detail = authoring.read((db) => messageDetail(db, messageId, author.identity, authoring.clock()));
  if (!detail) throw new ClewError("not_found", `no message ${messageId}: \`clew messages\` shows them`);
  return detail.message;
}

/** To whoever wrote it; an answer to oneself goes to whom the first one went. */
function answerTo(
  { from, to_kind, to }: MessageRow,
  { identity }: Author,
): { readonly kind: RecipientKind; readonly id: string | null } {
  return from === identity ? { kind: to_kind, id: to } : { kind: "identity", id: from };
}
