/** @module Questions about entries, inbox and messages, answered by query/ for one person. */
import type { Clock } from "../../base/clock.ts";
import type { Reader } from "../../query/reader.ts";
import { webEntries } from "../../query/web-entries.ts";
import { webEntry } from "../../query/web-entry.ts";
import { webInbox, webInboxCount } from "../../query/web-inbox.ts";
import { webThread, webThreads } from "../../query/web-messages.ts";
import { knownPeople } from "../../query/web-people.ts";
import type { TrustAsker } from "../../query/web-trust.ts";
import type { SharedQuestions } from "./shared-questions.ts";

export interface BindSharedOptions {
  readonly reader: Reader;
  readonly clock: Clock;
  /** Identity of who is signed in; null: nobody is known, so nothing is theirs. */
  readonly person: string | null;
  /** Whether a session that starts where an entry was written is given its title: as the rule for agents' contexts says. */
  readonly isTitleGiven: TrustAsker["isTitleGiven"];
}

export function bindSharedQuestions({ reader, clock, person, isTitleGiven }: BindSharedOptions): SharedQuestions {
  return {
    entries: ({ isMine, ...question }) => webEntries(reader, { ...question, mine: isMine ? (person ?? "") : null }),
    entry: (entryId) => webEntry(reader, entryId, { person, isTitleGiven }),
    inbox: ({ all }) => webInbox(reader, { person, all, now: clock() }),
    inboxCount: () => webInboxCount(reader, { person, now: clock() }),
    threads: ({ limit }) => webThreads(reader, { person, now: clock(), limit }),
    thread: (threadId) => webThread(reader, threadId, { person, now: clock() }),
    people: () => knownPeople(reader, person),
  };
}
