/** @module What the words of something that is shared are worth to who reads them. */
import type { Author } from "../../authoring/author.ts";
import type { Trust } from "../../base/fence.ts";
import type { Reader } from "../../query/reader.ts";
import { sessionAuthor } from "../../query/session-author.ts";

/** Identities whose words are one's own: the reader, and the person at whose hands it runs. */
export function ownIdentities(db: Reader, { identity, sessionId }: Author): ReadonlySet<string> {
  const person = sessionId === null ? null : (sessionAuthor(db, sessionId)?.person ?? null);
  return new Set(person === null ? [identity] : [identity, person]);
}

/** `authors`: everybody who has written in it. */
export function trustOf(isTainted: boolean, authors: readonly string[], own: ReadonlySet<string>): Trust {
  if (isTainted) return "tainted";
  return authors.length > 0 && authors.every((author) => own.has(author)) ? "own" : "peer";
}
