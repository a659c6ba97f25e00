/** @module The inbox as the dashboard shows it: what others did since the person looked, with enough of each to judge it by. */
import type { InboxItem, MessageRow } from "../model/entry.ts";
import { countInbox, firstPage } from "./inbox.ts";
import type { GraphNews, MemoryNews } from "./inbox-memory.ts";
import { type Reader, rowOf } from "./reader.ts";
import { lookerFor, webMessage } from "./web-messages.ts";
import type { SharedTrust } from "./web-trust.ts";

export interface WebInboxItem extends InboxItem {
  /** Of a message. */
  readonly message: MessageRow | null;
  readonly trust: SharedTrust | null;
  /** Name of the project of an entry. */
  readonly project: string | null;
  /** A message that they have read, though they have not looked at the inbox since. */
  readonly is_read: boolean;
}

export interface WebInbox {
  /** Null: nobody is known to look. */
  readonly identity: string | null;
  readonly items: readonly WebInboxItem[];
  /** Memory files that others changed, the newest change first. */
  readonly memory: readonly MemoryNews[];
  /** What others did to the memory graph, a line an author. */
  readonly graph: readonly GraphNews[];
  /** There is more than was looked through. */
  readonly more: boolean;
  readonly last_looked_at: string | null;
  /** What is marked as seen by saying so: nothing that came after this answer. */
  readonly up_to: number;
}

export interface WebInboxCount {
  /** Unread messages, assignments and mentions. */
  readonly for_me: number;
  /** All that is new, those among it; of memory its files, of the graph entities and relations. */
  readonly new: number;
  readonly more: boolean;
}

/** Changes of one look, and of a mere count. */
const CHANGES = 1_000;
const COUNTED_CHANGES = 250;
const PROJECT =
  "SELECT p.name FROM entries e CROSS JOIN projects p ON p.project_id = e.project_id WHERE e.entry_id = ?";

export interface WebInboxQuestion {
  readonly person: string | null;
  /** Also what was seen before. */
  readonly all: boolean;
  /** Milliseconds UTC. */
  readonly now: number;
}

export function webInbox(db: Reader, { person, all, now }: WebInboxQuestion): WebInbox {
  const looker = lookerFor(person);
  const page = firstPage(db, { looker, all, limit: CHANGES, now });
  const items = page.items.map((item): WebInboxItem => {
    const found = item.target === "message" ? webMessage(db, item.id, { looker, person, now }) : null;
    return {
      ...item,
      message: found?.message ?? null,
      trust: found?.trust ?? null,
      project: item.target === "entry" ? (rowOf<{ name: string }>(db, PROJECT, [item.id])?.name ?? null) : null,
      is_read: item.kind === "message" && found?.message.read_at !== null,
    };
  });
  const { memory, graph, more, last_looked_at, upTo } = page;
  return { identity: person, items, memory, graph, more, last_looked_at, up_to: upTo };
}

/** As `clew inbox --count` counts it. */
export function webInboxCount(db: Reader, { person, now }: Omit<WebInboxQuestion, "all">): WebInboxCount {
  const figures = countInbox(db, { looker: lookerFor(person), limit: COUNTED_CHANGES, now });
  const forMe = figures.messages + figures.assigned + figures.mentions;
  return { for_me: forMe, new: forMe + figures.changes + figures.memory + figures.graph, more: figures.more };
}
