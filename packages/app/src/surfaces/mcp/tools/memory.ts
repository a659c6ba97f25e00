/** @module The tools memory_search and memory_get: the agents' memory files, by words and one by one. */
import { z } from "zod";
import { memoryReader } from "../../../authoring/memory-reader.ts";
import { authorHandle, type Trust } from "../../../base/fence.ts";
import {
  listMemoryFiles,
  type MemoryFile,
  type MemoryScope,
  memoryFile,
  memoryFilesNamed,
} from "../../../query/memory-files.ts";
import { memoryKey } from "../../../query/memory-key.ts";
import { memoryOffers, type WaitingVersion } from "../../../query/memory-offers.ts";
import { type MemorySearchRow, searchMemory } from "../../../query/memory-search.ts";
import { type MemoryWriters, memoryWriters } from "../../../query/memory-writers.ts";
import type { Reader } from "../../../query/reader.ts";
import { type Answer, counted, type Item, labelled } from "../answer.ts";
import { shortTime } from "../safe-words.ts";
import type { ToolCall } from "../services.ts";
import { asSpeaker, type Speaker } from "../speaker.ts";
import { ask, cursorField, cursorNumber, limitField, pageOf, readTool, refusal } from "../tool.ts";
import { ownIdentities, trustOf } from "../trust.ts";

const FILE_SHAPE = {
  memory_id: z.string(),
  is_global: z.boolean(),
  conflicts: z.int().optional().describe("other versions that nobody has replaced"),
  matches: z.int().optional(),
};
const scopeFields = {
  project: z.string().max(200).optional().describe("name or id of another project, * allowed"),
  all_projects: z.boolean().default(false),
};

function scopeOf({ author }: Speaker, project: string | undefined, allProjects: boolean): MemoryScope {
  if (project !== undefined) return { projectId: null, named: project };
  return { projectId: allProjects ? null : author.projectId };
}

export const memorySearchTool = readTool({
  name: "memory_search",
  title: "Search memory files",
  description:
    'Finds lines in the agents\' memory files (memory/*.md, CLAUDE.md) of this project and the global ones: words, "phrases", begin*, -not. Without a query: lists the files. memory_get reads one.',
  input: { query: z.string().max(500).optional(), ...scopeFields, limit: limitField(8), cursor: cursorField },
  output: { total: z.int(), ...pageOf(FILE_SHAPE) },
  run: ({ query, project, all_projects, limit, cursor }, call) =>
    asSpeaker(call, (speaker): Answer => {
      const scope = scopeOf(speaker, project, all_projects);
      const offset = cursorNumber(cursor, "f") ?? 0;
      const own = speaker.authoring.read((db) => ownIdentities(db, speaker.author)) ?? new Set<string>();
      const more = (total: number) => (shown: number) =>
        shown > 0 && offset + shown < total ? `f${offset + shown}` : null;
      if (query === undefined || query.trim() === "") {
        const files = ask(call.services, (db) => listMemoryFiles(db, scope));
        return {
          summary: `${counted(files.length, "memory file", "memory files")}.`,
          fields: { total: files.length },
          items: files.slice(offset, offset + limit).map((file) => ({
            head: `${memoryKey(file.id)}, ${file.size} bytes, changed ${shortTime(file.changed_at)}`,
            row: { memory_id: memoryKey(file.id), is_global: file.project_id === null, conflicts: file.conflicts },
            quote: {
              author: file.changed_by,
              trust: worthOf(file, writersOf(speaker, file.id), own),
              verified: true,
              text: labelled({ path: file.path, project: file.project, title: file.title, about: file.description }),
              limit: 300,
            },
          })),
          next: more(files.length),
        };
      }
      const found = ask(call.services, (db) =>
        searchMemory(db, { text: query, scope, files: offset + limit, lines: 3 }),
      );
      return {
        summary: `${counted(found.total, "memory file has", "memory files have")} these words, newest change first.`,
        fields: { total: found.total },
        items: found.rows.slice(offset).map((row) => foundItem(row, writersOf(speaker, row.id), own)),
        next: more(found.total),
      };
    }),
});

function foundItem(row: MemorySearchRow, writers: MemoryWriters, own: ReadonlySet<string>): Item {
  const key = memoryKey(row.id);
  const lines = Object.fromEntries(row.lines.map(({ number, text }) => [`line ${number}`, text]));
  return {
    head: `${key}, ${counted(row.matches, "line", "lines")}`,
    row: { memory_id: key, is_global: row.project_id === null, matches: row.matches },
    quote: {
      author: row.changed_by,
      trust: worthOf(row, writers, own),
      verified: true,
      text: labelled({ path: row.path, project: row.project, title: row.title, ...lines }),
    },
  };
}

export const memoryGetTool = readTool({
  name: "memory_get",
  title: "Read a memory file",
  description:
    "The text of one memory file, by the memory_id that memory_search gives, or by its path or the end of it.",
  input: {
    memory_id: z.string().max(500),
    ...scopeFields,
    cursor: cursorField,
  },
  output: {
    memory_id: z.string().nullable(),
    lines: z.int().nullable(),
    waiting: z.int().optional().describe("versions that no person has approved"),
    ...pageOf(FILE_SHAPE),
  },
  run: ({ memory_id, project, all_projects, cursor }, call) =>
    asSpeaker(call, (speaker): Answer => {
      const scope = scopeOf(speaker, project, all_projects);
      const own = speaker.authoring.read((db) => ownIdentities(db, speaker.author)) ?? new Set<string>();
      const ids = ask(call.services, (db) => memoryIdsOf(db, memory_id, scope));
      const [only, other] = ids;
      if (only === undefined) throw refusal("not_found", "there is no such memory file: memory_search lists them");
      if (other !== undefined)
        return {
          summary: `${ids.length} memory files fit: call again with the memory_id of the one that is meant.`,
          fields: { memory_id: null, lines: null },
          items: ids.map((id) => ({
            head: memoryKey(id),
            row: { memory_id: memoryKey(id), is_global: id.startsWith("global/") },
            quote: {
              author: ask(call.services, (db) => memoryFile(db, id))?.changed_by ?? "unknown",
              trust: writersOf(speaker, id).tainted ? "tainted" : "peer",
              verified: true,
              text: labelled({ path: id }),
              limit: 240,
            },
          })),
        };
      const file = ask(call.services, (db) => memoryFile(db, only));
      if (!file) throw refusal("not_found", "there is no such memory file: memory_search lists them");
      const about = { writers: writersOf(speaker, only), own, waiting: waitingOf(speaker, call, only) };
      return oneFile(file, about, cursorNumber(cursor, "l") ?? 1, call.maxTokens);
    }),
});

/** Files that a key, a path or the end of one means; a key means one wherever it is. */
export function memoryIdsOf(db: Reader, word: string, scope: MemoryScope): readonly string[] {
  return memoryFilesNamed(db, word, scope).map(({ id }) => id);
}

/** Everybody who has written in it: the next version may have kept their words. */
function writersOf({ authoring }: Speaker, id: string): MemoryWriters {
  return authoring.read((db) => memoryWriters(db, id)) ?? { authors: [], tainted: true };
}

function worthOf({ tainted }: { readonly tainted: boolean }, writers: MemoryWriters, own: ReadonlySet<string>): Trust {
  return trustOf(tainted || writers.tainted, writers.authors, own);
}

/** What others wrote and no person has approved: it is read here, and lies on no disk. */
function waitingOf({ authoring, author }: Speaker, { services }: ToolCall, id: string): readonly WaitingVersion[] {
  const reader = memoryReader(author, authoring.place, services.env);
  return authoring.read((db) => memoryOffers(db, reader, id))?.get(id)?.waiting ?? [];
}

/** Characters of an answer that a line takes besides its own: the mark before it, the line's end as JSON. */
const PER_LINE = 27;
/** And what stands around the text. */
const AROUND = 700;

interface About {
  readonly writers: MemoryWriters;
  readonly own: ReadonlySet<string>;
  readonly waiting: readonly WaitingVersion[];
}

function waitingText(file: MemoryFile, waiting: readonly WaitingVersion[]): string {
  if (waiting.length === 0) return "";
  const who = [...new Set(waiting.map(({ author }) => authorHandle(author)))].slice(0, 3).join(", ");
  const isShown = waiting.some(({ version, what }) => what === "content" && version === file.version);
  const wait = counted(waiting.length, "version waits", "versions wait");
  return ` ${wait} for a person's approval, by ${who}${isShown ? ": the one shown here is not approved" : ""}.`;
}

function oneFile(file: MemoryFile, { writers, own, waiting }: About, from: number, maxTokens: number): Answer {
  const lines = file.content.split(/\r\n|\r|\n/);
  const shown: string[] = [];
  // A quote, a backslash take two characters in JSON.
  for (let left = maxTokens * 3.2 - AROUND; left > 0 && from - 1 + shown.length < lines.length; ) {
    const line = lines[from - 1 + shown.length]!;
    left -= JSON.stringify(line).length + PER_LINE;
    if (left > 0 || shown.length === 0) shown.push(line);
  }
  const next = from + shown.length;
  const key = memoryKey(file.id);
  const conflict =
    file.conflicts > 0 ? `, ${counted(file.conflicts, "other version stands", "other versions stand")} beside it` : "";
  return {
    summary: `Memory file ${key}: lines ${from} to ${next - 1} of ${lines.length}, changed ${shortTime(file.changed_at)} by ${authorHandle(file.changed_by)}${conflict}${file.deleted ? ", deleted" : ""}.${waitingText(file, waiting)}`,
    fields: { memory_id: key, lines: lines.length, ...(waiting.length > 0 && { waiting: waiting.length }) },
    items: [
      {
        head: file.project_id === null ? "global" : "of a project",
        row: { memory_id: key, is_global: file.project_id === null, conflicts: file.conflicts },
        quote: {
          author: file.changed_by,
          trust: worthOf(file, writers, own),
          verified: true,
          text: [labelled({ path: file.path }), ...shown].join("\n"),
          limit: maxTokens * 4,
        },
      },
    ],
    next: () => (next <= lines.length ? `l${next}` : null),
  };
}
