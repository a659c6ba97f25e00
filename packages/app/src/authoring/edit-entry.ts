/** @module An entry as it is changed afterwards: its fields, tags and links, and whether it is there at all. Its history keeps what was. */
import { ClewError } from "../base/error.ts";
import { linkOf } from "../base/link-value.ts";
import { changeData, type Intent } from "../merge/change-data.ts";
import type { SubjectState } from "../model/change.ts";
import { ENTRY_CATEGORIES, ENTRY_STATUSES } from "../model/entry.ts";
import { subjectState } from "../query/shared-subject.ts";
import type { Author } from "./author.ts";
import { assigneeWarnings, LONGEST_TAG, LONGEST_TITLE, listOf, requireLiving } from "./entries.ts";
import { linkFrom, linkText, linkValue } from "./entry-link.ts";
import { longText, oneOfWords, saidText, shortLine } from "./given-text.ts";
import type { Authoring, Written } from "./open-authoring.ts";
import { assigneeOf } from "./recipient.ts";

/** As it was given, nothing checked. What is left out stays. */
export interface GivenEdit {
  readonly title?: string;
  /** "": none. */
  readonly body?: string;
  readonly category?: string;
  readonly status?: string;
  /** Appended. */
  readonly note?: string;
  /** Null: nobody. */
  readonly assignee?: string | null;
  readonly tags?: readonly string[];
  readonly untags?: readonly string[];
  readonly links?: readonly string[];
  /** KIND:TARGET, the target alone, or whatever would name it as a link. */
  readonly unlinks?: readonly string[];
  /** Where plain paths begin. */
  readonly directory?: string;
  /** False: brought back. */
  readonly deleted?: boolean;
}

export interface EditedEntry {
  /** Null: it stands so already. */
  readonly written: Written | null;
  /** Names of what was changed. */
  readonly changed: readonly string[];
  /** The identity that it was assigned to now; null: to nobody, or it was not asked for. */
  readonly assignee: string | null;
  readonly warnings: readonly string[];
}

/** Throws `usage` for what cannot be, for a tag or a link that it does not have, and for one that is deleted; then nothing is written. */
export async function editEntry(
  authoring: Authoring,
  entryId: string,
  given: GivenEdit,
  author: Author,
): Promise<EditedEntry> {
  const state = authoring.read((db) => subjectState(db, "entry", entryId));
  if (!state) throw new ClewError("not_found", `no entry ${entryId}: \`clew list\` shows them`);
  const { intent, assignee } = editIntent(authoring, entryId, { seen: state, now: state }, given, author);
  const data = changeData(state, intent);
  const written = data && (await authoring.write("entry", entryId, intent, author));
  const changed = [data?.set, data?.add, data?.remove].flatMap((part) => Object.keys(part ?? {}));
  return {
    written,
    changed: [...new Set(changed)],
    assignee: assignee?.id ?? null,
    warnings: assigneeWarnings(assignee),
  };
}

/** An entry as its editor saw it, and as it stands. */
export interface EditedState {
  readonly seen: SubjectState;
  readonly now: SubjectState;
}

/** What an edit comes to. Throws as editEntry does. */
export function editIntent(
  authoring: Authoring,
  entryId: string,
  { seen, now }: EditedState,
  given: GivenEdit,
  author: Author,
): { readonly intent: Intent; readonly assignee: ReturnType<typeof assigneeOf> | null } {
  if (given.deleted === undefined) requireLiving(entryId, now);
  const assignee = typeof given.assignee === "string" ? assigneeOf(authoring, given.assignee, author) : null;
  // What it has at most counts as it stands.
  if (seen !== now) elementsOf(authoring, now, { tags: given.tags ?? [], links: given.links ?? [] });
  const intent: Intent = {
    set: {
      ...(given.title !== undefined && { title: shortLine("the title", given.title, LONGEST_TITLE) }),
      ...bodyOf(seen, given.body),
      ...(given.category !== undefined && { category: oneOfWords("category", given.category, ENTRY_CATEGORIES) }),
      ...(given.status !== undefined && { status: oneOfWords("status", given.status, ENTRY_STATUSES) }),
      ...(given.assignee !== undefined && { assignee: assignee?.id ?? null }),
      ...(given.deleted !== undefined && (given.deleted || seen.fields.deleted) && { deleted: given.deleted }),
    },
    ...elementsOf(authoring, seen, given),
    ...(given.note !== undefined && { note: saidText("the note", given.note) }),
  };
  return { intent, assignee };
}

/** Nothing is no change of nothing. */
function bodyOf(state: SubjectState, text: string | undefined): { readonly body?: string } {
  if (text === undefined) return {};
  const body = longText("the body", text);
  return body === "" && !state.fields.body ? {} : { body };
}

function elementsOf(authoring: Authoring, state: SubjectState, given: GivenEdit): Pick<Intent, "add" | "remove"> {
  const tags = listOf("tag", given.tags ?? []).map((tag) => shortLine("a tag", tag, LONGEST_TAG));
  const links = listOf("link", given.links ?? []).map((link) => linkValue(linkFrom(authoring, link, given.directory)));
  const untags = (given.untags ?? []).map((tag) => tagIn(state, shortLine("a tag", tag, LONGEST_TAG)));
  const unlinks = (given.unlinks ?? []).flatMap((link) => linkIn(authoring, state, link, given.directory));
  within("tag", state, tags, untags);
  within("link", state, links, unlinks);
  return { add: { tags, links }, remove: { tags: untags, links: unlinks } };
}

const NAMES = { tag: "tags", link: "links" } as const;

function within(
  what: keyof typeof NAMES,
  { sets }: SubjectState,
  added: readonly string[],
  removed: readonly string[],
): void {
  const both = added.find((value) => removed.includes(value));
  if (both !== undefined) throw new ClewError("usage", `a ${what} is either added or taken away, not both: ${both}`);
  const before = (sets[NAMES[what]] ?? []).map(({ value }) => value).filter((value) => !removed.includes(value));
  const left = new Set([...before, ...added]);
  // What other devices added together may be more: it can still be made less.
  if (added.length > 0) listOf(what, [...left]);
}

function tagIn({ sets }: SubjectState, tag: string): string {
  // Those that it has are not named: they may be anybody's words, and an agent reads this.
  if (!sets.tags?.some(({ value }) => value === tag)) throw new ClewError("usage", `it has no tag ${tag}`);
  return tag;
}

/** As it stands in the store, where another device may have written the same in another way. */
function linkIn(
  authoring: Authoring,
  { sets }: SubjectState,
  text: string,
  directory: string | undefined,
): readonly string[] {
  const links = (sets.links ?? []).flatMap(({ value }) => {
    const link = linkOf(value);
    return link ? [{ value, text: linkText(link), target: link.target }] : [];
  });
  const named = links.filter((link) => link.text === text || link.target === text);
  const found = named.length > 0 ? named : links.filter((link) => link.text === meant());
  const texts = [...new Set(found.map((link) => link.text))];
  if (texts.length > 1)
    throw new ClewError(
      "usage",
      `${text} could be several links; name one of them:\n${texts.map((one) => `  ${one}`).join("\n")}`,
    );
  if (found.length === 0) throw new ClewError("usage", `it has no link ${text}`);
  return found.map(({ value }) => value);

  /** A path that is shorter here, a commit in capitals. Null: it names nothing, so no link either. */
  function meant(): string | null {
    try {
      return linkText(linkFrom(authoring, text, directory));
    } catch {
      return null;
    }
  }
}
