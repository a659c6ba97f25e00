/** @module An entry and a thread as they are sent to the page: with what in them may be meant for an agent. */
import type { WebEntry } from "../../query/web-entry.ts";
import type { WebMessage, WebThread } from "../../query/web-messages.ts";
import type { SharedWriter } from "./shared-writer.ts";

/** What /api/entries/:id answers. */
export interface EntryAnswer extends WebEntry {
  /** What in it may be meant for an agent, a sentence each; shown to whoever is to approve it. */
  readonly warnings: readonly string[];
}

export interface MessageAnswer extends WebMessage {
  readonly warnings: readonly string[];
}

/** What /api/messages/:id answers. */
export interface ThreadAnswer extends Omit<WebThread, "messages"> {
  readonly messages: readonly MessageAnswer[];
}

export function entryAnswer(entry: WebEntry, writer: SharedWriter | undefined): EntryAnswer {
  const { body, notes, links } = entry;
  const { title, tags, tainted } = entry.entry;
  const texts = [title, body, ...notes.map(({ text }) => text), ...tags, ...links.map(({ target }) => target)];
  return { ...entry, warnings: writer?.warningsOf(texts, tainted) ?? [] };
}

export function threadAnswer(thread: WebThread, writer: SharedWriter | undefined): ThreadAnswer {
  return {
    ...thread,
    messages: thread.messages.map((one) => ({
      ...one,
      warnings: writer?.warningsOf([one.message.text], one.message.tainted) ?? [],
    })),
  };
}
