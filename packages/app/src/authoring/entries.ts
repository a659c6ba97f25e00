/** @module Entries as they are written down and changed: checked as a whole before anything is written. */
import { ClewError } from "../base/error.ts";
import { authorHandle } from "../base/fence.ts";
import { severalError } from "../base/foreign-words-error.ts";
import type { SubjectState } from "../model/change.ts";
import {
  ENTRY_CATEGORIES,
  ENTRY_STATUSES,
  type EntryCategory,
  type EntryLink,
  type EntryStatus,
} from "../model/entry.ts";
import {
  type EntryCandidate,
  entryByPrefix,
  entryByTitle,
  type FoundSubject,
  messageByPrefix,
  SHORTEST_ID,
} from "../query/find-subject.ts";
import { subjectState } from "../query/shared-subject.ts";
import type { Author } from "./author.ts";
import { linkFrom, linkValue } from "./entry-link.ts";
import { longText, oneOfWords, saidText, shortLine } from "./given-text.ts";
import type { Authoring, Written } from "./open-authoring.ts";
import { assigneeOf } from "./recipient.ts";

export const LONGEST_TITLE = 200;
export const LONGEST_TAG = 64;
/** Tags of one entry, and links. */
export const MOST_ITEMS = 50;
/** Notes of one entry, and their characters together. */
export const MOST_NOTES = 1000;
const MOST_NOTE_CHARACTERS = 16 * 1024 * 1024;

/** As it was given, nothing checked. */
export interface GivenEntry {
  readonly category: string;
  readonly title: string;
  readonly body?: string;
  readonly status?: string;
  readonly tags?: readonly string[];
  /** KIND:TARGET, or what is known here without its kind: an address, a commit, an event's id, a path below `directory`. */
  readonly links?: readonly string[];
  readonly assignee?: string;
  /** Where plain paths begin. */
  readonly directory?: string;
}

export interface AddedEntry extends Written {
  readonly entryId: string;
  readonly category: EntryCategory;
  readonly status: EntryStatus;
  readonly links: readonly EntryLink[];
  /** The identity that it was assigned to. */
  readonly assignee: string | null;
  /** What is odd and no mistake. */
  readonly warnings: readonly string[];
}

/** Throws `usage` for what cannot be an entry; then nothing has been written. */
export async function addEntry(authoring: Authoring, given: GivenEntry, author: Author): Promise<AddedEntry> {
  const category = oneOfWords("category", given.category, ENTRY_CATEGORIES);
  const title = shortLine("the title", given.title, LONGEST_TITLE);
  const body = given.body === undefined ? "" : longText("the body", given.body);
  const status =
    given.status === undefined ? firstStatus(category) : oneOfWords("status", given.status, ENTRY_STATUSES);
  const tags = listOf("tag", given.tags ?? []).map((tag) => shortLine("a tag", tag, LONGEST_TAG));
  const links = listOf("link", given.links ?? []).map((link) => linkFrom(authoring, link, given.directory));
  const assignee = given.assignee === undefined ? null : assigneeOf(authoring, given.assignee, author);
  const entryId = newSubject("e", authoring);
  const set = {
    title,
    category,
    status,
    project: author.projectId,
    workspace: author.workspaceId,
    ...(body !== "" && { body }),
    ...(assignee && { assignee: assignee.id }),
  };
  const add = { ...(tags.length > 0 && { tags }), ...(links.length > 0 && { links: links.map(linkValue) }) };
  const written = await authoring.write("entry", entryId, { set, add }, author);
  const warnings = assigneeWarnings(assignee);
  return { ...written!, entryId, category, status, links, assignee: assignee?.id ?? null, warnings };
}

/** Somebody who has never been seen may be a slip of the pen. */
export function assigneeWarnings(assignee: ReturnType<typeof assigneeOf> | null): readonly string[] {
  return assignee && !assignee.isKnown ? [`nobody called ${assignee.id} has been seen here: it waits for them`] : [];
}

/** Null: it stands so already. A note is always one. Throws `usage`, also for an entry that is deleted. */
export async function resolveEntry(
  authoring: Authoring,
  entryId: string,
  given: { readonly status?: string; readonly note?: string; readonly assignee?: string },
  author: Author,
): Promise<Written | null> {
  const status = given.status === undefined ? null : oneOfWords("status", given.status, ENTRY_STATUSES);
  const note = given.note === undefined ? null : saidText("the note", given.note);
  const assignee = given.assignee === undefined ? null : assigneeOf(authoring, given.assignee, author);
  const set = { ...(status !== null && { status }), ...(assignee && { assignee: assignee.id }) };
  const state = authoring.read((db) => subjectState(db, "entry", entryId));
  requireLiving(entryId, state);
  if (note !== null) requireRoom(entryId, state, note);
  return authoring.write("entry", entryId, { set, ...(note !== null && { note }) }, author);
}

/** What is deleted is brought back before it is changed: nobody would see the change. Throws `usage`. */
export function requireLiving(entryId: string, state: SubjectState | null): void {
  if (state?.fields.deleted?.value === true)
    throw new ClewError("usage", `${entryId} is deleted: \`clew edit ${entryId} --undelete\` brings it back`);
}

/** Every change is folded with all notes before it, so an entry is not where a log is kept. Throws `usage`. */
function requireRoom(entryId: string, state: SubjectState | null, note: string): void {
  const notes = state?.notes ?? [];
  const characters = notes.reduce((sum, { text }) => sum + text.length, note.length);
  if (notes.length < MOST_NOTES && characters <= MOST_NOTE_CHARACTERS) return;
  const reached = notes.length >= MOST_NOTES ? `${MOST_NOTES} notes` : "16 MB of notes";
  throw new ClewError(
    "usage",
    `${entryId} would have more than ${reached}, the most: write another entry, and link it`,
  );
}

/**
 * Which entry is meant: an id means a deleted one too, words of a title only those of `among`. Throws `usage` with the candidates
 * when several are, `not_found` when none is.
 */
export function findEntry(
  authoring: Authoring,
  given: { readonly id: string } | { readonly title: string },
  author: Pick<Author, "projectId">,
  among: "living" | "deleted" = "living",
): string {
  const found: FoundSubject<EntryCandidate> =
    authoring.read((db) =>
      "id" in given ? entryByPrefix(db, given.id) : entryByTitle(db, given.title, author.projectId, among),
    ) ?? nothingFor("id" in given ? given.id : null);
  const word = "id" in given ? given.id : given.title;
  switch (found.kind) {
    case "one":
      return found.id;
    case "none":
      throw new ClewError(
        "not_found",
        "id" in given
          ? `no entry ${word}: \`clew list\` shows them`
          : `no ${among === "deleted" ? "deleted " : ""}entry has all of these words: ${word}`,
      );
    case "short":
      throw new ClewError(
        "usage",
        "id" in given ? `${word} is too short for an entry's id: give at least 4 characters` : "there are no words",
      );
    case "many":
      throw severalError(
        `${word} could be several entries; name one of them:`,
        found.candidates.map(({ entry_id: id, category, status, title }) => ({
          id,
          line: `${id}  ${category}, ${status}: ${title}`,
          about: `${category}, ${status}`,
        })),
      );
  }
}

/** Where there is no store yet. */
function nothingFor(id: string | null): { readonly kind: "none" } | { readonly kind: "short" } {
  return id !== null && id.length < SHORTEST_ID ? { kind: "short" } : { kind: "none" };
}

/** Which message is meant, by a beginning of its id. Throws like findEntry. */
export function findMessage(authoring: Authoring, word: string): string {
  const found = authoring.read((db) => messageByPrefix(db, word)) ?? nothingFor(word);
  if (found.kind === "one") return found.id;
  if (found.kind === "none") throw new ClewError("not_found", `no message ${word}: \`clew messages\` shows them`);
  if (found.kind === "short")
    throw new ClewError("usage", `${word} is too short for a message's id: give at least 4 characters`);
  throw severalError(
    `${word} could be several messages; name one of them:`,
    found.candidates.map(({ message_id: id, sender }) => ({
      id,
      line: `${id}  from ${sender}`,
      about: `from ${authorHandle(sender)}`,
    })),
  );
}

export function firstStatus(category: EntryCategory): EntryStatus {
  return category === "decision" || category === "note" ? "info" : "open";
}

/** Twelve hexadecimal digits of a new id. */
export function newSubject(letter: "e" | "m", { newId }: Pick<Authoring, "newId">): string {
  return `${letter}-${newId().replaceAll("-", "").slice(-12)}`;
}

/** Throws `usage` for too many. */
export function listOf(what: string, items: readonly string[]): readonly string[] {
  if (items.length > MOST_ITEMS)
    throw new ClewError("usage", `${items.length} ${what}s are too many; ${MOST_ITEMS} is the most`);
  return items;
}
