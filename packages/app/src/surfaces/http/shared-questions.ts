/** @module What the dashboard asks of entries, inbox and messages; part of questions.ts. */
import type { WebEntriesAnswer, WebEntriesQuestion } from "../../query/web-entries.ts";
import type { WebEntry } from "../../query/web-entry.ts";
import type { WebInbox, WebInboxCount } from "../../query/web-inbox.ts";
import type { ThreadsAnswer, WebThread } from "../../query/web-messages.ts";
import type { PeopleAnswer } from "../../query/web-people.ts";

/** Every method is synchronous and reads only, for the person who is signed in. */
export interface SharedQuestions {
  entries(question: Omit<WebEntriesQuestion, "mine"> & { readonly isMine: boolean }): WebEntriesAnswer;
  entry(entryId: string): WebEntry | null;
  inbox(question: { readonly all: boolean }): WebInbox;
  inboxCount(): WebInboxCount;
  threads(question: { readonly limit: number }): ThreadsAnswer;
  thread(threadId: string): WebThread | null;
  people(): Omit<PeopleAnswer, "can_write">;
}
