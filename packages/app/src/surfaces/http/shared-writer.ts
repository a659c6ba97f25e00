/** @module What the dashboard may write: entries, messages and the inbox, in the name of the person who is signed in. */

/** What was done with what was sent. */
export interface SharedWritten {
  /** False: it stood so already. */
  readonly changed: boolean;
  /** False: a busy writer has not come to it yet. It is safe, and stored later. */
  readonly stored: boolean;
  /** What is odd and no mistake. */
  readonly warnings: readonly string[];
}

/** As it was given, nothing checked. */
export interface NewEntry {
  readonly category: string;
  readonly title: string;
  readonly body?: string;
  readonly status?: string;
  readonly tags?: readonly string[];
  /** KIND:TARGET, or an address. */
  readonly links?: readonly string[];
  readonly assignee?: string;
  /** Session that it is about; its project is the entry's. */
  readonly session_id?: string;
  /** Else a project that is known here. */
  readonly project_id?: string;
}

/** What is changed of an entry. Whatever came after `seen` stays beside it as a conflict. */
export interface EntryEdit {
  /** `version` of the entry as the page showed it. */
  readonly seen: number;
  readonly category?: string;
  readonly status?: string;
  readonly title?: string;
  readonly body?: string;
  /** Null: nobody. */
  readonly assignee?: string | null;
  readonly add_tags?: readonly string[];
  readonly remove_tags?: readonly string[];
  readonly note?: string;
  readonly deleted?: boolean;
}

export interface NewMessage {
  /** An identity, a project or "all"; without it an answer goes to whoever wrote what it answers. */
  readonly to?: string;
  readonly text: string;
  /** Id of a message. */
  readonly reply_to?: string;
}

export type MessageMark = "read" | "acknowledged";

/**
 * Every method resolves when what it wrote is durable, and rejects with a ClewError, `usage` or `not_found`, when nothing was
 * written. The author is the person at this machine, whatever a request says.
 */
export interface SharedWriter {
  addEntry(entry: NewEntry): Promise<SharedWritten & { readonly entry_id: string }>;
  editEntry(entryId: string, edit: EntryEdit): Promise<SharedWritten>;
  send(message: NewMessage): Promise<SharedWritten & { readonly message_id: string; readonly thread_id: string }>;
  markMessage(messageId: string, mark: MessageMark): Promise<SharedWritten>;
  /** Everything up to this number of the log has been looked at. */
  seeInbox(upTo: number): Promise<void>;
  /** A person's word for exactly this content, given or, with false, taken back. */
  approve(target: "entry" | "message", id: string, contentHash: string, approved: boolean): Promise<SharedWritten>;
  /** What in a text may be meant for an agent and not for its reader, a sentence each. */
  warningsOf(texts: readonly string[], tainted: boolean): readonly string[];
}
