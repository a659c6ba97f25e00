/** @module The tools list_entries, add_entry and resolve_entry: findings, tasks, decisions, issues and notes. */
import { z } from "zod";
import { addEntry, findEntry, resolveEntry } from "../../../authoring/entries.ts";
import { authorHandle } from "../../../base/fence.ts";
import { sharedField } from "../../../base/shared-fields.ts";
import {
  ENTRY_CATEGORIES,
  ENTRY_STATUSES,
  type EntryDetail,
  type EntryRow,
  type EntryStatus,
  OPEN_STATUSES,
} from "../../../model/entry.ts";
import { listEntries } from "../../../query/entries.ts";
import { entryDetail } from "../../../query/entry-detail.ts";
import { entryWords } from "../../../query/entry-words.ts";
import { type EntryCandidate, entryByTitle } from "../../../query/find-subject.ts";
import { namesOf } from "../../../query/names.ts";
import { projectNames } from "../../../query/project-names.ts";
import { type Answer, counted, type Item, labelled } from "../answer.ts";
import { safeId, shortTime } from "../safe-words.ts";
import { asSpeaker, type Speaker } from "../speaker.ts";
import { lineField, linesField, textField } from "../text-fields.ts";
import { ask, cursorField, cursorOf, limitField, pageOf, readTool, refusal, writeTool } from "../tool.ts";
import { ownIdentities, trustOf } from "../trust.ts";

const ENTRY_SHAPE = {
  entry_id: z.string(),
  category: z.string(),
  status: z.string(),
  changed_at: z.string().nullable().optional(),
  session_id: z.string().nullable().optional(),
  authors: z.array(z.string()).optional(),
};
const idField = z.string().max(40).describe("or a beginning of it");

export const listEntriesTool = readTool({
  name: "list_entries",
  title: "Entries of the project",
  description:
    "Findings, tasks, decisions, issues and notes that people and agents wrote down, newest change first. With entry_id: that one with its body, notes and links.",
  input: {
    entry_id: idField.optional(),
    category: z.enum(ENTRY_CATEGORIES).optional(),
    status: z.union([z.enum(ENTRY_STATUSES), z.array(z.enum(ENTRY_STATUSES)).min(1).max(5)]).optional(),
    query: z.string().max(500).optional().describe("words in title, body, notes or tags"),
    open: z.boolean().default(false).describe("only open, in_progress and blocked"),
    mine: z.boolean().default(false).describe("only what you wrote first, or what is assigned to you"),
    all_projects: z.boolean().default(false),
    limit: limitField(10),
    cursor: cursorField,
  },
  output: pageOf(ENTRY_SHAPE),
  run: ({ entry_id, category, status, query, open, mine, all_projects, limit, cursor }, call) =>
    asSpeaker(call, (speaker): Answer => {
      const { authoring, author } = speaker;
      if (entry_id !== undefined) return oneEntry(speaker, entry_id, call.maxTokens);
      const after = cursorOf(cursor, "n");
      const question = {
        ...(category && { category }),
        ...(query !== undefined && { words: entryWords(query) }),
        ...(status
          ? { statuses: typeof status === "string" ? [status] : status }
          : open
            ? { statuses: OPEN_STATUSES }
            : {}),
        ...(mine && { mine: namesOf(author.identity) }),
        ...(!all_projects && { projectId: author.projectId }),
      };
      const page = (most: number) =>
        ask(call.services, (db) => listEntries(db, { ...question, limit: most, ...(after !== null && { after }) }));
      const { rows, next } = page(limit);
      const projects = all_projects ? ask(call.services, projectNames) : null;
      const own = authoring.read((db) => ownIdentities(db, author)) ?? new Set();
      return {
        summary: `${counted(rows.length, "entry", "entries")}${all_projects ? "" : " of this project"}${rows.length === 0 ? "" : ", newest change first"}.`,
        items: rows.map((row) => entryItem(row, own, projects?.get(row.project_id ?? "") ?? null)),
        next(shown) {
          const last = shown === rows.length ? next : page(shown).next;
          return last === null ? null : `n${last}`;
        },
      };
    }),
});

export const addEntryTool = writeTool({
  name: "add_entry",
  title: "Write an entry",
  description:
    "Writes down a finding, task, decision, issue or note for people and later sessions. It is kept with its author and session.",
  input: {
    category: z.enum(ENTRY_CATEGORIES),
    title: lineField(200),
    body: textField(100_000).optional(),
    status: z.enum(ENTRY_STATUSES).optional().describe("default: open; info for decisions and notes"),
    tags: linesField().optional(),
    links: z.array(lineField(2000)).max(50).optional().describe("event:ID, file:PATH, commit:HASH or an https address"),
    assignee: lineField(200).optional(),
  },
  output: {
    entry_id: z.string(),
    category: z.string(),
    status: z.string(),
    session_id: z.string().nullable(),
    stored: z.boolean().describe("false: safe, and stored in a moment"),
  },
  run: ({ max_tokens: _, category, title, body, status, tags, links, assignee }, call) =>
    asSpeaker(call, async ({ authoring, author, by }): Promise<Answer> => {
      const given = {
        category,
        title,
        ...(body !== undefined && { body }),
        ...(status && { status }),
        ...(tags && { tags }),
        ...(links && { links }),
        ...(assignee !== undefined && { assignee }),
      };
      const added = await addEntry(authoring, given, author);
      const session = safeId(author.sessionId);
      return {
        summary: `Wrote ${added.category} ${added.entryId} (${added.status}) as ${authorHandle(author.identity)}, ${session === null ? "in no session" : `in session ${session}, found by ${by}`}.${added.warnings.length > 0 ? " Its assignee has not been seen here yet." : ""}`,
        fields: {
          entry_id: added.entryId,
          category: added.category,
          status: added.status,
          session_id: session,
          stored: added.isStored,
        },
      };
    }),
});

export const resolveEntryTool = writeTool({
  name: "resolve_entry",
  title: "Change or resolve an entry",
  description:
    "Sets the status of an entry, adds a note to it, or assigns it: the one of an id, or the only one whose title has all given words. Notes are added, never replaced; the history is kept.",
  input: {
    entry_id: idField.optional(),
    title_match: lineField(200).optional().describe("words that must all stand in the title"),
    status: z.enum(ENTRY_STATUSES).optional().describe("default: resolved, where neither note nor assignee is given"),
    note: textField(100_000).optional(),
    assignee: lineField(200).optional(),
  },
  output: { changed: z.boolean(), entry_id: z.string().nullable(), ...optionalPage(pageOf(ENTRY_SHAPE)) },
  run: ({ entry_id, title_match, status, note, assignee }, call) =>
    asSpeaker(call, async ({ authoring, author }): Promise<Answer> => {
      if ((entry_id === undefined) === (title_match === undefined))
        throw refusal("usage", "give either entry_id or title_match");
      if (title_match !== undefined) {
        const found = authoring.read((db) => entryByTitle(db, title_match, author.projectId));
        if (found?.kind === "many") return severalEntries(found.candidates);
      }
      const id = findEntry(authoring, entry_id !== undefined ? { id: entry_id } : { title: title_match! }, author);
      const wanted = status ?? (note === undefined && assignee === undefined ? "resolved" : undefined);
      const given = {
        ...(wanted !== undefined && { status: wanted }),
        ...(note !== undefined && { note }),
        ...(assignee !== undefined && { assignee }),
      };
      const before = authoring.read((db) => entryDetail(db, id))?.entry ?? null;
      const written = await resolveEntry(authoring, id, given, author);
      const own = authoring.read((db) => ownIdentities(db, author)) ?? new Set<string>();
      return {
        summary: written
          ? `Changed entry ${id}: ${whatChanged(before, given)}.`
          : `Entry ${id} stood so already: nothing was changed.`,
        fields: { changed: written !== null, entry_id: id },
        items: before ? [changedItem({ ...before, status: wanted ?? before.status }, own)] : [],
      };
    }),
});

interface EntryChange {
  readonly status?: EntryStatus;
  readonly note?: string;
  readonly assignee?: string;
}

/** "status open → resolved, 1 note". */
function whatChanged(before: EntryRow | null, { status, note, assignee }: EntryChange): string {
  return [
    ...(status === undefined
      ? []
      : [`status ${before && before.status !== status ? `${before.status} → ` : ""}${status}`]),
    ...(note === undefined ? [] : ["1 note"]),
    ...(assignee === undefined ? [] : [`assigned to ${authorHandle(assignee)}`]),
  ].join(", ");
}

/** Which one it was: its title, and who wrote it. */
function changedItem({ entry_id, category, status, title, ...row }: EntryRow, own: ReadonlySet<string>): Item {
  return {
    head: `${entry_id}, ${category}, ${status}`,
    row: { entry_id, category, status },
    quote: {
      author: row.created_by,
      trust: trustOf(row.tainted, row.authors, own),
      verified: true,
      text: labelled({ title }),
      limit: 240,
    },
  };
}

function optionalPage(page: ReturnType<typeof pageOf<typeof ENTRY_SHAPE>>) {
  return { rows: page.rows.optional(), next_cursor: page.next_cursor.optional() };
}

/** Titles are others' words: they stand in fences, not in an error. */
function severalEntries(candidates: readonly EntryCandidate[]): Answer {
  return {
    summary: "Nothing was changed: several entries fit. Call again with the entry_id of the one that is meant.",
    fields: { changed: false, entry_id: null },
    items: candidates.map(({ entry_id, category, status, title, changed_by, tainted }) => ({
      head: `${entry_id}, ${category}, ${status}`,
      row: { entry_id, category, status },
      quote: {
        author: changed_by,
        trust: tainted === 1 ? "tainted" : "peer",
        verified: true,
        text: labelled({ title }),
        limit: 240,
      },
    })),
  };
}

/** `project`: its name, where entries of several are shown. */
function entryItem(row: EntryRow, own: ReadonlySet<string>, project: string | null = null): Item {
  const { entry_id, category, status } = row;
  return {
    head: `${entry_id}, ${category}, ${status}, changed ${shortTime(row.changed_at)}`,
    row: {
      entry_id,
      category,
      status,
      changed_at: row.changed_at,
      session_id: safeId(row.session_id),
      authors: row.authors.map(authorHandle),
    },
    quote: {
      author: row.created_by,
      trust: trustOf(row.tainted, row.authors, own),
      verified: true,
      text: labelled({ title: row.title, project, tags: row.tags.join(", "), assignee: row.assignee }),
      limit: 300,
    },
  };
}

function oneEntry({ authoring, author }: Speaker, word: string, maxTokens: number): Answer {
  const id = findEntry(authoring, { id: word }, author);
  const detail = authoring.read((db) => entryDetail(db, id));
  if (!detail) throw refusal("not_found", "there is no such entry");
  const own = authoring.read((db) => ownIdentities(db, author)) ?? new Set<string>();
  const item = entryItem(detail.entry, own);
  const { conflicts, approvals } = detail;
  const open = [...new Set(Object.keys(conflicts).map(sharedField))];
  return {
    summary: `Entry ${id}${detail.deleted ? ", deleted" : ""}, ${approvals.length === 0 ? "approved by nobody" : `approved by ${approvals.map(({ by }) => authorHandle(by)).join(", ")}`}${open.length > 0 ? `; written twice without being settled: ${open.join(", ")}` : ""}.`,
    items: [{ ...item, quote: { ...item.quote!, text: wordsOf(detail), limit: maxTokens * 4 } }],
  };
}

function wordsOf({ entry, body, notes, links }: EntryDetail): string {
  return [
    labelled({
      title: entry.title,
      tags: entry.tags.join(", "),
      assignee: entry.assignee,
      links: links.map(({ kind, target }) => `${kind}:${target}`).join(", "),
    }),
    ...(body === "" ? [] : [body]),
    ...notes.map((note) => `note of ${authorHandle(note.author)}, ${shortTime(note.at)}: ${note.text}`),
  ].join("\n");
}
