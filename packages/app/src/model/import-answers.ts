/** @module What imports and migrations answer with. Fields may be added, never renamed. */
import type { IsoTime } from "./answers.ts";

export interface ImportCounts {
  /** "sessions", "todo lists", "entries", ... */
  readonly what: string;
  /** Files or rows. */
  readonly read: number;
  /** Of them: those that brought something that was not there. */
  readonly new: number;
  /** Those that brought nothing new. */
  readonly known: number;
  /** Those that say nothing, like an empty todo list. */
  readonly empty: number;
  readonly problems: number;
}

export interface ImportAnswer {
  readonly kind: string;
  /** Where it came from; without a password. */
  readonly source: string;
  readonly dry_run: boolean;
  /** It was stopped before its end. What had been read is stored. */
  readonly stopped: boolean;
  readonly rows: readonly ImportCounts[];
  readonly new_events: number;
  readonly known_events: number;
  readonly problem_count: number;
  /** A sentence each; the first thousand. */
  readonly problems: readonly string[];
  readonly seconds: number;
}

/** A field in which a file and the store differ. A time is milliseconds UTC; null: not said. */
export interface FieldDifference {
  readonly field: string;
  readonly file: unknown;
  readonly store: unknown;
}

export interface SessionDifference {
  readonly file: string;
  readonly session_id: string;
  readonly fields: readonly FieldDifference[];
}

/** How a directory of session files and the store differ. */
export interface MigrationCheck {
  readonly directory: string;
  readonly phase: "dual-write" | "finished";
  readonly workspaces: readonly string[];
  readonly started_at: IsoTime;
  /** Files and sessions that were compared. */
  readonly files: number;
  readonly sessions: number;
  /** Nothing of what follows. */
  readonly consistent: boolean;
  readonly differing: readonly SessionDifference[];
  /** Files whose session the store does not have. */
  readonly missing_in_store: readonly { readonly file: string; readonly session_id: string }[];
  /** Sessions that should have a file and have none. */
  readonly missing_in_files: readonly { readonly file: string; readonly session_id: string }[];
  /** Files that say nothing; `kept`: the store has their bytes. */
  readonly unreadable: readonly { readonly file: string; readonly problem: string; readonly kept: boolean }[];
}

export interface MigrationSync {
  readonly directory: string;
  /** Files that were read into the store because they were new or had changed. */
  readonly imported: number;
  readonly new_events: number;
  /** Files that were made, and files that were brought up to the store. */
  readonly created: number;
  readonly updated: number;
  /** Not written, and why: a sentence each. */
  readonly conflicts: readonly string[];
  readonly problems: readonly string[];
}

export interface MigrationRollback {
  readonly directory: string;
  readonly to: string;
  /** Files with the very bytes that were read. */
  readonly original: number;
  /** Files written from the store: sessions that no file held, or of which the store knows more. */
  readonly written: number;
  /** Files that were there already with these bytes. */
  readonly present: number;
  readonly conflicts: readonly string[];
}
