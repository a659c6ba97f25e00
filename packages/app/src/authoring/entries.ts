/** @module Entries as they are written down and changed: checked as a whole before anything is written. */
import { ClewError } from "../base/error.ts";
import {
  ENTRY_CATEGORIES,
  ENTRY_STATUSES,
  type EntryCategory,
  type EntryLink,
  type EntryStatus,
  LINK_KINDS,
} from "../model/entry.ts";
import { approvalMark } from "../query/approval.ts";
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
import { longText, oneOfWords, saidText, shortLine } from "./given-text.ts";
import type { Authoring, Written } from "./open-authoring.ts";
import { assigneeOf } from "./recipient.ts";

export const LONGEST_TITLE = 200;
const LONGEST_TAG = 64;
const LONGEST_TARGET = 2000;
const MOST_ITEMS = 50;

/** As it was given, nothing checked. */
export interface GivenEntry {
  readonly category: string;
  readonly title: string;
  readonly body?: string;
  readonly status?: string;
  readonly tags?: readonly string[];
  /** KIND:TARGET, or an address. */
  readonly links?: readonly string[];
  readonly assignee?: string;
}

export interface AddedEntry extends Written {
  readonly entryId: string;
  readonly category: EntryCategory;
  readonly status: EntryStatus;
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
  const links = listOf("link", given.links ?? []).map((link) => JSON.stringify(linkFrom(link)));
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
  const add = { ...(tags.length > 0 && { tags }), ...(links.length > 0 && { links }) };
  const written = await authoring.write("entry", entryId, { set, add }, author);
  const warnings =
    assignee && !assignee.isKnown ? [`nobody called ${assignee.id} has been seen here: it waits for them`] : [];
  return { ...written!, entryId, category, status, warnings };
}

/** Null: it stands so already. A note is always one. Throws `usage`. */
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
  return authoring.write("entry", entryId, { set, ...(note !== null && { note }) }, author);
}

/** Which entry is meant. Throws `usage` with the candidates when several are, `not_found` when none is. */
export function findEntry(
  authoring: Authoring,
  given: { readonly id: string } | { readonly title: string },
  author: Pick<Author, "projectId">,
): string {
  const found: FoundSubject<EntryCandidate> =
    authoring.read((db) =>
      "id" in given ? entryByPrefix(db, given.id) : entryByTitle(db, given.title, author.projectId),
    ) ?? nothingFor("id" in given ? given.id : null);
  const word = "id" in given ? given.id : given.title;
  switch (found.kind) {
    case "one":
      return found.id;
    case "none":
      throw new ClewError(
        "not_found",
        "id" in given ? `no entry ${word}: \`clew list\` shows them` : `no entry has all of these words: ${word}`,
      );
    case "short":
      throw new ClewError(
        "usage",
        "id" in given ? `${word} is too short for an entry's id: give at least 4 characters` : "there are no words",
      );
    case "many":
      throw new SeveralError(word, found.candidates);
  }
}

/** Where there is no store yet. */
function nothingFor(id: string | null): { readonly kind: "none" } | { readonly kind: "short" } {
  return id !== null && id.length < SHORTEST_ID ? { kind: "short" } : { kind: "none" };
}

/** Several entries may be meant; `candidates` are their titles, which are foreign text. */
export class SeveralError extends ClewError {
  readonly candidates: readonly EntryCandidate[];

  constructor(word: string, candidates: readonly EntryCandidate[]) {
    const lines = candidates.map((one) => `  ${one.entry_id}  ${one.category}, ${one.status}: ${one.title}`);
    super("usage", `${word} could be several entries; name one of them:\n${lines.join("\n")}`);
    this.candidates = candidates;
  }
}

/** Which message is meant, by a beginning of its id. Throws like findEntry. */
export function findMessage(authoring: Authoring, word: string): string {
  const found = authoring.read((db) => messageByPrefix(db, word)) ?? nothingFor(word);
  if (found.kind === "one") return found.id;
  if (found.kind === "none") throw new ClewError("not_found", `no message ${word}: \`clew messages\` shows them`);
  if (found.kind === "short")
    throw new ClewError("usage", `${word} is too short for a message's id: give at least 4 characters`);
  const lines = found.candidates.map(({ message_id, sender }) => `  ${message_id}  from ${sender}`);
  throw new ClewError("usage", `${word} could be several messages; name one of them:\n${lines.join("\n")}`);
}

/**
 * A person's word that what stands there, to the byte, may be relied on; null: they gave it before. Throws `usage` for an agent: it would vouch for what
 * it was told.
 */
export async function approve(
  authoring: Authoring,
  target: "entry" | "message",
  subject: string,
  contentHash: string,
  author: Author,
): Promise<Written | null> {
  if (author.origin !== "human")
    throw new ClewError("usage", "only a person approves what others wrote: run this in a terminal of your own");
  const before = authoring.read((db) => subjectState(db, target, subject));
  const mark = approvalMark(contentHash);
  if (before?.marks[mark]?.[author.identity] !== undefined) return null;
  return authoring.write(target, subject, { mark }, author);
}

export function firstStatus(category: EntryCategory): EntryStatus {
  return category === "decision" || category === "note" ? "info" : "open";
}

/** Twelve hexadecimal digits of a new id. */
export function newSubject(letter: "e" | "m", { newId }: Pick<Authoring, "newId">): string {
  return `${letter}-${newId().replaceAll("-", "").slice(-12)}`;
}

function listOf(what: string, items: readonly string[]): readonly string[] {
  if (items.length > MOST_ITEMS)
    throw new ClewError("usage", `${items.length} ${what}s are too many; ${MOST_ITEMS} is the most`);
  return items;
}

/** Throws `usage`. */
function linkFrom(text: string): EntryLink {
  const colon = text.indexOf(":");
  const isAddress = /^https?:\/\//iu.test(text);
  const word = isAddress ? "url" : text.slice(0, Math.max(0, colon));
  const kind = LINK_KINDS.find((one) => one === word);
  if (!kind)
    throw new ClewError("usage", `a link is KIND:TARGET, the kind one of ${LINK_KINDS.join(", ")}; not ${text}`);
  const target = shortLine("a link's target", isAddress ? text : text.slice(colon + 1), LONGEST_TARGET);
  if (kind === "url" && !/^https?:\/\/[^\s]+$/iu.test(target))
    throw new ClewError("usage", `${target} is no http or https address`);
  if (kind === "commit" && !/^[0-9a-f]{7,64}$/iu.test(target))
    throw new ClewError("usage", `${target} is no commit: 7 to 64 hexadecimal digits`);
  return { kind, target };
}
