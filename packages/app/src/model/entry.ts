/** @module Entries, messages and what is new of them: their words, and the answers about them. */
import type { WrittenValue } from "./change.ts";
import type { Origin } from "./record.ts";

export const ENTRY_CATEGORIES = ["finding", "task", "decision", "issue", "note"] as const;
export type EntryCategory = (typeof ENTRY_CATEGORIES)[number];
export const ENTRY_STATUSES = ["open", "in_progress", "blocked", "resolved", "info"] as const;
export type EntryStatus = (typeof ENTRY_STATUSES)[number];
/** Somebody still has to do something. */
export const OPEN_STATUSES = ["open", "in_progress", "blocked"] as const satisfies readonly EntryStatus[];
export const LINK_KINDS = ["event", "file", "commit", "url"] as const;

export interface EntryLink {
  readonly kind: (typeof LINK_KINDS)[number];
  readonly target: string;
}

type Time = string | null;

export interface EntryRow {
  readonly entry_id: string;
  readonly category: EntryCategory;
  readonly status: EntryStatus;
  readonly title: string;
  readonly assignee: string | null;
  readonly project_id: string | null;
  readonly session_id: string | null;
  readonly tags: readonly string[];
  readonly created_at: Time;
  readonly created_by: string;
  readonly origin: Origin;
  readonly changed_at: Time;
  readonly changed_by: string;
  /** Something in it was derived from what came from elsewhere. */
  readonly tainted: boolean;
  /** Everybody who has changed it. */
  readonly authors: readonly string[];
  /** Fields that have several values until somebody chooses. */
  readonly conflicts: readonly string[];
}

export interface EntriesAnswer {
  readonly rows: readonly EntryRow[];
  /** Where the next page begins; null: this was the last. */
  readonly next: string | null;
}

/** One value that nobody has replaced. */
export interface StandingValue {
  readonly value: WrittenValue["value"];
  readonly author: string;
  readonly at: Time;
}

export interface NoteRow {
  readonly text: string;
  readonly author: string;
  readonly origin: Origin;
  readonly tainted: boolean;
  readonly at: Time;
}

/** One change in a history: who, when, and what became what. */
export interface HistoryRow {
  readonly change_id: string;
  readonly at: Time;
  readonly author: string;
  readonly origin: Origin;
  readonly tainted: boolean;
  readonly device: string;
  readonly session_id: string | null;
  readonly set: readonly {
    readonly field: string;
    /** What its author saw and replaced; none where there was nothing, or nothing that was known there. */
    readonly from: readonly WrittenValue["value"][];
    readonly to: WrittenValue["value"];
  }[];
  readonly added: Readonly<Record<string, readonly string[]>>;
  readonly removed: Readonly<Record<string, readonly string[]>>;
  readonly note: string | null;
  readonly mark: string | null;
}

export interface Approval {
  readonly by: string;
  readonly at: Time;
}

export interface EntryDetail {
  readonly entry: EntryRow;
  readonly body: string;
  readonly deleted: boolean;
  readonly links: readonly EntryLink[];
  /** Of each field in conflict all values, the newest first. */
  readonly conflicts: Readonly<Record<string, readonly StandingValue[]>>;
  readonly notes: readonly NoteRow[];
  readonly content_hash: string;
  /** Of what stands now. */
  readonly approvals: readonly Approval[];
  /** Oldest first. */
  readonly history: readonly HistoryRow[];
}

export type RecipientKind = "identity" | "project" | "all";

export interface MessageRow {
  readonly message_id: string;
  readonly thread_id: string;
  readonly reply_to: string | null;
  readonly from: string;
  readonly origin: Origin;
  readonly tainted: boolean;
  /** Everybody whose words stand in it: to whom it goes and in which thread, too. */
  readonly authors: readonly string[];
  readonly to_kind: RecipientKind;
  readonly to: string | null;
  readonly text: string;
  readonly sent_at: Time;
  readonly expires_at: Time;
  readonly expired: boolean;
  /** When whoever asks has read it, and acknowledged it. */
  readonly read_at: Time;
  readonly acknowledged_at: Time;
}

export interface MessagesAnswer {
  readonly rows: readonly MessageRow[];
  readonly next: string | null;
}

export interface MessageDetail {
  readonly message: MessageRow;
  readonly content_hash: string;
  readonly approvals: readonly Approval[];
  /** Who has read it, and who has acknowledged it. */
  readonly readers: Readonly<Record<string, Time>>;
  readonly acknowledged_by: Readonly<Record<string, Time>>;
  readonly history: readonly HistoryRow[];
}

export const INBOX_KINDS = ["message", "assigned", "mention", "change"] as const;

/** Something that others did since somebody looked, all changes of one thing together. */
export interface InboxItem {
  readonly kind: (typeof INBOX_KINDS)[number];
  readonly target: "entry" | "message";
  readonly id: string;
  /** Of an entry. */
  readonly title: string | null;
  readonly category: EntryCategory | null;
  readonly status: EntryStatus | null;
  /** Who changed it, the newest last. */
  readonly by: readonly string[];
  readonly at: Time;
  /** Names of what was changed: fields, "note", "acknowledged". */
  readonly changed: readonly string[];
  readonly changes: number;
  readonly tainted: boolean;
}

export interface InboxAnswer {
  readonly identity: string;
  readonly items: readonly InboxItem[];
  /** There is more than was looked through. */
  readonly more: boolean;
  /** When it was looked at last; null: never. */
  readonly last_looked_at: Time;
}

export interface InboxCount {
  readonly messages: number;
  readonly assigned: number;
  readonly mentions: number;
  readonly changes: number;
  readonly more: boolean;
}
