/** @module A look at the inbox, after which what was shown is no longer new. */
import { countInbox, firstPage, type InboxFigures, type InboxNews } from "../query/inbox.ts";
import type { Author } from "./author.ts";
import { lookerOf } from "./messages.ts";
import type { Authoring } from "./open-authoring.ts";

/** Changes of entries and messages that one look goes through. */
export const INBOX_CHANGES = 1000;

/** `peek`: it stays new. `all`: also what was seen before. */
export async function lookAtInbox(
  authoring: Authoring,
  author: Author,
  { peek = false, all = false }: { readonly peek?: boolean; readonly all?: boolean } = {},
): Promise<InboxNews> {
  const { identity } = author;
  const question = { looker: lookerOf(author), all, limit: INBOX_CHANGES, now: authoring.clock() };
  const page = authoring.read((db) => firstPage(db, question));
  if (!page) return { identity, items: [], memory: [], graph: [], more: false, last_looked_at: null };
  const { upTo, mark, ...answer } = page;
  // In no session: that somebody looked is nothing that one did.
  if (!peek && upTo > mark)
    await authoring.record("inbox.seen", { identity, seq: upTo }, { ...author, sessionId: null });
  return answer;
}

/** The same of a mere count: it stands in prompts, and says that there is more. */
const COUNTED_CHANGES = 250;
/** Changes that a count walks over before it says that there is more, where it has come to something. */
const WALKED_CHANGES = 5000;

/** The same in figures; nothing is written. */
export function countNew(authoring: Authoring, author: Author): InboxFigures {
  const question = { looker: lookerOf(author), limit: COUNTED_CHANGES, walk: WALKED_CHANGES, now: authoring.clock() };
  const nothing = { messages: 0, assigned: 0, mentions: 0, changes: 0, memory: 0, graph: 0, more: false };
  return authoring.read((db) => countInbox(db, question)) ?? nothing;
}
