/** @module From a beginning of its id, or from words of its title, to the one entry or message that is meant. */
import type { EntryCategory, EntryStatus } from "../model/entry.ts";
import { type Reader, rowOf, rowsOf } from "./reader.ts";

export interface EntryCandidate {
  readonly entry_id: string;
  readonly title: string;
  readonly category: EntryCategory;
  readonly status: EntryStatus;
  /** Who changed it last. */
  readonly changed_by: string;
  /** 1: something in it was derived from what came from elsewhere. */
  readonly tainted: number;
}

export type FoundSubject<Candidate> =
  | { readonly kind: "one"; readonly id: string }
  | { readonly kind: "many"; readonly candidates: readonly Candidate[] }
  | { readonly kind: "none" }
  /** Too short to mean one. */
  | { readonly kind: "short" };

/** Of a beginning of an id, "e-" or "m-" included: shorter ones mean too many. */
export const SHORTEST_ID = 4;
const MOST_CANDIDATES = 12;

const ENTRY_COLUMNS = "e.entry_id, e.title, e.category, e.status, s.changed_by, s.tainted";
export const ENTRY_BY_ID = "SELECT entry_id FROM entries WHERE entry_id = ?";
export const ENTRIES_BY_PREFIX = `SELECT ${ENTRY_COLUMNS} FROM entries e CROSS JOIN subjects s ON s.id = e.id
  WHERE e.entry_id >= ? AND e.entry_id < ? ORDER BY e.entry_id LIMIT ?`;
export const MESSAGE_BY_ID = "SELECT message_id FROM messages WHERE message_id = ?";
export const MESSAGES_BY_PREFIX = `SELECT message_id, sender FROM messages WHERE message_id >= ? AND message_id < ? ORDER BY message_id LIMIT ?`;
/** Entries whose titles may have words, and those whose letters only a program can fold: of all that are deleted, or that are not. */
export const TITLES = `SELECT ${ENTRY_COLUMNS}, e.project_id AS projectId FROM entries e CROSS JOIN subjects s ON s.id = e.id
  WHERE (e.title GLOB '*[^ -~]*' OR NOT EXISTS (SELECT 1 FROM json_each(?) j WHERE instr(lower(e.title), j.value) = 0))
    AND s.deleted = ? ORDER BY e.changed_hlc DESC`;

/** Ids are ASCII: this sorts behind everything that begins with it. */
const endOf = (prefix: string): string => `${prefix}\x7f`;

function byPrefix<Candidate>(
  db: Reader,
  [exact, list]: readonly [string, string],
  word: string,
  idOf: (candidate: Candidate) => string,
): FoundSubject<Candidate> {
  if (rowOf(db, exact, [word])) return { kind: "one", id: word };
  if (word.length < SHORTEST_ID) return { kind: "short" };
  const candidates = rowsOf<Candidate>(db, list, [word, endOf(word), MOST_CANDIDATES]);
  const [only, other] = candidates;
  if (!only) return { kind: "none" };
  return other ? { kind: "many", candidates } : { kind: "one", id: idOf(only) };
}

/** Deleted ones too. */
export function entryByPrefix(db: Reader, word: string): FoundSubject<EntryCandidate> {
  return byPrefix<EntryCandidate>(db, [ENTRY_BY_ID, ENTRIES_BY_PREFIX], word, ({ entry_id }) => entry_id);
}

export interface MessageCandidate {
  readonly message_id: string;
  readonly sender: string;
}

export function messageByPrefix(db: Reader, word: string): FoundSubject<MessageCandidate> {
  return byPrefix<MessageCandidate>(db, [MESSAGE_BY_ID, MESSAGES_BY_PREFIX], word, ({ message_id }) => message_id);
}

/** Letter case and accents do not count. */
function folded(text: string): string {
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
}

/** Entries whose title has every one of the words: the project's, and only where it has none the others'. */
export function entryByTitle(
  db: Reader,
  words: string,
  projectId: string,
  among: "living" | "deleted" = "living",
): FoundSubject<EntryCandidate> {
  const wanted = folded(words).split(/\s+/u).filter(Boolean);
  if (wanted.length === 0) return { kind: "short" };
  const fitting = rowsOf<EntryCandidate & { projectId: string | null }>(db, TITLES, [
    JSON.stringify(wanted),
    Number(among === "deleted"),
  ]).filter(({ title }) => {
    const text = folded(title);
    return wanted.every((word) => text.includes(word));
  });
  const here = fitting.filter((row) => row.projectId === projectId);
  const candidates = (here.length > 0 ? here : fitting).map(({ projectId: _, ...candidate }) => candidate);
  const [only, other] = candidates;
  if (!only) return { kind: "none" };
  return other
    ? { kind: "many", candidates: candidates.slice(0, MOST_CANDIDATES) }
    : { kind: "one", id: only.entry_id };
}
